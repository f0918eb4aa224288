package dev.oaiproxy.server.sandbox;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What all calls to one stand-in share. */
record Sandbox(
        Settings settings,
        Bill bill,
        Tokenizer tokenizer,
        PromptCache cache,
        Archive archive,
        Storage storage,
        Queue<Directives> upcoming,
        AtomicLong ids) {
    Sandbox(Settings settings) {
        this(
                settings,
                new Bill(),
                new Tokenizer(),
                new PromptCache(),
                new Archive(),
                new Storage(),
                new ConcurrentLinkedQueue<>(),
                new AtomicLong());
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
