package dev.oaiproxy.sandbox;

import dev.oaiproxy.sandbox.model.PromptCache;
import dev.oaiproxy.sandbox.model.Tokenizer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** What all calls to one stand-in share. */
record Sandbox(
        Settings settings,
        Bill bill,
        Tokenizer tokenizer,
        PromptCache cache,
        Shelves shelves,
        Queue<Directives> upcoming,
        AtomicLong ids,
        AtomicReference<Duration> ahead) {
    Sandbox(Settings settings) {
        this(
                settings,
                new Bill(),
                new Tokenizer(),
                new PromptCache(),
                new Shelves(),
                new ConcurrentLinkedQueue<>(),
                new AtomicLong(),
                new AtomicReference<>(Duration.ZERO));
    }

    /** The objects of one type that are kept. */
    <T> Shelf<T> shelf(Class<T> type) {
        return shelves.of(type);
    }

    /** The time in seconds since 1970, which a test can put forward. */
    long now() {
        return Instant.now().plus(ahead.get()).getEpochSecond();
    }

    String nextId() {
        return "%024x".formatted(ids.incrementAndGet());
    }

    /** The time to make one piece of an answer. */
    Duration delay(Directives directives) {
        return directives.delay().orElse(settings.eventDelay());
    }

    /** What a test has asked of the next call, or else what the call's own text asks for. */
    Directives directives(String text) {
        return Optional.ofNullable(upcoming.poll()).orElseGet(() -> Directives.parse(text));
    }
}
