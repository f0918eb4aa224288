package dev.oaiproxy.app.boot;

import dev.oaiproxy.base.Checkout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Captures the log, at the levels that the program sets. */
public final class CapturedLog extends Handler implements AutoCloseable {
    private static final Path LEVELS = Checkout.file("config/logging.properties");

    /**
     * The logger is created before its children, as in the program, and kept: unreferenced loggers
     * are collected.
     */
    private static final Logger OURS = Logger.getLogger("dev.oaiproxy");

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();

    private CapturedLog() {}

    /** Captures all log records until it is closed. */
    public static CapturedLog start() {
        try (InputStream in = Files.newInputStream(LEVELS)) {
            LogManager.getLogManager().readConfiguration(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        OURS.setLevel(Level.INFO);
        CapturedLog capturedLog = new CapturedLog();
        Logger.getLogger("").addHandler(capturedLog);
        return capturedLog;
    }

    /** The stack traces. */
    public List<Throwable> thrown() {
        return records.stream().map(LogRecord::getThrown).filter(t -> t != null).toList();
    }

    /** Every message, its parameters filled in. */
    public List<String> messages() {
        return records.stream()
                .map(new java.util.logging.SimpleFormatter()::formatMessage)
                .toList();
    }

    @Override
    public void publish(LogRecord record) {
        records.add(record);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(this);
    }
}
