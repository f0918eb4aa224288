package dev.oaiproxy.proxy.log;

import dev.oaiproxy.base.schedule.BatchQueue;
import java.time.Duration;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * Has usual lines, such as that of each call, formatted and written by one thread, many in one
 * write. What an operator must see, from WARNING on, is written at once, behind the lines before
 * it.
 */
final class QueuedHandler extends Handler {
    private static final BatchQueue.QueueSettings QUEUE =
            new BatchQueue.QueueSettings("log-writer", 10_000, 1_000, Duration.ofMillis(10));

    /** The longest wait for lines in front of one that is written at once. */
    private static final Duration MOST_WAIT = Duration.ofSeconds(1);

    private final Handler target;
    private final BatchQueue<LogRecord> queue = new BatchQueue<>(QUEUE, this::write);

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
        if (record.getLevel().intValue() >= Level.WARNING.intValue() || !queue.offer(record)) {
            queue.flush(MOST_WAIT);
            target.publish(record);
        }
    }

    private void write(List<LogRecord> records) {
        StringBuilder lines = new StringBuilder();
        for (LogRecord record : records) {
            lines.append(target.getFormatter().format(record));
        }
        target.publish(new Lines(lines.toString()));
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
        queue.close();
        target.flush();
    }

    @Override
    public void close() {
        flush();
        target.close();
    }
}
