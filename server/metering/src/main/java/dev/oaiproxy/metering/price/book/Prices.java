package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.schedule.PeriodicTask;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The price book in force, which follows its file. A file that is unusable, or that {@link
 * PriceChangeGuard} objects to, raises an alarm, and the book in force stays. A caller takes the
 * book once for each call, so that one version prices the whole call.
 */
public final class Prices implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Prices.class.getName());
    private static final byte[] NOTHING = {};

    private final Settings settings;
    private final InstantSource clock;
    private final AtomicReference<State> state;
    private byte[] seen;
    private @Nullable PeriodicTask periodicTask;

    /**
     * The location of the book and the trust in it.
     *
     * @param processing where OpenAI processes the calls
     * @param tools the part of the cost of hosted tools that a hold covers
     * @param largestJump the factor by which a rate may rise or fall from one version to the next
     */
    public record Settings(
            Path file, Processing processing, ToolTokens.Held tools, int largestJump) {
        public Settings {
            if (largestJump < 1) {
                throw new IllegalArgumentException("prices.largest-jump is " + largestJump);
            }
        }
    }

    private record State(PriceBook book, @Nullable String refusal) {}

    private Prices(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.seen = PriceBook.bytes(settings.file());
        this.state = new AtomicReference<>(new State(parsed(settings, seen), null));
    }

    /**
     * Reads the book for the first time.
     *
     * @throws PriceBookException if it is unusable, since there is no other to fall back to
     */
    public static Prices open(Settings settings, InstantSource clock) {
        return new Prices(settings, clock);
    }

    private static PriceBook parsed(Settings settings, byte[] content) {
        PriceBook book = PriceBook.parse(settings.file(), content, settings.processing());
        return switch (settings.tools()) {
            case EXPECTED -> book;
            case STRICT -> book.strict();
        };
    }

    public PriceBook current() {
        return state.get().book();
    }

    /** The reason why the current file is not in force, or nothing if it is. */
    public Optional<String> refusal() {
        return Optional.ofNullable(state.get().refusal());
    }

    /** Checks the file periodically until closed. */
    public void follow(Duration every) {
        periodicTask = PeriodicTask.start("prices", every, this::look);
    }

    @Override
    public void close() {
        if (periodicTask != null) {
            periodicTask.close();
        }
    }

    /** Loads a changed file now, and reports the result. */
    public synchronized String reload() {
        PriceBook before = current();
        look();
        String why = state.get().refusal();
        String version = current().version();
        if (why != null) {
            return "refused, " + version + " stays: " + why;
        }
        return (current() == before ? "unchanged " : "taken ") + version;
    }

    /** Loads the file if its content has changed. */
    public synchronized void look() {
        try {
            byte[] content = PriceBook.bytes(settings.file());
            if (!Arrays.equals(content, seen)) {
                read(content);
            }
        } catch (PriceBookException unreadable) {
            seen = NOTHING;
            refuse(String.valueOf(unreadable.getMessage()));
        }
    }

    private void read(byte[] content) {
        seen = content;
        try {
            take(parsed(settings, content));
        } catch (PriceBookException unusable) {
            refuse(String.valueOf(unusable.getMessage()));
        }
    }

    private void take(PriceBook fresh) {
        PriceBook inForce = current();
        Optional<String> objection =
                new PriceChangeGuard(inForce, fresh, clock.instant(), settings.largestJump())
                        .objection();
        if (objection.isPresent()) {
            refuse(settings.file() + ": " + objection.get());
            return;
        }
        state.set(new State(fresh, null));
        LOG.log(
                Level.INFO,
                "event=prices_loaded version={0} previous={1}",
                fresh.version(),
                inForce.version());
    }

    private void refuse(String why) {
        State before = state.get();
        if (!why.equals(before.refusal())) {
            String version = before.book().version();
            Alarms.raise(LOG, "prices_refused", "in_force={0} why={1}", version, why);
        }
        state.set(new State(before.book(), why));
    }
}
