package dev.oaiproxy.cli.demo;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.demo.DemoClient.ChatRequest;
import dev.oaiproxy.cli.demo.DemoClient.DemoResponse;
import dev.oaiproxy.cli.output.AuditRows;
import dev.oaiproxy.cli.output.CallRows;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Table;
import dev.oaiproxy.cli.output.UsageRows;
import java.net.URI;

/** The steps of the demo. Each step is also checked. */
final class DemoScript {
    static final String CALL_ID = "x-oaiproxy-call-id";

    private static final String REMAINING = "x-oaiproxy-remaining-usd";
    private static final String CHAT_MODEL = "gpt-6-luna";
    private static final int MOST_OF_BOB = 50;
    private static final int MOST_LOOKS = 300;

    private final DemoOutput output;
    private final URI server;
    private final AdminClient admin;

    DemoScript(DemoOutput output, URI server, AdminClient admin) {
        this.output = output;
        this.server = server;
        this.admin = admin;
    }

    /** Runs all steps; returns alice's key, which has quota left. */
    String tell() {
        var alice = new DemoClient(server, key("alice", "1.00"));
        var bob = new DemoClient(server, key("bob", "0.01"));
        chat(alice);
        stream(alice);
        embed(alice);
        String left = hangUp(alice);
        runOut(bob);
        report(left);
        audit();
        return alice.key();
    }

    private String key(String user, String quota) {
        output.step("a key for " + user + ", worth " + quota + " USD");
        var order =
                new AdminApi.KeyRequest(
                        user, quota, null, "demo", null, null, null, null, null, null);
        AdminApi.CreatedKey created = admin.create(order);
        output.line(
                "key " + created.key().id() + "; its secret is shown once and kept only as a hash");
        return created.secret();
    }

    private void chat(DemoClient alice) {
        output.step("alice calls " + CHAT_MODEL);
        DemoResponse response =
                alice.chat(new ChatRequest(CHAT_MODEL, "What does a proxy do?", 200));
        expectOk(response, "a chat");
        output.line("answer:    " + response.body().at("/choices/0/message/content").asText());
        output.line("cost:      " + call(response.header(CALL_ID)).call().costUsd() + " USD");
        output.line("remaining: " + response.header(REMAINING) + " USD");
    }

    private void stream(DemoClient alice) {
        output.step("alice calls it again, as a stream; each piece is passed on as it comes");
        var chat = new ChatRequest(CHAT_MODEL, "Tell me more. [[delay=20ms]]", 200);
        output.begin();
        String id = alice.stream(chat, output::piece);
        output.end();
        output.line("cost: " + call(id).call().costUsd() + " USD");
    }

    private void embed(DemoClient alice) {
        output.step("alice embeds a sentence");
        DemoResponse response =
                alice.embed("text-embedding-3-small", "Every call is on the ledger.");
        expectOk(response, "embeddings");
        int size = response.body().at("/data/0/embedding").size();
        String shape = size == 0 ? "a vector" : "a vector of " + size + " numbers";
        output.line(shape + "; cost: " + call(response.header(CALL_ID)).call().costUsd() + " USD");
    }

    private String hangUp(DemoClient alice) {
        output.step("a client disconnects in the middle of a stream");
        var chat = new ChatRequest(CHAT_MODEL, "A long story. [[tokens=80]] [[delay=10ms]]", 200);
        String id = alice.hangUp(chat, 3);
        output.line(
                "cut after three pieces; the server reads the rest, for OpenAI bills it anyhow");
        CallDetail detail = settled(id);
        AdminApi.Call call = detail.call();
        output.line(
                "%s for all %d output tokens: %s USD"
                        .formatted(call.state(), call.outputTokens(), call.costUsd()));
        if (!call.state().equals("charged")) {
            throw unexpected("the call that was cut is " + call.state());
        }
        return id;
    }

    private void runOut(DemoClient bob) {
        output.step("bob requests long answers of gpt-5.6-luna until his quota is spent");
        var chat = new ChatRequest("gpt-5.6-luna", "Go on. [[tokens=1800]]", 2_000);
        for (int i = 1; i <= MOST_OF_BOB; i++) {
            DemoResponse response = bob.chat(chat);
            if (response.status() == 429) {
                refused(response);
                return;
            }
            expectOk(response, "bob's chat");
            String cost = call(response.header(CALL_ID)).call().costUsd();
            output.line("call %d: %s USD".formatted(i, cost));
        }
        throw unexpected("bob's quota never ran out");
    }

    private void refused(DemoResponse response) {
        output.line("then HTTP 429, before OpenAI was called, as an OpenAI SDK understands it:");
        output.line(response.body().toString());
        String code = response.body().at("/error/code").asText();
        if (!code.equals("insufficient_quota")) {
            throw unexpected("the refusal says " + code);
        }
    }

    private void report(String example) {
        output.step("who spent what (`oaiproxy usage --by user,model`)");
        AdminApi.Usage usage = admin.usage(Query.none().with("by", "user,model"));
        output.show(UsageRows.forPeople(usage, output.terminal()), usage);
        output.step("every call, one row each (`oaiproxy calls`)");
        var calls = admin.calls(Query.none(), 20);
        output.show(Table.of(CallRows.COLUMNS, calls.data().reversed()), calls);
        output.step("why the call that was cut cost what it did (`oaiproxy calls show ID`)");
        CallDetail detail = call(example);
        output.show(CallRows.explanation(detail), detail);
    }

    private void audit() {
        output.step("the books prove themselves (`oaiproxy audit`)");
        AdminApi.AuditReport report = admin.audit();
        output.line(AuditRows.words(report));
        if (!report.balanced()) {
            throw unexpected("the books differ");
        }
    }

    private CallDetail call(String id) {
        if (id.isBlank() || id.equals("-")) {
            throw unexpected("an answer has no header " + CALL_ID);
        }
        return admin.call(id);
    }

    /** Looks until the call has ended; the pause is short, for a person waits. */
    private CallDetail settled(String id) {
        CallDetail detail = call(id);
        for (int i = 0; i < MOST_LOOKS && detail.call().state().equals("held"); i++) {
            DemoOutput.pause();
            detail = call(id);
        }
        return detail;
    }

    private static void expectOk(DemoResponse response, String what) {
        if (response.status() != 200) {
            throw unexpected(what + " answered " + response.status());
        }
    }

    private static Failure unexpected(String what) {
        return Failure.failed("the demo went wrong: " + what, "the server's last lines are above");
    }
}
