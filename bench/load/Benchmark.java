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
    private static final int EVENTS = 160;
    private static final int EVENT_RATE = 20;

    private final List<String> parts;
    private final int rounds;
    private final double seconds;
    private final int warm;
    private final long calls;
    private final Report report = new Report();
    private final List<Target> targets = new ArrayList<>();

    private Benchmark(List<String> parts, boolean quick) {
        this.parts = parts;
        this.rounds = quick ? 1 : 3;
        this.seconds = quick ? 2 : 5;
        this.warm = quick ? 5 : 60;
        this.calls = Long.getLong("bench.calls", quick ? 500_000 : 10_000_000);
    }

    static void main(String[] arguments) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(Benchmark::stopAll));
        boolean quick = List.of(arguments).contains("--quick");
        List<String> named = Arrays.stream(arguments).filter(a -> !a.startsWith("--")).toList();
        List<String> all =
                List.of("chat", "bodies", "latency", "streams", "counts", "start", "reports");
        Benchmark bench = new Benchmark(named.isEmpty() ? all : named, quick);
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
        report.machine();
        if (!parts.equals(List.of("reports"))) {
            startTargets();
            warmUp();
        }
        if (parts.contains("chat")) {
            closed("small chat, 64 connections", "chat.json", 64, one -> true);
            closed("small chat, 1 connection", "chat.json", 1, this::isMain);
            closed("small chat, 256 connections", "chat.json", 256, this::isMain);
        }
        if (parts.contains("bodies")) {
            closed("100 KB prompt", "prompt.json", 8, this::isMain);
            closed("2 MB image", "image.json", 8, this::isMain);
        }
        if (parts.contains("latency")) {
            open("200 calls a second", 200);
            open("1,000 calls a second", 1000);
        }
        if (parts.contains("streams")) {
            streams(500);
            streams(2000);
        }
        if (parts.contains("counts")) {
            systemCalls();
        }
        for (Target target : targets) {
            if (target.jvm() != null) {
                settle(target);
                report.note(
                        "memory",
                        target.name(),
                        "rss_mib",
                        Machine.residentKib(target.process()) / 1024.0);
                target.compareBill();
            }
        }
        if (parts.contains("start")) {
            new StartTimes(report, rounds).measure();
        }
        if (parts.contains("reports")) {
            new ReportTimes(report, rounds, calls).measure();
        }
        report.write(TOP.resolve("bench/results"));
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
        if (Files.isExecutable(Peers.postgres().resolve("initdb"))) {
            targets.add(ours("oaiproxy, PostgreSQL", 14105, 1, Peers.startPostgres(14205)));
        }
        Path portkey = TOP.resolve("bench/load/peers/node_modules/@portkey-ai/gateway");
        if (Files.isDirectory(portkey)) {
            targets.add(Peers.portkey(portkey, 14106, anyKey));
        }
    }

    private static Process upstream(int port) throws Exception {
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

    private static Target ours(String name, int port, int keys, Map<String, String> settings)
            throws Exception {
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
            if (target.jvm() != null || target.name().equals("Portkey")) {
                System.out.println("warming " + target.name());
                load(target, "closed", 64, target.jvm() == null ? 5 : warm, "chat.json", List.of());
            }
        }
    }

    private void closed(String scenario, String body, int connections, Predicate<Target> which)
            throws Exception {
        for (int round = 0; round < rounds; round++) {
            for (Target target : targets.stream().filter(which).toList()) {
                Machine.Cost before = target.cost();
                JsonNode done = load(target, "closed", connections, seconds, body, List.of());
                Machine.Cost cost = target.cost().since(before);
                double answers = done.get("answers").asDouble();
                report.note(scenario, target.name(), "us_per_call", cost.cpuMicros() / answers);
                report.note(
                        scenario,
                        target.name(),
                        "calls_per_s",
                        answers / done.get("seconds").asDouble());
                report.note(scenario, target.name(), "p50_ms", done.get("p50").asDouble() / 1000);
                report.note(scenario, target.name(), "p99_ms", done.get("p99").asDouble() / 1000);
                report.note(
                        scenario, target.name(), "switches_per_call", cost.switches() / answers);
                if (target.jvm() != null) {
                    report.note(
                            scenario,
                            target.name(),
                            "kb_per_call",
                            cost.allocated() / answers / 1000);
                }
            }
        }
        report.print(scenario, "us_per_call");
    }

    private void open(String scenario, int rate) throws Exception {
        for (int round = 0; round < rounds; round++) {
            for (Target target : targets) {
                if (target.name().equals("direct") || isMain(target)) {
                    JsonNode done =
                            load(
                                    target,
                                    "open",
                                    64,
                                    seconds,
                                    "chat.json",
                                    List.of(Integer.toString(rate)));
                    for (String percentile : List.of("p50", "p90", "p99")) {
                        report.note(
                                scenario,
                                target.name(),
                                percentile + "_ms",
                                done.get(percentile).asDouble() / 1000);
                    }
                }
            }
        }
        report.print(scenario, "p50_ms");
    }

    private void streams(int count) throws Exception {
        String scenario = "%,d streams".formatted(count);
        for (int round = 0; round < rounds; round++) {
            for (Target target : targets) {
                if (target.name().equals("nginx") || target.name().equals("oaiproxy")) {
                    stream(scenario, target, count);
                }
            }
        }
        report.print(scenario, "us_per_event");
    }

    private void stream(String scenario, Target target, int count) throws Exception {
        settle(target);
        double idle = target.jvm() == null ? 0 : target.jvm().live();
        Machine.Cost before = target.cost();
        Process load = begin(target, "streams", count, 1.5, "stream.json", List.of());
        if (target.jvm() != null && !load.waitFor(5, TimeUnit.SECONDS)) {
            double live = target.jvm().live();
            report.note(
                    scenario, target.name(), "live_kb_per_stream", (live - idle) / count / 1000);
        }
        JsonNode done = finish(load, target);
        Machine.Cost cost = target.cost().since(before);
        double events = done.get("events").asDouble();
        report.note(scenario, target.name(), "us_per_event", cost.cpuMicros() / events);
        report.note(scenario, target.name(), "delay_p50_ms", done.get("p50").asDouble() / 1000);
        report.note(scenario, target.name(), "delay_p99_ms", done.get("p99").asDouble() / 1000);
        report.note(
                scenario, target.name(), "events_per_read", events / done.get("reads").asDouble());
    }

    /** Waits until no call of an oaiproxy is in flight. */
    private static void settle(Target target) throws Exception {
        if (target.jvm() != null) {
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
        for (Target target : targets.stream().filter(this::isMain).toList()) {
            Path counts = WORK.resolve("strace");
            Process load = begin(target, "closed", 64, 6, "chat.json", List.of());
            JsonNode bill = bill(target);
            Process strace =
                    new ProcessBuilder(
                                    "strace",
                                    "-fcq",
                                    "-o",
                                    counts.toString(),
                                    "-p",
                                    pids(target.process()))
                            .start();
            Thread.sleep(3000);
            JsonNode after = bill(target);
            strace.destroy();
            strace.waitFor();
            finish(load, target);
            double calls = after.get("requests").asDouble() - bill.get("requests").asDouble();
            Matcher total =
                    Pattern.compile("\\n100\\.00\\s+\\S+\\s+(?:\\d+\\s+)?(\\d+)\\s+.*total")
                            .matcher(Files.readString(counts));
            if (total.find()) {
                report.note(
                        scenario,
                        target.name(),
                        "per_call",
                        Double.parseDouble(total.group(1)) / calls);
            }
        }
        report.print(scenario, "per_call");
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

    private Process begin(
            Target target,
            String mode,
            int connections,
            double time,
            String body,
            List<String> more)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                WORK.resolve("load").toString(),
                                mode,
                                Integer.toString(target.port()),
                                Integer.toString(connections),
                                Double.toString(time),
                                WORK.resolve(body).toString(),
                                target.keys().toString()));
        command.addAll(more);
        command.addAll(target.headers());
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private JsonNode load(
            Target target,
            String mode,
            int connections,
            double time,
            String body,
            List<String> more)
            throws Exception {
        return finish(begin(target, mode, connections, time, body, more), target);
    }

    private JsonNode finish(Process load, Target target) throws Exception {
        JsonNode done = Target.JSON.readTree(load.getInputStream().readAllBytes());
        load.waitFor();
        if (done.get("failed").asLong() + done.get("broken").asLong() > 0
                || done.get("answers").asLong() == 0) {
            report.fault(target.name() + ": " + done);
        }
        return done;
    }
}
