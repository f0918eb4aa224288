package dev.oaiproxy.ledger.store.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.reducing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallFilter;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.CallState;
import dev.oaiproxy.ledger.ledger.GroupSettings;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.ledger.UsageQuery.By;
import dev.oaiproxy.ledger.store.LedgerFixture;
import dev.oaiproxy.ledger.store.OnEveryDialect;
import dev.oaiproxy.ledger.store.SampleBills;
import dev.oaiproxy.ledger.store.Store;
import dev.oaiproxy.ledger.store.TestDatabase;
import dev.oaiproxy.ledger.store.write.Rollups;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports say what the calls say. */
@OnEveryDialect
final class UsageReportTest {
    private static final Instant START = Instant.parse("2026-10-23T12:00:00Z");
    private static final Usd CENT = Usd.parse("0.01");
    private static final Actor ADMIN = new Actor("admin", "test");
    private static final int CALLS = 80;

    private final TestDatabase database;
    private final Random random = new Random(14);
    @TempDir Path folder;
    private ZoneId zone = ZoneOffset.UTC;
    private LedgerFixture ledger;

    UsageReportTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void open() {
        ledger = new LedgerFixture(database, folder.resolve(zone.getId()), zone, START);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void fill(String place) {
        close();
        zone = ZoneId.of(place);
        open();
        List<Key> keys =
                Stream.of("alice", "alice lab", "bob lab", "carol").map(this::key).toList();
        for (int i = 0; i < CALLS; i++) {
            ledger.clock().advance(Duration.ofMillis(1 + random.nextInt(40_000_000)));
            call(keys.get(random.nextInt(keys.size())));
        }
    }

    /** A key of a user, who may be followed by the name of a group. */
    private Key key(String named) {
        Store store = ledger.store();
        String user = named.replaceFirst(" .*", "");
        String group = named.equals(user) ? null : named.replaceFirst(".* ", "");
        if (group != null && store.groups().find(group).isEmpty()) {
            store.groups()
                    .create(
                            new GroupSettings(group, AccountLimits.NONE, AccountLimits.NONE),
                            ADMIN);
        }
        KeySettings terms = new KeySettings(user, group, "", List.of(), null, AccountLimits.NONE);
        return store.keys().find(store.keys().create(terms, ADMIN).id()).orElseThrow();
    }

    private void call(Key key) {
        Store store = ledger.store();
        CallId id = ledger.nextId();
        Instant now = ledger.clock().instant();
        String operation = random.nextBoolean() ? "chat" : "responses";
        store.ledger()
                .admit(
                        new HoldRequest(
                                id, key, operation, SampleBills.MODEL, CENT, 0, now, "test.1"));
        switch (random.nextInt(6)) {
            case 0 -> store.ledger().end(SampleBills.release(id, now));
            case 1 -> store.ledger().end(SampleBills.estimate(id, CENT, now));
            case 2 -> {}
            case 3 -> {
                store.ledger().end(SampleBills.charge(id, CENT, 7, now));
                Usd back = Usd.ofNanos(-random.nextInt(1_000_000));
                store.calls()
                        .correct(
                                new Calls.Correction(ledger.nextId(), id, back, "why", now), ADMIN);
            }
            default -> store.ledger().end(SampleBills.charge(id, CENT, random.nextInt(1_000), now));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTC", "America/New_York", "Asia/Kolkata"})
    void sumsUpWhatTheCallsSay(String place) {
        fill(place);
        compareQueries();
    }

    @Test
    void readsCallsWhereThereAreNoSumsByHour() {
        fill("Europe/Berlin");
        long first = Rollups.hour(START.plus(Duration.ofDays(9)).toEpochMilli());
        ledger.sql("UPDATE horizon SET first_hour = " + first);
        ledger.sql("UPDATE usage_by_hour SET calls = 7 WHERE hour < " + first);
        compareQueries();
        assertThat(ledger.store().audit().run().findings()).isEmpty();
    }

    private void compareQueries() {
        List<CallRow> calls =
                ledger.store()
                        .calls()
                        .list(new CallFilter(null, null, null, null, false, null, 1000));
        for (int i = 0; i < 60; i++) {
            UsageQuery query = query(calls);
            Map<List<String>, UsageGroup> found = new HashMap<>();
            for (UsageGroup group : ledger.store().usage().groups(query)) {
                found.put(group.group(), query.holds() ? group : withoutHolds(group));
            }
            assertThat(found).as("%s", query).isEqualTo(expected(calls, query));
        }
    }

    private UsageQuery query(List<CallRow> calls) {
        boolean holds = random.nextInt(4) == 0;
        By time = holds || random.nextBoolean() ? By.HOUR : By.DAY;
        List<By> all =
                new ArrayList<>(List.of(By.GROUP, By.USER, By.KEY, By.MODEL, By.OPERATION, time));
        Collections.shuffle(all, random);
        List<By> by = all.subList(0, 1 + random.nextInt(3));
        CallRow some = calls.get(random.nextInt(calls.size()));
        Instant since = moment(some);
        Instant until = moment(calls.get(random.nextInt(calls.size())));
        return new UsageQuery(
                since.isBefore(until) ? since : until,
                (since.isBefore(until) ? until : since).plusMillis(1),
                by,
                random.nextInt(3) == 0 ? some.user() : null,
                random.nextInt(3) == 0 ? some.keyId() : null,
                random.nextInt(3) == 0 ? SampleBills.MODEL : null,
                random.nextInt(3) == 0 ? some.group() : null,
                holds);
    }

    /** At a call, at the beginning of its hour, or somewhere else. */
    private Instant moment(CallRow call) {
        long millis = call.at().toEpochMilli();
        return Instant.ofEpochMilli(
                switch (random.nextInt(3)) {
                    case 0 -> millis;
                    case 1 -> Rollups.hour(millis) * Rollups.MILLIS_PER_HOUR;
                    default -> millis + random.nextInt(200_000_000) - 100_000_000;
                });
    }

    private Map<List<String>, UsageGroup> expected(List<CallRow> calls, UsageQuery query) {
        Map<List<String>, UsageGroup> sums =
                calls.stream()
                        .filter(call -> isCounted(call) && matches(call, query))
                        .collect(
                                groupingBy(
                                        call -> names(call, query),
                                        reducing(
                                                UsageGroup.NONE,
                                                UsageReportTest::usage,
                                                UsageGroup::plus)));
        Map<List<String>, UsageGroup> named = new HashMap<>();
        sums.forEach(
                (group, sum) ->
                        named.put(group, named(group, query.holds() ? sum : withoutHolds(sum))));
        return named;
    }

    private static boolean isCounted(CallRow call) {
        return call.state() != CallState.HELD && call.state() != CallState.RELEASED;
    }

    private static boolean matches(CallRow call, UsageQuery query) {
        return !call.at().isBefore(query.since())
                && call.at().isBefore(query.until())
                && isOrAny(query.user(), call.user())
                && isOrAny(query.key(), call.keyId())
                && isOrAny(query.model(), call.bill().model())
                && isOrAny(query.group(), groupOf(call));
    }

    private static String groupOf(CallRow call) {
        return Objects.requireNonNullElse(call.group(), "");
    }

    private static boolean isOrAny(@Nullable String wanted, String value) {
        return wanted == null || wanted.equals(value);
    }

    private List<String> names(CallRow call, UsageQuery query) {
        return query.by().stream().map(by -> name(call, by)).toList();
    }

    private String name(CallRow call, By by) {
        long hour = Rollups.hour(call.at().toEpochMilli());
        return switch (by) {
            case GROUP -> groupOf(call);
            case USER -> call.user();
            case KEY -> call.keyId();
            case MODEL -> call.bill().model();
            case OPERATION -> call.operation();
            case DAY -> call.at().atZone(zone).toLocalDate().toString();
            case HOUR -> Instant.ofEpochMilli(hour * Rollups.MILLIS_PER_HOUR).toString();
        };
    }

    private static UsageGroup usage(CallRow call) {
        return new UsageGroup(
                List.of(),
                call.state() == CallState.ADJUSTED ? 0 : 1,
                call.bill().inputTokens(),
                call.bill().cachedTokens(),
                call.bill().outputTokens(),
                call.bill().cost(),
                call.held());
    }

    private static UsageGroup withoutHolds(UsageGroup group) {
        UsageGroup holds =
                new UsageGroup(List.of(), 0, 0, 0, 0, Usd.ZERO, Usd.ofNanos(-group.held().nanos()));
        return named(group.group(), group.plus(holds));
    }

    private static UsageGroup named(List<String> names, UsageGroup group) {
        return new UsageGroup(
                names,
                group.calls(),
                group.inputTokens(),
                group.cachedTokens(),
                group.outputTokens(),
                group.cost(),
                group.held());
    }
}
