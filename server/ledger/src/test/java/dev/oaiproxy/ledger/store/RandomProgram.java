package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.Admission;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.ledger.Ending;
import dev.oaiproxy.ledger.ledger.HoldOrder;
import dev.oaiproxy.ledger.ledger.KeyTerms;
import dev.oaiproxy.ledger.ledger.Limits;
import dev.oaiproxy.ledger.ledger.Period;
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
import org.jspecify.annotations.Nullable;

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

    /** Of its own, so that the seeds go on to do what they did. */
    private final Random deferrals;

    private final Course course;
    private final Installation ledger;
    private final PaperLedger paper;
    private final Resizes resizes;
    private final ZoneId zone;
    private final List<Twin.Holder> holders = new ArrayList<>();
    private final List<Twin> open = new ArrayList<>();
    private final List<Twin> ended = new ArrayList<>();

    /** The accounts that an administrator has put beyond their limit. */
    private final Set<String> excused = new HashSet<>();

    RandomProgram(TestDatabase database, Path folder, long seed, Course course) {
        this.random = new Random(seed);
        this.deferrals = new Random(~seed);
        this.zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        this.course = course;
        int nodes = course == Course.TO_TWO_NODES ? 2 : 1;
        this.ledger =
                new Installation(database, new Installation.Shape(folder, zone, nodes), START);
        this.paper = new PaperLedger(zone);
        this.resizes = new Resizes(ledger, paper, new Random(seed ^ DOLLAR));
        create();
    }

    Installation ledger() {
        return ledger;
    }

    PaperLedger paper() {
        return paper;
    }

    ZoneId zone() {
        return zone;
    }

    List<Twin> ended() {
        return ended;
    }

    Set<String> excused() {
        return excused;
    }

    @Override
    public void close() {
        ledger.close();
    }

    /** Does one thing, and says what. */
    String step() {
        ledger.turn();
        int dice = random.nextInt(1000);
        if (dice < 760 && course == Course.IN_BURSTS) {
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
            return turnTheClock();
        }
        return dice < 996 ? crash() : restart();
    }

    private String create() {
        String user = any(USERS);
        Limits limits = limits();
        Instant expires = random.nextInt(4) == 0 ? now().plus(Duration.ofHours(60)) : null;
        KeyTerms terms = new KeyTerms(user, "", List.of(), expires, limits);
        Key key =
                ledger.store()
                        .keys()
                        .find(ledger.store().keys().create(terms, ADMIN).id())
                        .orElseThrow();
        PaperLedger.Account everyone = paper.account("everyone");
        PaperLedger.Account users = paper.account("user:" + user);
        PaperLedger.Account own = paper.account("key:" + key.id());
        own.expires = expires == null ? Long.MAX_VALUE : expires.toEpochMilli();
        paper.change(own, limits, millis());
        holders.add(new Twin.Holder(key, List.of(everyone, users, own)));
        return "create " + terms;
    }

    private String revoke() {
        Twin.Holder holder = holders.remove(random.nextInt(holders.size()));
        if (random.nextBoolean()) {
            holders.add(holder);
        }
        ledger.store().keys().revoke(holder.key().id(), ADMIN);
        holder.accounts().getLast().active = false;
        return "revoke " + holder.key();
    }

    private Act<Boolean> change() {
        PaperLedger.Account account = any(List.copyOf(paper.accounts.values()));
        Limits limits = limits();
        return new Act<>(
                () ->
                        ledger.store()
                                .quotas()
                                .change(account.scope, before -> limits, ADMIN)
                                .isPresent(),
                found -> {
                    assertThat(found).isTrue();
                    paper.change(account, limits, millis());
                    excused.add(account.scope);
                    return "change " + account.scope + " to " + limits;
                });
    }

    private String burst() {
        if (holders.isEmpty()) {
            return create();
        }
        List<Act<?>> acts = new ArrayList<>();
        int size = 2 + random.nextInt(MOST_IN_BURST - 1);
        while (acts.size() < size) {
            if (open.isEmpty() || random.nextInt(5) < 3) {
                acts.add(holdOf(any(holders)));
            } else {
                Twin twin = taken();
                Ending ending = ending(twin);
                acts.addAll(resizes.before(ending, twin));
                acts.add(ended(twin, ending));
                if (random.nextInt(4) == 0) {
                    acts.add(endAgain(twin));
                }
            }
        }
        // What else is done in a commit comes after the calls.
        if (random.nextInt(4) == 0) {
            acts.add(change());
        }
        if (!ended.isEmpty() && random.nextInt(4) == 0) {
            acts.add(adjust(any(ended)));
        }
        int before = open.size();
        List<String> done = Act.together(ledger.store(), acts);
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
        return done + resizes.some(open).stream().map(Act::perform).toList();
    }

    private Act<Admission> holdOf(Twin.Holder holder) {
        long amount = random.nextInt(20) == 0 ? 0 : random.nextLong(DOLLAR);
        CallId id = ledger.nextId();
        PaperLedger.When when =
                new PaperLedger.When(paper.booked(millis()), millis(), id.madeAt().toEpochMilli());
        PaperLedger.Call call =
                new PaperLedger.Call(holder.accounts(), when, amount, random.nextInt(2000));
        HoldOrder order =
                new HoldOrder(
                        id,
                        holder.key(),
                        "chat",
                        Bills.MODEL,
                        Usd.ofNanos(amount),
                        call.tokens,
                        now(),
                        "test.1");
        return new Act<>(
                () -> ledger.store().ledger().admit(order),
                admission -> {
                    assertThat(admission).isNotInstanceOf(Admission.Unavailable.class);
                    assertThat(admission instanceof Admission.Granted)
                            .as("%s of %s", admission, Usd.ofNanos(amount))
                            .isEqualTo(paper.admit(call));
                    if (admission instanceof Admission.Granted) {
                        open.add(new Twin(id, holder, call));
                    }
                    return "hold " + id + " " + admission;
                });
    }

    /** Leaves some of the newest calls to be settled later. */
    private void deferSome(int from) {
        for (Twin twin : open.subList(from, open.size())) {
            twin.call().landed = deferrals.nextInt(6) == 0 && deferred(twin.id());
        }
    }

    private boolean deferred(CallId id) {
        Deferred.Task task = new Deferred.Task(id, Deferred.Kind.BATCH, "batch_" + id, "");
        assertThat(ledger.store().deferred().add(task)).isTrue();
        return true;
    }

    private Twin taken() {
        return open.remove(random.nextInt(open.size()));
    }

    private Act<Boolean> ended(Twin twin, Ending ending) {
        return new Act<>(
                () -> ledger.store().ledger().end(ending),
                written -> {
                    assertThat(written).isTrue();
                    end(twin, ending);
                    return "end " + ending;
                });
    }

    private Act<Boolean> endAgain(Twin twin) {
        Ending again = ending(twin);
        return new Act<>(
                () -> ledger.store().ledger().end(again),
                written -> {
                    assertThat(written).isTrue();
                    return "again " + again;
                });
    }

    private Ending ending(Twin twin) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> Bills.release(twin.id(), now());
            case 2 -> Bills.estimate(twin.id(), Usd.ofNanos(twin.call().held), now());
            default ->
                    Bills.charge(
                            twin.id(),
                            Usd.ofNanos(random.nextLong(twin.call().held + 1)),
                            random.nextInt(2000),
                            now());
        };
    }

    private void end(Twin twin, Ending ending) {
        Ending.Bill bill = ending.bill();
        paper.end(twin.call(), ending.state(), bill.cost().nanos(), bill.inputTokens());
        ended.add(twin);
    }

    private String end(Twin twin) {
        return ended(twin, ending(twin)).perform();
    }

    private String endAgainOrAdjust() {
        Twin twin = any(ended);
        if (random.nextBoolean()) {
            return endAgain(twin).perform();
        }
        return adjust(twin).perform();
    }

    private Act<Boolean> adjust(Twin twin) {
        long amount = random.nextLong(DOLLAR) - DOLLAR / 2;
        CallId id = ledger.nextId();
        Calls.Correction correction =
                new Calls.Correction(id, twin.id(), Usd.ofNanos(amount), "by hand", now());
        return new Act<>(
                () -> isCorrected(correction),
                done -> {
                    assertThat(done)
                            .as("%s", correction)
                            .isEqualTo(paper.adjust(twin.call(), amount));
                    if (done && amount > 0) {
                        twin.holder().accounts().forEach(account -> excused.add(account.scope));
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

    private String turnTheClock() {
        Duration step =
                switch (random.nextInt(12)) {
                    case 0 -> Duration.ofDays(random.nextInt(20));
                    case 1, 2 -> Duration.ofHours(random.nextInt(24));
                    case 3 -> Duration.ofHours(-random.nextInt(30));
                    case 4, 5 -> Duration.ofSeconds(-random.nextInt(120));
                    default -> Duration.ofSeconds(random.nextInt(1200));
                };
        ledger.clock().moveBy(ledger.isShared() ? step.abs() : step);
        return "clock " + step + " to " + now();
    }

    private String crash() {
        Map<CallId, Ending> spooled = new HashMap<>();
        for (Twin twin : open) {
            if (random.nextInt(3) == 0) {
                spooled.put(twin.id(), ending(twin));
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

    private void endLeft(Map<CallId, Ending> spooled) {
        List<Twin> landed = new ArrayList<>();
        for (Twin twin : open) {
            Usd held = Usd.ofNanos(twin.call().held);
            Ending left = spooled.get(twin.id());
            if (left == null && twin.call().landed) {
                landed.add(twin);
            } else {
                end(twin, left == null ? Bills.estimate(twin.id(), held, now()) : left);
            }
        }
        open.clear();
        open.addAll(landed);
        paper.restart();
    }

    private Limits limits() {
        return new Limits(
                random.nextInt(4) == 0 ? null : Usd.ofNanos(random.nextLong(20 * DOLLAR)),
                any(List.of(Period.values())),
                rarely(5),
                rarely(10_000),
                rarely(6));
    }

    private @Nullable Long rarely(int most) {
        return random.nextInt(6) == 0 ? (long) random.nextInt(most) : null;
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
