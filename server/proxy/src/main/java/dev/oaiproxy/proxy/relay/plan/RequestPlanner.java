package dev.oaiproxy.proxy.relay.plan;

import dev.oaiproxy.ledger.key.Caller;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.key.KeyRing;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.price.MaxUsage;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.request.ReferenceScanner;
import dev.oaiproxy.metering.request.RequestScanner;
import dev.oaiproxy.metering.request.ScanResult;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.proxy.quota.FixedHold;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.quota.QuotaRequest;
import dev.oaiproxy.proxy.relay.exchange.FormUpload;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.list.ModelList;
import dev.oaiproxy.proxy.relay.owner.ContainerPrepayment;
import dev.oaiproxy.proxy.relay.owner.ObjectRecorder;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import dev.oaiproxy.proxy.storagebilling.ContainerUse;
import dev.oaiproxy.proxy.upstream.Upstream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The first questions: who asks, for what, and what it is priced at. */
public final class RequestPlanner {
    private static final Duration FILE_PATIENCE = Duration.ofSeconds(30);

    private final OperationLookup operations;
    private final Ownership ownership;
    private final Supplier<PriceBook> prices;
    private final RequestDefaults requestDefaults;
    private final ContainerPrepayment containerPrepayment;
    private final KeyRing keys;
    private final InstantSource clock;
    private final BatchPlanner batches;
    private final FineTuningPlanner trainings;
    private final Duration patience;

    /**
     * What is known beforehand.
     *
     * @param catalogue which operations there are
     * @param prices gives the edition of the price book that holds now
     * @param ownership whose objects they may be about
     * @param limits why nothing of a key would be let through now
     * @param requestDefaults what a request gets that says nothing
     * @param containers what pays for those that they use
     * @param patience how long the database may keep a client waiting in all
     */
    public record Rules(
            Catalogue catalogue,
            Supplier<PriceBook> prices,
            Ownership ownership,
            Function<Key, Optional<Grant>> limits,
            RequestDefaults requestDefaults,
            ContainerUse containers,
            Duration patience) {}

    /**
     * @param upstream where the files are that say what a call can cost
     */
    public RequestPlanner(Rules rules, KeyRing keys, InstantSource clock, Upstream upstream) {
        this.operations = new OperationLookup(rules.catalogue());
        this.ownership = rules.ownership();
        this.prices = rules.prices();
        this.requestDefaults = rules.requestDefaults();
        this.containerPrepayment = new ContainerPrepayment(rules.containers());
        this.keys = keys;
        this.clock = clock;
        FileReadLimits reads = new FileReadLimits(rules.limits(), FILE_PATIENCE);
        this.batches = new BatchPlanner(upstream, rules.ownership(), reads);
        this.trainings = new FineTuningPlanner(upstream, reads);
        this.patience = rules.patience();
    }

    /** How long the database may keep a client waiting, over all that is asked of it. */
    public Duration patience() {
        return patience;
    }

    /** The key comes first: a stranger learns nothing about paths, models or prices. */
    public Plan plan(ProxyRequest request) {
        return plan(request, () -> keys.identify(request.key()), key -> operation(request, key));
    }

    /** The same for a WebSocket that is asked for. */
    public Plan talk(ProxyRequest request) {
        Optional<SessionPreset> preset = preset(request);
        // A client secret opens no other conversation than a realtime one.
        if (preset.isPresent() && !SessionPreset.PATH.equals(request.path())) {
            return refuse(new Refusal.UnknownKey(true));
        }
        Supplier<Caller> who =
                () ->
                        preset.map(known -> keys.identify(known.key()))
                                .orElseGet(() -> keys.identify(request.key()));
        return plan(request, who, key -> conversation(request, key));
    }

    /** What the client secret says that was presented as a key, if it was one. */
    public Optional<SessionPreset> preset(ProxyRequest request) {
        return SessionPreset.in(request.key(), keys.secrets());
    }

    private static Plan plan(
            ProxyRequest request, Supplier<Caller> who, Function<Key, Plan> known) {
        return readable(() -> plan(request, who.get(), known), "no key can be read");
    }

    private static Plan readable(Supplier<Plan> plan, String otherwise) {
        try {
            return plan.get();
        } catch (StoreException unreadable) {
            return refuse(new Refusal.NotGranted(new Grant.Unavailable(otherwise)));
        }
    }

    private static Plan plan(ProxyRequest request, Caller caller, Function<Key, Plan> next) {
        return switch (caller) {
            case Caller.Known known -> {
                request.lease().belongTo(known.key().user());
                yield next.apply(known.key());
            }
            case Caller.Unknown _ -> refuse(new Refusal.UnknownKey(request.key() != null));
            case Caller.Revoked revoked -> refuse(new Refusal.RevokedKey(revoked.id()));
            case Caller.Expired expired -> refuse(new Refusal.ExpiredKey(expired.id()));
        };
    }

    private Plan operation(ProxyRequest request, Key key) {
        return switch (operations.request(request)) {
            case OperationLookup.Result.Found found -> treat(request, key, found.operation());
            case OperationLookup.Result.Refused refused -> refuse(refused.why());
        };
    }

    private Plan conversation(ProxyRequest request, Key key) {
        return switch (operations.socket(request)) {
            case OperationLookup.Result.Found found -> talk(request, key, found.operation());
            case OperationLookup.Result.Refused refused -> refuse(refused.why());
        };
    }

    private static Plan talk(ProxyRequest request, Key key, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Metered metered ->
                    new Plan.WebSocket(metered.meter(), key, operation, request.lease());
            case Operation.Answered _, Operation.Free _, Operation.Refused _ ->
                    refuse(new Refusal.UnknownPath());
        };
    }

    /** What is to be done with a response that is asked for in a conversation. */
    public Plan turn(Plan.WebSocket webSocket, byte[] body) {
        return PlanDraft.of(webSocket, body)
                .planned(
                        draft ->
                                readable(() -> scan(draft, Meter.RESPONSE), "nothing can be read"));
    }

    private Plan treat(ProxyRequest request, Key key, Operation operation) {
        return switch (operation.treatment()) {
            case Operation.Refused refused -> refuse(new Refusal.Forbidden(refused.why()));
            case Operation.Answered _ -> read(request, key, operation, this::answer);
            case Operation.Free _ -> owned(request, key, operation, this::free);
            case Operation.Metered metered ->
                    owned(request, key, operation, draft -> scan(draft, metered.meter()));
        };
    }

    private ModelList listed() {
        return new ModelList(prices.get(), clock.instant());
    }

    /** Plans on, if what the path names is the caller's, or a model that calls take. */
    private Plan owned(
            ProxyRequest request, Key key, Operation operation, Function<PlanDraft, Plan> next) {
        return ownership
                .objection(key, operation, request.path())
                .or(() -> listed().objection(operation, request.path()))
                .map(RequestPlanner::refuse)
                .orElseGet(() -> read(request, key, operation, next));
    }

    private Plan read(
            ProxyRequest request, Key key, Operation operation, Function<PlanDraft, Plan> next) {
        Operation.BodyRule rule = operation.body();
        if (rule.streamed() && FormUpload.isOne(request)) {
            return upload(
                    PlanDraft.of(request, key, operation, new byte[0]),
                    new FormUpload(request, rule));
        }
        return switch (request.body().whole(rule.most())) {
            case ProxyRequest.Body.TooLarge larger -> refuse(new Refusal.TooLarge(larger.most()));
            case ProxyRequest.Body.NoRoom _ -> refuse(new Refusal.NoRoom());
            case ProxyRequest.Body.Damaged damaged -> refuse(damaged(damaged.codings()));
            case ProxyRequest.Body.UnknownCoding coding ->
                    refuse(new Refusal.UnknownCoding(coding.name()));
            case ProxyRequest.Body.Whole whole ->
                    PlanDraft.of(request, key, operation, whole.bytes()).planned(next);
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
    private Plan upload(PlanDraft draft, FormUpload form) {
        return form.refusal()
                .map(RequestPlanner::refuse)
                .orElseGet(
                        () ->
                                used(
                                        draft,
                                        recorder ->
                                                paid(
                                                        draft,
                                                        recorder,
                                                        form(draft, recorder, form))));
    }

    private Plan form(PlanDraft draft, ObjectRecorder recorder, FormUpload form) {
        return new Plan.Free(draft.operation(), ownership, recorder, form);
    }

    private Plan answer(PlanDraft draft) {
        return SessionPreset.issue(keys.secrets(), draft, clock.instant());
    }

    private Plan free(PlanDraft draft) {
        Optional<String> fault =
                draft.body().length == 0
                        ? Optional.empty()
                        : RequestScanner.typeFault(draft.contentType());
        if (fault.isPresent()) {
            return refuse(new Refusal.Malformed(fault.get(), null));
        }
        boolean items = draft.body().length > 0 && draft.operation().takesItems();
        return used(draft, recorder -> items ? keeping(draft, recorder) : free(draft, recorder));
    }

    /** What OpenAI keeps as a part of a conversation may bring tools to a response. */
    private Plan keeping(PlanDraft draft, ObjectRecorder recorder) {
        return switch (RequestScanner.scanItems(draft.body())) {
            case ScanResult.Malformed bad ->
                    refuse(new Refusal.Malformed(bad.message(), bad.param()));
            case ScanResult.Facts scanned -> {
                ownership.recall(draft.key(), scanned.facts());
                yield free(draft, recorder);
            }
        };
    }

    private Plan free(PlanDraft draft, ObjectRecorder recorder) {
        ObjectKind listed = draft.operation().subjects().listed();
        return paid(
                draft,
                recorder,
                listed == null
                        ? new Plan.Free(draft.operation(), draft.body(), ownership, recorder)
                        : new Plan.Listed(draft.key(), listed, ownership, recorder, listed()));
    }

    /** The plan, when the containers that it uses are paid for; that comes last of all. */
    private Plan paid(PlanDraft draft, ObjectRecorder recorder, Plan plan) {
        return containerPrepayment
                .objection(draft.key(), recorder.containers())
                .map(RequestPlanner::refuse)
                .orElse(plan);
    }

    /** Plans on, if what the body names is the caller's. */
    private Plan used(PlanDraft draft, Function<ObjectRecorder, Plan> next) {
        ReferenceScanner referenceScanner = ReferenceScanner.in(draft.contentType(), draft.body());
        return ownership
                .objection(draft.key(), referenceScanner)
                .map(RequestPlanner::refuse)
                .orElseGet(
                        () ->
                                next.apply(
                                        ownership.claim(
                                                new ObjectRecorder.Subject(
                                                        draft.key(),
                                                        draft.operation(),
                                                        draft.object(),
                                                        referenceScanner))));
    }

    private Plan scan(PlanDraft given, Meter meter) {
        PlanDraft draft = ImageModelDefault.named(given, meter, prices.get());
        return switch (RequestScanner.scan(meter, draft.contentType(), draft.body())) {
            case ScanResult.Malformed bad ->
                    refuse(new Refusal.Malformed(bad.message(), bad.param()));
            case ScanResult.Facts scanned ->
                    used(
                            draft,
                            recorder ->
                                    bill(
                                            new Billed(draft, meter, recorder, prices.get()),
                                            scanned.facts()));
        };
    }

    private Plan bill(Billed billed, RequestFacts facts) {
        if (billed.meter() == Meter.BATCH) {
            return batch(billed, facts);
        }
        return switch (ownership.recall(billed.draft().key(), facts)) {
            case ScanResult.Malformed bad ->
                    refuse(new Refusal.Malformed(bad.message(), bad.param()));
            case ScanResult.Facts whole -> price(billed, requestDefaults.limited(whole.facts()));
        };
    }

    /** One edition of the price book serves all of a call. */
    private record Billed(
            PlanDraft draft, Meter meter, ObjectRecorder recorder, PriceBook prices) {}

    private Plan price(Billed billed, RequestFacts facts) {
        if (billed.meter() != Meter.FINE_TUNING) {
            return demand(billed, facts);
        }
        return appraisal(billed)
                .objection(facts)
                .map(RequestPlanner::refuse)
                .orElseGet(() -> training(billed, facts));
    }

    private Plan training(Billed billed, RequestFacts facts) {
        Key key = billed.draft().key();
        return switch (trainings.bound(key, facts, billed.prices(), clock.instant())) {
            case FineTuningPlanner.Outcome.Refused refused -> refuse(refused.why());
            case FineTuningPlanner.Outcome.Bounded bounded -> demand(billed, bounded.facts());
        };
    }

    private Plan demand(Billed billed, RequestFacts facts) {
        return switch (appraisal(billed).of(facts)) {
            case PriceLookup.Outcome.Refused refused -> refuse(refused.why());
            case PriceLookup.Outcome.Priced priced ->
                    PriceLookup.isPayable(priced.maxUsage())
                            ? paid(
                                    billed.draft(),
                                    billed.recorder(),
                                    metered(
                                            billed,
                                            requestDefaults.tiered(
                                                    billed.meter(), priced.maxUsage()),
                                            null))
                            : tooDear();
        };
    }

    private PriceLookup appraisal(Billed billed) {
        return new PriceLookup(
                new PriceLookup.Asker(billed.draft().key(), ownership),
                billed.meter(),
                billed.prices(),
                clock.instant());
    }

    private Plan batch(Billed billed, RequestFacts facts) {
        PlanDraft draft = billed.draft();
        BatchPlanner.Asked asked =
                new BatchPlanner.Asked(
                        draft.key(), facts, billed.prices(), clock.instant(), draft.lease());
        return switch (batches.read(asked)) {
            case BatchPlanner.Outcome.Refused refused -> refuse(refused.why());
            case BatchPlanner.Outcome.Free _ ->
                    new Plan.Free(draft.operation(), draft.body(), ownership, billed.recorder());
            case BatchPlanner.Outcome.Held held -> {
                FixedHold amount = held.total().amount();
                yield amount.usd().compareTo(PriceLookup.LARGEST_CEILING) <= 0
                        ? metered(billed, held.total().demand(facts), amount)
                        : tooDear();
            }
        };
    }

    private static Plan metered(Billed billed, MaxUsage maxUsage, @Nullable FixedHold amount) {
        PlanDraft draft = billed.draft();
        return new Plan.Metered(
                new QuotaRequest(
                        draft.key(),
                        draft.operation().name(),
                        billed.meter(),
                        maxUsage,
                        billed.prices(),
                        draft.body(),
                        amount),
                billed.recorder(),
                billed.prices());
    }

    private static Plan tooDear() {
        return refuse(new Refusal.Malformed("The limits asked for are too large.", null));
    }

    private static Plan refuse(Refusal why) {
        return new Plan.Refuse(why);
    }
}
