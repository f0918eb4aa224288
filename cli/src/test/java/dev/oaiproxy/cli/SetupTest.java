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
                                + "\"proxy_server_pass\":\"root-secret\",\"offline\":true}");
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
                nowhere().answering("sk-mine", "root", "hard-2-guess-it", "hard-2-guess-it");

        assertThat(run.run("setup", "--offline")).isZero();
        assertThat(EnvFile.read(folder.resolve(".env")).values())
                .containsEntry("OPENAI_API_KEY", "sk-mine")
                .containsEntry("PROXY_SERVER_PASS", "hard-2-guess-it");
    }

    @Test
    void writesNothingWhenTheTwoPasswordsDiffer() {
        CommandRun run =
                nowhere().answering("sk-mine", "root", "hard-2-guess-it", "hard-3-guess-it");

        assertThat(run.run("setup", "--offline")).isEqualTo(2);
        assertThat(folder).isEmptyDirectory();
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
