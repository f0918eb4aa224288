package dev.oaiproxy.e2e.race;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.Quota;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.ledger.store.OnEveryDatabase;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.sql.Database;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Five hundred concurrent clients share one key with a small quota; a third of them disconnect
 * early.
 */
@Tag("server")
@Tag("slow")
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

    /** A client, and its complete response. */
    private record Outcome(OneCallClient oneCallClient, String answer) {
        int status() {
            Matcher matcher = STATUS.matcher(answer);
            assertThat(matcher.find()).as(answer).isTrue();
            return Integer.parseInt(matcher.group(1));
        }

        JsonNode error() {
            return HttpTestClient.json(
                            answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
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
        // The speed of the machine is not under test.
        all.put("OAIPROXY_DB_PATIENCE", "1m");
        Database database =
                kind == TestDatabase.SQLITE ? TestDatabase.inHome(home) : kind.ready(home);
        all.putAll(TestDatabase.variables(database));
        try (ServerFixture site = ServerFixture.in(home, all)) {
            AdminApi.CreatedKey key = site.operator().createKey("bob", quota);
            // The warm-up: the speed of a cold JVM is not under test.
            List<Outcome> first = visitAll(site, key.secret(), WARM_UP, OneCallClient::plain);
            assertThat(first).allMatch(outcome -> outcome.status() == 200);
            awaitRest(site);
            AccountSampler accountSampler = new AccountSampler(database);
            List<Outcome> outcomes;
            try (accountSampler) {
                outcomes = visitAll(site, key.secret(), CLIENTS, OneCallClient::random);
                awaitRest(site);
            }
            assertThat(accountSampler.faults()).isEmpty();
            assertThat(accountSampler.looks()).isPositive();
            checkBooks(site, key.key().id());
            checkAnswers(site, outcomes);
            report(site, outcomes, accountSampler.looks());
            return outcomes;
        }
    }

    private List<Outcome> visitAll(
            ServerFixture site, String key, int count, Function<Random, OneCallClient> kind)
            throws InterruptedException {
        Random random = new Random(seed);
        Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
        Queue<IOException> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            OneCallClient oneCallClient = kind.apply(random);
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            oneCallClient
                                                    .call(site.address(), key)
                                                    .whole()
                                                    .map(text -> new Outcome(oneCallClient, text))
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

    /** Waits for the calls whose clients have disconnected, and for spooled charges. */
    private static void awaitRest(ServerFixture site) {
        Eventually.ask(() -> site.operator().status().callsInFlight(), count -> count == 0);
        Eventually.ask(
                () -> books(site),
                billComparison -> billComparison.soundCosts().equals(billComparison.soundBills()));
        Eventually.ask(() -> site.operator().quota("everyone").heldUsd(), "0.00"::equals);
    }

    private static BillComparison books(ServerFixture site) {
        return new BillComparison(site.operator().calls(), site.openAi().bill().entries());
    }

    private void checkBooks(ServerFixture site, String key) {
        BillComparison billComparison = books(site);
        billComparison.checkSound();
        billComparison.checkFailing();
        assertThat(billComparison.calls()).as("seed %s", seed).hasSameSizeAs(billComparison.bill());
        for (String scope : List.of("everyone", "user:bob", "key:" + key)) {
            Quota quota = site.operator().quota(scope);
            assertThat(quota.spentUsd()).as(scope).isEqualTo(billComparison.spent().toString());
            assertThat(quota.heldUsd()).as(scope).isEqualTo("0.00");
        }
        String audit = site.operator().get(AdminApi.AUDIT).body();
        assertThat(HttpTestClient.json(audit).path("balanced").asBoolean()).as(audit).isTrue();
    }

    private static void checkAnswers(ServerFixture site, List<Outcome> outcomes) {
        assertThat(outcomes).extracting(Outcome::status).isSubsetOf(200, 429, 502);
        outcomes.stream().filter(o -> o.status() == 429).forEach(RaceTest::checkRefusal);
        List<Outcome> sound =
                outcomes.stream()
                        .filter(
                                o ->
                                        o.status() != 429
                                                && o.oneCallClient().clientRequest().isSound())
                        .toList();
        assertThat(sound).allMatch(outcome -> outcome.status() == 200);
        books(site).checkAnswers(sound.stream().map(Outcome::answer).toList());
    }

    /** A refusal is final only if the free balance could not pay for the call. */
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
        ClientRequest clientRequest = refused.oneCallClient().clientRequest();
        assertThat(need)
                .isLessThanOrEqualTo(
                        ExpectedCosts.ceiling(clientRequest.meter(), clientRequest.body()));
    }

    private static Usd usd(@Nullable String told) {
        return told == null || told.equals("nothing") ? Usd.ZERO : Usd.parse(told);
    }

    private void report(ServerFixture site, List<Outcome> outcomes, long looks) {
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
