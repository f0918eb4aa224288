package dev.oaiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.cli.InstalledProgram.CommandResult;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The README's commands, run with the distribution as a newcomer runs them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ReadmeIT {
    private static final String COST = "0.0000108";

    @TempDir static Path home;
    @TempDir Path other;

    private @Nullable ListeningProcess sandbox;
    private @Nullable ListeningProcess server;

    @BeforeAll
    void setUpAsTheReadmeSays() throws Exception {
        sandbox = new InstalledProgram(home, Map.of()).start("sandbox", "--port", "0");
        server = serve(home);
        assertThat(setUp(home, url(server)).code()).isZero();
    }

    @AfterAll
    void stop() {
        Objects.requireNonNull(server).close();
        Objects.requireNonNull(sandbox).close();
    }

    @Test
    void demoTellsTheStoryAndItsBooksBalance() throws Exception {
        CommandResult demo = new InstalledProgram(other, Map.of()).run("demo");
        assertThat(demo.code()).as(demo.err()).isZero();
        assertThat(demo.out())
                .contains("USER   MODEL  ", "alice  gpt-6-luna ", "insufficient_quota");
        assertThat(demo.out() + demo.err()).contains("the books balance");
    }

    @Test
    void waitsToBeSetUpAndStopsOnSigterm() throws Exception {
        try (ListeningProcess fresh = serve(other)) {
            assertThat(ChatCalls.chat(url(fresh), "sk-any").statusCode()).isEqualTo(503);
            assertThat(with(other, url(fresh)).run("status").code()).isEqualTo(4);
            assertThat(with(other, url(fresh)).run("setup").code()).isEqualTo(2);
            CommandResult wrong = setUp(with(other, url(fresh)).with("OPENAI_API_KEY", "sk-wrong"));
            assertThat(wrong.code()).isEqualTo(1);
            assertThat(wrong.err()).contains("OpenAI refused the key");
            assertThat(setUp(other, url(fresh)).code()).isZero();
            assertThat(with(other, url(fresh)).run("status").code()).isZero();
            assertThat(fresh.stop()).isIn(0, 143);
        }
    }

    @Test
    void printsTheKeyAloneAndOnce() throws Exception {
        CommandResult created = run("key", "create", "--user", "bob", "--quota", "5");
        assertThat(created.code()).isZero();
        assertThat(created.out()).matches("sk-oap-\\w+-\\S+\\n");
        assertThat(created.err()).contains("only time").doesNotContain(created.out().strip());
        assertThat(run("key", "list", "--user", "bob").out())
                .startsWith(id(created.out()))
                .doesNotContain(created.out().strip());
    }

    @Test
    void metersCallsByHeaderAndByPath() throws Exception {
        String key = keyOf("carol");
        HttpResponse<String> byHeader = ChatCalls.chat(url(server), key);
        HttpResponse<String> byPath = ChatCalls.chatByPath(url(server), key);
        assertThat(byHeader.statusCode()).as(byHeader.body()).isEqualTo(200);
        assertThat(byPath.statusCode()).as(byPath.body()).isEqualTo(200);
        assertThat(byPath.headers().firstValue("x-oaiproxy-cost-usd")).hasValue(COST);
        assertThat(run("usage", "--since", "7d", "--by", "user,model", "--user", "carol").out())
                .isEqualTo("carol\tgpt-4o-mini\t2\t16\t0\t32\t0.0000216\n");
    }

    @Test
    void explainsACharge() throws Exception {
        ChatCalls.chat(url(server), keyOf("dora"));
        String id = run("calls", "--user", "dora").out().split("\t", 2)[0];
        CommandResult shown = run("calls", "show", id);
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).contains(id, "0.15", "0.6", COST, "\"content\": \"Hello\"");
    }

    @Test
    void holdsToANewQuotaAtOnce() throws Exception {
        String key = keyOf("erna");
        assertThat(run("quota", "set", "erna", "0").code()).isZero();
        HttpResponse<String> refused = ChatCalls.chat(url(server), key);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("insufficient_quota");
        assertThat(refused.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(run("quota", "add", "erna", "5").code()).isZero();
        assertThat(ChatCalls.chat(url(server), key).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesARevokedKeyAtOnce() throws Exception {
        String key = keyOf("fritz");
        assertThat(ChatCalls.chat(url(server), key).statusCode()).isEqualTo(200);
        assertThat(run("key", "revoke", id(key)).code()).isZero();
        assertThat(ChatCalls.chat(url(server), key).statusCode()).isEqualTo(401);
    }

    @Test
    void exitCodesTellWhatWentWrong() throws Exception {
        assertThat(run("status").code()).isZero();
        assertThat(run("key", "revoke", "nosuchkey").code()).isEqualTo(1);
        assertThat(run("key", "create").code()).isEqualTo(2);
        InstalledProgram stranger = with(home, url(server)).with("PROXY_SERVER_PASS", "wrong");
        assertThat(stranger.run("status").code()).isEqualTo(4);
    }

    @Test
    void booksBalance() throws Exception {
        CommandResult audit = run("audit");
        assertThat(audit.code()).as(audit.err()).isZero();
        assertThat(audit.err()).contains("the books balance");
    }

    private ListeningProcess serve(Path folder) throws Exception {
        return new InstalledProgram(folder, Map.of("OPENAI_BASE_URL", url(sandbox) + "/v1"))
                .start("serve", "--port", "0");
    }

    private static CommandResult setUp(Path folder, String url) throws Exception {
        return setUp(with(folder, url).with("OPENAI_API_KEY", "sk-sandbox"));
    }

    private static CommandResult setUp(InstalledProgram installedProgram) throws Exception {
        return installedProgram
                .with("PROXY_SERVER_USER", "admin")
                .with("PROXY_SERVER_PASS", "hard-2-guess-it")
                .run("setup");
    }

    /** A command in the server's folder, where {@code .env} contains the administrator's login. */
    private CommandResult run(String... arguments) throws Exception {
        return with(home, url(server)).run(arguments);
    }

    private String keyOf(String user) throws Exception {
        return run("key", "create", "--user", user, "--quota", "5").out().strip();
    }

    private static String id(String key) {
        return key.split("-", 4)[2];
    }

    private static InstalledProgram with(Path folder, String url) {
        return new InstalledProgram(folder, Map.of("OAIPROXY_URL", url));
    }

    private static String url(@Nullable ListeningProcess listeningProcess) {
        return Objects.requireNonNull(listeningProcess).url();
    }
}
