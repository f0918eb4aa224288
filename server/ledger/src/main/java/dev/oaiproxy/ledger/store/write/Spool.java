package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.store.connection.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Call outcomes that the database could not take, kept on disk until it can.
 *
 * <p>The file has its full size from the start, so that a full disk cannot prevent a charge from
 * being written. It has one line of JSON for each outcome, and zeros after the last. An outcome may
 * be posted again after a crash: a call that has ended is left as it is.
 */
public final class Spool implements AutoCloseable {
    static final int BYTES = 4 << 20;

    private static final Logger LOG = System.getLogger(Spool.class.getName());
    private static final int HEADROOM = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Deque<CallOutcome> waiting = new ArrayDeque<>();
    private final FileChannel file;
    private int used;
    private boolean closed;

    private Spool(FileChannel file) {
        this.file = file;
    }

    /** Opens a spool, with the outcomes that an earlier process left in it. */
    public static Spool open(Path path) {
        try {
            PrivateFiles.create(path);
            FileChannel file =
                    FileChannel.open(
                            path,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            Spool spool = new Spool(file);
            spool.load();
            return spool;
        } catch (IOException e) {
            throw new UncheckedIOException("the spool cannot be opened: " + path, e);
        }
    }

    /** The number of outcomes in a file, which a server may be writing to. */
    public static long waitingIn(Path path) {
        try {
            long lines = 0;
            byte[] content = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
            for (int at = 0; at < content.length && content[at] != 0; at++) {
                lines += content[at] == '\n' ? 1 : 0;
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException("the spool cannot be read: " + path, e);
        }
    }

    /**
     * Keeps an outcome until it is posted.
     *
     * @return false when it is kept in memory only
     */
    public boolean keep(CallOutcome outcome) {
        // A channel is closed for good when an interrupted thread writes to it.
        boolean interrupted = Thread.interrupted();
        lock.lock();
        try {
            waiting.add(outcome);
            filled.signalAll();
            append(SpoolLine.text(outcome));
            return true;
        } catch (IOException e) {
            LOG.log(
                    Level.ERROR,
                    "spool not written call={0} cause={1}",
                    outcome.id(),
                    e.toString());
            return false;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** True when no new call should begin because too much is waiting. */
    public boolean isFull() {
        lock.lock();
        try {
            return used > BYTES - HEADROOM;
        } finally {
            lock.unlock();
        }
    }

    /** The number of waiting outcomes. */
    public int count() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** The waiting outcomes, the oldest first. */
    public List<CallOutcome> waiting() {
        lock.lock();
        try {
            return new ArrayList<>(waiting);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an outcome; false when the spool has been closed. */
    public boolean awaitEntry() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                filled.await();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the oldest outcomes, which are on the ledger now. */
    public void posted(int count) {
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                waiting.remove();
            }
            if (waiting.isEmpty()) {
                wipe();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "spool not emptied cause={0}", e.toString());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
            file.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "spool not closed cause={0}", e.toString());
        } finally {
            lock.unlock();
        }
    }

    private void load() throws IOException {
        byte[] content = content();
        int from = 0;
        for (int at = 0; at < content.length && content[at] != 0; at++) {
            if (content[at] == '\n') {
                String line = new String(content, from, at - from, StandardCharsets.UTF_8);
                SpoolLine.parse(line).ifPresent(waiting::add);
                from = at + 1;
            }
        }
        used = from;
        // A line that a crash tore begins here. It has no end, so nothing may be written after it.
        file.write(ByteBuffer.allocate(BYTES - used), used);
        file.force(true);
    }

    private byte[] content() throws IOException {
        byte[] content = new byte[BYTES];
        ByteBuffer unread = ByteBuffer.wrap(content);
        int count = 0;
        while (unread.hasRemaining() && count >= 0) {
            count = file.read(unread, unread.position());
        }
        return content;
    }

    private void append(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        if (used + bytes.length >= BYTES) {
            throw new IOException("the spool is full");
        }
        file.write(ByteBuffer.wrap(bytes), used);
        file.force(false);
        used += bytes.length;
    }

    private void wipe() throws IOException {
        file.write(ByteBuffer.allocate(used), 0);
        file.force(false);
        used = 0;
    }
}
