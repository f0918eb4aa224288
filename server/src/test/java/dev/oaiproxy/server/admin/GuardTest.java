package dev.oaiproxy.server.admin;

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
import org.junit.jupiter.api.Test;

/** The administrator's password cannot be guessed faster by asking many times at once. */
final class GuardTest {
    private static final int AT_ONCE = 40;
    private static final int MOST_TRIES = 10;

    private final Guard guard = new Guard("admin", "right", InstantSource.fixed(Instant.EPOCH));

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
            assertThat(guard.check(basic("admin:wrong"), "192.0.2.1")).isEmpty();
        }

        assertThat(guard.check(basic("admin:right"), "192.0.2.1")).contains("admin");
        assertThat(isThrottled(basic("admin:wrong"), "192.0.2.1")).isFalse();
    }

    private boolean isThrottled(String authorization, String source) {
        try {
            assertThat(guard.check(authorization, source)).isEmpty();
            return false;
        } catch (ProblemException refused) {
            return true;
        }
    }

    private static String basic(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(bytes);
    }
}
