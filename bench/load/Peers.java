import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Starts what oaiproxy is measured beside, and the database server that it is measured on. */
final class Peers {
    private static final int POSTGRES = 14205;
    private static boolean isStarted;

    private Peers() {}

    static Target nginx(int port, Path keys) throws Exception {
        String settings =
                Files.readString(Benchmark.TOP.resolve("bench/load/nginx.conf"))
                        .replace("@WORK@", Benchmark.WORK.toString())
                        .replace("@PORT@", Integer.toString(port))
                        .replace("@UPSTREAM@", Integer.toString(Benchmark.UPSTREAM));
        Path conf = Files.writeString(Benchmark.WORK.resolve("nginx.conf"), settings);
        Path log = Benchmark.WORK.resolve("nginx.log");
        Process process =
                Target.start(
                        log,
                        Map.of(),
                        List.of(
                                "nginx",
                                "-e",
                                Benchmark.WORK + "/nginx.err",
                                "-c",
                                conf.toString()));
        Target.await(port, "/", process, log);
        return new Target(
                "nginx", port, process.toHandle(), keys, List.of(), Benchmark.UPSTREAM, null);
    }

    static Target portkey(Path folder, int port, Path keys) throws Exception {
        Path log = Benchmark.WORK.resolve("portkey.log");
        Process process =
                Target.start(
                        log,
                        Map.of("NODE_ENV", "production"),
                        List.of(
                                "node",
                                folder.resolve("build/start-server.js").toString(),
                                "--port=" + port,
                                "--headless"));
        Target.await(port, "/", process, log);
        List<String> headers =
                List.of(
                        "x-portkey-provider: openai",
                        "x-portkey-custom-host: http://127.0.0.1:" + Benchmark.UPSTREAM + "/v1");
        return new Target(
                "Portkey", port, process.toHandle(), keys, headers, Benchmark.UPSTREAM, null);
    }

    static boolean hasPostgres() throws IOException {
        return Files.isExecutable(programs().resolve("initdb"));
    }

    private static Path programs() throws IOException {
        Path debian = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(debian)) {
            return Path.of("/usr/local/bin");
        }
        try (Stream<Path> versions = Files.list(debian)) {
            return versions.max(Path::compareTo).orElseThrow().resolve("bin");
        }
    }

    /**
     * The settings for a database on a PostgreSQL of this run, which is started when it is asked.
     */
    static Map<String, String> postgres(String database) throws Exception {
        if (!isStarted) {
            start();
            isStarted = true;
        }
        if (!database.equals("postgres")) {
            try (Connection connection = connect("postgres")) {
                connection.createStatement().execute("CREATE DATABASE " + database);
            }
        }
        return Map.of(
                "DB_OPTION", "Others",
                "DB_TYPE", "postgresql",
                "DB_HOST", "127.0.0.1:" + POSTGRES,
                "DB_NAME", database,
                "DB_USERNAME", "postgres",
                "DB_PASSWORD", "bench");
    }

    static Connection connect(String database) throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + POSTGRES + "/" + database;
        return DriverManager.getConnection(url, "postgres", "bench");
    }

    /** A PostgreSQL of its own, which does not run as root. */
    private static void start() throws Exception {
        Path home = Files.createDirectories(Benchmark.WORK.resolve("postgres"));
        List<String> nobody =
                System.getProperty("user.name").equals("root")
                        ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
                        : List.of();
        Path password = Files.writeString(Benchmark.WORK.resolve("postgres-password"), "bench");
        Benchmark.finish(List.of("chmod", "-R", "a+rwX", home.toString(), password.toString()));
        if (!nobody.isEmpty()) {
            Benchmark.finish(List.of("chown", "-R", "65534:65534", home.toString()));
        }
        String bin = programs().toString();
        Path data = home.resolve("data");
        Benchmark.finish(
                concat(
                        nobody,
                        bin + "/initdb",
                        "-D" + data,
                        "-Upostgres",
                        "--pwfile=" + password,
                        "--auth=scram-sha-256",
                        "-EUTF8",
                        "--locale=C"));
        serve(concat(nobody, bin + "/postgres", "-D" + data), home);
    }

    private static void serve(List<String> program, Path home) throws Exception {
        Path log = Benchmark.WORK.resolve("postgres.log");
        Process process =
                Target.start(
                        log,
                        Map.of(),
                        concat(
                                program,
                                "-p" + POSTGRES,
                                "-c",
                                "listen_addresses=127.0.0.1",
                                "-c",
                                "unix_socket_directories=" + home));
        for (int tries = 0; !Files.readString(log).contains("ready to accept"); tries++) {
            if (tries > 600 || !process.isAlive()) {
                throw new IOException("PostgreSQL does not start:\n" + Files.readString(log));
            }
            Thread.sleep(50);
        }
    }

    private static List<String> concat(List<String> first, String... more) {
        return Stream.concat(first.stream(), Arrays.stream(more)).toList();
    }
}
