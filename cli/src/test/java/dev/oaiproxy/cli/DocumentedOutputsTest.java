package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.UsageRow;
import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.api.OfflineTools.CheckResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The outputs of commands in the documents are what the commands print. */
class DocumentedOutputsTest {
    private static final Pattern CELLS = Pattern.compile(" {2,}");
    private static final List<UsageRow> ROWS =
            List.of(
                    usage(SampleAnswers.group("bob", "gpt-6-luna"), "204 1632 16320 0.8323"),
                    usage(
                            SampleAnswers.group("bob", "text-embedding-3-small"),
                            "31 5270 0 0.0001054"),
                    usage(SampleAnswers.group("dora", "gpt-5.6-luna"), "148 1184 11840 1.2094"));

    @TempDir Path folder;
    private final FakeServer server = new FakeServer();
    private CommandRun run;

    @BeforeEach
    void start() {
        run = CommandRun.against(server, folder).atTerminal();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void usage() throws IOException {
        UsageRow total = usage(Map.of(), "383 8086 28160 2.0418054");
        List<String> by = List.of("user", "model");
        server.on("GET /admin/v1/usage", new AdminApi.Usage("", "", by, ROWS, total, null));
        run.run("usage", "--since", "7d", "--by", "user,model");

        assertThat(shown("usage --since 7d --by user,model")).hasSize(2).containsOnly(run.out());
    }

    @Test
    void calls() throws IOException {
        List<Call> newestFirst =
                List.of(
                        call("0amevq4bc0000", "42.971", "embeddings", "text-embedding-3-small"),
                        call("0amevq48g0000", "42.948", "chat/completions", "gpt-6-luna"),
                        call("0amevq2sw0000", "42.576", "chat/completions", "gpt-6-luna"));
        server.on("GET /admin/v1/calls", new AdminApi.Page<>(newestFirst, null));
        run.run("calls", "--user", "bob");

        assertThat(shown("calls --user bob")).containsExactly(run.out());
    }

    @Test
    void charge() throws IOException {
        Call call = call("0amevq2sw0000", "42.576", "chat/completions", "gpt-6-luna");
        List<AdminApi.ChargeLine> lines =
                List.of(
                        new AdminApi.ChargeLine("input", 8, "0.1", 1_000_000, "0.0000008"),
                        new AdminApi.ChargeLine("output", 80, "0.5", 1_000_000, "0.00004"));
        server.on(
                "GET /admin/v1/calls/0amevq2sw0000",
                new AdminApi.CallDetail(
                        call, "standard", 200, null, null, lines, null, false, null, false));
        run.run("calls", "show", "0amevq2sw0000");

        assertThat(shown("calls show 0amevq2sw0000"))
                .singleElement()
                .satisfies(all -> assertThat(run.out()).contains(all.replace("...\n", "")));
    }

    @Test
    void quota() throws IOException {
        server.on(
                "PATCH /admin/v1/quotas/user%3Abob",
                new AdminApi.Quota(
                        "user:bob",
                        "15.00",
                        "month",
                        "0.8324054",
                        "0.00",
                        "14.1675946",
                        "2026-12-01T00:00:00Z",
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        null));
        run.run("quota", "add", "bob", "5");

        assertThat(shown("quota add bob 5")).containsExactly(run.out());
    }

    @Test
    void audit() throws IOException {
        server.on(
                "GET /admin/v1/audit",
                new AdminApi.AuditReport(true, 5, 3, "0.00008162", List.of()));
        run.run("audit");

        assertThat(shown("audit")).containsExactly(run.out() + run.err());
    }

    @Test
    void newKey() throws IOException {
        AdminApi.Quota quota =
                new AdminApi.Quota(
                        "key:2wpqq9fjen",
                        "5.00",
                        "total",
                        "0",
                        "0",
                        "5",
                        null,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        null);
        AdminApi.Key key =
                new AdminApi.Key(
                        "2wpqq9fjen", "bob", null, "active", "", null, List.of(), quota, null);
        server.on(
                "POST /admin/v1/keys", new AdminApi.CreatedKey("sk-oap-2wpqq9fjen-...", key, null));
        run.run("key", "create", "--user", "bob", "--quota", "5");

        String printed = (run.out() + run.err()).replace(server.url(), "http://localhost:5000");
        assertThat(DocumentPages.blocks(DocumentPages.TOP.resolve("README.md"))).contains(printed);
    }

    @Test
    void doctor() throws IOException {
        List<String> lines = shown("doctor").getFirst().lines().toList();
        List<CheckResult> findings =
                unbroken(lines.subList(1, lines.size() - 1)).stream()
                        .map(DocumentedOutputsTest::finding)
                        .toList();
        run.with(
                        new FakeOfflineTools() {
                            @Override
                            public List<CheckResult> examine(
                                    Map<String, String> settings,
                                    CheckScope scope,
                                    InstantSource clock) {
                                return findings;
                            }
                        })
                .run("doctor");

        assertThat(shown("doctor")).containsExactly(run.out() + run.err());
    }

    /** The documented output of a command, on each page that shows it. */
    private static List<String> shown(String command) throws IOException {
        String first = "$ ./oaiproxy " + command + "\n";
        return DocumentPages.all().stream()
                .flatMap(DocumentPages::blocks)
                .filter(block -> block.startsWith(first))
                .map(block -> block.substring(first.length()))
                .toList();
    }

    /** The rows of a table; a line that begins with spaces goes on with the one before. */
    private static List<String> unbroken(List<String> lines) {
        return List.of(String.join("\n", lines).replaceAll("\n +", " ").split("\n"));
    }

    private static CheckResult finding(String line) {
        String[] cells = CELLS.split(line, 3);
        Stream<String> parts = Stream.of(cells[2].split("; run: ", 2));
        return new CheckResult(cells[1], outcome(cells[0], parts.toList()));
    }

    private static CheckOutcome outcome(String state, List<String> parts) {
        return state.equals("ok")
                ? new CheckOutcome.Ok(parts.getFirst())
                : new CheckOutcome.Warn(parts.getFirst(), "run: " + parts.getLast());
    }

    /** A row of figures: calls, input tokens, output tokens and cost. */
    private static UsageRow usage(Map<String, String> group, String figures) {
        String[] cells = figures.split(" ");
        long[] counts = Stream.of(cells).limit(3).mapToLong(Long::parseLong).toArray();
        return new UsageRow(group, counts[0], counts[1], 0, counts[2], cells[3], null);
    }

    private static Call call(String id, String second, String operation, String model) {
        boolean chat = operation.startsWith("chat");
        return new Call(
                id,
                "2026-11-23T18:52:" + second + "Z",
                "bob",
                "2wpqq9fjen",
                operation,
                model,
                "charged",
                null,
                chat ? 8 : 1,
                chat ? 80 : 0,
                "0.01",
                chat ? "0.0000408" : "0.00000002",
                "2026-12-01.1",
                null);
    }
}
