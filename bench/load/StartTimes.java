import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What it takes until a server is ready and a command is done, in times of a Java "hello", and
 * until a server is warm.
 */
final class StartTimes {
    private static final int PORT = 14107;
    private static final int UPSTREAM = 14001;

    private static final String PART = "start and commands";
    private static final String WARM = "warm-up, 4 connections";
    private static final int FIRST = 3_000;
    private static final int BETWEEN = 15_000;

    private final Report report;
    private final int rounds;

    StartTimes(Report report, int rounds) {
        this.report = report;
        this.rounds = rounds;
    }

    void measure() throws Exception {
        report.section(PART, "cpu_ms", "java hello");
        Path hello = Benchmark.WORK.resolve("Hello.java");
        Files.writeString(
                hello,
                "class Hello { public static void main(String[] a) { System.out.println(1); } }");
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        Benchmark.finish(
                List.of(java + "/javac", "-d", Benchmark.WORK.toString(), hello.toString()));
        Path home = Files.createDirectories(Benchmark.WORK.resolve("home-" + PORT));
        Map<String, String> environment = Target.environment(home, PORT, UPSTREAM, Map.of());
        String program = Benchmark.DIST.resolve("bin/oaiproxy").toString();
        // The first makes the database; and a server stays for the command that asks one.
        ready(environment, "ready, new database");
        Process server = Target.start(home.resolve("log"), environment, Target.serve());
        Target.await(PORT, "/health/ready", server, home.resolve("log"));
        for (int round = 0; round < rounds; round++) {
            time(
                    "java hello",
                    environment,
                    List.of(
                            java + "/java",
                            "-Xshare:auto",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            Benchmark.WORK.toString(),
                            "Hello"));
            time("--version", environment, List.of(program, "--version"));
            time("--help", environment, List.of(program, "--help"));
            time("status", environment, List.of(program, "status"));
        }
        stop(server);
        for (int round = 0; round < rounds; round++) {
            ready(environment, "ready, existing database");
        }
        warmUp();
    }

    /** What bash says of the time that a command takes, and of its processor time. */
    private void time(String name, Map<String, String> environment, List<String> command)
            throws Exception {
        List<String> timed =
                new ArrayList<>(
                        List.of(
                                "bash",
                                "-c",
                                "TIMEFORMAT='%R %U %S'; time \"$@\" >\"$0\" 2>&1",
                                Benchmark.WORK.resolve("said").toString()));
        timed.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(timed).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String times = new String(process.getInputStream().readAllBytes()).strip();
        if (process.waitFor() != 0) {
            report.fault(command + ": " + Files.readString(Benchmark.WORK.resolve("said")) + times);
            return;
        }
        String[] found = times.split(" ");
        double cpu = Double.parseDouble(found[1]) + Double.parseDouble(found[2]);
        report.note(PART, name, "cpu_ms", cpu * 1000);
        report.note(PART, name, "ms", Double.parseDouble(found[0]) * 1000);
        report.progress(PART, name, "%.0f ms of CPU".formatted(cpu * 1000));
    }

    private void ready(Map<String, String> environment, String name) throws Exception {
        Path log = Benchmark.WORK.resolve("start.log");
        long begun = System.nanoTime();
        Process process = Target.start(log, environment, Target.serve());
        Target.await(PORT, "/health/ready", process, log);
        double cpu = Machine.cost(process.toHandle()).cpuMicros() / 1000.0;
        report.note(PART, name, "cpu_ms", cpu);
        report.note(PART, name, "ms", (System.nanoTime() - begun) / 1e6);
        report.progress(PART, name, "%.0f ms of CPU".formatted(cpu));
        stop(process);
    }

    /** What the first calls of a server cost beside those that it answers later. */
    private void warmUp() throws Exception {
        report.section(WARM, "cpu_us", "later calls");
        Bodies.write();
        int upstream = PORT + 100;
        Process openai = Benchmark.upstream(upstream);
        Target target = Target.oaiproxy("oaiproxy", PORT + 50, upstream, 1, Map.of());
        calls(target, "first %,d calls".formatted(FIRST), FIRST);
        LoadGenerator load = new LoadGenerator(report);
        load.run(target, new LoadGenerator.Load("calls", 64, "chat.json"), BETWEEN);
        for (int round = 0; round < 3; round++) {
            calls(target, "later calls", FIRST);
        }
        target.compareBill();
        target.jvm().close();
        target.process().destroy();
        target.process().onExit().get();
        stop(openai);
    }

    private void calls(Target target, String name, int calls) throws Exception {
        Machine.Cost before = Machine.cost(target.process());
        new LoadGenerator(report)
                .run(target, new LoadGenerator.Load("calls", 4, "chat.json"), calls);
        Machine.Cost cost = Machine.cost(target.process()).since(before);
        double micros = (double) cost.cpuMicros() / calls;
        report.note(WARM, name, "cpu_us", micros);
        report.progress(WARM, name, "%.0f us of CPU a call".formatted(micros));
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        process.waitFor();
        Benchmark.RUNNING.remove(process);
    }
}
