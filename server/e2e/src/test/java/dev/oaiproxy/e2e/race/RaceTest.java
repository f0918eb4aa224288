package dev.oaiproxy.e2e.race;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Quota;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.Installation;
import dev.oaiproxy.e2e.Tariff;
import dev.oaiproxy.e2e.Web;
import dev.oaiproxy.ledger.store.Database;
import dev.oaiproxy.ledger.store.OnEveryDatabase;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.metering.money.Usd;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    private static final Pattern FREE =
            Pattern.compile(
                    "quota: (nothing|[0-9.]+) of [0-9.]+ USD is free \\([^)]*\\)"
                            + "(?:, and ([0-9.]+) USD is held)?");
    private static final Pattern NEEDS = Pattern.compile("This call needs ([0-9.]+) USD");

    private final long seed = Long.getLong("race.seed", new Random().nextLong());
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
        race("0.3", Map.of("OAIPROXY_QUOTA_WAIT", "0ms", "OAIPROXY_CLAMP_SHARE", "1"));
    }

    @Test
    void quotaIsNeverPassedWithTheSettingsOfAFirstDay() throws Exception {
        race("0.3", Map.of());
    }

    @Test
    void nobodyIsRefusedWhileThereIsEnoughForAll() throws Exception {
        List<Outcome> outcomes = race("200", Map.of());
        assertThat(outcomes).allMatch(outcome -> outcome.status() != 429);
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
            List<Outcome> first = visitAll(site, key.secret(), WARM_UP, Visitor::plain);
            assertThat(first).allMatch(outcome -> outcome.status() == 200);
            awaitRest(site);
            Sampler sampler = new Sampler(database);
            List<Outcome> outcomes;
            try (sampler) {
                outcomes = visitAll(site, key.secret(), CLIENTS, Visitor::random);
                awaitRest(site);
            }
            assertThat(sampler.faults()).isEmpty();
            assertThat(sampler.looks()).isPositive();
            checkBooks(site, key.key().id());
            checkAnswers(site, outcomes);
            report(site, outcomes, sampler.looks());
            return outcomes;
        }
    }

    private Database database() {
        return kind == TestDatabase.SQLITE
                ? Database.file(home.resolve("proxy_api.db"))
                : kind.fresh(home);
    }

    private List<Outcome> visitAll(
            Installation site, String key, int count, Function<Random, Visitor> kind)
            throws InterruptedException {
        Random random = new Random(seed);
        Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
        Queue<IOException> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Visitor visitor = kind.apply(random);
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            visitor.call(site.address(), key)
                                                    .whole()
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

    /** Waits for the calls whose clients have left, and for charges that come from the spool. */
    private static void awaitRest(Installation site) {
        Eventually.ask(() -> site.operator().status().callsInFlight(), count -> count == 0);
        Eventually.ask(() -> books(site), books -> books.soundCosts().equals(books.soundBills()));
        Eventually.ask(() -> site.operator().quota("everyone").heldUsd(), "0.00"::equals);
    }

    private static Books books(Installation site) {
        return new Books(site.operator().calls(), site.openAi().bill().entries());
    }

    private void checkBooks(Installation site, String key) {
        Books books = books(site);
        books.checkSound();
        books.checkFailing();
        assertThat(books.calls()).as("seed %s", seed).hasSameSizeAs(books.bill());
        for (String scope : List.of("everyone", "user:bob", "key:" + key)) {
            Quota quota = site.operator().quota(scope);
            assertThat(quota.spentUsd()).as(scope).isEqualTo(books.spent().toString());
            assertThat(quota.heldUsd()).as(scope).isEqualTo("0.00");
        }
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(Web.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
    }

    private static void checkAnswers(Installation site, List<Outcome> outcomes) {
        assertThat(outcomes).extracting(Outcome::status).isSubsetOf(200, 429, 502);
        outcomes.stream().filter(o -> o.status() == 429).forEach(RaceTest::checkRefusal);
        List<Outcome> sound =
                outcomes.stream()
                        .filter(o -> o.status() != 429 && o.visitor().question().isSound())
                        .toList();
        assertThat(sound).allMatch(outcome -> outcome.status() == 200);
        books(site).checkAnswers(sound.stream().map(Outcome::answer).toList());
    }

    /** Told to go away for good only when what was left could not have paid for the call. */
    private static void checkRefusal(Outcome refused) {
        JsonNode error = refused.error();
        if (error.path("code").asText().equals("rate_limit_exceeded")) {
            assertThat(refused.answer()).containsIgnoringCase("\r\nRetry-After: ");
            return;
        }
        assertThat(error.path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(refused.answer()).containsIgnoringCase("\r\nx-should-retry: false");
        String message = error.path("message").asText();
        Matcher free = FREE.matcher(message);
        Matcher needs = NEEDS.matcher(message);
        assertThat(free.find() && needs.find()).as(message).isTrue();
        Usd need = Usd.parse(needs.group(1));
        assertThat(usd(free.group(1)).plus(usd(free.group(2)))).as(message).isLessThan(need);
        Question question = refused.visitor().question();
        assertThat(need).isLessThanOrEqualTo(Tariff.ceiling(question.meter(), question.body()));
    }

    private static Usd usd(@Nullable String told) {
        return told == null || told.equals("nothing") ? Usd.ZERO : Usd.parse(told);
    }

    private void report(Installation site, List<Outcome> outcomes, long looks) {
        Map<String, Long> answers =
                outcomes.stream()
                        .collect(
                                Collectors.groupingBy(
                                        o ->
                                                o.status() == 429
                                                        ? o.error().path("code") + ""
                                                        : o.status() + "",
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
