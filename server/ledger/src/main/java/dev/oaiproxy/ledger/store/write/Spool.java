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
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
            spool.load(Arrays.copyOf(Files.readAllBytes(path), BYTES));
            return spool;
        } catch (IOException e) {
            throw new UncheckedIOException("the spool cannot be opened: " + path, e);
        }
    }

    /** The number of outcomes in a file, which a server may be writing to. */
    public static long waitingIn(Path path) {
        try {
            return Files.exists(path) ? lines(Files.readAllBytes(path)).count() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException("the spool cannot be read: " + path, e);
        }
    }

    /**
     * Keeps an outcome until it is posted.
     *
     * @return false when it is kept in memory only
     */
    public synchronized boolean keep(CallOutcome outcome) {
        // A channel is closed for good when an interrupted thread writes to it.
        boolean interrupted = Thread.interrupted();
        try {
            waiting.add(outcome);
            notifyAll();
            append(SpoolLine.text(outcome));
            return true;
        } catch (IOException e) {
            LOG.log(
                    Level.ERROR,
                    "event=spool_not_written call={0} cause={1}",
                    outcome.id(),
                    e.toString());
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** True when no new call should begin because too much is waiting. */
    public synchronized boolean isFull() {
        return used > BYTES - HEADROOM;
    }

    /** The number of waiting outcomes. */
    public synchronized int count() {
        return waiting.size();
    }

    /** The waiting outcomes, the oldest first. */
    public synchronized List<CallOutcome> waiting() {
        return List.copyOf(waiting);
    }

    /** Waits for an outcome; false when the spool has been closed. */
    public synchronized boolean awaitEntry() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            wait();
        }
        return !closed;
    }

    /** Removes the oldest outcomes, which are on the ledger now. */
    public synchronized void posted(int count) {
        try {
            for (int i = 0; i < count; i++) {
                waiting.remove();
            }
            if (waiting.isEmpty()) {
                wipe();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "event=spool_not_emptied cause={0}", e.toString());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        try {
            file.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "event=spool_not_closed cause={0}", e.toString());
        }
    }

    private void load(byte[] content) throws IOException {
        lines(content).map(SpoolLine::parse).flatMap(Optional::stream).forEach(waiting::add);
        used = used(content);
        // A line that a crash tore begins here. It has no end, so nothing may be written after it.
        file.write(ByteBuffer.allocate(BYTES - used), used);
        file.force(true);
    }

    private static Stream<String> lines(byte[] content) {
        return new String(content, 0, used(content), StandardCharsets.UTF_8).lines();
    }

    /** The size of the complete lines, which end before the zeros. */
    private static int used(byte[] content) {
        String bytes = new String(content, StandardCharsets.ISO_8859_1);
        int zeros = bytes.indexOf(0);
        return bytes.lastIndexOf('\n', zeros < 0 ? bytes.length() : zeros) + 1;
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
