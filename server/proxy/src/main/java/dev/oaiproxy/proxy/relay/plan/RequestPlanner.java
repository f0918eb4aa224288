package dev.oaiproxy.proxy.relay.plan;

import static dev.oaiproxy.proxy.relay.exchange.RefusedException.malformed;

import dev.oaiproxy.base.budget.ByteBudget.Use;
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
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.JsonEdit;
import dev.oaiproxy.proxy.quota.HoldAmount;
import dev.oaiproxy.proxy.relay.exchange.FormUpload;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.owner.ObjectRecorder;
import dev.oaiproxy.proxy.relay.owner.Ownership;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides the treatment of a request: finds its key, operation, body, references and price, in this
 * order, and refuses it at the first fault.
 */
public final class RequestPlanner {
    private static final byte[] NO_BODY = {};
    private static final String MODEL = "model";
    private static final int MOST_ADDED_BYTES = 1 << 10;

    private final OperationLookup operations;
    private final KeyRing keys;
    private final Supplier<PriceBook> prices;
    private final InstantSource clock;
    private final RequestDefaults requestDefaults;
    private final Ownership ownership;
    private final BatchPlanner batches;
    private final FineTuningPlanner trainings;

    /**
     * @param prices gives the current version of the price book
     */
    public RequestPlanner(
            Catalogue catalogue,
            KeyRing keys,
            Supplier<PriceBook> prices,
            InstantSource clock,
            RequestDefaults requestDefaults,
            Ownership ownership,
            InputFiles files) {
        this.operations = new OperationLookup(catalogue);
        this.keys = keys;
        this.prices = prices;
        this.clock = clock;
        this.requestDefaults = requestDefaults;
        this.ownership = ownership;
        this.batches = new BatchPlanner(files, ownership);
        this.trainings = new FineTuningPlanner(files);
    }

    /**
     * Plans an HTTP request.
     *
     * @throws RefusedException when it is refused
     */
    public Plan plan(ProxyRequest request) {
        return decide(() -> planned(request), "the keys cannot be read");
    }

    /**
     * Plans the opening of a WebSocket.
     *
     * @throws RefusedException when it is refused
     */
    public Plan.WebSocket planWebSocket(ProxyRequest request) {
        return decide(() -> webSocket(request), "the keys cannot be read");
    }

    /**
     * Plans a response that is requested on an open WebSocket.
     *
     * @throws RefusedException when it is refused
     */
    public Plan.Metered planResponse(Plan.WebSocket webSocket, byte[] body) {
        PlanDraft draft = PlanDraft.of(webSocket, body);
        return decide(() -> response(draft), "the database cannot be read");
    }

    private Plan.Metered response(PlanDraft draft) {
        try (PlanDraft.Reservation _ = draft.reserveParsing()) {
            return metered(draft, Meter.RESPONSE);
        }
    }

    /** The session that a client secret stands for, if the request presents one as its key. */
    public Optional<SessionPreset> preset(ProxyRequest request) {
        return SessionPreset.in(request.key(), keys.secrets());
    }

    private static <T> T decide(Supplier<T> planning, String unreadable) {
        try {
            return planning.get();
        } catch (StoreException e) {
            throw new RefusedException(new Refusal.LedgerUnavailable(unreadable));
        }
    }

    /**
     * Plans a request. The key comes first, so a client without one learns nothing about paths,
     * models or prices.
     */
    private Plan planned(ProxyRequest request) {
        Key key = known(keys.recall(request.key()), request);
        Operation operation = operations.request(request);
        if (!isProvenByAdmission(operation)) {
            requireInForce(key);
        }
        if (!(operation.treatment() instanceof Operation.Answered)) {
            ownership.requirePath(key, operation, request.path());
            models().requirePath(operation, request.path());
        }
        Operation.BodyRule rule = operation.body();
        if (rule.streamed() && FormUpload.isOne(request)) {
            PlanDraft draft = PlanDraft.of(request, key, operation, NO_BODY);
            return upload(draft, new FormUpload(request, rule));
        }
        byte[] body = request.body().whole(rule.most());
        return parsed(PlanDraft.of(request, key, operation, body));
    }

    /**
     * True for an operation that does nothing before the admission proves the key. A batch or a
     * training has its files read first.
     */
    private static boolean isProvenByAdmission(Operation operation) {
        return operation.treatment() instanceof Operation.Metered metered
                && metered.meter() != Meter.BATCH
                && metered.meter() != Meter.FINE_TUNING;
    }

    /** Reads a cached key again. */
    private void requireInForce(Key key) {
        RefusedException.requireKey(keys.identify(key.id()), key.id().text());
    }

    /**
     * Refuses a request whose key is no longer in force for that reason, and not for another that
     * was found before the admission could prove the key.
     *
     * @param other the reason that was found
     * @throws RefusedException when the key is not in force
     */
    public void requireKeyBefore(Refusal other, ProxyRequest request) {
        switch (other) {
            case Refusal.UnknownKey _, Refusal.RevokedKey _, Refusal.ExpiredKey _ -> {}
            case Refusal.LedgerUnavailable _ -> {}
            default ->
                    decide(
                            () ->
                                    RefusedException.requireKey(
                                            keys.identify(request.key()), request.key()),
                            "the keys cannot be read");
        }
    }

    private Plan.WebSocket webSocket(ProxyRequest request) {
        Optional<SessionPreset> preset = preset(request);
        // A client secret opens realtime sessions only.
        if (preset.isPresent() && !SessionPreset.PATH.equals(request.path())) {
            throw new RefusedException(new Refusal.UnknownKey(true));
        }
        Caller caller =
                preset.map(known -> keys.identify(known.key()))
                        .orElseGet(() -> keys.identify(request.key()));
        Key key = known(caller, request);
        Operation operation = operations.socket(request);
        if (operation.treatment() instanceof Operation.Metered metered) {
            return new Plan.WebSocket(metered.meter(), key, operation, request.lease());
        }
        throw new RefusedException(new Refusal.UnknownPath());
    }

    private static Key known(Caller caller, ProxyRequest request) {
        Key key = RefusedException.requireKey(caller, request.key());
        request.lease().belongTo(key.user());
        return key;
    }

    /** Plans a request with a whole body, while the memory for parsing it is reserved. */
    private Plan parsed(PlanDraft draft) {
        try (PlanDraft.Reservation _ = draft.reserveParsing()) {
            return switch (draft.operation().treatment()) {
                case Operation.Answered _ ->
                        SessionPreset.issue(keys.secrets(), draft, clock.instant());
                case Operation.Free _ -> free(draft);
                case Operation.Metered metered when metered.meter() == Meter.BATCH -> batch(draft);
                case Operation.Metered metered -> metered(draft, metered.meter());
                case Operation.Refused refused ->
                        throw new RefusedException(new Refusal.Forbidden(refused.why()));
            };
        }
    }

    /** Plans a form that is passed on as it arrives. */
    private Plan upload(PlanDraft draft, FormUpload form) {
        ObjectRecorder recorder = recorder(draft);
        ownership.payContainers(draft.key(), recorder.containers());
        return new Plan.Free(draft.operation(), draft.body(), ownership, recorder, form);
    }

    private Plan free(PlanDraft draft) {
        boolean empty = draft.body().length == 0;
        if (!empty) {
            Optional<String> fault = RequestScanner.typeFault(draft.contentType());
            if (fault.isPresent()) {
                throw malformed(fault.get(), null);
            }
        }
        ObjectRecorder recorder = recorder(draft);
        if (!empty && draft.operation().takesItems()) {
            // Items that OpenAI keeps in a conversation may bring tools to a response.
            ownership.recall(draft.key(), facts(RequestScanner.scanItems(draft.body())));
        }
        ownership.payContainers(draft.key(), recorder.containers());
        ObjectKind listed = draft.operation().subjects().listed();
        return listed == null
                ? new Plan.Free(draft.operation(), draft.body(), ownership, recorder, null)
                : new Plan.Listed(draft.key(), listed, ownership, recorder, models());
    }

    /** Plans a metered call. One version of the price book serves the whole call. */
    private Plan.Metered metered(PlanDraft given, Meter meter) {
        PriceBook book = prices.get();
        PlanDraft draft = withModel(given, meter, book);
        RequestFacts scanned = facts(RequestScanner.scan(meter, draft.contentType(), draft.body()));
        ObjectRecorder recorder = recorder(draft);
        if (scanned.input().recalls()
                || !scanned.tools().carried().isEmpty()
                || !recorder.containers().isEmpty()) {
            // These are recorded before the admission.
            requireInForce(draft.key());
        }
        RequestFacts facts = requestDefaults.limited(facts(ownership.recall(draft.key(), scanned)));
        PriceLookup lookup = new PriceLookup(draft.key(), ownership, meter, book, clock.instant());
        lookup.requireModels(facts);
        if (meter == Meter.FINE_TUNING) {
            facts = trainings.bound(draft.key(), facts, book, clock.instant());
        }
        MaxUsage maxUsage = lookup.maxUsage(facts);
        if (!PriceLookup.isPayable(maxUsage)) {
            throw tooDear();
        }
        ownership.payContainers(draft.key(), recorder.containers());
        maxUsage = requestDefaults.tiered(meter, maxUsage);
        return new Plan.Metered(draft.meteredRequest(meter, maxUsage, book, null), recorder);
    }

    private Plan batch(PlanDraft draft) {
        PriceBook book = prices.get();
        RequestFacts facts =
                facts(RequestScanner.scan(Meter.BATCH, draft.contentType(), draft.body()));
        ObjectRecorder recorder = recorder(draft);
        BatchTotal total = batches.total(draft, facts, book, clock.instant());
        if (total.isNothing()) {
            return new Plan.Free(draft.operation(), draft.body(), ownership, recorder, null);
        }
        HoldAmount amount = total.amount();
        if (amount.usd().compareTo(PriceLookup.LARGEST_CEILING) > 0) {
            throw tooDear();
        }
        return new Plan.Metered(
                draft.meteredRequest(Meter.BATCH, total.demand(facts), book, amount), recorder);
    }

    /**
     * Refuses references to objects of other users, and returns the recorder of the objects that
     * the call creates.
     */
    private ObjectRecorder recorder(PlanDraft draft) {
        ReferenceScanner references = ReferenceScanner.in(draft.contentType(), draft.body());
        ownership.requireReferences(draft.key(), references);
        return ownership.recorder(draft.key(), draft.operation(), draft.object(), references);
    }

    /** The models that calls accept now. */
    private ModelList models() {
        return new ModelList(prices.get(), clock.instant());
    }

    static RequestFacts facts(ScanResult result) {
        return switch (result) {
            case ScanResult.Facts scanned -> scanned.facts();
            case ScanResult.Malformed bad -> throw malformed(bad.message(), bad.param());
        };
    }

    private static RefusedException tooDear() {
        return malformed("The requested limits are too large.", null);
    }

    /**
     * Adds the model to an image request that names none. OpenAI's default changes over time;
     * naming the price book's default keeps the price right.
     */
    private static PlanDraft withModel(PlanDraft draft, Meter meter, PriceBook prices) {
        boolean image = meter == Meter.IMAGE || meter == Meter.IMAGE_EDIT;
        if (!image || !lacksModel(draft, meter)) {
            return draft;
        }
        long memory = (long) draft.body().length + MOST_ADDED_BYTES;
        return prices.imageDefault()
                .filter(_ -> draft.lease().take(Use.REQUEST, memory))
                .map(model -> draft.with(withModel(draft, model)))
                .orElse(draft);
    }

    private static boolean lacksModel(PlanDraft draft, Meter meter) {
        return RequestScanner.scan(meter, draft.contentType(), draft.body())
                        instanceof ScanResult.Malformed bad
                && bad.isMissing(MODEL);
    }

    private static byte[] withModel(PlanDraft draft, String model) {
        return MultipartForm.isForm(draft.contentType())
                ? MultipartForm.with(draft.contentType(), draft.body(), MODEL, model)
                : JsonEdit.with(draft.body(), MODEL, '"' + model + '"');
    }
}
