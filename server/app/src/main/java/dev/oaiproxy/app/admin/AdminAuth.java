package dev.oaiproxy.app.admin;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Checks the administrator's name and password.
 *
 * <p>Both are compared by a keyed hash whose key no other process has. A slow hash would protect
 * nothing, since the settings have the password in clear, and would let strangers keep a processor
 * busy. A limit on failed logins from one place stops guessing. A place that has logged in before
 * can log in again, however many attempts fail there.
 */
final class AdminAuth {
    private static final int KEY_BYTES = 32;
    private static final int MOST_PROVEN = 1_000;
    private static final String BASIC = "Basic ";

    private final byte[] macKey = new byte[KEY_BYTES];
    private final String user;
    private final byte[] expected;
    private final FailedLogins failedLogins;
    private final Map<String, Boolean> proven =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                    return size() > MOST_PROVEN;
                }
            };

    AdminAuth(AdminHandlers.Login login, InstantSource clock) {
        new SecureRandom().nextBytes(macKey);
        this.user = login.user();
        this.expected =
                mac((login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8));
        this.failedLogins = new FailedLogins(clock);
    }

    /**
     * The administrator's name, when a header proves it.
     *
     * @param authorization the value of the header, or null
     * @param address where it came from
     * @throws ProblemException when too many tries from there have failed
     */
    Optional<String> check(@Nullable String authorization, String address) {
        if (authorization == null
                || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        boolean right = MessageDigest.isEqual(mac(presented(authorization)), expected);
        String site = AddressRanges.site(address);
        if (right && isProven(site)) {
            return Optional.of(user);
        }
        failedLogins.count(address);
        if (!right) {
            return Optional.empty();
        }
        failedLogins.forgive(address);
        prove(site);
        return Optional.of(user);
    }

    private static byte[] presented(String authorization) {
        try {
            return Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip());
        } catch (IllegalArgumentException notBase64) {
            return new byte[0];
        }
    }

    private synchronized boolean isProven(String site) {
        return proven.get(site) != null;
    }

    private synchronized void prove(String site) {
        proven.put(site, true);
    }

    private byte[] mac(byte[] text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(macKey, "HmacSHA256"));
            return mac.doFinal(text);
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
