import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How long it takes until a server is ready and a command is done, in times of a Java "hello". */
final class StartTimes {
    private static final int PORT = 14107;
    private static final int UPSTREAM = 14001;

    private final Report report;
    private final int rounds;

    StartTimes(Report report, int rounds) {
        this.report = report;
        this.rounds = rounds;
    }

    void measure() throws Exception {
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
        ready(environment, "new database");
        Process server = Target.start(home.resolve("log"), environment, Target.serve());
        Target.await(PORT, "/health/ready", server, home.resolve("log"));
        for (int round = 0; round < rounds + 2; round++) {
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
            time("--help", environment, List.of(program, "--help"));
            time("--version", environment, List.of(program, "--version"));
            time("status", environment, List.of(program, "status"));
        }
        stop(server);
        for (int round = 0; round < rounds + 2; round++) {
            ready(environment, "existing database");
        }
        report.print("start", "ms");
    }

    private void time(String name, Map<String, String> environment, List<String> command)
            throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        long begun = System.nanoTime();
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            report.fault(command + ": " + said);
        }
        report.note("start", name, "ms", (System.nanoTime() - begun) / 1e6);
    }

    private void ready(Map<String, String> environment, String name) throws Exception {
        Path log = Benchmark.WORK.resolve("start.log");
        long begun = System.nanoTime();
        Process process = Target.start(log, environment, Target.serve());
        Target.await(PORT, "/health/ready", process, log);
        report.note("start", name, "ms", (System.nanoTime() - begun) / 1e6);
        report.note("start", name, "cpu_ms", Machine.cost(process.toHandle()).cpuMicros() / 1000.0);
        stop(process);
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        process.waitFor();
        Benchmark.RUNNING.remove(process);
    }
}
