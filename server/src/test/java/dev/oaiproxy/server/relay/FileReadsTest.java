package dev.oaiproxy.server.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.key.Secret;
import dev.oaiproxy.server.ledger.Balance;
import dev.oaiproxy.server.ledger.Limits;
import dev.oaiproxy.server.ledger.Period;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.quota.Grant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class FileReadsTest {
    private static final Key BOBS = key(1, "bob");
    private static final Key BOBS_OTHER = key(1, "bob");
    private static final Key ANNS = key(2, "ann");

    private final FileReads reads = new FileReads(scope -> Optional.empty(), Duration.ZERO);

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

    private static FileReads withUserAccount(String spent, String held, boolean active) {
        Limits limits = new Limits(Usd.parse("1"), Period.TOTAL, null, null, null);
        Balance account =
                new Balance("user:bob", limits, Usd.parse(spent), Usd.parse(held), null, active);
        return new FileReads(
                scope -> Optional.of(account).filter(one -> one.scope().equals(scope)),
                Duration.ZERO);
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
    void areForThoseWhoHaveSomethingLeft() {
        assertThat(withUserAccount("0.5", "0.4", true).objection(BOBS)).isNull();
        assertThat(withUserAccount("1", "0", true).objection(BOBS))
                .isInstanceOfSatisfying(
                        Refusal.NotGranted.class,
                        denied -> assertThat(denied.why()).isInstanceOf(Grant.Spent.class));
        assertThat(withUserAccount("0.5", "0.5", true).objection(BOBS))
                .isInstanceOfSatisfying(
                        Refusal.NotGranted.class,
                        denied -> assertThat(denied.why()).isInstanceOf(Grant.Busy.class));
        assertThat(withUserAccount("0", "0", false).objection(BOBS))
                .isInstanceOfSatisfying(
                        Refusal.NotGranted.class,
                        denied -> assertThat(denied.why()).isInstanceOf(Grant.Refused.class));
    }
}
