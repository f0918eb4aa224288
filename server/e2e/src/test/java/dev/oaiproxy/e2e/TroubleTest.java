package dev.oaiproxy.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.ledger.store.Cable;
import dev.oaiproxy.ledger.store.Database;
import dev.oaiproxy.ledger.store.Ground;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.OwnServer;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.TestServer;
import dev.oaiproxy.ledger.store.Trouble;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole server, while its database server has trouble; and after that, without a restart. */
@OnEveryDialect
@Timeout(180)
@Execution(ExecutionMode.SAME_THREAD)
final class TroubleTest {
    private static final int STREAMS = 4;

    private static @Nullable OwnServer harmed;

    private final TestDatabase kind;
    @TempDir Path home;

    TroubleTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void hasAServer() {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has no server");
    }

    @AfterParameterizedClassInvocation
    static void removeTheServer() {
        if (harmed != null) {
            harmed.close();
            harmed = null;
        }
    }

    /** The server that may be harmed; it is well again after each trouble. */
    private OwnServer harmed() throws Exception {
        if (harmed == null) {
            harmed = OwnServer.start(kind, Ground.ordinary(), List.of());
        }
        return harmed;
    }

    @ParameterizedTest
    @EnumSource
    void callsInFlightAreChargedAndNewOnesRefusedUntilItIsOver(Trouble trouble) throws Exception {
        OwnServer own = trouble.isOfServer() ? harmed() : null;
        Database database = own == null ? kind.ready(home) : own.fresh();
        try (Cable cable = Cable.to(database.address().host())) {
            Trouble.Patient patient = new Trouble.Patient(cable, own);
            try (TroubledSite site = new TroubledSite(home, database, trouble.host(patient))) {
                site.beginStreams(STREAMS);
                trouble.begin(patient);
                try {
                    checkClosed(site);
                    site.finishStreams();
                    assertThat(site.spooled()).as("charges in the spool").isEqualTo(STREAMS);
                    checkClosed(site);
                } finally {
                    trouble.end(patient);
                }
                site.assertRecovered();
            }
        }
    }

    private static void checkClosed(TroubledSite site) {
        site.assertRefused(site.call());
        assertThat(site.health("ready")).isEqualTo(503);
    }

    @Test
    void nobodyNoticesThatConnectionsAreKilledBetweenCalls() throws Exception {
        try (Cable cable = Cable.to(TestServer.valueOf(kind.name()).host());
                TroubledSite site = new TroubledSite(home, kind.ready(home), cable.host())) {
            for (int i = 0; i < 3; i++) {
                cable.cut();
                cable.mend();
                HttpResponse<String> answer = site.call();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
            site.assertRecovered();
        }
    }
}
