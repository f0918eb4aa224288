import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long reports and the audit take over very many calls, and how much memory the audit needs.
 */
final class ReportTimes {
    private static final int PORT = 14108;
    private static final int UPSTREAM = 14001;
    private static final String PART = "reports";
    private static final double MIB = 1024 * 1024;

    private final Report report;
    private final int rounds;
    private final long calls;

    ReportTimes(Report report, int rounds, long calls) {
        this.report = report;
        this.rounds = rounds;
        this.calls = calls;
    }

    void measure() throws Exception {
        Path home = Files.createDirectories(Benchmark.WORK.resolve("home-" + PORT));
        Map<String, String> environment = Target.environment(home, PORT, UPSTREAM, Map.of());
        // The first start makes the tables.
        stop(start(home, environment));
        System.out.printf("writing %,d calls%n", calls);
        fill(home);
        Process server = start(home, environment);
        reports().forEach((name, path) -> time(name, path));
        command(environment);
        audit(server);
        stop(server);
        report.print(PART, "ms");
    }

    private Map<String, String> reports() {
        Instant now = Instant.now();
        String week = "/usage?since=" + now.minus(Duration.ofDays(7));
        String month = "/usage?since=" + now.minus(Duration.ofDays(30));
        String year = "/usage?since=" + now.minus(Duration.ofDays(365));
        Map<String, String> reports = new LinkedHashMap<>();
        reports.put("7 days by user", week + "&by=user");
        reports.put("30 days by user, model", month + "&by=user,model");
        reports.put("a year by user", year + "&by=user");
        reports.put("a year by day", year + "&by=day");
        reports.put("7 days by hour", week + "&by=hour");
        reports.put("30 days by hour", month + "&by=hour");
        reports.put("a year by hour", year + "&by=hour");
        reports.put("a year by hour, model", year + "&by=hour,model");
        reports.put("one user's year by hour", year + "&by=hour&user=bench7");
        reports.put("7 days by hour, user", week + "&by=hour,user");
        reports.put("holds, a year by model", year + "&by=operation,model&holds=true");
        reports.put("newest calls", "/calls?limit=50");
        reports.put("newest calls of a user", "/calls?limit=50&user=bench7");
        reports.put("newest calls of a key", "/calls?limit=50&key=k1007");
        return reports;
    }

    private Process start(Path home, Map<String, String> environment) throws Exception {
        Path log = home.resolve("log");
        Process server = Target.start(log, environment, Target.serve());
        Target.await(PORT, "/health/ready", server, log);
        return server;
    }

    private void fill(Path home) throws Exception {
        Duration year = Duration.ofDays(365);
        long start = Instant.now().minus(year).toEpochMilli();
        String script =
                Files.readString(Benchmark.TOP.resolve("bench/load/reports.sql"))
                        .replaceAll("(?m)^--.*\n", "")
                        .replace("${calls}", Long.toString(calls))
                        .replace("${start}", Long.toString(start))
                        .replace("${step}", Long.toString(year.toMillis() / calls));
        try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + database(home));
                Statement statement = file.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
            statement.execute("PRAGMA cache_size = -200000");
            for (String sql : script.split(";\\s*\n")) {
                run(statement, sql);
            }
        }
    }

    private static void run(Statement statement, String sql) throws SQLException {
        long begun = System.nanoTime();
        statement.execute(sql);
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (seconds > 1) {
            System.out.printf(
                    "  %.0f s: %s%n", seconds, sql.strip().lines().findFirst().orElse(""));
        }
    }

    private static Path database(Path home) throws Exception {
        try (var files = Files.walk(home)) {
            return files.filter(file -> file.toString().endsWith(".db")).findFirst().orElseThrow();
        }
    }

    private void time(String name, String path) {
        try {
            for (int round = 0; round < rounds + 2; round++) {
                long begun = System.nanoTime();
                Target.admin(PORT, "GET", path, "");
                report.note(PART, name, "ms", (System.nanoTime() - begun) / 1e6);
            }
        } catch (Exception e) {
            report.fault(name + ": " + e);
        }
    }

    private void command(Map<String, String> environment) throws Exception {
        for (int round = 0; round < rounds; round++) {
            ProcessBuilder builder =
                    new ProcessBuilder(
                            Benchmark.DIST.resolve("bin/oaiproxy").toString(),
                            "usage",
                            "--since",
                            "365d",
                            "--by",
                            "hour");
            builder.environment().putAll(environment);
            long begun = System.nanoTime();
            Process process = builder.redirectErrorStream(true).start();
            long lines = process.inputReader().lines().count();
            if (process.waitFor() != 0 || lines < 100) {
                report.fault("the command said " + lines + " lines");
            }
            report.note(PART, "command, a year by hour", "ms", (System.nanoTime() - begun) / 1e6);
        }
    }

    /** The audit, and what it leaves on the heap while it goes on. */
    private void audit(Process server) throws Exception {
        try (Machine.Jvm jvm = new Machine.Jvm(server.toHandle());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            double idle = jvm.live() / MIB;
            double most = idle;
            long begun = System.nanoTime();
            Future<JsonNode> audit = threads.submit(() -> Target.admin(PORT, "GET", "/audit", ""));
            JsonNode found = null;
            while (found == null) {
                try {
                    found = audit.get(3, TimeUnit.SECONDS);
                } catch (TimeoutException goesOn) {
                    most = Math.max(most, jvm.live() / MIB);
                }
            }
            report.note(PART, "audit", "ms", (System.nanoTime() - begun) / 1e6);
            report.note(PART, "audit", "idle_mib", idle);
            report.note(PART, "audit", "live_mib", most);
            if (!found.path("findings").isEmpty() || found.path("calls").asLong() != calls) {
                report.fault("audit: " + found);
            }
        }
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        process.waitFor();
        Benchmark.RUNNING.remove(process);
    }
}
