package dev.oaiproxy.app.cluster;

import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A fingerprint of the settings that all servers on one database should share.
 *
 * <p>It has a few letters for each setting: enough to see that two values differ. The letters of a
 * secret are keyed with the administrator's password, which all servers share, so that nobody can
 * test guesses without it. Without a password, a secret has no letters.
 */
public final class SettingsFingerprint {
    static final List<Setting> SETTINGS =
            List.of(
                    Setting.OPENAI_API_KEY,
                    Setting.OPENAI_BASE_URL,
                    Setting.SERVICE_TIER,
                    Setting.NODE_TIMEOUT,
                    Setting.TIME_ZONE,
                    Setting.SHARE,
                    Setting.FLOOR,
                    Setting.WAIT,
                    Setting.TOOL_CALLS,
                    Setting.TOOLS,
                    Setting.ON_DISCONNECT,
                    Setting.TRACKING,
                    Setting.TRACKING_KEEP,
                    Setting.LEDGER_KEEP,
                    Setting.FINE_TUNING,
                    Setting.UPLIFT);

    /** Stands for a secret without letters. */
    static final String UNMARKED = "---";

    private static final int LETTERS = 3;
    private static final int DIGEST_BYTES = 6;

    private SettingsFingerprint() {}

    /** The letters of all settings, behind those of their list. */
    public static String marks(ServerConfig config) {
        StringBuilder marks = new StringBuilder(kind());
        for (Setting setting : SETTINGS) {
            marks.append(mark(setting, config));
        }
        return marks.toString();
    }

    /** The name to show when the letters of a setting differ. */
    static String name(Setting setting) {
        return setting.isSecret()
                ? setting.path() + " or " + Setting.PROXY_SERVER_PASS.path()
                : setting.path();
    }

    private static String mark(Setting setting, ServerConfig config) {
        String text = setting.path() + "=" + config.text(setting);
        if (!setting.isSecret()) {
            return letters(sha256(text));
        }
        String password = config.text(Setting.PROXY_SERVER_PASS);
        return password.isEmpty() ? UNMARKED : letters(keyed(password, text));
    }

    /** The letters of the list of settings, and of the way in which secrets are keyed. */
    private static String kind() {
        return letters(sha256("keyed " + SETTINGS));
    }

    /** A digest of the marks that is short enough to be shown. */
    public static String digest(String marks) {
        return HexFormat.of().formatHex(sha256(marks), 0, DIGEST_BYTES);
    }

    /** The marks of the settings, in their order; empty for the marks of another version. */
    static Optional<List<String>> each(String marks) {
        List<String> parts = new ArrayList<>();
        for (int at = 0; at + LETTERS <= marks.length(); at += LETTERS) {
            parts.add(marks.substring(at, at + LETTERS));
        }
        boolean ours =
                marks.length() == LETTERS * (SETTINGS.size() + 1)
                        && parts.getFirst().equals(kind());
        return ours ? Optional.of(parts.subList(1, parts.size())) : Optional.empty();
    }

    private static String letters(byte[] digest) {
        return Base64.getUrlEncoder().encodeToString(digest).substring(0, LETTERS);
    }

    private static byte[] keyed(String password, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HMAC with SHA-256", e);
        }
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
