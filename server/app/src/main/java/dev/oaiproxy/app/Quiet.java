package dev.oaiproxy.app;

import java.util.logging.Level;
import java.util.logging.Logger;

/** A command has no settings for logs, and says what is wrong by itself. */
public final class Quiet {
    /** Kept, for a logger that nobody keeps forgets its level. */
    private static final Logger MIGRATIONS = Logger.getLogger("org.flywaydb");

    private Quiet() {}

    public static void migrations() {
        MIGRATIONS.setLevel(Level.WARNING);
    }
}
