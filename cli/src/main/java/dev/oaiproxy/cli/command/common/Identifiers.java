package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.cli.output.Failure;

/** Checks the names of keys and of quotas. */
public final class Identifiers {
    private static final String EVERYONE = "everyone";

    private Identifiers() {}

    /** A key's public id. A whole key must not travel in an address, where logs would keep it. */
    public static String publicId(String text) {
        if (text.startsWith("sk-") || text.isBlank()) {
            throw Failure.usage(
                    "that is not the public id of a key", "take it from `oaiproxy key list`");
        }
        return text.startsWith("key:") ? text.substring("key:".length()) : text;
    }

    /** A quota's scope; a bare name is a user's. */
    public static String scope(String text) {
        if (text.startsWith("key:")) {
            return "key:" + publicId(text.substring("key:".length()));
        }
        if (text.isBlank() || text.startsWith("sk-")) {
            throw Failure.usage(
                    "that is not the scope of a quota", "write bob, user:bob, key:ID or everyone");
        }
        return text.equals(EVERYONE) || text.startsWith("user:") ? text : "user:" + text;
    }
}
