import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures oaiproxy beside its peers on this machine; {@code bench/run} builds what it needs and
 * starts it. What is compared are ratios within one run: all targets do the same in turn, round by
 * round, with the load and the upstream on the same cores.
 */
final class Benchmark {
    static final Path WORK = Path.of(System.getProperty("bench.work"));
    static final Path DIST = Path.of(System.getProperty("bench.dist"));
    static final List<Process> RUNNING = Collections.synchronizedList(new ArrayList<>());
    static final Path TOP = Path.of(System.getProperty("bench.top"));
    static final int UPSTREAM = 14001;
    private static final List<String> PARTS =
            List.of("chat", "bodies", "latency", "streams", "counts", "start", "reports");
    private static final List<String> WITHOUT_TARGETS = List.of("start", "reports");
    private static final int EVENTS = 160;
    private static final int EVENT_RATE = 20;

    private final List<String> parts;
    private final boolean quick;
    private final int rounds;
    private final double seconds;
    private final Report report = new Report();
    private final LoadGenerator load = new LoadGenerator(report);
    private final List<Target> targets = new ArrayList<>();

    private Benchmark(List<String> parts, boolean quick) {
        this.parts = parts;
        this.quick = quick;
        this.rounds = quick ? 1 : 3;
        this.seconds = quick ? 2 : 5;
    }

    static void main(String[] arguments) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(Benchmark::stopAll));
        boolean quick = List.of(arguments).contains("--quick");
        List<String> named = Arrays.stream(arguments).filter(a -> !a.startsWith("--")).toList();
        Benchmark bench = new Benchmark(named.isEmpty() ? PARTS : named, quick);
        bench.run();
        System.exit(bench.report.passes() ? 0 : 1);
    }

    private static void stopAll() {
        for (Process process : RUNNING) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        for (Process process : RUNNING) {
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        }
    }

    private void run() throws Exception {
        report.begin(quick ? List.of("--quick") : List.of(), parts);
        if (!WITHOUT_TARGETS.containsAll(parts)) {
            startTargets();
            warmUp();
        }
        part("chat", this::chat);
        part("bodies", this::bodies);
        part("latency", this::latency);
        part("streams", this::allStreams);
        part("counts", this::systemCalls);
        for (Target target : targets) {
            report.note("memory", target.name(), "rss_mib", Machine.residentMib(target.process()));
        }
        for (Target target : targets) {
            if (target.isOurs()) {
                guarded("bill", () -> compareBill(target));
            }
        }
        stopTargets();
        part("start", new StartTimes(report, quick ? 3 : 9)::measure);
        long calls = Long.getLong("bench.calls", quick ? 200_000 : 10_000_000);
        part("reports", new ReportTimes(report, rounds, calls)::measure);
        report.end(quick ? TOP.resolve("target/bench") : TOP.resolve("bench/results"));
    }

    /** Something that takes a while and may fail. */
    @FunctionalInterface
    private interface Measurement {
        void run() throws Exception;
    }

    private void part(String name, Measurement part) {
        if (parts.contains(name)) {
            guarded(name, part);
        }
    }

    /** What fails does not take the figures of the rest with it. */
    private void guarded(String name, Measurement part) {
        try {
            part.run();
        } catch (Exception e) {
            report.fault(name + ": " + e);
        }
    }

    private void chat() throws Exception {
        closed("small chat, 64 connections", "chat.json", 64, _ -> true);
        closed("small chat, 1 connection", "chat.json", 1, this::isMain);
        closed("small chat, 256 connections", "chat.json", 256, this::isMain);
    }

    private void bodies() throws Exception {
        closed("100 KB prompt, 8 connections", "prompt.json", 8, this::isMain);
        closed("2 MB image, 8 connections", "image.json", 8, this::isMain);
    }

    private void latency() throws Exception {
        open("200 calls a second", 200);
        open("1,000 calls a second", 1000);
    }

    private void allStreams() throws Exception {
        streams(500);
        streams(2000);
    }

    private void compareBill(Target target) throws Exception {
        settle(target);
        target.compareBill();
    }

    private boolean isMain(Target target) {
        return Stream.of("nginx", "oaiproxy", "oaiproxy, nothing recorded", "Portkey")
                .anyMatch(target.name()::equals);
    }

    private void startTargets() throws Exception {
        Bodies.write();
        Path anyKey = Files.writeString(WORK.resolve("any-key"), "sk-bench\n");
        Process direct = upstream(UPSTREAM);
        targets.add(
                new Target(
                        "direct", UPSTREAM, direct.toHandle(), anyKey, List.of(), UPSTREAM, null));
        targets.add(Peers.nginx(14101, anyKey));
        targets.add(ours("oaiproxy", 14102, 1, Map.of()));
        Map<String, String> unrecorded = Map.of("OAIPROXY_TRACKING_BODIES", "false");
        targets.add(ours("oaiproxy, nothing recorded", 14103, 1, unrecorded));
        targets.add(ours("oaiproxy, 50 keys", 14104, 50, Map.of()));
        if (Peers.hasPostgres()) {
            targets.add(ours("oaiproxy, PostgreSQL", 14105, 1, Peers.postgres("postgres")));
        }
        Path portkey = TOP.resolve("bench/load/peers/node_modules/@portkey-ai/gateway");
        if (Files.isDirectory(portkey)) {
            targets.add(Peers.portkey(portkey, 14106, anyKey));
        }
    }

    /** They would take processor time from what comes after them. */
    private void stopTargets() throws Exception {
        for (Target target : targets) {
            if (target.jvm() != null) {
                target.jvm().close();
            }
            target.process().descendants().forEach(ProcessHandle::destroy);
            target.process().destroy();
            target.process().onExit().get(30, TimeUnit.SECONDS);
        }
    }

    static Process upstream(int port) throws Exception {
        Path log = WORK.resolve("upstream-" + port + ".log");
        Process process =
                Target.start(
                        log,
                        Map.of(),
                        List.of(
                                WORK.resolve("upstream").toString(),
                                Integer.toString(port),
                                Integer.toString(EVENTS),
                                Integer.toString(EVENT_RATE)));
        Target.await(port, "/", process, log);
        return process;
    }

    private Target ours(String name, int port, int keys, Map<String, String> settings)
            throws Exception {
        report.progress("starting", name, "");
        int upstream = port - 100 + 10;
        upstream(upstream);
        return Target.oaiproxy(name, port, upstream, keys, settings);
    }

    static String finish(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed:\n" + said);
        }
        return said;
    }

    private void warmUp() throws Exception {
        for (Target target : targets) {
            if (target.isOurs() || target.name().equals("Portkey")) {
                int calls = (quick ? 2_000 : 40_000) / (target.isOurs() ? 1 : 10);
                report.progress("warming up", target.name(), calls + " calls");
                load.run(target, new LoadGenerator.Load("calls", 64, "chat.json"), calls);
            }
        }
    }

    private void closed(String scenario, String body, int connections, Predicate<Target> which)
            throws Exception {
        report.section(scenario, "cpu_us", "nginx");
        LoadGenerator.Load calls = new LoadGenerator.Load("closed", connections, body);
        for (int round = 1; round <= rounds; round++) {
            for (Target target : targets.stream().filter(which).toList()) {
                Machine.Cost before = target.cost();
                JsonNode done = load.run(target, calls, seconds);
                Machine.Cost cost = target.cost().since(before);
                double answers = done.get("answers").asDouble();
                Map<String, List<Double>> found = report.of(scenario, target.name());
                Report.add(found, "cpu_us", cost.cpuMicros() / answers);
                Report.add(found, "per_s", answers / done.get("seconds").asDouble());
                Report.add(found, "p50_ms", done.get("p50").asDouble() / 1000);
                Report.add(found, "p99_ms", done.get("p99").asDouble() / 1000);
                Report.add(found, "switches", cost.switches() / answers);
                if (target.jvm() != null) {
                    Report.add(found, "alloc_kb", cost.allocated() / answers / 1000);
                }
                report.progress(
                        "round %d/%d, %s".formatted(round, rounds, scenario),
                        target.name(),
                        "%.0f us of CPU a call".formatted(cost.cpuMicros() / answers));
            }
        }
    }

    private void open(String scenario, int rate) throws Exception {
        report.section(scenario, "p50_ms", "direct");
        LoadGenerator.Load calls = new LoadGenerator.Load("open", 64, "chat.json");
        for (int round = 1; round <= rounds; round++) {
            for (Target target : targets) {
                if (target.name().equals("direct") || isMain(target)) {
                    JsonNode done = load.run(target, calls, seconds, Integer.toString(rate));
                    for (String percentile : List.of("p50", "p90", "p99")) {
                        report.note(
                                scenario,
                                target.name(),
                                percentile + "_ms",
                                done.get(percentile).asDouble() / 1000);
                    }
                    report.progress(
                            "round %d/%d, %s".formatted(round, rounds, scenario),
                            target.name(),
                            "p50 %.2f ms".formatted(done.get("p50").asDouble() / 1000));
                }
            }
        }
    }

    private void streams(int count) throws Exception {
        String scenario = "%,d streams".formatted(count);
        report.section(scenario, "event_us", "nginx");
        for (int round = 1; round <= rounds; round++) {
            for (Target target : targets) {
                if (target.name().equals("nginx") || target.name().equals("oaiproxy")) {
                    stream(scenario, target, count);
                    report.progress(
                            "round %d/%d, %s".formatted(round, rounds, scenario),
                            target.name(),
                            "");
                }
            }
        }
    }

    private void stream(String scenario, Target target, int count) throws Exception {
        settle(target);
        double idle = target.jvm() == null ? 0 : target.jvm().live();
        Machine.Cost before = target.cost();
        Process streams =
                load.begin(target, new LoadGenerator.Load("streams", count, "stream.json"), 1.5);
        if (target.jvm() != null && !streams.waitFor(5, TimeUnit.SECONDS)) {
            double live = target.jvm().live();
            report.note(scenario, target.name(), "live_kb", (live - idle) / count / 1000);
        }
        JsonNode done = load.finish(streams, target);
        Machine.Cost cost = target.cost().since(before);
        double events = done.get("events").asDouble();
        report.note(scenario, target.name(), "event_us", cost.cpuMicros() / events);
        report.note(scenario, target.name(), "p50_ms", done.get("p50").asDouble() / 1000);
        report.note(scenario, target.name(), "p99_ms", done.get("p99").asDouble() / 1000);
        report.note(scenario, target.name(), "per_read", events / done.get("reads").asDouble());
    }

    /** Waits until no call of an oaiproxy is in flight. */
    private static void settle(Target target) throws Exception {
        if (target.isOurs()) {
            for (int tries = 0; tries < 300; tries++) {
                JsonNode status = Target.admin(target.port(), "GET", "/status", "");
                if (status.get("calls_in_flight").asLong() == 0
                        && status.get("held_usd").asDouble() == 0) {
                    return;
                }
                Thread.sleep(100);
            }
            throw new IllegalStateException(target.name() + " still has calls in flight");
        }
    }

    /** Under strace, which slows all down and counts exactly. */
    private void systemCalls() throws Exception {
        String scenario = "system calls, 64 connections";
        report.section(scenario, "per_call", "nginx");
        for (Target target : targets.stream().filter(this::isMain).toList()) {
            Path counts = WORK.resolve("strace");
            Process calls =
                    load.begin(target, new LoadGenerator.Load("closed", 64, "chat.json"), 6);
            JsonNode bill = bill(target);
            String ids = pids(target.process());
            Process strace =
                    new ProcessBuilder("strace", "-fcq", "-o", counts.toString(), "-p", ids)
                            .start();
            Thread.sleep(3000);
            JsonNode after = bill(target);
            strace.destroy();
            strace.waitFor();
            load.finish(calls, target);
            double count = after.get("requests").asDouble() - bill.get("requests").asDouble();
            Matcher total =
                    Pattern.compile("\\n100\\.00\\s+\\S+\\s+(?:\\d+\\s+)?(\\d+)\\s+.*total")
                            .matcher(Files.readString(counts));
            if (total.find() && count > 0) {
                double found = Double.parseDouble(total.group(1)) / count;
                report.note(scenario, target.name(), "per_call", found);
                report.progress(scenario, target.name(), "%.1f a call".formatted(found));
            }
        }
    }

    private static String pids(ProcessHandle process) {
        return Stream.concat(Stream.of(process), process.descendants())
                .map(one -> Long.toString(one.pid()))
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
    }

    private static JsonNode bill(Target target) throws Exception {
        return Target.get(target.upstream(), "/bill");
    }
}
