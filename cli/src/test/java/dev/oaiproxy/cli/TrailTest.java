package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Page;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trail and the state of the server, in words for people and exactly for programs. */
class TrailTest {
    private static final String FIVE =
            "AccountLimits[spend=5.00, period=TOTAL, requestsPerMinute=null, tokensPerMinute=null,"
                    + " parallel=null]";
    private static final String TEN = FIVE.replace("5.00", "10.00").replace("TOTAL", "MONTH");
    private static final String TERMS =
            "KeySettings[user=bob, label=, models=[gpt-5*, o3], expiresAt=null, limits="
                    + FIVE
                    + "]";

    private static final String IN_WORDS =
            """
            AT                WHO    FROM       WHAT
            2026-11-01 10:00  admin  127.0.0.1  revoked key k1
            2026-11-01 10:00  admin  127.0.0.1  corrected call c1 by -0.12: too much
            2026-11-01 10:00  admin  127.0.0.1  changed the quota of user:bob: limit 5.00
                                                -> 10.00, period total -> month
            2026-11-01 10:00  admin  127.0.0.1  group.create group:ml26: name ml26
            2026-11-01 10:00  admin  127.0.0.1  created key k1: user bob, models gpt-5*,
                                                o3, limit 5.00, period total
            """;

    @TempDir Path folder;
    private final FakeServer server = new FakeServer();
    private CommandRun run;

    @BeforeEach
    void start() {
        run = CommandRun.against(server, folder);
        server.on(
                "GET /admin/v1/events",
                new Page<>(
                        List.of(
                                event("key.revoke", "key:k1", "", "revoked"),
                                event("call.adjust", "call:c1", "cost 0.10", "-0.12: too much"),
                                event("quota.change", "user:bob", FIVE, TEN),
                                event("group.create", "group:ml26", "", "Group[name=ml26]"),
                                event("key.create", "key:k1", "", TERMS)),
                        null));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void saysInWordsWhatWasChanged() {
        run.atTerminal().run("trail");

        assertThat(run.out()).isEqualTo(IN_WORDS);
    }

    @Test
    void givesProgramsTheTrailAsItIs() {
        run.run("trail");

        assertThat(run.out().lines()).hasSize(5).allMatch(line -> line.split("\t", -1).length == 7);
        assertThat(run.out()).contains("\tquota.change\tuser:bob\t" + FIVE + "\t" + TEN + "\n");
    }

    @Test
    void asksForTheEventsThatPassItsFilters() {
        run.run(
                "trail",
                "--actor",
                "ta1",
                "--action",
                "key",
                "--subject",
                "bob",
                "--since",
                "month",
                "--until",
                "today");

        assertThat(server.last().line())
                .isEqualTo(
                        "GET /admin/v1/events?actor=ta1&action=key&subject=user%3Abob"
                                + "&since=2026-11-01T00%3A00%3A00Z&until=2026-11-23T00%3A00%3A00Z"
                                + "&limit=200");
    }

    @Test
    void tellsAPersonTheStateInAFewLines() {
        server.on("GET /admin/v1/status", status(List.of(node(0))));
        run.atTerminal().run("status");

        assertThat(run.out())
                .isEqualTo(
                        """
                        state       ready
                        version     1.0
                        started at  2026-11-01 10:00:00 UTC
                        database    SQLite
                        upstream    https://api.openai.com/v1
                        prices      2026-12-01.1
                        in flight   2 calls
                        keys        7 of 3 users
                        spent       12.3457 USD
                        held        0.01 USD
                        """);
    }

    @Test
    void namesTheNodesWhereThereAreSeveral() {
        server.on("GET /admin/v1/status", status(List.of(node(1), node(2))));
        run.atTerminal().run("status");

        assertThat(run.out())
                .contains("nodes       2\n")
                .contains(
                        "node 2      alive, host/2, 4 calls held, seen 2026-11-01 10:00:00 UTC\n");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    }

    private static AdminApi.AdminEvent event(
            String action, String subject, String before, String after) {
        return new AdminApi.AdminEvent(
                "2026-11-01T10:00:00.000Z", "admin", "127.0.0.1", action, subject, before, after);
    }

    private static AdminApi.Node node(int number) {
        String at = "2026-11-01T10:00:00.000Z";
        return new AdminApi.Node(
                number, "alive", "host/" + number, "1.0", "2026-12-01.1", "ab", at, at, 3, 4);
    }

    private static AdminApi.Status status(List<AdminApi.Node> nodes) {
        return new AdminApi.Status(
                "1.0",
                "ready",
                "2026-11-01T10:00:00.123456789Z",
                "SQLite",
                "https://api.openai.com/v1",
                "2026-12-01.1",
                null,
                2,
                7,
                3,
                "12.345678",
                "0.01",
                0,
                nodes,
                null);
    }
}
