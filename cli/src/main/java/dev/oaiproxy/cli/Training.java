package dev.oaiproxy.cli;

import dev.oaiproxy.cli.command.common.CommandContext;

/**
 * Runs commands in one JVM, each of which is an argument, so that the JVM records what commands
 * need; {@code bin/make-cache} makes a cache of it.
 */
final class Training {
    private Training() {}

    public static void main(String[] commands) {
        for (String command : commands) {
            Main.run(CommandContext.ofProcess(), command.split(" "));
        }
    }
}
