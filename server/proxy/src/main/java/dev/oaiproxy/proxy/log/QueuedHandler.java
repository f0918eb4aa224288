package dev.oaiproxy.proxy.log;

import dev.oaiproxy.base.schedule.BatchQueue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Has lines formatted and written by one thread, many in one write. For what an operator must see,
 * from WARNING on, the caller waits until it is written, behind the lines before it, so that it is
 * there however soon the process ends.
 *
 * <p>A log that cannot be written must not slow down calls. Usual lines that find no room in the
 * queue are dropped and counted, and a later line says how many. After one wait in vain nobody
 * waits until lines are written again.
 */
final class QueuedHandler extends Handler {
    private static final BatchQueue.QueueSettings QUEUE =
            new BatchQueue.QueueSettings("log-writer", 10_000, 1_000, Duration.ofMillis(10));

    /** The longest wait until an important line is written. */
    private static final Duration MOST_WAIT = Duration.ofSeconds(1);

    private static final LongAdder DROPPED = new LongAdder();

    private final Handler target;
    private final BatchQueue<LogRecord> queue = new BatchQueue<>(QUEUE, this::write);

    /** The dropped lines that no line has told yet. */
    private final AtomicLong untold = new AtomicLong();

    /** True while nobody waits, because the last wait was in vain. */
    private volatile boolean stalled;

    private volatile boolean finished;

    /** Lines that are formatted already. */
    static final class Lines extends LogRecord {
        private static final long serialVersionUID = 1L;

        private final String text;

        Lines(String text) {
            super(Level.INFO, "");
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    /**
     * @param target writes to where the log goes, in the format of {@link LineFormatter}
     */
    QueuedHandler(Handler target) {
        this.target = target;
        setLevel(target.getLevel());
        setFilter(target.getFilter());
    }

    @Override
    public void publish(LogRecord record) {
        if (!isLoggable(record)) {
            return;
        }
        if (record.getLevel().intValue() < Level.WARNING.intValue()) {
            if (!queue.offer(record)) {
                refused(record);
            }
        } else if (!queue.offerImportant(record)) {
            refused(record);
        } else if (!stalled) {
            stalled = !queue.flush(MOST_WAIT);
        }
    }

    private void refused(LogRecord record) {
        if (finished) {
            target.publish(record);
        } else {
            untold.incrementAndGet();
            DROPPED.increment();
        }
    }

    private void write(List<LogRecord> records) {
        StringBuilder lines = new StringBuilder();
        for (LogRecord record : records) {
            lines.append(target.getFormatter().format(record));
        }
        long dropped = untold.getAndSet(0);
        if (dropped > 0) {
            lines.append(target.getFormatter().format(told(dropped)));
        }
        target.publish(new Lines(lines.toString()));
        stalled = false;
    }

    private static LogRecord told(long dropped) {
        LogRecord record =
                new LogRecord(
                        Level.WARNING,
                        "event=log_lines_dropped count={0}"
                                + " cause=\"the log was written too slowly\"");
        record.setParameters(new Object[] {dropped});
        record.setLoggerName(QueuedHandler.class.getName());
        return record;
    }

    /** The lines of this process that were dropped because the log was written too slowly. */
    static long dropped() {
        return DROPPED.sum();
    }

    @Override
    public Formatter getFormatter() {
        return target.getFormatter();
    }

    @Override
    public synchronized void setFormatter(Formatter formatter) {
        target.setFormatter(formatter);
    }

    /** Writes the waiting lines; from now on each line is written at once. */
    @Override
    public void flush() {
        finished = true;
        queue.close();
        target.flush();
    }

    @Override
    public void close() {
        flush();
        target.close();
    }
}
