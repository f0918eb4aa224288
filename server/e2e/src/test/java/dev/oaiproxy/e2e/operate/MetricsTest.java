package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.base.metrics.Metric;
import dev.oaiproxy.e2e.fixture.RawHttpConnection;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.metering.money.Usd;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The metrics as Prometheus scrapes them. */
@Tag("server")
@Timeout(300)
@Isolated("the tasks and alarms of all servers of this process are among them")
final class MetricsTest {
    private static final Pattern SAMPLE =
            Pattern.compile(
                    "([a-zA-Z_:][a-zA-Z0-9_:]*)"
                            + "(\\{(?:[a-z_]+=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\",?)*})?"
                            + " (NaN|[+-]Inf|-?[0-9.]+(?:[eE][+-]?[0-9]+)?)");
    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) [a-zA-Z_:]\\S* .*");
    private static final Pattern NOT_OURS = Pattern.compile("jvm_|process_|system_");

    @TempDir Path home;

    private ServerFixture site;
    private CreatedKey bob;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
        bob = site.operator().createKey("bob", "10");
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void areWhatTheLedgerSays() {
        chat(bob, SampleRequests.json("Hi", ""));
        chat(bob, SampleRequests.json("[[tokens=40]]", SampleRequests.STREAM));
        assertThat(chat(bob, SampleRequests.json("[[fault=500]]", "")).statusCode()).isEqualTo(500);
        hangUp("[[tokens=150]] [[delay=3ms]]");
        site.restart(Map.of("OAIPROXY_DRAIN_CALLS", "0"));
        assertThat(samples()).doesNotContainKey("oaiproxy_calls_total");
        chat(bob, SampleRequests.json("Hi", ""));
        assertThat(chat(bob, SampleRequests.json("[[fault=429]]", "")).statusCode()).isEqualTo(429);
        hangUp("[[tokens=100000]] [[delay=3ms]]");

        List<Call> calls = site.operator().endedCalls(7).subList(0, 3);
        Map<String, BigDecimal> seen = samples();
        String chats = "oaiproxy_calls_total{code=\"%d\",model=\"gpt-4o\",operation=";
        assertThat(seen)
                .containsEntry(call(chats, 200, "charged"), BigDecimal.ONE)
                .containsEntry(call(chats, 429, "released"), BigDecimal.ONE)
                .containsEntry(call(chats, 200, "estimated"), BigDecimal.ONE)
                .containsEntry("oaiproxy_drained_total{end=\"left\"}", BigDecimal.ONE)
                .containsEntry("oaiproxy_calls_in_flight", BigDecimal.ZERO)
                .containsEntry("oaiproxy_held_usd", BigDecimal.ZERO)
                .containsEntry("oaiproxy_spool_entries", BigDecimal.ZERO);
        assertThat(sum(seen, "oaiproxy_calls_total{")).isEqualByComparingTo("3");
        assertThat(usd(sum(seen, "oaiproxy_cost_usd_total{"))).isEqualTo(cost(calls, _ -> true));
        assertThat(usd(sum(seen, "oaiproxy_estimated_usd_total")))
                .isEqualTo(cost(calls, call -> call.state().equals("estimated")));
        assertThat(sum(seen, "oaiproxy_tokens_total{"))
                .isEqualByComparingTo(BigDecimal.valueOf(tokens(calls)));
        assertThat(sum(seen, "oaiproxy_upstream_seconds_count{phase=\"head\"}"))
                .isGreaterThanOrEqualTo(BigDecimal.valueOf(3));
        assertThat(sum(seen, "oaiproxy_commit_seconds_count")).isPositive();
        assertThat(sum(seen, "oaiproxy_hold_usd_total{"))
                .isGreaterThanOrEqualTo(sum(seen, "oaiproxy_cost_usd_total{"));
    }

    @Test
    void countDrainsClampsAndRefusals() {
        hangUp("[[tokens=150]] [[delay=3ms]]");
        CreatedKey carol = site.operator().createKey("carol", "0.1");
        String body = SampleRequests.json("Hi", "");
        site.web().post(site.v1("/chat/completions"), "sk-oap-nobody", body);
        site.web().get(site.v1("/models"));
        CreatedKey poor = site.operator().createKey("dave", "0");
        assertThat(chat(poor, SampleRequests.json("Hi", "")).statusCode()).isEqualTo(429);
        String clamped = SampleRequests.json("Hi", "'max_tokens':16384").replace('\'', '"');
        HttpResponse<String> answer = chat(carol, clamped);
        assertThat(answer.headers().firstValue("x-oaiproxy-clamped-output-tokens"))
                .as(answer.body())
                .isPresent();
        site.web().send(metrics().header("X-Forwarded-For", "192.0.2.1").build());
        assertThat(samples())
                .containsEntry("oaiproxy_drained_total{end=\"read\"}", BigDecimal.ONE)
                .containsEntry("oaiproxy_clamped_total", BigDecimal.ONE)
                .containsEntry("oaiproxy_refused_total{reason=\"unknown_key\"}", BigDecimal.ONE)
                .containsEntry("oaiproxy_refused_total{reason=\"no_key\"}", BigDecimal.ONE)
                .containsEntry("oaiproxy_refused_total{reason=\"no_password\"}", BigDecimal.ONE)
                .containsEntry(
                        "oaiproxy_refused_total{reason=\"insufficient_quota\"}", BigDecimal.ONE);
    }

    @Test
    void growByNoNameThatAClientMakesUp() {
        chat(bob, SampleRequests.json("Hi", "").replace("gpt-4o", "made-up"));
        Set<String> before = ours(samples());
        for (int i = 0; i < 1_000; i++) {
            String body = SampleRequests.json("Hi", "").replace("gpt-4o", "made-up-" + i);
            assertThat(chat(bob, body).statusCode()).isEqualTo(404);
        }
        Map<String, BigDecimal> after = samples();
        assertThat(ours(after)).isEqualTo(before);
        assertThat(after)
                .containsEntry(
                        "oaiproxy_refused_total{reason=\"model_not_found\"}",
                        BigDecimal.valueOf(1_001));
        assertThat(after.keySet()).noneMatch(name -> name.contains("made-up"));
        assertThat(after.keySet()).noneMatch(name -> name.contains("bob"));
        assertThat(after.keySet()).noneMatch(name -> name.contains(bob.key().id()));
    }

    @Test
    void areForOperatorsAndForTheMachineItself() {
        assertThat(site.web().send(metrics().build()).statusCode()).isEqualTo(200);
        HttpRequest.Builder far = metrics().header("X-Forwarded-For", "192.0.2.1");
        assertThat(site.web().send(far.build()).statusCode()).isEqualTo(401);
        HttpRequest known =
                site.operator().request("/metrics").header("Via", "1.1 front").GET().build();
        HttpResponse<String> told = site.web().send(known);
        assertThat(told.statusCode()).isEqualTo(200);
        assertThat(told.headers().firstValue("content-type"))
                .hasValue("text/plain; version=0.0.4; charset=utf-8");
        site.restart(Map.of("OAIPROXY_METRICS_ACCESS", "open"));
        far = metrics().header("X-Forwarded-For", "192.0.2.1");
        assertThat(site.web().send(far.build()).statusCode()).isEqualTo(200);
    }

    @Test
    void areTheOnesThatTheirPageHas() throws IOException {
        String rows =
                Arrays.stream(Metric.values()).map(MetricsTest::row).collect(Collectors.joining());
        assertThat(Files.readString(Checkout.file("docs/metrics.md"))).contains(rows);
        chat(bob, SampleRequests.json("Hi", ""));
        Set<String> titles =
                Arrays.stream(Metric.values()).map(Metric::title).collect(Collectors.toSet());
        assertThat(samples().keySet())
                .filteredOn(name -> !NOT_OURS.matcher(name).lookingAt())
                .extracting(name -> name.replaceAll("(_bucket|_count|_sum|_max)?(\\{.*)?$", ""))
                .isSubsetOf(titles);
    }

    private static String row(Metric metric) {
        String labels =
                metric.labels().stream()
                        .map(label -> "`" + label + "`")
                        .collect(Collectors.joining(" "));
        return "| `%s` | %s | %s | %s |\n"
                .formatted(metric.title(), metric.type().label(), labels, metric.help());
    }

    private HttpRequest.Builder metrics() {
        return HttpRequest.newBuilder(site.address().resolve("/metrics")).GET();
    }

    /** All samples by name and labels; every line must be valid for Prometheus. */
    private Map<String, BigDecimal> samples() {
        Map<String, BigDecimal> samples = new TreeMap<>();
        String text = site.web().send(metrics().build()).body();
        assertThat(text).endsWith("\n");
        for (String line : text.split("\n", -1)) {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                String labels = sample.group(2) == null ? "" : sample.group(2);
                String name = sample.group(1) + labels.replace(",}", "}");
                String value = sample.group(3);
                assertThat(samples).doesNotContainKey(name);
                if (!value.endsWith("NaN") && !value.endsWith("Inf")) {
                    samples.put(name, trimmed(new BigDecimal(value)));
                }
            } else if (!line.isEmpty()) {
                assertThat(line).matches(COMMENT);
            }
        }
        return samples;
    }

    private static Set<String> ours(Map<String, BigDecimal> samples) {
        return samples.keySet().stream()
                .filter(name -> !NOT_OURS.matcher(name).lookingAt())
                .collect(Collectors.toSet());
    }

    private static BigDecimal trimmed(BigDecimal number) {
        return number.signum() == 0 ? BigDecimal.ZERO : whole(number.stripTrailingZeros());
    }

    private static BigDecimal whole(BigDecimal number) {
        return number.scale() < 0 ? number.setScale(0, RoundingMode.UNNECESSARY) : number;
    }

    private static String call(String pattern, int code, String state) {
        return pattern.formatted(code) + "\"chat/completions\",state=\"" + state + "\"}";
    }

    private static BigDecimal sum(Map<String, BigDecimal> samples, String beginning) {
        return samples.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(beginning))
                .map(Map.Entry::getValue)
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static Usd usd(BigDecimal dollars) {
        return Usd.parse(dollars.setScale(9, RoundingMode.HALF_UP).toPlainString());
    }

    private static Usd cost(List<Call> calls, Predicate<Call> which) {
        return calls.stream()
                .filter(which)
                .map(call -> Usd.parse(call.costUsd()))
                .reduce(Usd.ZERO, Usd::plus);
    }

    private static long tokens(List<Call> calls) {
        return calls.stream().mapToLong(call -> call.inputTokens() + call.outputTokens()).sum();
    }

    private HttpResponse<String> chat(CreatedKey key, String body) {
        return site.web().post(site.v1("/chat/completions"), key.secret(), body);
    }

    private void hangUp(String text) {
        String id;
        try (RawHttpConnection client =
                RawHttpConnection.chatting(
                        site, bob.secret(), SampleRequests.json(text, SampleRequests.STREAM))) {
            id = client.callId();
            client.event();
            client.event();
        }
        site.operator().endedCall(id);
    }
}
