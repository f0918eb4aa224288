package dev.oaiproxy.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The settings that all servers on one database should have the same. */
final class Agreement {
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

    private static final int LETTERS = 12;

    private Agreement() {}

    /** A short text that is the same where all of them are, and tells nothing of them. */
    static String digest(ServerConfig config) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Setting setting : SETTINGS) {
                String line = setting.path() + "=" + config.text(setting) + "\n";
                digest.update(line.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, LETTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
