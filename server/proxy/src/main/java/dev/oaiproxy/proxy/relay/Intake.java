package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.ledger.key.Caller;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.KeyRing;
import dev.oaiproxy.ledger.store.StoreException;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.operation.ObjectKind;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.ReferenceScanner;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.ScanResult;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.proxy.quota.FixedAmount;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.quota.Order;
import dev.oaiproxy.proxy.settle.ContainerUse;
import dev.oaiproxy.proxy.upstream.Upstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The first questions: who asks, for what, and what it is priced at. */
public final class Intake {
    private static final Duration FILE_PATIENCE = Duration.ofSeconds(30);

    private final OperationLookup operations;
    private final Owners owners;
    private final Supplier<PriceBook> prices;
    private final Defaults defaults;
    private final Sessions sessions;
    private final KeyRing keys;
    private final InstantSource clock;
    private final BatchIntake batches;
    private final TrainingIntake trainings;
    private final Duration patience;

    /**
     * What is known beforehand.
     *
     * @param catalogue which operations there are
     * @param prices gives the edition of the price book that holds now
     * @param owners whose objects they may be about
     * @param limits why nothing of a key would be let through now
     * @param defaults what a request gets that says nothing
     * @param containers what pays for those that they use
     * @param patience how long the database may keep a client waiting in all
     */
    public record Rules(
            Catalogue catalogue,
            Supplier<PriceBook> prices,
            Owners owners,
            Function<Key, Optional<Grant>> limits,
            Defaults defaults,
            ContainerUse containers,
            Duration patience) {}

    /**
     * @param upstream where the files are that say what a call can cost
     */
    public Intake(Rules rules, KeyRing keys, InstantSource clock, Upstream upstream) {
        this.operations = new OperationLookup(rules.catalogue());
        this.owners = rules.owners();
        this.prices = rules.prices();
        this.defaults = rules.defaults();
        this.sessions = new Sessions(rules.containers());
        this.keys = keys;
        this.clock = clock;
        FileReads reads = new FileReads(rules.limits(), FILE_PATIENCE);
        this.batches = new BatchIntake(upstream, rules.owners(), reads);
        this.trainings = new TrainingIntake(upstream, reads);
        this.patience = rules.patience();
    }

    /** How long the database may keep a client waiting, over all that is asked of it. */
    Duration patience() {
        return patience;
    }

    /** The key comes first: a stranger learns nothing about paths, models or prices. */
    Plan plan(Ask ask) {
        return plan(ask, () -> keys.identify(ask.key()), key -> operation(ask, key));
    }

    /** The same for a WebSocket that is asked for. */
    Plan talk(Ask ask) {
        Optional<SessionPreset> preset = preset(ask);
        // A client secret opens no other conversation than a realtime one.
        if (preset.isPresent() && !SessionPreset.PATH.equals(ask.path())) {
            return refuse(new Refusal.UnknownKey(true));
        }
        Supplier<Caller> who =
                () ->
                        preset.map(known -> keys.identify(known.key()))
                                .orElseGet(() -> keys.identify(ask.key()));
        return plan(ask, who, key -> conversation(ask, key));
    }

    /** What the client secret says that was presented as a key, if it was one. */
    Optional<SessionPreset> preset(Ask ask) {
        return SessionPreset.in(ask.key(), keys.secrets());
    }

    private static Plan plan(Ask ask, Supplier<Caller> who, Function<Key, Plan> known) {
        return readable(() -> plan(ask, who.get(), known), "no key can be read");
    }

    private static Plan readable(Supplier<Plan> plan, String otherwise) {
        try {
            return plan.get();
        } catch (StoreException unreadable) {
            return refuse(new Refusal.NotGranted(new Grant.Unavailable(otherwise)));
        }
    }

    private static Plan plan(Ask ask, Caller caller, Function<Key, Plan> next) {
        return switch (caller) {
            case Caller.Known known -> {
                ask.lease().belongTo(known.key().user());
                yield next.apply(known.key());
            }
            case Caller.Unknown _ -> refuse(new Refusal.UnknownKey(ask.key() != null));
            case Caller.Revoked revoked -> refuse(new Refusal.RevokedKey(revoked.id()));
            case Caller.Expired expired -> refuse(new Refusal.ExpiredKey(expired.id()));
        };
    }

    private Plan operation(Ask ask, Key key) {
        return switch (operations.request(ask)) {
            case OperationLookup.Result.Found found -> treat(ask, key, found.operation());
            case OperationLookup.Result.Refused refused -> refuse(refused.why());
        };
    }

    private Plan conversation(Ask ask, Key key) {
        return switch (operations.socket(ask)) {
            case OperationLookup.Result.Found found -> talk(ask, key, found.operation());
            case OperationLookup.Result.Refused refused -> refuse(refused.why());
        };
    }

    private static Plan talk(Ask ask, Key key, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Metered metered ->
                    new Plan.Talk(metered.meter(), key, operation, ask.lease());
            case Operation.Answered _, Operation.Free _, Operation.Refused _ ->
                    refuse(new Refusal.UnknownPath());
        };
    }

    /** What is to be done with a response that is asked for in a conversation. */
    Plan turn(Plan.Talk talk, byte[] body) {
        return Draft.of(talk, body)
                .planned(
                        draft ->
                                readable(() -> scan(draft, Meter.RESPONSE), "nothing can be read"));
    }

    private Plan treat(Ask ask, Key key, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Refused refused -> refuse(new Refusal.Forbidden(refused.why()));
            case Operation.Answered _ -> read(ask, key, operation, this::answer);
            case Operation.Free _ -> owned(ask, key, operation, this::free);
            case Operation.Metered metered ->
                    owned(ask, key, operation, draft -> scan(draft, metered.meter()));
        };
    }

    private ListedModels listed() {
        return new ListedModels(prices.get(), clock.instant());
    }

    /** Plans on, if what the path names is the caller's, or a model that calls take. */
    private Plan owned(Ask ask, Key key, Operation operation, Function<Draft, Plan> next) {
        return owners.objection(key, operation, ask.path())
                .or(() -> listed().objection(operation, ask.path()))
                .map(Intake::refuse)
                .orElseGet(() -> read(ask, key, operation, next));
    }

    private Plan read(Ask ask, Key key, Operation operation, Function<Draft, Plan> next) {
        Operation.BodyRule rule = operation.body();
        if (rule.streamed() && FormUpload.isOne(ask)) {
            return upload(Draft.of(ask, key, operation, new byte[0]), new FormUpload(ask, rule));
        }
        return switch (ask.body().whole(rule.most())) {
            case Ask.Body.TooLarge larger -> refuse(new Refusal.TooLarge(larger.most()));
            case Ask.Body.NoRoom _ -> refuse(new Refusal.NoRoom());
            case Ask.Body.Damaged damaged -> refuse(damaged(damaged.codings()));
            case Ask.Body.UnknownCoding coding -> refuse(new Refusal.UnknownCoding(coding.name()));
            case Ask.Body.Whole whole -> Draft.of(ask, key, operation, whole.bytes()).planned(next);
        };
    }

    private static Refusal damaged(String codings) {
        return new Refusal.Malformed(
                "The body is not what its Content-Encoding says: it cannot be decoded as "
                        + codings
                        + ".",
                null);
    }

    /** Takes a form that passes as it comes. */
    private Plan upload(Draft draft, FormUpload form) {
        return form.refusal()
                .map(Intake::refuse)
                .orElseGet(
                        () -> used(draft, claim -> paid(draft, claim, form(draft, claim, form))));
    }

    private Plan form(Draft draft, Claim claim, FormUpload form) {
        return new Plan.Free(draft.operation(), owners, claim, form);
    }

    private Plan answer(Draft draft) {
        return SessionPreset.issue(keys.secrets(), draft, clock.instant());
    }

    private Plan free(Draft draft) {
        Optional<String> fault =
                draft.body().length == 0
                        ? Optional.empty()
                        : RequestScanner.typeFault(draft.contentType());
        if (fault.isPresent()) {
            return refuse(new Refusal.Malformed(fault.get(), null));
        }
        boolean items = draft.body().length > 0 && draft.operation().takesItems();
        return used(draft, claim -> items ? keeping(draft, claim) : free(draft, claim));
    }

    /** What OpenAI keeps as a part of a conversation may bring tools to a response. */
    private Plan keeping(Draft draft, Claim claim) {
        return switch (RequestScanner.scanItems(draft.body())) {
            case ScanResult.Malformed bad ->
                    refuse(new Refusal.Malformed(bad.message(), bad.param()));
            case ScanResult.Facts scanned -> {
                owners.recall(draft.key(), scanned.facts());
                yield free(draft, claim);
            }
        };
    }

    private Plan free(Draft draft, Claim claim) {
        ObjectKind listed = draft.operation().subjects().listed();
        return paid(
                draft,
                claim,
                listed == null
                        ? new Plan.Free(draft.operation(), draft.body(), owners, claim)
                        : new Plan.Listed(draft.key(), listed, owners, claim, listed()));
    }

    /** The plan, when the containers that it uses are paid for; that comes last of all. */
    private Plan paid(Draft draft, Claim claim, Plan plan) {
        return sessions.objection(draft.key(), claim.containers()).map(Intake::refuse).orElse(plan);
    }

    /** Plans on, if what the body names is the caller's. */
    private Plan used(Draft draft, Function<Claim, Plan> next) {
        ReferenceScanner referenceScanner = ReferenceScanner.in(draft.contentType(), draft.body());
        return owners.objection(draft.key(), referenceScanner)
                .map(Intake::refuse)
                .orElseGet(
                        () ->
                                next.apply(
                                        owners.claim(
                                                new Claim.Subject(
                                                        draft.key(),
                                                        draft.operation(),
                                                        draft.object(),
                                                        referenceScanner))));
    }

    private Plan scan(Draft given, Meter meter) {
        Draft draft = ImageDefault.named(given, meter, prices.get());
        return switch (RequestScanner.scan(meter, draft.contentType(), draft.body())) {
            case ScanResult.Malformed bad ->
                    refuse(new Refusal.Malformed(bad.message(), bad.param()));
            case ScanResult.Facts scanned ->
                    used(
                            draft,
                            claim ->
                                    bill(
                                            new Billed(draft, meter, claim, prices.get()),
                                            scanned.facts()));
        };
    }

    private Plan bill(Billed billed, RequestFacts facts) {
        if (billed.meter() == Meter.BATCH) {
            return batch(billed, facts);
        }
        return switch (owners.recall(billed.draft().key(), facts)) {
            case ScanResult.Malformed bad ->
                    refuse(new Refusal.Malformed(bad.message(), bad.param()));
            case ScanResult.Facts whole -> price(billed, defaults.limited(whole.facts()));
        };
    }

    /** One edition of the price book serves all of a call. */
    private record Billed(Draft draft, Meter meter, Claim claim, PriceBook prices) {}

    private Plan price(Billed billed, RequestFacts facts) {
        if (billed.meter() != Meter.FINE_TUNING) {
            return demand(billed, facts);
        }
        return appraisal(billed)
                .objection(facts)
                .map(Intake::refuse)
                .orElseGet(() -> training(billed, facts));
    }

    private Plan training(Billed billed, RequestFacts facts) {
        Key key = billed.draft().key();
        return switch (trainings.bound(key, facts, billed.prices(), clock.instant())) {
            case TrainingIntake.Outcome.Refused refused -> refuse(refused.why());
            case TrainingIntake.Outcome.Bounded bounded -> demand(billed, bounded.facts());
        };
    }

    private Plan demand(Billed billed, RequestFacts facts) {
        return switch (appraisal(billed).of(facts)) {
            case Appraisal.Outcome.Refused refused -> refuse(refused.why());
            case Appraisal.Outcome.Priced priced ->
                    Appraisal.isPayable(priced.maxUsage())
                            ? paid(
                                    billed.draft(),
                                    billed.claim(),
                                    metered(
                                            billed,
                                            defaults.tiered(billed.meter(), priced.maxUsage()),
                                            null))
                            : tooDear();
        };
    }

    private Appraisal appraisal(Billed billed) {
        return new Appraisal(
                new Appraisal.Asker(billed.draft().key(), owners),
                billed.meter(),
                billed.prices(),
                clock.instant());
    }

    private Plan batch(Billed billed, RequestFacts facts) {
        Draft draft = billed.draft();
        BatchIntake.Asked asked =
                new BatchIntake.Asked(
                        draft.key(), facts, billed.prices(), clock.instant(), draft.lease());
        return switch (batches.read(asked)) {
            case BatchIntake.Outcome.Refused refused -> refuse(refused.why());
            case BatchIntake.Outcome.Free _ ->
                    new Plan.Free(draft.operation(), draft.body(), owners, billed.claim());
            case BatchIntake.Outcome.Held held -> {
                FixedAmount amount = held.total().amount();
                yield amount.usd().compareTo(Appraisal.LARGEST_CEILING) <= 0
                        ? metered(billed, held.total().demand(facts), amount)
                        : tooDear();
            }
        };
    }

    private static Plan metered(Billed billed, MaxUsage maxUsage, @Nullable FixedAmount amount) {
        Draft draft = billed.draft();
        return new Plan.Metered(
                new Order(
                        draft.key(),
                        draft.operation().name(),
                        billed.meter(),
                        maxUsage,
                        billed.prices(),
                        draft.body(),
                        amount),
                billed.claim(),
                billed.prices());
    }

    private static Plan tooDear() {
        return refuse(new Refusal.Malformed("The limits asked for are too large.", null));
    }

    private static Plan refuse(Refusal why) {
        return new Plan.Refuse(why);
    }
}
