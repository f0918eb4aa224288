package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.CallOutcome;
import dev.oaiproxy.ledger.ledger.HoldRequest;
import dev.oaiproxy.ledger.ledger.KeySettings;
import dev.oaiproxy.ledger.store.report.Calls;
import dev.oaiproxy.ledger.store.table.PendingSettlements;
import dev.oaiproxy.metering.money.Usd;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Does the same random things to a ledger and to one on paper. */
final class RandomProgram implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-03-27T20:00:00Z");
    private static final Actor ADMIN = new Actor("admin", "test");
    private static final List<String> ZONES =
            List.of("Z", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham");
    private static final List<String> USERS = List.of("alice", "bob", "carol");
    private static final long DOLLAR = 1_000_000_000;
    private static final int MOST_KEYS = 8;
    private static final int MOST_IN_BURST = 16;

    private final Random random;

    /** A generator of its own, so that the kept seeds still produce the same programs. */
    private final Random deferrals;

    private final CallScenario callScenario;
    private final LedgerFixture ledger;
    private final PaperLedger paper;
    private final RandomResizes randomResizes;
    private final RandomLimits randomLimits;
    private final RandomQuotas randomQuotas;
    private final ZoneId zone;
    private final List<TwinCall.Holder> holders = new ArrayList<>();
    private final List<TwinCall> open = new ArrayList<>();
    private final List<TwinCall> ended = new ArrayList<>();

    /** The accounts that an administrator has put beyond their limit. */
    private final Set<String> excused = new HashSet<>();

    RandomProgram(TestDatabase database, Path folder, long seed, CallScenario callScenario) {
        this.random = new Random(seed);
        this.deferrals = new Random(~seed);
        this.randomLimits = new RandomLimits(random);
        this.zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        this.callScenario = callScenario;
        int nodes = callScenario == CallScenario.TO_TWO_NODES ? 2 : 1;
        this.ledger =
                new LedgerFixture(database, new LedgerFixture.Shape(folder, zone, nodes), START);
        this.paper = new PaperLedger(zone);
        this.randomResizes = new RandomResizes(ledger, paper, new Random(seed ^ DOLLAR));
        this.randomQuotas =
                new RandomQuotas(ledger, paper, new Random(seed + 1), callScenario, excused);
        create();
    }

    LedgerFixture ledger() {
        return ledger;
    }

    PaperLedger paper() {
        return paper;
    }

    ZoneId zone() {
        return zone;
    }

    List<TwinCall> ended() {
        return ended;
    }

    Set<String> excused() {
        return excused;
    }

    @Override
    public void close() {
        ledger.close();
    }

    RandomQuotas quotas() {
        return randomQuotas;
    }

    /** Performs one random step, and describes it. */
    String step() {
        ledger.turn();
        return main() + " " + randomQuotas.some();
    }

    private String main() {
        int dice = random.nextInt(1000);
        if (dice < 760 && callScenario == CallScenario.IN_BURSTS) {
            return burst();
        } else if (dice < 400) {
            return hold();
        } else if (dice < 760) {
            return open.isEmpty() ? hold() : end(taken());
        } else if (dice < 800) {
            return ended.isEmpty() ? hold() : endAgainOrAdjust();
        } else if (dice < 820) {
            return holders.size() < MOST_KEYS ? create() : revoke();
        } else if (dice < 890) {
            return change().perform();
        } else if (dice < 990) {
            return ledger.turnTheClock(random);
        }
        return dice < 996 ? crash() : restart();
    }

    private String create() {
        String user = any(USERS);
        AccountLimits limits = randomLimits.next();
        Instant expires = random.nextInt(4) == 0 ? now().plus(Duration.ofHours(60)) : null;
        String group = randomQuotas.group(user);
        KeySettings terms = new KeySettings(user, group, "", List.of(), expires, limits);
        Key key =
                ledger.store()
                        .keys()
                        .find(ledger.store().keys().create(terms, ADMIN).id())
                        .orElseThrow();
        List<PaperLedger.PaperAccount> all = new ArrayList<>();
        all.add(paper.account("everyone"));
        if (group != null) {
            all.add(paper.account(Scope.group(group)));
            all.add(paper.account(Scope.member(group, user)));
        }
        all.add(paper.account("user:" + user));
        PaperLedger.PaperAccount own = paper.account("key:" + key.id());
        all.add(own);
        own.expires = expires == null ? Long.MAX_VALUE : expires.toEpochMilli();
        paper.change(own, limits, millis());
        holders.add(new TwinCall.Holder(key, all));
        return "create " + terms;
    }

    private String revoke() {
        TwinCall.Holder holder = holders.remove(random.nextInt(holders.size()));
        if (random.nextBoolean()) {
            holders.add(holder);
        }
        ledger.store().keys().revoke(holder.key().id(), ADMIN);
        holder.accounts().getLast().active = false;
        return "revoke " + holder.key();
    }

    private LedgerStep<Boolean> change() {
        PaperLedger.PaperAccount account = any(List.copyOf(paper.accounts.values()));
        return randomQuotas.change(account, randomLimits.next());
    }

    private String burst() {
        if (holders.isEmpty()) {
            return create();
        }
        List<LedgerStep<?>> acts = new ArrayList<>();
        int size = 2 + random.nextInt(MOST_IN_BURST - 1);
        while (acts.size() < size) {
            if (open.isEmpty() || random.nextInt(5) < 3) {
                acts.add(holdOf(any(holders)));
            } else {
                TwinCall twinCall = taken();
                CallOutcome outcome = ending(twinCall);
                acts.addAll(randomResizes.before(outcome, twinCall));
                acts.add(ended(twinCall, outcome));
                if (random.nextInt(4) == 0) {
                    acts.add(endAgain(twinCall));
                }
            }
        }
        // Other work of a commit comes after the calls.
        if (random.nextInt(4) == 0) {
            acts.add(change());
        }
        if (!ended.isEmpty() && random.nextInt(4) == 0) {
            acts.add(adjust(any(ended)));
        }
        int before = open.size();
        List<String> done = LedgerStep.together(ledger.store(), acts);
        deferSome(before);
        return String.join("; ", done);
    }

    private String hold() {
        if (holders.isEmpty()) {
            return create();
        }
        int before = open.size();
        String done = holdOf(any(holders)).perform();
        deferSome(before);
        return done + randomResizes.some(open).stream().map(LedgerStep::perform).toList();
    }

    private LedgerStep<Admission> holdOf(TwinCall.Holder holder) {
        long amount = random.nextInt(20) == 0 ? 0 : random.nextLong(DOLLAR);
        CallId id = ledger.nextId();
        String model = randomQuotas.model();
        List<PaperLedger.PaperAccount> paying = paper.paying(holder.accounts(), model);
        long booked = paper.booked(millis(), paying);
        PaperLedger.When when = new PaperLedger.When(booked, millis(), id.madeAt().toEpochMilli());
        PaperLedger.Call call = new PaperLedger.Call(paying, when, amount, random.nextInt(2000));
        call.model = model;
        HoldRequest order =
                new HoldRequest(
                        id,
                        holder.key(),
                        "chat",
                        model,
                        Usd.ofNanos(amount),
                        call.tokens,
                        now(),
                        "test.1");
        return new LedgerStep<>(
                () -> ledger.store().ledger().admit(order),
                admission -> {
                    assertThat(admission).isNotInstanceOf(Admission.Unavailable.class);
                    assertThat(admission instanceof Admission.Granted)
                            .as("%s of %s", admission, Usd.ofNanos(amount))
                            .isEqualTo(paper.admit(call));
                    if (admission instanceof Admission.Granted) {
                        open.add(new TwinCall(id, holder, call));
                    }
                    return "hold " + id + " " + admission;
                });
    }

    /** Leaves some of the newest calls to be settled later. */
    private void deferSome(int from) {
        for (TwinCall twinCall : open.subList(from, open.size())) {
            twinCall.call().landed = deferrals.nextInt(6) == 0 && deferred(twinCall.id());
        }
    }

    private boolean deferred(CallId id) {
        PendingSettlements.Task task =
                new PendingSettlements.Task(
                        id, PendingSettlements.SettlementKind.BATCH, "batch_" + id, "");
        assertThat(ledger.store().deferred().add(task)).isTrue();
        return true;
    }

    private TwinCall taken() {
        return open.remove(random.nextInt(open.size()));
    }

    private LedgerStep<Boolean> ended(TwinCall twinCall, CallOutcome outcome) {
        return new LedgerStep<>(
                () -> ledger.store().ledger().end(outcome),
                written -> {
                    assertThat(written).isTrue();
                    end(twinCall, outcome);
                    return "end " + outcome;
                });
    }

    private LedgerStep<Boolean> endAgain(TwinCall twinCall) {
        CallOutcome again = ending(twinCall);
        return new LedgerStep<>(
                () -> ledger.store().ledger().end(again),
                written -> {
                    assertThat(written).isTrue();
                    return "again " + again;
                });
    }

    private CallOutcome ending(TwinCall twinCall) {
        return SampleBills.ofModel(twinCall.call().model, anyEnd(twinCall));
    }

    private CallOutcome anyEnd(TwinCall twinCall) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> SampleBills.release(twinCall.id(), now());
            case 2 -> SampleBills.estimate(twinCall.id(), Usd.ofNanos(twinCall.call().held), now());
            default ->
                    SampleBills.charge(
                            twinCall.id(),
                            Usd.ofNanos(random.nextLong(twinCall.call().held + 1)),
                            random.nextInt(2000),
                            now());
        };
    }

    private void end(TwinCall twinCall, CallOutcome outcome) {
        CallOutcome.Bill bill = outcome.bill();
        paper.end(twinCall.call(), outcome.state(), bill.cost().nanos(), bill.inputTokens());
        ended.add(twinCall);
    }

    private String end(TwinCall twinCall) {
        return ended(twinCall, ending(twinCall)).perform();
    }

    private String endAgainOrAdjust() {
        TwinCall twinCall = any(ended);
        if (random.nextBoolean()) {
            return endAgain(twinCall).perform();
        }
        return adjust(twinCall).perform();
    }

    private LedgerStep<Boolean> adjust(TwinCall twinCall) {
        long amount = random.nextLong(DOLLAR) - DOLLAR / 2;
        CallId id = ledger.nextId();
        Calls.Correction correction =
                new Calls.Correction(id, twinCall.id(), Usd.ofNanos(amount), "by hand", now());
        return new LedgerStep<>(
                () -> isCorrected(correction),
                done -> {
                    assertThat(done)
                            .as("%s", correction)
                            .isEqualTo(paper.adjust(twinCall.call(), amount));
                    if (done && amount > 0) {
                        twinCall.call()
                                .accounts
                                .forEach(one -> excused.add(randomQuotas.nameOf(one)));
                    }
                    return "adjust " + correction;
                });
    }

    private boolean isCorrected(Calls.Correction correction) {
        try {
            return ledger.store().calls().correct(correction, ADMIN).isPresent();
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    private String crash() {
        Map<CallId, CallOutcome> spooled = new HashMap<>();
        for (TwinCall twinCall : open) {
            if (random.nextInt(3) == 0) {
                spooled.put(twinCall.id(), ending(twinCall));
            }
        }
        ledger.crash(List.copyOf(spooled.values()));
        endLeft(spooled);
        return "crash with " + spooled.size() + " in the spool";
    }

    private String restart() {
        ledger.restart();
        endLeft(Map.of());
        return "restart";
    }

    private void endLeft(Map<CallId, CallOutcome> spooled) {
        List<TwinCall> landed = new ArrayList<>();
        for (TwinCall twinCall : open) {
            Usd held = Usd.ofNanos(twinCall.call().held);
            CallOutcome left = spooled.get(twinCall.id());
            if (left == null && twinCall.call().landed) {
                landed.add(twinCall);
            } else {
                end(
                        twinCall,
                        left == null ? SampleBills.estimate(twinCall.id(), held, now()) : left);
            }
        }
        open.clear();
        open.addAll(landed);
        paper.restart();
    }

    private Instant now() {
        return ledger.clock().instant();
    }

    private long millis() {
        return now().toEpochMilli();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
