package dev.oaiproxy.cli;

import dev.oaiproxy.cli.command.common.CommandContext;

/**
 * Runs several commands in one JVM, one for each argument, so that the JVM records the classes and
 * code that commands need; {@code bin/make-cache} makes a cache of the record.
 */
final class Training {
    private Training() {}

    public static void main(String[] commands) {
        for (String command : commands) {
            Main.run(CommandContext.ofProcess(), command.split(" "));
        }
    }
}
