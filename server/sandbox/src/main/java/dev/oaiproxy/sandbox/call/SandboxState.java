package dev.oaiproxy.sandbox.call;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.StandInSettings;
import dev.oaiproxy.sandbox.model.PromptCache;
import dev.oaiproxy.sandbox.model.Tokenizer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** State that all calls to one stand-in share. */
public record SandboxState(
        StandInSettings settings,
        SandboxBill bill,
        Tokenizer tokenizer,
        PromptCache cache,
        Shelves shelves,
        Queue<Directives> upcoming,
        AtomicLong ids,
        AtomicReference<Duration> ahead) {
    public SandboxState(StandInSettings settings) {
        this(
                settings,
                new SandboxBill(),
                new Tokenizer(),
                new PromptCache(),
                new Shelves(),
                new ConcurrentLinkedQueue<>(),
                new AtomicLong(),
                new AtomicReference<>(Duration.ZERO));
    }

    /** The stored objects of one type. */
    public <T> ObjectStore<T> objects(Class<T> type) {
        return shelves.of(type);
    }

    /** The time in seconds since 1970, including what tests have added. */
    public long now() {
        return Instant.now().plus(ahead.get()).getEpochSecond();
    }

    public String nextId() {
        return "%024x".formatted(ids.incrementAndGet());
    }

    /** The time to produce one piece of a response. */
    public Duration delay(Directives directives) {
        return directives.delay().orElse(settings.eventDelay());
    }

    /** The directives that a test has queued, or else those in the call's own text. */
    public Directives directives(String text) {
        return Optional.ofNullable(upcoming.poll()).orElseGet(() -> Directives.parse(text));
    }
}
