package dev.oaiproxy.proxy.log;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes each record on one line. In text, a stack trace follows on lines that begin with a tab.
 * Fields are taken from our own messages only, since those of libraries have their values already
 * filled in.
 */
public final class LineFormatter extends Formatter {
    private static final String OURS = "dev.oaiproxy.";
    private static final int MOST_FRAMES = 60;
    private static final int MOST_CAUSES = 8;
    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSZ", Locale.ROOT);
    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT);

    private final LogFormat format;
    private final ZoneId zone;

    /** The constructor for {@code logging.properties}, which can only name a class. */
    public LineFormatter() {
        this(LogFormat.TEXT);
    }

    LineFormatter(LogFormat format) {
        this(format, ZoneId.systemDefault());
    }

    /**
     * @param zone the time zone of text lines; JSON lines are in UTC
     */
    LineFormatter(LogFormat format, ZoneId zone) {
        this.format = format;
        this.zone = zone;
    }

    @Override
    public String format(LogRecord record) {
        if (record instanceof QueuedHandler.Lines lines) {
            return lines.text();
        }
        return switch (format) {
            case TEXT -> text(record);
            case JSON -> json(record, LogMessage.of(record.getMessage(), record.getParameters()));
        };
    }

    private String text(LogRecord record) {
        StringBuilder line = new StringBuilder();
        LOCAL_TIME.formatTo(record.getInstant().atZone(zone), line);
        line.append(" level=").append(record.getLevel().getName());
        line.append(" logger=").append(record.getLoggerName());
        line.append(' ').append(LogMessage.text(record.getMessage(), record.getParameters()));
        trace(record.getThrown(), line);
        return line.append('\n').toString();
    }

    private static String json(LogRecord record, LogMessage message) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.put("time", time(record.getInstant()));
        line.put("level", level(record.getLevel()));
        line.put("logger", record.getLoggerName());
        String logger = record.getLoggerName();
        if (logger != null && logger.startsWith(OURS)) {
            message.fields().forEach((name, value) -> put(line, name, value));
        }
        line.put("message", message.text());
        if (record.getThrown() != null) {
            StringBuilder trace = new StringBuilder();
            trace(record.getThrown(), trace);
            line.put("trace", trace.toString().strip());
        }
        return line + "\n";
    }

    private static void put(ObjectNode line, String name, Object value) {
        switch (value) {
            case Integer number -> line.put(name, number);
            case Long number -> line.put(name, number);
            default -> line.put(name, value.toString());
        }
    }

    private static String time(Instant instant) {
        return UTC_TIME.format(instant.atOffset(ZoneOffset.UTC));
    }

    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        return level.intValue() >= Level.CONFIG.intValue() ? level.getName() : "DEBUG";
    }

    private static void trace(@Nullable Throwable thrown, StringBuilder line) {
        Throwable some = thrown;
        for (int i = 0; some != null && i < MOST_CAUSES; i++) {
            line.append(i == 0 ? "\n\t" : "\n\tCaused by: ");
            String told = LogMessage.cut(some.toString());
            told.chars().forEach(c -> LogMessage.appendTo(line, (char) c));
            StackTraceElement[] frames = some.getStackTrace();
            for (int at = 0; at < frames.length && at < MOST_FRAMES; at++) {
                line.append("\n\t\tat ").append(frames[at]);
            }
            some = some.getCause();
        }
    }
}
