import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
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
    private static final double MIB = 1024 * 1024;

    private final Report report;
    private final int rounds;
    private final long calls;
    private String section = "";

    ReportTimes(Report report, int rounds, long calls) {
        this.report = report;
        this.rounds = rounds;
        this.calls = calls;
    }

    void measure() throws Exception {
        measure("SQLite", Map.of());
        if (Peers.hasPostgres()) {
            measure("PostgreSQL", Peers.postgres("reports"));
        }
    }

    private void measure(String database, Map<String, String> settings) throws Exception {
        section = "reports of %,d calls, %s".formatted(calls, database);
        Path home = Files.createDirectories(Benchmark.WORK.resolve("home-" + database));
        Map<String, String> environment = Target.environment(home, PORT, UPSTREAM, settings);
        // The first start makes the tables.
        stop(start(home, environment));
        try (Connection connection =
                settings.isEmpty()
                        ? DriverManager.getConnection("jdbc:sqlite:" + file(home))
                        : Peers.connect("reports")) {
            fill(connection, settings.isEmpty());
        }
        Process server = start(home, environment);
        reports().forEach((name, path) -> time(name, path));
        command(environment);
        audit(server);
        stop(server);
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
        reports.put("holds, a year by user", year + "&by=user&holds=true");
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

    private void fill(Connection connection, boolean isSqlite) throws Exception {
        Duration year = Duration.ofDays(365);
        long start = Instant.now().minus(year).toEpochMilli();
        long step = year.toMillis() / calls;
        String series =
                isSqlite
                        ? "SELECT 1, %d UNION ALL SELECT n + 1, booked + %d FROM c WHERE n < %d"
                                .formatted(start, step, calls)
                        : "SELECT n, %d + (n - 1) * %d FROM generate_series(1::BIGINT, %d) n"
                                .formatted(start, step, calls);
        String script =
                Files.readString(Benchmark.TOP.resolve("bench/load/reports.sql"))
                        .replaceAll("(?m)^--.*\n", "")
                        .replace("${series}", series)
                        .replace(
                                "${hash}",
                                isSqlite
                                        ? "printf('%064d', id)"
                                        : "lpad(CAST(id AS TEXT), 64, '0')");
        try (Statement statement = connection.createStatement()) {
            if (isSqlite) {
                statement.execute("PRAGMA synchronous = OFF");
                statement.execute("PRAGMA cache_size = -200000");
            } else {
                statement.execute("SET synchronous_commit = off");
                statement.execute("SET maintenance_work_mem = '256MB'");
                statement.execute("SET work_mem = '256MB'");
            }
            // An index is made faster when its rows are there.
            List<String> indexes = dropIndexes(statement, isSqlite);
            for (String sql : script.split(";\\s*\n")) {
                run(statement, sql);
            }
            for (String index : indexes) {
                run(statement, index);
            }
            // A real server's database does this by itself, little by little.
            run(statement, isSqlite ? "PRAGMA optimize" : "VACUUM ANALYZE");
        }
    }

    private static List<String> dropIndexes(Statement statement, boolean isSqlite)
            throws SQLException {
        Map<String, String> indexes = new LinkedHashMap<>();
        String list =
                isSqlite
                        ? """
                          SELECT name, sql FROM sqlite_master
                          WHERE type = 'index' AND tbl_name = 'calls' AND sql IS NOT NULL
                          """
                        : """
                          SELECT indexname, indexdef FROM pg_indexes
                          WHERE tablename = 'calls' AND indexdef NOT LIKE '%UNIQUE%'
                          """;
        try (ResultSet rows = statement.executeQuery(list)) {
            while (rows.next()) {
                indexes.put(rows.getString(1), rows.getString(2));
            }
        }
        for (String name : indexes.keySet()) {
            statement.execute("DROP INDEX " + name);
        }
        return List.copyOf(indexes.values());
    }

    private void run(Statement statement, String sql) throws SQLException {
        long begun = System.nanoTime();
        statement.execute(sql);
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (seconds > 1) {
            String first = sql.strip().lines().findFirst().orElse("");
            report.progress(section, "%.0f s to write".formatted(seconds), shorten(first));
        }
    }

    private static String shorten(String line) {
        return line.length() > 60 ? line.substring(0, 60) : line;
    }

    private static Path file(Path home) throws Exception {
        try (var files = Files.walk(home)) {
            return files.filter(file -> file.toString().endsWith(".db")).findFirst().orElseThrow();
        }
    }

    private void time(String name, String path) {
        try {
            for (int round = 0; round < rounds + 2; round++) {
                long begun = System.nanoTime();
                Target.admin(PORT, "GET", path, "");
                report.note(section, name, "ms", (System.nanoTime() - begun) / 1e6);
            }
            double median = report.median(section, name, "ms");
            report.progress(section, name, "%.0f ms".formatted(median));
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
            report.note(
                    section, "command, a year by hour", "ms", (System.nanoTime() - begun) / 1e6);
        }
    }

    /** The audit, and what it leaves on the heap while it goes on. */
    private void audit(Process server) throws Exception {
        try (Machine.Jvm jvm = new Machine.Jvm(server.toHandle());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            report.progress(section, "audit", "");
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
            report.note(section, "audit", "ms", (System.nanoTime() - begun) / 1e6);
            report.note(section, "audit", "idle_mib", idle);
            report.note(section, "audit", "live_mib", most);
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
