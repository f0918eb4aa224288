package dev.oaiproxy.proxy.relay.plan;

import static dev.oaiproxy.proxy.relay.exchange.CaughtRefusal.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.proxy.quota.SilentUpstream;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("fast")
final class InputFilesTest {
    private static final Key BOBS = key(1, "bob");
    private static final Key BOBS_OTHER = key(1, "bob");
    private static final Key ANNS = key(2, "ann");

    private final InputFiles files = files(key -> Optional.empty());

    private static InputFiles files(Function<Key, Optional<Refusal>> limits) {
        return new InputFiles(new SilentUpstream(), limits, Duration.ZERO);
    }

    private static Key key(long userNumber, String user) {
        Instant made = Instant.EPOCH;
        return new Key(
                Secret.random().id(),
                userNumber,
                "",
                userNumber,
                user,
                null,
                null,
                List.of(),
                made,
                null,
                false);
    }

    @Test
    void areOneForEachUserAtATime() {
        Refusal nested =
                files.read(BOBS, () -> refusal(() -> files.read(BOBS_OTHER, () -> "bob's second")));
        assertThat(nested).isEqualTo(new Refusal.Crowded());
        assertThat(files.read(BOBS, () -> "later")).isEqualTo("later");
    }

    @Test
    void goOnBesideThoseOfOthers() {
        assertThat(files.read(BOBS, () -> files.read(ANNS, () -> "ann's"))).isEqualTo("ann's");
    }

    @Test
    void areFewOverAll() {
        assertThat(nested(100)).isEqualTo(8);
    }

    /** The number of nested concurrent users. */
    private int nested(int users) {
        try {
            return users == 0
                    ? 0
                    : files.read(key(users, "user" + users), () -> 1 + nested(users - 1));
        } catch (RefusedException crowded) {
            assertThat(crowded.refusal()).isEqualTo(new Refusal.Crowded());
            return 0;
        }
    }

    @Test
    void areForThoseOfWhomACallCouldBeLetThrough() {
        Refusal spent = new Refusal.LedgerUnavailable("told by the test");
        InputFiles denied = files(key -> Optional.of(spent));
        assertThat(refusal(() -> denied.requireFunds(BOBS))).isEqualTo(spent);
        files.requireFunds(BOBS);
    }
}
