package dev.oaiproxy.proxy.relay.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class FileReadLimitsTest {
    private static final Key BOBS = key(1, "bob");
    private static final Key BOBS_OTHER = key(1, "bob");
    private static final Key ANNS = key(2, "ann");

    private final FileReadLimits reads = new FileReadLimits(key -> Optional.empty(), Duration.ZERO);

    private static Key key(long userNumber, String user) {
        Instant made = Instant.EPOCH;
        return new Key(
                Secret.random().id(),
                userNumber,
                "",
                userNumber,
                user,
                null,
                List.of(),
                made,
                null,
                false);
    }

    @Test
    void areOneForEachUserAtATime() {
        Optional<Optional<String>> nested =
                reads.read(BOBS, () -> reads.read(BOBS_OTHER, () -> "bob's second"));
        assertThat(nested).contains(Optional.empty());
        assertThat(reads.read(BOBS, () -> "later")).contains("later");
    }

    @Test
    void goOnBesideThoseOfOthers() {
        Optional<Optional<String>> nested = reads.read(BOBS, () -> reads.read(ANNS, () -> "ann's"));
        assertThat(nested).contains(Optional.of("ann's"));
    }

    @Test
    void areFewOverAll() {
        assertThat(nested(100)).isEqualTo(8);
    }

    /** How many users read at once, one inside the other. */
    private int nested(int users) {
        return users == 0
                ? 0
                : reads.read(key(users, "user" + users), () -> 1 + nested(users - 1)).orElse(0);
    }

    @Test
    void areForThoseOfWhomACallCouldBeLetThrough() {
        Grant spent = new Grant.Unavailable("told by the test");
        FileReadLimits denied = new FileReadLimits(key -> Optional.of(spent), Duration.ZERO);
        assertThat(denied.objection(BOBS)).isEqualTo(new Refusal.NotGranted(spent));
        assertThat(reads.objection(BOBS)).isNull();
    }
}
