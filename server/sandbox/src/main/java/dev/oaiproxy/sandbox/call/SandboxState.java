package dev.oaiproxy.sandbox.call;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.StandInSettings;
import dev.oaiproxy.sandbox.model.PromptCache;
import dev.oaiproxy.sandbox.model.Tokenizer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** State that all calls to one stand-in share. */
public final class SandboxState {
    private final StandInSettings settings;
    private final SandboxBill bill = new SandboxBill();
    private final Tokenizer tokenizer = new Tokenizer();
    private final PromptCache cache = new PromptCache();
    private final Map<Class<?>, ObjectStore<?>> objects = new ConcurrentHashMap<>();
    private final Queue<Directives> queued = new ConcurrentLinkedQueue<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicReference<Duration> advanced = new AtomicReference<>(Duration.ZERO);

    public SandboxState(StandInSettings settings) {
        this.settings = settings;
    }

    public StandInSettings settings() {
        return settings;
    }

    public SandboxBill bill() {
        return bill;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public PromptCache cache() {
        return cache;
    }

    @SuppressWarnings("unchecked") // Each store is made for the type that is its key.
    public <T> ObjectStore<T> objects(Class<T> type) {
        return (ObjectStore<T>) objects.computeIfAbsent(type, _ -> new ObjectStore<T>());
    }

    /** The time in seconds since 1970, including what tests have added. */
    public long now() {
        return Instant.now().plus(advanced.get()).getEpochSecond();
    }

    public void advance(Duration by) {
        advanced.accumulateAndGet(by, Duration::plus);
    }

    public String nextId() {
        return "%024x".formatted(ids.incrementAndGet());
    }

    /** The time to produce one piece of a response. */
    public Duration delay(Directives directives) {
        return directives.delay().orElse(settings.eventDelay());
    }

    public void queue(Directives directives) {
        queued.add(directives);
    }

    /** The directives that a test has queued, or else those in the call's own text. */
    public Directives directives(String text) {
        return Optional.ofNullable(queued.poll()).orElseGet(() -> Directives.parse(text));
    }
}
