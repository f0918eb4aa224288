package dev.oaiproxy.base.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The counter, and the release of leases. */
@Tag("fast")
class ByteBudgetTest {
    private final ByteBudget budget = new ByteBudget(1000);

    @Test
    void recordingGivesWayFirstAndCallsUnderWayLast() {
        try (Lease lease = budget.lease()) {
            assertThat(lease.take(Use.RECORDING, 501)).isFalse();
            assertThat(lease.take(Use.RECORDING, 500)).isTrue();
            assertThat(lease.take(Use.RECORDING, 1)).isFalse();
            assertThat(lease.take(Use.SOCKET_MESSAGE, 400)).isTrue();
            assertThat(lease.take(Use.REQUEST, 1)).isFalse();
            assertThat(lease.take(Use.RESPONSE, 100)).isTrue();
            assertThat(lease.take(Use.RESPONSE, 1)).isFalse();
            assertThat(budget.used()).isEqualTo(budget.limit());
        }
        assertThat(budget.used()).isZero();
        assertThat(budget.refusals(Use.RECORDING)).isEqualTo(2);
        assertThat(budget.refusals(Use.REQUEST)).isEqualTo(1);
        assertThat(budget.refusals(Use.SOCKET_MESSAGE)).isZero();
    }

    @Test
    void givesPartsBackBeforeTheEnd() {
        Lease lease = budget.lease();
        assertThat(lease.take(Use.REQUEST, 900)).isTrue();
        lease.give(600);
        assertThat(budget.used()).isEqualTo(300);
        assertThatThrownBy(() -> lease.give(301)).isInstanceOf(IllegalStateException.class);
        lease.close();
        assertThat(budget.used()).isZero();
    }

    @Test
    void isClosedOnceAndRefusesWhatComesLater() {
        Lease lease = budget.lease();
        lease.close();
        assertThat(lease.take(Use.RESPONSE, 1)).isFalse();
        lease.give(1);
        assertThat(budget.used()).isZero();
        assertThatThrownBy(lease::close).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void oneUserHasHalfOfItUnlessItIsForOneRequest() {
        try (Lease large = budget.lease();
                Lease second = budget.lease();
                Lease others = budget.lease()) {
            large.belongTo("bob");
            second.belongTo("bob");
            others.belongTo("eve");
            assertThat(large.take(Use.REQUEST, 600)).isTrue();
            assertThat(second.take(Use.REQUEST, 1)).isFalse();
            assertThat(budget.refusals(Use.REQUEST)).isEqualTo(1);
            assertThat(others.take(Use.REQUEST, 200)).isTrue();
            large.give(400);
            assertThat(second.take(Use.REQUEST, 250)).isTrue();
            assertThat(second.take(Use.REQUEST, 1)).isFalse();
            assertThat(budget.used()).isEqualTo(650);
        }
        assertThat(budget.used()).isZero();
        assertThat(budget.owners()).isZero();
    }

    @Test
    void aLeaseHasOneOwnerFromItsBeginning() {
        try (Lease lease = budget.lease()) {
            assertThat(lease.take(Use.REQUEST, 1)).isTrue();
            assertThatThrownBy(() -> lease.belongTo("bob"))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void countsSizesBeyondAnInteger() {
        ByteBudget large = new ByteBudget(Long.MAX_VALUE);
        try (Lease lease = large.lease()) {
            assertThat(lease.take(Use.RESPONSE, Long.MAX_VALUE)).isTrue();
            assertThat(lease.take(Use.RESPONSE, Long.MAX_VALUE)).isFalse();
        }
        assertThat(large.used()).isZero();
        assertThat(large.limit(Use.RECORDING))
                .isBetween(Long.MAX_VALUE / 2 - 100, Long.MAX_VALUE / 2);
    }

    @Test
    void neverPassesItsLimitAndLosesNothingWithManyThreads() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Object>> all =
                    Collections.nCopies(8, Executors.callable(this::takeAndGive));
            for (Future<Object> one : threads.invokeAll(all)) {
                one.get();
            }
        }
        assertThat(budget.used()).isZero();
    }

    private void takeAndGive() {
        for (int i = 0; i < 20_000; i++) {
            try (Lease lease = budget.lease()) {
                for (Use use : Use.values()) {
                    if (lease.take(use, 97)) {
                        assertThat(budget.used()).isBetween(97L, 1000L);
                        lease.give(40);
                    }
                }
            }
        }
    }
}
