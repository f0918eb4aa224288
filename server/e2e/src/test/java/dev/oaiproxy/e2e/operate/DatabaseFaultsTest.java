package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.oaiproxy.ledger.store.FaultyLink;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.OwnServer;
import dev.oaiproxy.ledger.store.ServerDisk;
import dev.oaiproxy.ledger.store.ServerFault;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.TestServer;
import dev.oaiproxy.ledger.store.sql.Database;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole server during faults of its database server, and its recovery without a restart. */
@Tag("server")
@Tag("slow")
@OnEveryDialect
@Timeout(180)
@Execution(ExecutionMode.SAME_THREAD)
final class DatabaseFaultsTest {
    private static final int STREAMS = 4;

    private static @Nullable OwnServer harmed;

    private final TestDatabase kind;
    @TempDir Path home;

    DatabaseFaultsTest(TestDatabase kind) {
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

    /** The database server that the faults hit; it is restored after each. */
    private OwnServer harmed() throws Exception {
        if (harmed == null) {
            harmed = OwnServer.start(kind, ServerDisk.ordinary(), List.of());
        }
        return harmed;
    }

    @ParameterizedTest
    @EnumSource
    void callsInFlightAreChargedAndNewOnesRefusedUntilItIsOver(ServerFault serverFault)
            throws Exception {
        OwnServer own = serverFault.isOfServer() ? harmed() : null;
        Database database = own == null ? kind.ready(home) : own.fresh();
        try (FaultyLink faultyLink = FaultyLink.to(database.address().host())) {
            ServerFault.FaultTarget faultTarget = new ServerFault.FaultTarget(faultyLink, own);
            try (FaultyServer site =
                    new FaultyServer(home, database, serverFault.host(faultTarget))) {
                site.beginStreams(STREAMS);
                serverFault.begin(faultTarget);
                try {
                    checkClosed(site);
                    site.finishStreams();
                    assertThat(site.spooled()).as("charges in the spool").isEqualTo(STREAMS);
                    checkClosed(site);
                } finally {
                    serverFault.end(faultTarget);
                }
                site.assertRecovered();
            }
        }
    }

    private static void checkClosed(FaultyServer site) {
        site.assertRefused(site.call());
        assertThat(site.health("ready")).isEqualTo(503);
    }

    @Test
    void nobodyNoticesThatConnectionsAreKilledBetweenCalls() throws Exception {
        try (FaultyLink faultyLink = FaultyLink.to(TestServer.valueOf(kind.name()).host());
                FaultyServer site = new FaultyServer(home, kind.ready(home), faultyLink.host())) {
            for (int i = 0; i < 3; i++) {
                faultyLink.cut();
                faultyLink.mend();
                HttpResponse<String> answer = site.call();
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
            site.assertRecovered();
        }
    }
}
