package dev.oaiproxy.server.race;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Quota;
import dev.oaiproxy.server.Eventually;
import dev.oaiproxy.server.Installation;
import dev.oaiproxy.server.Web;
import dev.oaiproxy.server.money.Usd;
import dev.oaiproxy.server.store.Database;
import dev.oaiproxy.server.store.OnEveryDatabase;
import dev.oaiproxy.server.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Five hundred clients at once on one key with a small quota, of whom a third hang up. */
@OnEveryDatabase
@Timeout(120)
final class RaceTest {
    private static final int CLIENTS = 500;
    private static final int WARM_UP = 20;
    private static final Pattern STATUS = Pattern.compile("^HTTP/1.1 (\\d{3}) ");
    private static final Pattern TOLD =
            Pattern.compile(
                    "quota: (nothing|[0-9.]+) of [0-9.]+ USD is free \\([^)]*\\)"
                            + "(?:, and ([0-9.]+) USD is held)?");

    private final long seed = Long.getLong("race.seed", new Random().nextLong());
    private final Tariff tariff = new Tariff();

    private final TestDatabase kind;
    @TempDir Path home;

    RaceTest(TestDatabase kind) {
        this.kind = kind;
    }

    /** A visit, and the answer to one that stayed to its end. */
    private record Outcome(Visitor visitor, String answer) {
        int status() {
            Matcher matcher = STATUS.matcher(answer);
            assertThat(matcher.find()).as(answer).isTrue();
            return Integer.parseInt(matcher.group(1));
        }

        JsonNode error() {
            return Web.json(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
                    .path("error");
        }
    }

    @Test
    void quotaIsNeverPassedWhenNobodyWaits() throws Exception {
        race("0.2", Map.of("OAIPROXY_QUOTA_WAIT", "0ms", "OAIPROXY_CLAMP_SHARE", "1"));
    }

    @Test
    void quotaIsNeverPassedWithTheSettingsOfAFirstDay() throws Exception {
        race("0.2", Map.of());
    }

    @Test
    void nobodyIsRefusedWhileThereIsEnoughForAll() throws Exception {
        List<Outcome> outcomes = race("2", Map.of());
        assertThat(outcomes).allMatch(outcome -> outcome.status() == 200);
    }

    private List<Outcome> race(String quota, Map<String, String> settings) throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("OAIPROXY_TRACKING_BODIES", "false");
        // How fast a machine is, is not to be seen here.
        all.put("OAIPROXY_DB_PATIENCE", "1m");
        Database database = database();
        all.putAll(TestDatabase.variables(database));
        try (Installation site = Installation.in(home, all)) {
            AdminApi.NewKey key = site.operator().createKey("bob", quota);
            // Not how fast a machine is that has never done it before is to be seen here.
            List<Outcome> first = visitAll(site, key.secret(), WARM_UP);
            assertThat(first).allMatch(outcome -> outcome.status() == 200);
            awaitRest(site);
            Sampler sampler = new Sampler(database);
            List<Outcome> outcomes;
            try (sampler) {
                outcomes = visitAll(site, key.secret(), CLIENTS);
                awaitRest(site);
            }
            assertThat(sampler.faults()).isEmpty();
            assertThat(sampler.looks()).isPositive();
            checkBooks(site, key.key().id());
            outcomes.stream().filter(o -> o.status() != 200).forEach(this::checkRefusal);
            report(site, outcomes, sampler.looks());
            return outcomes;
        }
    }

    private Database database() {
        return kind == TestDatabase.SQLITE
                ? Database.file(home.resolve("proxy_api.db"))
                : kind.fresh(home);
    }

    private List<Outcome> visitAll(Installation site, String key, int count)
            throws InterruptedException {
        Random random = new Random(seed);
        Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
        Queue<IOException> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Visitor visitor = Visitor.random(random);
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            visitor.call(site.address(), key)
                                                    .map(text -> new Outcome(visitor, text))
                                                    .ifPresent(outcomes::add);
                                        } catch (IOException e) {
                                            failures.add(e);
                                        }
                                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).as("seed %s", seed).isEmpty();
        return List.copyOf(outcomes);
    }

    /** Waits for the calls whose clients have left. */
    private void awaitRest(Installation site) {
        Eventually.ask(
                () -> site.operator().quota("everyone").spentUsd(),
                spent ->
                        site.operator().status().callsInFlight() == 0
                                && spent.equals(tariff.of(site.openAi().bill().entries()) + ""));
    }

    private void checkBooks(Installation site, String key) {
        Usd billed = tariff.of(site.openAi().bill().entries());
        // A charge that a slow server could not take in time comes a little later, from the spool.
        List<AdminApi.Call> calls =
                Eventually.ask(
                        site.operator()::calls,
                        all -> all.stream().noneMatch(call -> call.state().equals("held")));
        assertThat(calls).as("seed %s", seed).allMatch(call -> call.state().equals("charged"));
        assertThat(calls).hasSameSizeAs(site.openAi().bill().entries());
        for (String scope : List.of("everyone", "user:bob", "key:" + key)) {
            Quota quota = site.operator().quota(scope);
            assertThat(quota.spentUsd()).as(scope).isEqualTo(billed.toString());
            assertThat(quota.heldUsd()).as(scope).isEqualTo("0.00");
        }
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(Web.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
    }

    /** Told to go away for good only when what was left could not have paid for the call. */
    private void checkRefusal(Outcome refused) {
        JsonNode error = refused.error();
        assertThat(refused.status()).as(refused.answer()).isEqualTo(429);
        if (error.path("code").asText().equals("rate_limit_exceeded")) {
            assertThat(refused.answer()).containsIgnoringCase("\r\nRetry-After: ");
            return;
        }
        assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(refused.answer()).containsIgnoringCase("\r\nx-should-retry: false");
        Matcher told = TOLD.matcher(error.path("message").asText());
        assertThat(told.find()).as(refused.answer()).isTrue();
        Usd free = told.group(1).equals("nothing") ? Usd.ZERO : Usd.parse(told.group(1));
        Usd left = told.group(2) == null ? free : free.plus(Usd.parse(told.group(2)));
        assertThat(left).isLessThan(tariff.ceiling("gpt-4o", refused.visitor().body()));
    }

    private void report(Installation site, List<Outcome> outcomes, long looks) {
        Map<String, Long> answers =
                outcomes.stream()
                        .collect(
                                Collectors.groupingBy(
                                        o -> o.status() == 200 ? "ok" : o.error().path("code") + "",
                                        Collectors.counting()));
        System.out.println(
                "race.seed=%d answers=%s left=%d charged=%d usd=%s looks=%d"
                        .formatted(
                                seed,
                                answers,
                                CLIENTS - outcomes.size(),
                                site.openAi().bill().entries().size(),
                                site.operator().quota("everyone").spentUsd(),
                                looks));
    }
}
