package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.SetupResult;
import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.api.SetupRequest;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupTest {
    @TempDir Path folder;
    private final FakeServer server = new FakeServer();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void namesAllThatIsMissingInOneError() {
        CommandRun run = new CommandRun(folder);

        assertThat(run.run("setup", "-t", "postgresql")).isEqualTo(2);
        assertThat(run.err())
                .contains(
                        "OPENAI_API_KEY, PROXY_SERVER_USER, PROXY_SERVER_PASS,"
                                + " DB_USERNAME, DB_PASSWORD, DB_NAME");
    }

    @Test
    void handsEverythingToAServerThatRuns() {
        server.on("POST /admin/v1/setup", new AdminApi.SetupResult("/srv/.env", "PostgreSQL 17"));
        CommandRun run = alone().variable("OAIPROXY_URL", server.url());
        int code =
                run.run(
                        "setup",
                        "-o",
                        "Others",
                        "--db_type",
                        "postgresql",
                        "-u",
                        "me",
                        "-w",
                        "db-secret",
                        "-b",
                        "db:1",
                        "-d",
                        "oaip",
                        "-a",
                        "sk-mine",
                        "-n",
                        "root",
                        "-p",
                        "root-secret",
                        "--offline");

        assertThat(code).isZero();
        assertThat(server.last().authorization()).isEmpty();
        assertThat(server.last().body())
                .isEqualTo(
                        "{\"openai_api_key\":\"sk-mine\",\"db_option\":\"Others\","
                                + "\"db_type\":\"postgresql\",\"db_module\":null,"
                                + "\"db_username\":\"me\",\"db_password\":\"db-secret\","
                                + "\"db_host\":\"db:1\",\"db_name\":\"oaip\","
                                + "\"proxy_server_user\":\"root\","
                                + "\"proxy_server_pass\":\"root-secret\","
                                + "\"oaiproxy_tracking_bodies\":null,"
                                + "\"oaiproxy_tracking_keep\":null,\"offline\":true}");
        assertThat(run.err()).contains("/srv/.env").doesNotContain("-secret", "sk-mine");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void saysWhatToDoWhenTheServerIsSetUpAlready() {
        server.refuse("POST /admin/v1/setup", 409, "the server is set up already");
        CommandRun run = alone().variable("OAIPROXY_URL", server.url());

        assertThat(run.run("setup")).isEqualTo(1);
        assertThat(run.err()).contains("set up already").contains("edit .env");
    }

    @Test
    void tellsWhatTheServerFoundWrong() {
        server.refuse("POST /admin/v1/setup", 400, "the database cannot be reached");
        CommandRun run = alone().variable("OAIPROXY_URL", server.url());

        assertThat(run.run("setup")).isEqualTo(1);
        assertThat(run.err()).contains("cannot be reached").doesNotContain("edit .env");
    }

    @Test
    void writesTheFileItselfWithoutAServer() throws IOException {
        Files.writeString(folder.resolve(".env"), "# mine\nOTHER=1\nDB_OPTION = \"SQLite\" # db\n");
        CommandRun run = alone();

        assertThat(run.run("setup", "--offline")).isZero();
        assertThat(Files.readString(folder.resolve(".env")))
                .isEqualTo(
                        """
                        # mine
                        OTHER=1
                        DB_OPTION = "SQLite" # db
                        OPENAI_API_KEY=sk-mine
                        PROXY_SERVER_USER=root
                        PROXY_SERVER_PASS=hard-2-guess-it
                        """);
        assertThat(run.err())
                .doesNotContain("sk-mine", "hard-2-guess-it")
                .contains("oaiproxy serve");
    }

    @Test
    void asksForWhatIsMissingAndForThePasswordTwice() throws IOException {
        CommandRun run =
                nowhere().answering("sk-mine", "root", "hard-2-guess-it", "hard-2-guess-it", "30");

        assertThat(run.run("setup", "--offline")).isZero();
        assertThat(EnvFile.read(folder.resolve(".env")).values())
                .containsEntry("OPENAI_API_KEY", "sk-mine")
                .containsEntry("PROXY_SERVER_PASS", "hard-2-guess-it")
                .containsEntry("OAIPROXY_TRACKING_KEEP", "30d");
        assertThat(run.err()).contains("no server runs at", "so this writes " + folder);
    }

    @Test
    void asksForThePasswordAgainWhenTheTwoDifferOrItIsWeak() throws IOException {
        CommandRun run =
                nowhere()
                        .answering(
                                "sk-mine",
                                "",
                                "password",
                                "hard-2-guess-it",
                                "hard-3-guess-it",
                                "hard-4-guess-it",
                                "hard-4-guess-it",
                                "0");

        assertThat(run.run("setup", "--offline")).isZero();
        assertThat(run.err()).contains("shorter than 12", "the two passwords differ");
        assertThat(EnvFile.read(folder.resolve(".env")).values())
                .containsEntry("OPENAI_API_KEY", "sk-mine")
                .containsEntry("PROXY_SERVER_USER", "admin")
                .containsEntry("PROXY_SERVER_PASS", "hard-4-guess-it")
                .containsEntry("OAIPROXY_TRACKING_BODIES", "false");
    }

    @Test
    void asksForTheKeyAgainWhenOpenAiRefusesIt() throws IOException {
        List<String> tried = new ArrayList<>();
        CommandRun run =
                nowhere()
                        .with(
                                new FakeOfflineTools() {
                                    @Override
                                    public SetupResult runSetup(
                                            SetupRequest setup, Map<String, String> environment) {
                                        tried.add(setup.openaiApiKey() + setup.proxyServerPass());
                                        if (tried.size() == 1) {
                                            throw new IllegalArgumentException(
                                                    "OpenAI refused the key (HTTP 401); check it");
                                        }
                                        if (tried.size() == 2) {
                                            throw new IllegalArgumentException(
                                                    "OpenAI could not be reached");
                                        }
                                        return new SetupResult(".env", "SQLite");
                                    }
                                })
                        .answering(
                                "sk-bad",
                                "root",
                                "hard-2-guess-it",
                                "hard-2-guess-it",
                                "",
                                "sk-good",
                                "");

        assertThat(run.run("setup")).isZero();
        assertThat(tried)
                .containsExactly(
                        "sk-badhard-2-guess-it",
                        "sk-goodhard-2-guess-it",
                        "sk-goodhard-2-guess-it");
        assertThat(run.err()).contains("OpenAI refused the key (HTTP 401); check it\n");
    }

    @Test
    void makesAPasswordForWhoTypesNone() throws IOException {
        CommandRun run = nowhere().answering("sk-mine", "root", "", "");

        assertThat(run.run("setup", "--offline")).isZero();
        assertThat(run.out()).matches("([a-z2-9]{5}-){3}[a-z2-9]{5}\\R");
        assertThat(EnvFile.read(folder.resolve(".env")).values())
                .containsEntry("PROXY_SERVER_PASS", run.out().strip())
                .doesNotContainKey("OAIPROXY_TRACKING_KEEP");
    }

    @Test
    void replacesNothingInAFileUnlessAllowedTo() throws IOException {
        Path file = folder.resolve(".env");
        Files.writeString(file, "OPENAI_API_KEY=sk-old\nPROXY_SERVER_USER=root\n");
        CommandRun run = alone();

        assertThat(run.run("setup", "--offline")).isEqualTo(2);
        assertThat(run.err()).contains("has other values of OPENAI_API_KEY\n", "give --yes");
        assertThat(run.err()).doesNotContain("sk-old", "sk-mine");
        assertThat(Files.readString(file)).startsWith("OPENAI_API_KEY=sk-old\n");
        assertThat(alone().answering("").run("setup", "--offline")).isEqualTo(1);
        assertThat(Files.readString(file)).startsWith("OPENAI_API_KEY=sk-old\n");
        assertThat(alone().answering("y").run("setup", "--offline")).isZero();
        assertThat(Files.readString(file)).startsWith("OPENAI_API_KEY=sk-mine\n");
        assertThat(Files.readString(folder.resolve(".env.old")))
                .startsWith("OPENAI_API_KEY=sk-old\n");
        assertThat(Files.getPosixFilePermissions(folder.resolve(".env.old")))
                .containsOnly(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    @Test
    void asksNothingWhereTheServerHasBeenSetUp() {
        server.refuse("GET /admin/v1/status", 401, "no password");
        CommandRun run = new CommandRun(folder).variable("OAIPROXY_URL", server.url()).answering();

        assertThat(run.run("setup")).isEqualTo(1);
        assertThat(run.err()).contains("the server at " + server.url() + " has been set up");
    }

    @Test
    void makesAPasswordAndPrintsItAlone() throws IOException {
        CommandRun run = nowhere().variable("OPENAI_API_KEY", "sk-mine");

        assertThat(run.run("setup", "--offline", "-n", "root", "--generate-password")).isZero();
        assertThat(run.out()).matches("([a-z2-9]{5}-){3}[a-z2-9]{5}\\R");
        assertThat(EnvFile.read(folder.resolve(".env")).values())
                .containsEntry("PROXY_SERVER_PASS", run.out().strip());
        assertThat(run.err()).doesNotContain(run.out().strip());
    }

    @Test
    void writesNothingWhenThePasswordIsWeak() {
        CommandRun run = alone().variable("PROXY_SERVER_PASS", "password1234");

        assertThat(run.run("setup", "--offline")).isEqualTo(1);
        assertThat(run.err()).contains("tried first", "--generate-password");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void triesTheKeyAtOpenAiAndWritesNothingWhenItIsRefused() {
        server.refuse("GET /v1/models", 401, "no");
        CommandRun run = alone().variable("OPENAI_BASE_URL", server.url() + "/v1");

        assertThat(run.run("setup")).isEqualTo(1);
        assertThat(server.last().authorization()).isEqualTo("Bearer sk-mine");
        assertThat(run.err()).contains("refused the key").doesNotContain("sk-mine");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void triesAnotherDatabaseBeforeItWrites() {
        String[] words = {
            "setup", "--offline", "-t", "mysql", "-u", "me", "-d", "x", "--db_password=p"
        };
        CommandRun refused =
                alone().with(
                                new FakeOfflineTools() {
                                    @Override
                                    public SetupResult runSetup(
                                            SetupRequest setup, Map<String, String> environment) {
                                        throw new IllegalArgumentException(
                                                "no route to " + setup.dbHost());
                                    }
                                });
        CommandRun unchecked = bare();

        assertThat(refused.run(words)).isEqualTo(1);
        assertThat(refused.err()).contains("no route to localhost");
        assertThat(unchecked.run(words)).isEqualTo(1);
        assertThat(unchecked.err()).contains("checked by the server");
        assertThat(folder).isEmptyDirectory();
        CommandRun taken =
                alone().with(
                                new FakeOfflineTools() {
                                    @Override
                                    public SetupResult runSetup(
                                            SetupRequest setup, Map<String, String> environment) {
                                        return new SetupResult(
                                                environment.getOrDefault("OAIPROXY_HOME", ""),
                                                String.valueOf(setup.dbType()));
                                    }
                                });
        assertThat(taken.run(words)).isZero();
        assertThat(taken.err()).contains("wrote " + folder + "; the database is mysql");
    }

    /** A run with all the needed values, and without a server. */
    private CommandRun alone() {
        return knowing(nowhere());
    }

    /** The same run without the server's code. */
    private CommandRun bare() {
        return knowing(nobody());
    }

    private static CommandRun knowing(CommandRun run) {
        Map.of(
                        "OPENAI_API_KEY", "sk-mine",
                        "PROXY_SERVER_USER", "root",
                        "PROXY_SERVER_PASS", "hard-2-guess-it")
                .forEach(run::variable);
        return run;
    }

    private CommandRun nowhere() {
        return nobody().withServer();
    }

    private CommandRun nobody() {
        try (var socket = new ServerSocket(0)) {
            return new CommandRun(folder)
                    .variable("OAIPROXY_URL", "http://localhost:" + socket.getLocalPort());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
