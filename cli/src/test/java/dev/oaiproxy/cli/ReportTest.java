package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.AuditReport;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.api.AdminApi.UsageRow;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final List<UsageRow> ROWS =
            List.of(
                    new UsageRow(
                            SampleAnswers.group("alice", "gpt-5-mini"),
                            2,
                            1_000,
                            0,
                            300,
                            "12",
                            "48"),
                    new UsageRow(
                            SampleAnswers.group("bob", "gpt-4o-mini"),
                            1,
                            200,
                            0,
                            40,
                            "0.000204",
                            null));

    private static final String TABLE =
            """
            USER   MODEL        CALLS  IN TOKENS  OUT TOKENS  COST USD    SHARE
            alice  gpt-5-mini       2       1000         300   12.00    100.0 %  ██████████
            bob    gpt-4o-mini      1        200          40    0.0002    0.0 %  ▏
            total                   3       1200         340   12.0002  100.0 %
            """;

    @TempDir Path folder;
    private final FakeServer server = new FakeServer();
    private CommandRun run;

    @BeforeEach
    void start() {
        run = CommandRun.against(server, folder);
        server.on("GET /admin/v1/usage", SampleAnswers.usage(ROWS));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void showsUsageAlignedAtTheDecimalPointWithATotal() {
        run.atTerminal().run("usage", "--by", "user,model", "--since", "7d");

        assertThat(run.out()).isEqualTo(TABLE);
        assertThat(server.last().line())
                .isEqualTo("GET /admin/v1/usage?since=2026-11-16T12%3A00%3A00Z&by=user%2Cmodel");
    }

    @Test
    void showsEveryDigitWhereAPersonWantsThem() {
        run.atTerminal().run("usage", "--by", "user,model", "--wide");

        assertThat(run.out()).contains("0.000204\n", "12.000204\n");
    }

    @Test
    void showsHoldsBesideCostsWithinEightyColumns() {
        var rows =
                List.of(
                        new UsageRow(
                                SampleAnswers.group("bob", "gpt-5"), 4, 9, 0, 9, "0.5", "6.25"));
        server.on("GET /admin/v1/usage", SampleAnswers.usage(rows));
        run.atTerminal().run("usage", "--holds", "--by", "user,model");

        assertThat(server.last().line()).endsWith("&by=user%2Cmodel&holds=true");
        assertThat(run.out())
                .isEqualTo(
                        """
                        USER   MODEL  CALLS  HELD USD  COST USD  HELD PER COST
                        bob    gpt-5      4      6.25    0.50             12.5
                        total             3     60.00   12.0002            5.0
                        """);
    }

    @Test
    void listsCallsThatCostMoreThanWasHeldWithinEightyColumns() {
        var call = SampleAnswers.call("0amevq2sw0000", "charged", "0.0213");
        server.on("GET /admin/v1/calls", new Page<>(List.of(call), null));
        run.atTerminal().run("calls", "--over-hold");

        assertThat(server.last().line()).isEqualTo("GET /admin/v1/calls?over_hold=true&limit=50");
        assertThat(run.out())
                .isEqualTo(
                        """
                        ID             USER  MODEL        HELD USD  COST USD
                        0amevq2sw0000  bob   gpt-4o-mini      0.01    0.0213
                        """);
    }

    @Test
    void givesAPipeTabsWithoutHeaderOrTotal() {
        run.run("usage");

        assertThat(run.out())
                .isEqualTo(
                        """
                        alice\tgpt-5-mini\t2\t1000\t0\t300\t12
                        bob\tgpt-4o-mini\t1\t200\t0\t40\t0.000204
                        """);
    }

    @Test
    void givesCsvWithAHeader() {
        run.run("usage", "--format", "csv");

        assertThat(run.out())
                .startsWith("user,model,calls,input_tokens,cached_tokens,output_tokens,cost_usd\n")
                .contains("\nbob,gpt-4o-mini,1,200,0,40,0.000204\n");
    }

    @Test
    void givesJsonWhoseRowsHaveTheFieldsTheyAreGroupedBy() {
        run.run("usage", "--format", "json");

        assertThat(run.out())
                .contains(
                        "{\"user\":\"bob\",\"model\":\"gpt-4o-mini\",\"calls\":1,"
                                + "\"input_tokens\":200,\"cached_tokens\":0,"
                                + "\"output_tokens\":40,\"cost_usd\":\"0.000204\"}")
                .endsWith("\"next\":null}\n");
    }

    @Test
    void givesProgramsTheFirstRowsWithSharesAndTheTotal() {
        run.run(
                "usage",
                "--by",
                "user,model",
                "--top",
                "1",
                "--shares",
                "--total",
                "--format",
                "csv");

        assertThat(run.out())
                .isEqualTo(
                        "user,model,calls,input_tokens,cached_tokens,output_tokens,cost_usd"
                                + ",share_percent\n"
                                + "alice,gpt-5-mini,2,1000,0,300,12,100.0\n"
                                + "total,,3,1200,0,340,12.000204,100.0\n");
        assertThat(run.err()).isEqualTo("the first 1 of 2\n");
    }

    @Test
    void askForCalendarMonthsAsPeopleSayThem() {
        run.run("usage", "--since", "last-month", "--until", "month");

        assertThat(server.last().line())
                .startsWith(
                        "GET /admin/v1/usage?since=2026-10-01T00%3A00%3A00Z&until=2026-11-01T00");
    }

    @Test
    void aReportOfNobodyIsAnError() {
        server.on("GET /admin/v1/usage", SampleAnswers.usage(List.of()));
        server.on(
                "GET /admin/v1/users",
                new Page<>(List.of(new AdminApi.User("bob", "active", "", 1, "0")), null));

        assertThat(run.run("usage", "--user", "bbo")).isEqualTo(1);
        assertThat(run.err()).contains("there is no user 'bbo'; did you mean 'bob'?");
        assertThat(run.run("usage", "--user", "bob")).isZero();
    }

    @Test
    void saysOnStderrThatThereIsNoUsage() {
        server.on("GET /admin/v1/usage", SampleAnswers.usage(List.of()));

        assertThat(run.run("usage")).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("no calls since");
    }

    @Test
    void listsCallsNewestLast() {
        var newestFirst =
                List.of(
                        SampleAnswers.call("c2", "held", "0"),
                        SampleAnswers.call("c1", "charged", "1"));
        server.on("GET /admin/v1/calls", new Page<>(newestFirst, null));
        run.run("calls", "--user", "bob", "--state", "charged");

        assertThat(run.out().lines().map(line -> line.split("\t", 2)[0]))
                .containsExactly("c1", "c2");
        assertThat(server.last().line())
                .isEqualTo("GET /admin/v1/calls?user=bob&state=charged&limit=50");
    }

    @Test
    void explainsAChargeAsATableOfItsTerms() {
        server.on("GET /admin/v1/calls/c1", SampleAnswers.detail("c1"));
        run.atTerminal().run("calls", "show", "c1");

        assertThat(run.out())
                .contains(
                        """
                        charge, by prices of version 2026-11
                        UNIT     QUANTITY     RATE USD         PER      COST USD
                        input          12  x      0.15  /  1000000  =  0.0000018
                        output         34  x      0.60  /  1000000  =  0.0000204
                        charged                                     =  0.0000222
                        """)
                .contains(
                        "request, cut at the size that is kept\n"
                                + "{\n  \"model\" : \"gpt-4o-mini\"\n}")
                .contains("the response was not kept");
    }

    @Test
    void postsASignedCorrectionWithItsReason() {
        server.on(
                "POST /admin/v1/calls/c1/adjustments",
                SampleAnswers.call("c3", "adjusted", "-0.12"));

        assertThat(run.run("calls", "adjust", "c1", "--usd", "-0.12", "--why", "too much"))
                .isZero();
        assertThat(server.last().body()).isEqualTo("{\"usd\":\"-0.12\",\"why\":\"too much\"}");
        assertThat(run.out()).contains("adjusted").contains("-0.12");
    }

    @Test
    void auditFailsWithTheRowsThatDiffer() {
        var finding = new AdminApi.AuditFinding("sum of charges", "user:bob", "1.00", "1.01");
        server.on("GET /admin/v1/audit", new AuditReport(false, 3, 2, "1.01", List.of(finding)));

        assertThat(run.run("audit")).isEqualTo(1);
        assertThat(run.out()).isEqualTo("sum of charges\tuser:bob\t1.00\t1.01\n");
        assertThat(run.err()).contains("DIFFER in 1 places");
    }

    @Test
    void auditOfGoodBooksIsSilentOnStdout() {
        server.on("GET /admin/v1/audit", new AuditReport(true, 3, 2, "1.01", List.of()));

        assertThat(run.run("audit")).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("the books balance: 3 calls, 2 accounts, 1.01 USD");
    }

    @Test
    void listsThePricesThatHoldNow() {
        server.on(
                "GET /admin/v1/prices",
                new AdminApi.PriceList(
                        "2026-11",
                        "prices.yaml:3: m: no such field",
                        List.of(
                                price("old", null, "2026-01-01T00:00:00Z"),
                                price("new", "2026-01-01T00:00:00Z", null),
                                price("next", "2027-01-01T00:00:00Z", null))));
        run.run("prices", "list");

        assertThat(run.out()).isEqualTo("new\tchat\t0.15\t\t0.60\t1000000\tweb_search\n");
        assertThat(run.err())
                .contains("price book 2026-11\n")
                .contains("the changed file was refused: prices.yaml:3: m: no such field");
    }

    private static AdminApi.Price price(
            String model, @Nullable String from, @Nullable String until) {
        var rates =
                List.of(
                        new AdminApi.Rate("input", "0.15", 1_000_000),
                        new AdminApi.Rate("output", "0.60", 1_000_000),
                        new AdminApi.Rate("web_search", "0.01", 1));
        var tier = new AdminApi.TierRates("standard", 0, rates);
        return new AdminApi.Price(
                model, List.of(), "chat", from, until, null, null, List.of(tier), List.of());
    }
}
