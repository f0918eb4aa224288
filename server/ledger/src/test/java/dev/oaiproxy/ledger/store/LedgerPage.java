package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.CallRow;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.ledger.UsageGroup;
import dev.oaiproxy.ledger.ledger.UsageQuery;
import dev.oaiproxy.ledger.store.report.Calls;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plays a page of a ledger on a real one: each line is done, and what came of it is written behind
 * an arrow. A page is right when playing it gives the page itself.
 *
 * <pre>
 * zone Z | at INSTANT
 * key NAME USER [in GROUP] [expires INSTANT] | revoke NAME | disable USER
 * group NAME USD|none PERIOD [each USD PERIOD] | ungroup NAME
 * member GROUP USER... | unmember GROUP USER...
 * quota SCOPE USD PERIOD [models GLOB] | unquota SCOPE PERIOD [models GLOB] | quotas SCOPE
 * raise SCOPE USD PERIOD [models GLOB] until INSTANT
 * grant SCOPE USD|none PERIOD [rpm N] [tpm N] [parallel N]
 * hold CALL KEY USD [tokens N] [model MODEL]
 * resize CALL USD
 * settle CALL USD [tokens N] [prices VERSION] | release CALL | estimate CALL | adjust CALL USD
 * defer CALL | prices CALL
 * balance SCOPE | call CALL | reason CALL | usage
 * spool CALL USD | crash | restart
 * </pre>
 */
final class LedgerPage {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final Actor ADMIN = new Actor("admin", "test");

    private final LedgerFixture ledger;
    private final Map<String, KeyId> keys = new HashMap<>();
    private final Map<String, CallId> calls = new HashMap<>();
    private final List<CallOutcome> spooled = new ArrayList<>();

    private LedgerPage(LedgerFixture ledger) {
        this.ledger = ledger;
    }

    /** Plays a page, checks the books after each line, and compares what came of it. */
    static void play(TestDatabase database, Path folder, String page) {
        ZoneId zone = ZoneId.of(page.startsWith("zone ") ? words(page).get(1) : "Z");
        try (LedgerFixture ledger = new LedgerFixture(database, folder, zone, START)) {
            LedgerPage pen = new LedgerPage(ledger);
            assertThat(page.lines().map(pen::write).collect(Collectors.joining("\n", "", "\n")))
                    .isEqualTo(page);
        }
    }

    private String write(String line) {
        String order = line.replaceFirst(" +->.*", "");
        if (order.isBlank() || order.startsWith("#")) {
            return line;
        }
        String outcome = named(act(words(order)));
        assertThat(ledger.store().audit().run().findings()).as(line).isEmpty();
        String space = line.substring(0, Math.max(0, line.indexOf("->"))).replaceFirst(".*\\S", "");
        return outcome.isEmpty()
                ? order
                : order + (space.isEmpty() ? " " : space) + "-> " + outcome;
    }

    private String act(List<String> words) {
        return switch (words.get(0)) {
            case "zone" -> "";
            case "at" -> at(words.get(1));
            case "key" -> key(words);
            case "revoke" -> revoke(words.get(1));
            case "disable" -> disable(words.get(1));
            case "grant" -> grant(words);
            case "hold" -> hold(words);
            case "resize" -> resize(words);
            case "settle", "release", "estimate" -> end(ending(words));
            case "adjust" -> adjust(words);
            case "defer" -> defer(words.get(1));
            case "prices" -> row(id(words.get(1))).bill().priceVersion();
            case "balance" -> balance(words.get(1));
            case "call" -> call(words.get(1));
            case "reason" -> row(id(words.get(1))).reason();
            case "usage" -> usage();
            case "spool" -> spool(ending(words));
            case "crash" -> crash();
            case "restart" -> restart();
            case "group", "ungroup", "member", "unmember" ->
                    new QuotaLines(ledger).act(words, words.get(1));
            case "quota", "unquota", "raise", "quotas" ->
                    new QuotaLines(ledger).act(words, scope(words.get(1)));
            default -> throw new IllegalArgumentException("no such line: " + words.get(0));
        };
    }

    private String at(String moment) {
        ledger.clock().moveTo(Instant.parse(moment));
        return "";
    }

    private String key(List<String> words) {
        Instant expires =
                words.contains("expires") ? Instant.parse(option(words, "expires")) : null;
        String group = words.contains("in") ? option(words, "in") : null;
        KeySettings terms =
                new KeySettings(
                        words.get(2), group, words.get(1), List.of(), expires, AccountLimits.NONE);
        try {
            keys.put(words.get(1), ledger.store().keys().create(terms, ADMIN).id());
            return "";
        } catch (IllegalArgumentException refused) {
            return "refused: " + refused.getMessage();
        }
    }

    private String revoke(String key) {
        ledger.store().keys().revoke(key(key), ADMIN);
        return "";
    }

    private String disable(String user) {
        ledger.sql("UPDATE accounts SET active = 0 WHERE scope = 'user:" + user + "'");
        return "";
    }

    private String grant(List<String> words) {
        AccountLimits limits =
                new AccountLimits(
                        words.get(2).equals("none") ? null : Usd.parse(words.get(2)),
                        QuotaPeriod.labelled(words.get(3)),
                        number(words, "rpm"),
                        number(words, "tpm"),
                        number(words, "parallel"));
        String scope = scope(words.get(1));
        return ledger.store().quotas().change(scope, before -> limits, ADMIN).isPresent()
                ? ""
                : "no account";
    }

    private String hold(List<String> words) {
        CallId id = ledger.nextId();
        calls.put(words.get(1), id);
        Long tokens = number(words, "tokens");
        return told(
                ledger.store()
                        .ledger()
                        .admit(
                                new HoldRequest(
                                        id,
                                        ledger.store().keys().find(key(words.get(2))).orElseThrow(),
                                        "chat",
                                        words.contains("model")
                                                ? option(words, "model")
                                                : SampleBills.MODEL,
                                        Usd.parse(words.get(3)),
                                        orNone(tokens),
                                        ledger.clock().instant(),
                                        "test.1")));
    }

    private String resize(List<String> words) {
        Usd amount = Usd.parse(words.get(2));
        return told(
                ledger.store().ledger().resize(id(words.get(1)), amount, ledger.clock().instant()));
    }

    private static String told(Admission admission) {
        return switch (admission) {
            case Admission.Granted granted -> "granted, remaining " + granted.remaining();
            case Admission.OverQuota over ->
                    "over quota %s%s: %s, spent %s, held %s"
                            .formatted(
                                    over.scope(),
                                    over.quota().models().globs().isEmpty()
                                            ? ""
                                            : " (" + over.quota() + ")",
                                    over.limit(),
                                    over.spent(),
                                    over.held());
            case Admission.OverRate over ->
                    "over rate %s: %d %s, %ds"
                            .formatted(
                                    over.scope(),
                                    over.limit(),
                                    over.what(),
                                    over.retryAfter().toSeconds());
            case Admission.Inactive inactive -> "inactive " + inactive.scope();
            case Admission.Expired expired -> "expired " + expired.scope();
            case Admission.Unavailable down -> "unavailable: " + down.why();
        };
    }

    private CallOutcome ending(List<String> words) {
        CallId id = id(words.get(1));
        Instant now = ledger.clock().instant();
        Long tokens = number(words, "tokens");
        return switch (words.get(0)) {
            case "release" -> SampleBills.release(id, now);
            case "estimate" -> SampleBills.estimate(id, row(id).held(), now);
            default ->
                    charge(
                            words,
                            SampleBills.charge(id, Usd.parse(words.get(2)), orNone(tokens), now));
        };
    }

    private static long orNone(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    private static CallOutcome charge(List<String> words, CallOutcome callOutcome) {
        return words.contains("prices")
                ? SampleBills.pricedBy(option(words, "prices"), callOutcome)
                : callOutcome;
    }

    /** Leaves a call to be asked about later, under its own name. */
    private String defer(String call) {
        PendingSettlements.Task task =
                new PendingSettlements.Task(
                        id(call), PendingSettlements.SettlementKind.RESPONSE, call, "");
        try {
            return ledger.store().deferred().add(task) ? "" : "ignored";
        } catch (StoreException twice) {
            return "refused";
        }
    }

    private String end(CallOutcome callOutcome) {
        CallRow before = row(callOutcome.id());
        assertThat(ledger.store().ledger().end(callOutcome)).isTrue();
        return row(callOutcome.id()).equals(before) ? "ignored" : "";
    }

    private String adjust(List<String> words) {
        CallId id = ledger.nextId();
        Calls.Correction correction =
                new Calls.Correction(
                        id,
                        id(words.get(1)),
                        Usd.parse(words.get(2)),
                        "by hand",
                        ledger.clock().instant());
        try {
            return ledger.store().calls().correct(correction, ADMIN).isPresent() ? "" : "no call";
        } catch (IllegalArgumentException refused) {
            return "refused: " + String.valueOf(refused.getMessage()).replaceFirst(";.*", "");
        }
    }

    private String balance(String scope) {
        AccountBalance accountBalance = ledger.store().quotas().find(scope(scope)).orElseThrow();
        return "spent %s, held %s, free %s, ends %s"
                .formatted(
                        accountBalance.spent(),
                        accountBalance.held(),
                        accountBalance.remaining(),
                        accountBalance.resetsAt() == null ? "never" : accountBalance.resetsAt());
    }

    private String call(String name) {
        return ledger.store()
                .calls()
                .find(id(name))
                .map(row -> row.state().label() + " " + row.bill().cost() + ", booked " + row.at())
                .orElse("no row");
    }

    private String usage() {
        return ledger
                .store()
                .usage()
                .groups(
                        new UsageQuery(
                                Instant.EPOCH,
                                Instant.parse("2100-01-01T00:00:00Z"),
                                List.of(UsageQuery.By.DAY),
                                null,
                                null,
                                null))
                .stream()
                .map(LedgerPage::told)
                .collect(Collectors.joining("; "));
    }

    private static String told(UsageGroup day) {
        return day.group().getFirst() + " " + day.calls() + " calls " + day.cost();
    }

    private String spool(CallOutcome callOutcome) {
        spooled.add(callOutcome);
        return "";
    }

    private String crash() {
        ledger.crash(spooled);
        spooled.clear();
        return "";
    }

    private String restart() {
        ledger.restart();
        return "";
    }

    private CallRow row(CallId id) {
        return ledger.store().calls().find(id).orElseThrow();
    }

    private String scope(String named) {
        return named.startsWith("key:") ? "key:" + key(named.substring(4)) : named;
    }

    /** The text with the names of the keys in place of their ids, which differ each time. */
    private String named(String text) {
        String result = text;
        for (Map.Entry<String, KeyId> key : keys.entrySet()) {
            result = result.replace(key.getValue().text(), key.getKey());
        }
        return result;
    }

    private KeyId key(String name) {
        return Optional.ofNullable(keys.get(name)).orElseThrow();
    }

    private CallId id(String name) {
        return Optional.ofNullable(calls.get(name)).orElseThrow();
    }

    private static List<String> words(String text) {
        return text.lines().limit(1).flatMap(Pattern.compile(" +")::splitAsStream).toList();
    }

    private static @Nullable Long number(List<String> words, String name) {
        return words.contains(name) ? Long.valueOf(option(words, name)) : null;
    }

    private static String option(List<String> words, String name) {
        return words.get(words.indexOf(name) + 1);
    }
}
