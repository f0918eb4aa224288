package dev.oaiproxy.cli.demo;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.Query;
import dev.oaiproxy.cli.demo.Caller.Answer;
import dev.oaiproxy.cli.demo.Caller.Chat;
import dev.oaiproxy.cli.output.AuditRows;
import dev.oaiproxy.cli.output.CallRows;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.UsageRows;
import java.net.URI;

/** What the demonstration shows, step by step; each step is checked, not only shown. */
final class Story {
    static final String CALL_ID = "x-oaiproxy-call-id";

    private static final String REMAINING = "x-oaiproxy-remaining-usd";
    private static final String CHAT_MODEL = "gpt-6-luna";
    private static final int MOST_OF_BOB = 50;
    private static final int MOST_LOOKS = 300;

    private final Page page;
    private final URI server;
    private final AdminClient admin;

    Story(Page page, URI server, AdminClient admin) {
        this.page = page;
        this.server = server;
        this.admin = admin;
    }

    /** Tells it to its end; returns alice's key, which has quota left. */
    String tell() {
        var alice = new Caller(server, key("alice", "1.00"));
        var bob = new Caller(server, key("bob", "0.01"));
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
        page.step("a key for " + user + ", worth " + quota + " USD");
        var order = new AdminApi.KeyOrder(user, quota, null, "demo", null, null, null, null, null);
        AdminApi.NewKey created = admin.create(order);
        page.line(
                "key " + created.key().id() + "; its secret is shown once and kept only as a hash");
        return created.secret();
    }

    private void chat(Caller alice) {
        page.step("alice asks " + CHAT_MODEL);
        Answer answer = alice.chat(new Chat(CHAT_MODEL, "What does a proxy do?", 200));
        expect(answer.status() == 200, "a chat answered " + answer.status());
        page.line("answer:    " + answer.body().at("/choices/0/message/content").asText());
        page.line("cost:      " + call(answer.header(CALL_ID)).call().costUsd() + " USD");
        page.line("remaining: " + answer.header(REMAINING) + " USD");
    }

    private void stream(Caller alice) {
        page.step("alice asks again, as a stream; each piece is passed on as it comes");
        var chat = new Chat(CHAT_MODEL, "Tell me more. [[delay=20ms]]", 200);
        page.begin();
        String id = alice.stream(chat, page::piece);
        page.end();
        page.line("cost: " + call(id).call().costUsd() + " USD");
    }

    private void embed(Caller alice) {
        page.step("alice embeds a sentence");
        Answer answer = alice.embed("text-embedding-3-small", "Every call is on the ledger.");
        expect(answer.status() == 200, "embeddings answered " + answer.status());
        int size = answer.body().at("/data/0/embedding").size();
        String shape = size == 0 ? "a vector" : "a vector of " + size + " numbers";
        page.line(shape + "; cost: " + call(answer.header(CALL_ID)).call().costUsd() + " USD");
    }

    private String hangUp(Caller alice) {
        page.step("a client hangs up in the middle of a stream");
        var chat = new Chat(CHAT_MODEL, "A long story. [[tokens=80]] [[delay=10ms]]", 200);
        String id = HangUp.on(alice, chat);
        page.line("cut after three pieces; the server reads the rest, for OpenAI bills it anyhow");
        CallDetail detail = settled(id);
        AdminApi.Call call = detail.call();
        page.line(
                "%s for all %d output tokens: %s USD"
                        .formatted(call.state(), call.outputTokens(), call.costUsd()));
        expect(call.state().equals("charged"), "the call that was cut is " + call.state());
        return id;
    }

    private void runOut(Caller bob) {
        page.step("bob asks gpt-5.6-luna for long answers until his quota is spent");
        var chat = new Chat("gpt-5.6-luna", "Go on. [[tokens=1800]]", 2_000);
        for (int i = 1; i <= MOST_OF_BOB; i++) {
            Answer answer = bob.chat(chat);
            if (answer.status() == 429) {
                refused(answer);
                return;
            }
            expect(answer.status() == 200, "bob's chat answered " + answer.status());
            String cost = call(answer.header(CALL_ID)).call().costUsd();
            page.line("call %d: %s USD".formatted(i, cost));
        }
        throw unexpected("bob's quota never ran out");
    }

    private void refused(Answer answer) {
        page.line("then HTTP 429, before OpenAI was asked, as an OpenAI SDK understands it:");
        page.line(answer.body().toString());
        String code = answer.body().at("/error/code").asText();
        expect(code.equals("insufficient_quota"), "the refusal says " + code);
    }

    private void report(String example) {
        page.step("who spent what (`oaiproxy usage --by user,model`)");
        AdminApi.Usage usage = admin.usage(Query.none().with("by", "user,model"));
        page.show(UsageRows.table(usage), usage);
        page.step("every call, one row each (`oaiproxy calls`)");
        var calls = admin.calls(Query.none(), 20);
        page.show(CallRows.table(calls.data().reversed()), calls);
        page.step("why the call that was cut cost what it did (`oaiproxy calls show ID`)");
        CallDetail detail = call(example);
        page.show(CallRows.explanation(detail), detail);
    }

    private void audit() {
        page.step("the books prove themselves (`oaiproxy audit`)");
        AdminApi.AuditReport report = admin.audit();
        page.line(AuditRows.words(report));
        expect(report.balanced(), "the books differ");
    }

    private CallDetail call(String id) {
        expect(!id.isBlank() && !id.equals("-"), "an answer came without " + CALL_ID);
        return admin.call(id);
    }

    /** Looks until the call has ended; the pause is short, for a person waits. */
    private CallDetail settled(String id) {
        CallDetail detail = call(id);
        for (int i = 0; i < MOST_LOOKS && detail.call().state().equals("held"); i++) {
            Page.pause();
            detail = call(id);
        }
        return detail;
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw unexpected(otherwise);
        }
    }

    private static Failure unexpected(String what) {
        return Failure.failed("the demo went wrong: " + what, "the server's last words are above");
    }
}
