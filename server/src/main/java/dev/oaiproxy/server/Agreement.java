package dev.oaiproxy.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The settings that all servers on one database should have the same, and which of them are not.
 *
 * <p>A server shows a few letters for each of them: enough to see that two values differ, and, at
 * 18 bits, too few to find a secret by.
 */
public final class Agreement {
    static final List<Setting> SETTINGS =
            List.of(
                    Setting.OPENAI_API_KEY,
                    Setting.OPENAI_BASE_URL,
                    Setting.NODE_TIMEOUT,
                    Setting.TIME_ZONE,
                    Setting.SHARE,
                    Setting.FLOOR,
                    Setting.WAIT,
                    Setting.TOOL_CALLS,
                    Setting.ON_DISCONNECT,
                    Setting.TRACKING,
                    Setting.TRACKING_KEEP,
                    Setting.LEDGER_KEEP,
                    Setting.FINE_TUNING,
                    Setting.UPLIFT);

    private static final int LETTERS = 3;
    private static final int DIGEST_BYTES = 6;

    private Agreement() {}

    /** The letters of all of them, behind those that say which settings these are. */
    public static String marks(ServerConfig config) {
        StringBuilder marks = new StringBuilder(letters(SETTINGS.toString()));
        for (Setting setting : SETTINGS) {
            marks.append(letters(setting.path() + "=" + config.text(setting)));
        }
        return marks.toString();
    }

    /** A text that is short enough to be shown, and the same where the marks are. */
    public static String digest(String marks) {
        return HexFormat.of().formatHex(sha256(marks), 0, DIGEST_BYTES);
    }

    /** The mark of each setting, in their order; empty when it is the text of another version. */
    static Optional<List<String>> each(String marks) {
        List<String> parts = new ArrayList<>();
        for (int at = 0; at + LETTERS <= marks.length(); at += LETTERS) {
            parts.add(marks.substring(at, at + LETTERS));
        }
        boolean ours =
                marks.length() == LETTERS * (SETTINGS.size() + 1)
                        && parts.getFirst().equals(letters(SETTINGS.toString()));
        return ours ? Optional.of(parts.subList(1, parts.size())) : Optional.empty();
    }

    private static String letters(String text) {
        return Base64.getUrlEncoder().encodeToString(sha256(text)).substring(0, LETTERS);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
