package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.metering.operation.Catalogue;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The target of a request: an operation, {@code /me}, or neither.
 *
 * @param key the key in the path, or null
 * @param path the path after {@code /v1} without a key and without needless escapes; null for an
 *     unknown path
 */
record RequestTarget(@Nullable String key, @Nullable String path) {
    private static final String VERSION = "/v1/";
    private static final String ME = "/me";
    private static final String MY_CALLS = ME + "/calls";
    private static final String MY_CALL = MY_CALLS + "/";

    /**
     * The beginning of keys. OpenAI's own keys begin with it too, so their holders get the error
     * for a wrong key.
     */
    private static final String KEY_START = "sk-";

    static RequestTarget of(String raw) {
        return isOurs(raw, 0) ? new RequestTarget(null, path(raw)) : keyed(raw);
    }

    private static RequestTarget keyed(String raw) {
        int slash = raw.indexOf('/', 1);
        return raw.startsWith(KEY_START, 1) && isOurs(raw, slash)
                ? new RequestTarget(raw.substring(1, slash), path(raw.substring(slash)))
                : new RequestTarget(null, null);
    }

    private static boolean isOurs(String raw, int from) {
        return from >= 0 && (raw.startsWith(VERSION, from) || isMine(raw.substring(from)));
    }

    private static boolean isMine(String path) {
        return path.equals(ME) || path.equals(MY_CALLS) || path.startsWith(MY_CALL);
    }

    private static String path(String raw) {
        return isMine(raw) ? raw : unescaped(raw.substring(VERSION.length() - 1));
    }

    /**
     * Decodes, once, each needless escape: of the unreserved characters of RFC 3986, section 2.3,
     * and of the marks in ids. So the same text is matched, looked up as an id and sent to OpenAI.
     * All other escapes stay, and no operation's path has any.
     */
    private static String unescaped(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder plain = new StringBuilder(path.length());
        for (int at = 0; at < path.length(); at++) {
            int c = path.charAt(at) == '%' ? escaped(path, at) : -1;
            if (c >= 0) {
                plain.append((char) c);
                at += 2;
            } else {
                plain.append(path.charAt(at));
            }
        }
        return plain.toString();
    }

    /** The character of an escape, or -1 when it must stay escaped. */
    private static int escaped(String path, int at) {
        if (at + 2 >= path.length()) {
            return -1;
        }
        int c =
                HexFormat.isHexDigit(path.charAt(at + 1))
                                && HexFormat.isHexDigit(path.charAt(at + 2))
                        ? HexFormat.fromHexDigits(path, at + 1, at + 3)
                        : -1;
        return Catalogue.isPlain(c) ? c : -1;
    }

    boolean isMe() {
        return path != null && isMine(path);
    }

    /** True for {@code /me} itself, and false for its calls. */
    boolean isMyself() {
        return path != null && path.equals(ME);
    }

    /** The id of the call in the path, if there is one. */
    Optional<String> myCall() {
        return path != null && path.startsWith(MY_CALL)
                ? Optional.of(path.substring(MY_CALL.length()))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "Target[" + path + "]";
    }
}
