package dev.oaiproxy.server.openai;

import org.jspecify.annotations.Nullable;

/** Where a request goes: an operation, {@code /me}, or nowhere. The key is not in the path. */
record Target(@Nullable String key, @Nullable String path) {
    private static final String VERSION = "/v1/";
    private static final String ME = "/me";

    static Target of(String raw) {
        return isOurs(raw, 0) ? new Target(null, path(raw)) : keyed(raw);
    }

    private static Target keyed(String raw) {
        int slash = raw.indexOf('/', 1);
        return slash > 1 && isOurs(raw, slash)
                ? new Target(raw.substring(1, slash), path(raw.substring(slash)))
                : new Target(null, null);
    }

    private static boolean isOurs(String raw, int from) {
        return raw.startsWith(VERSION, from) || raw.substring(from).equals(ME);
    }

    private static String path(String raw) {
        return raw.equals(ME) ? ME : raw.substring(VERSION.length() - 1);
    }

    boolean isMe() {
        return path != null && path.equals(ME);
    }

    @Override
    public String toString() {
        return "Target[" + path + "]";
    }
}
