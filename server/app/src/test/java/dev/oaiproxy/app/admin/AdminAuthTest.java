package dev.oaiproxy.app.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Concurrent guesses of the administrator's password are not faster than sequential ones. */
@Tag("fast")
final class AdminAuthTest {
    private static final int AT_ONCE = 40;
    private static final int MOST_TRIES = 10;

    private final AdminAuth adminAuth =
            new AdminAuth(
                    new AdminHandlers.Login("admin", "right"), InstantSource.fixed(Instant.EPOCH));

    @Test
    void manyGuessesAtOnceCountAsMany() throws Exception {
        Callable<Boolean> guess = () -> isThrottled(basic("admin:wrong"), "192.0.2.1");
        List<Future<Boolean>> answers;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            answers = threads.invokeAll(Stream.generate(() -> guess).limit(AT_ONCE).toList());
        }
        long throttled = 0;
        for (Future<Boolean> answer : answers) {
            throttled += answer.get() ? 1 : 0;
        }

        assertThat(throttled).isEqualTo(AT_ONCE - MOST_TRIES);
    }

    @Test
    void whoKnowsThePasswordIsNotThrottledByEarlierMistakes() {
        for (int i = 1; i < MOST_TRIES; i++) {
            assertThat(adminAuth.check(basic("admin:wrong"), "192.0.2.1")).isEmpty();
        }

        assertThat(adminAuth.check(basic("admin:right"), "192.0.2.1")).contains("admin");
        assertThat(isThrottled(basic("admin:wrong"), "192.0.2.1")).isFalse();
    }

    @Test
    void theKnownOperatorPassesWhateverOthersTryFromThere() {
        assertThat(adminAuth.check(basic("admin:right"), "192.0.2.1")).contains("admin");
        for (int i = 0; i < AT_ONCE; i++) {
            isThrottled(basic("admin:wrong" + i), "192.0.2.1");
        }

        assertThat(isThrottled(basic("admin:wrong"), "192.0.2.1")).isTrue();
        assertThat(adminAuth.check(basic("admin:right"), "192.0.2.1")).contains("admin");
    }

    @Test
    void nobodyElseLearnsByTheOperatorsLoginThatAGuessWasRight() {
        assertThat(adminAuth.check(basic("admin:right"), "192.0.2.1")).contains("admin");
        for (int i = 0; i < MOST_TRIES; i++) {
            assertThat(adminAuth.check(basic("admin:wrong" + i), "198.51.100.1")).isEmpty();
        }

        assertThat(isThrottled(basic("admin:right"), "198.51.100.1")).isTrue();
    }

    @Test
    void anOperatorWhoHasNotLoggedInPassesWhileOthersTryFromElsewhere() {
        for (int i = 0; i < 1_000; i++) {
            isThrottled(basic("admin:wrong"), "10.0." + i / 250 + "." + i % 250);
        }

        assertThat(adminAuth.check(basic("admin:right"), "192.0.2.1")).contains("admin");
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
        "fe80::1%eth0, fe80::2%eth0, true",
        "192.0.2.1, ::ffff:192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "unknown, 192.0.2.1, false"
    })
    void countsTheSixtyFourthsOfIpv6(String one, String other, boolean same) {
        for (int i = 0; i < MOST_TRIES; i++) {
            assertThat(adminAuth.check(basic("admin:wrong"), one)).isEmpty();
        }

        assertThat(isThrottled(basic("admin:right"), other)).isEqualTo(same);
    }

    @Test
    void takesFewTriesFromOneNetwork() {
        long taken = 0;
        for (int i = 0; i < 1_000; i++) {
            String address = "2001:db8:1:" + Integer.toHexString(i) + "::1";
            taken += isThrottled(basic("admin:wrong"), address) ? 0 : 1;
        }

        assertThat(taken).isEqualTo(FailedLogins.MOST_OF_A_NETWORK);
        assertThat(adminAuth.check(basic("admin:right"), "2001:db8:2::1")).contains("admin");
    }

    @Test
    void theSchemeMayBeWrittenInAnyCase() {
        String lower = basic("admin:right").replace("Basic", "basic");
        assertThat(adminAuth.check(lower, "192.0.2.1")).contains("admin");
    }

    private boolean isThrottled(String authorization, String source) {
        try {
            assertThat(adminAuth.check(authorization, source).isPresent())
                    .isEqualTo(authorization.equals(basic("admin:right")));
            return false;
        } catch (ProblemException refused) {
            assertThat(refused.retryAfterSeconds()).isEqualTo(FailedLogins.PENALTY.toSeconds());
            return true;
        }
    }

    private static String basic(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(bytes);
    }
}
