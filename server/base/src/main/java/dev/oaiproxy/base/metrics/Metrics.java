package dev.oaiproxy.base.metrics;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.base.schedule.PeriodicTask;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The counts of one server. What is counted often costs no more than a look into a map. */
public final class Metrics implements AutoCloseable {
    /** The form of {@link #text}, in the words of HTTP. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Beyond so many different labels of one metric, all further ones are counted together. */
    static final int MOST_SERIES = 2_000;

    private static final String OTHER = "other";
    private static final double NANOS = 1e9;
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(3),
        Duration.ofMillis(10),
        Duration.ofMillis(30),
        Duration.ofMillis(100),
        Duration.ofMillis(300),
        Duration.ofSeconds(1),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(100),
        Duration.ofSeconds(300)
    };

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Map<Metric, Map<List<String>, LongAdder>> counters = new EnumMap<>(Metric.class);
    private final Map<Phase, Timer> phases = new EnumMap<>(Phase.class);
    private final Timer commits;
    private final LongAdder estimated;
    private volatile Predicate<String> models = _ -> true;

    private final Set<String> alarms = ConcurrentHashMap.newKeySet();
    private final Set<String> tasks = ConcurrentHashMap.newKeySet();

    /** The registry itself would let them go. */
    private final List<LongSupplier> shown = new CopyOnWriteArrayList<>();

    public Metrics() {
        for (Metric metric : Metric.values()) {
            counters.put(metric, new ConcurrentHashMap<>());
        }
        this.commits = timer(Metric.COMMIT, Tags.empty());
        for (Phase phase : Phase.values()) {
            phases.put(phase, timer(Metric.UPSTREAM, Tags.of("phase", phase.label())));
        }
        this.estimated = counter(Metric.ESTIMATED, List.of());
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /** Says which models have a series of their own: those of the price book. */
    public void nameModels(Predicate<String> known) {
        models = known;
    }

    /** Counts a call that has ended. */
    public void ended(EndedCall call) {
        String model = models.test(call.model()) ? call.model() : OTHER;
        String code = Integer.toString(call.code());
        counter(Metric.CALLS, List.of(call.operation(), model, call.state(), code)).increment();
        String tier = call.tier().isEmpty() ? "none" : call.tier();
        counter(Metric.COST, List.of(model, call.operation(), tier)).add(call.costNanos());
        if (call.isEstimated()) {
            estimated.add(call.costNanos());
        }
        if (call.isCharged()) {
            counter(Metric.HOLDS, List.of(model, call.operation())).add(call.heldNanos());
        }
        if (call.isAboveHold()) {
            counter(Metric.ABOVE_HOLD, List.of(model, call.operation())).increment();
        }
        tokens(model, "input", call.inputTokens() - call.cachedTokens());
        tokens(model, "cached_input", call.cachedTokens());
        tokens(model, "output", call.outputTokens());
    }

    private void tokens(String model, String kind, long count) {
        if (count > 0) {
            counter(Metric.TOKENS, List.of(model, kind)).add(count);
        }
    }

    /** Counts a request that was refused, for a reason that is one of few. */
    public void refused(String reason) {
        counter(Metric.REFUSED, List.of(reason)).increment();
    }

    /** Notes how long a commit took. */
    public void committed(long nanos) {
        commits.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Notes how long a part of a request to OpenAI took. */
    public void upstream(Phase phase, long nanos) {
        Timer timer = phases.get(phase);
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Shows a value that is counted elsewhere. */
    public void show(Metric metric, List<String> labels, LongSupplier count) {
        shown.add(count);
        FunctionCounter.builder(metric.title(), count, LongSupplier::getAsLong)
                .tags(tags(metric, labels))
                .description(metric.help())
                .register(registry);
    }

    /** Shows a number that goes up and down; none where that is not known now. */
    public void watch(Metric metric, Supplier<@Nullable Number> number) {
        watch(metric, List.of(), number);
    }

    private void watch(Metric metric, List<String> labels, Supplier<@Nullable Number> number) {
        Gauge.builder(
                        metric.title(),
                        () -> {
                            Number now = number.get();
                            return now == null ? Double.NaN : now.doubleValue();
                        })
                .tags(tags(metric, labels))
                .description(metric.help())
                .register(registry);
    }

    /** Nano-dollars as dollars. */
    public static double dollars(long nanos) {
        return nanos / NANOS;
    }

    /** All that is counted, in Prometheus' text form. */
    public String text() {
        for (String alarm : Alarms.counts().keySet()) {
            if (alarms.add(alarm)) {
                show(Metric.ALARM, List.of(alarm), () -> Alarms.counts().getOrDefault(alarm, 0L));
            }
        }
        for (String task : PeriodicTask.ages().keySet()) {
            if (tasks.add(task)) {
                watch(Metric.TASK_AGE, List.of(task), () -> PeriodicTask.ages().get(task));
            }
        }
        return registry.scrape(CONTENT_TYPE);
    }

    private Timer timer(Metric metric, Tags tags) {
        // The registry adds the unit to the name of a time.
        String name = metric.title().substring(0, metric.title().lastIndexOf('_'));
        return Timer.builder(name)
                .tags(tags)
                .description(metric.help())
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private LongAdder counter(Metric metric, List<String> labels) {
        Map<List<String>, LongAdder> all = counters.getOrDefault(metric, Map.of());
        LongAdder known = all.get(labels);
        if (known != null) {
            return known;
        }
        boolean full = all.size() >= MOST_SERIES;
        List<String> bounded = full ? labels.stream().map(_ -> OTHER).toList() : labels;
        return all.computeIfAbsent(bounded, some -> register(metric, some));
    }

    private LongAdder register(Metric metric, List<String> labels) {
        boolean money =
                switch (metric) {
                    case COST, ESTIMATED, HOLDS -> true;
                    default -> false;
                };
        LongAdder adder = new LongAdder();
        FunctionCounter.builder(
                        metric.title(),
                        adder,
                        sum -> money ? dollars(sum.sum()) : (double) sum.sum())
                .tags(tags(metric, labels))
                .description(metric.help())
                .register(registry);
        return adder;
    }

    private static List<Tag> tags(Metric metric, List<String> labels) {
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            tags.add(Tag.of(metric.labels().get(i), labels.get(i)));
        }
        return tags;
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
