package dev.oaiproxy.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole server, while its database server has trouble; and after that, without a restart. */
@OnEveryDialect
@Timeout(180)
final class TroubleTest {
    private static final int STREAMS = 4;

    private final TestDatabase kind;
    @TempDir Path home;

    TroubleTest(TestDatabase kind) {
        this.kind = kind;
    }

    @BeforeEach
    void hasAServer() {
        assumeTrue(kind != TestDatabase.SQLITE, "a file has no server");
    }

    @ParameterizedTest
    @EnumSource
    void callsInFlightAreChargedAndNewOnesRefusedUntilItIsOver(Trouble trouble) throws Exception {
        TestServer server = TestServer.valueOf(kind.name());
        assumeTrue(trouble.canBefall(server), "not ours to be harmed");
        try (Cable cable = Cable.to(server.host())) {
            Trouble.Patient patient = new Trouble.Patient(server, cable);
            String host = trouble.host(patient);
            try (TroubledSite site = new TroubledSite(home, kind.ready(home), host)) {
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
