package dev.oaiproxy.cli.demo;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.AuditReport;
import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.cli.FakeServer;
import dev.oaiproxy.cli.FakeServer.Reply;
import dev.oaiproxy.cli.SampleAnswers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A scripted process in place of the stand-in or the server. */
final class FakeProcess {
    private static final Map<String, Object> ANSWER =
            Map.of("choices", List.of(Map.of("message", Map.of("content", "It passes on."))));
    private static final Map<String, Object> REFUSAL =
            Map.of("error", Map.of("code", "insufficient_quota"));
    private static final String STREAM =
            "data: {\"choices\":[{\"delta\":{\"content\":\"piece \"}}]}\n\n".repeat(5)
                    + "data: [DONE]\n\n";

    private final FakeServer server = new FakeServer();
    private final AtomicInteger bobs = new AtomicInteger();

    private FakeProcess() {}

    public static void main(String[] args) throws InterruptedException {
        if (args[0].equals("fail") && args[1].equals("serve")) {
            System.err.println("the port is on fire");
            System.exit(3);
        }
        String name = args[0].equals("fail") ? args[1] : args[0];
        System.out.println(name + " listening on " + new FakeProcess().play());
        new CountDownLatch(1).await();
    }

    private String play() {
        server.onEach("POST /v1/chat/completions", this::chat);
        server.on("POST /v1/embeddings", Map.of("data", List.of()));
        server.on(
                "POST /admin/v1/keys",
                new AdminApi.CreatedKey("sk-k1", SampleAnswers.key("k1", "alice"), null));
        server.on("GET /admin/v1/calls/c1", SampleAnswers.detail("c1"));
        server.on(
                "GET /admin/v1/calls",
                new Page<>(List.of(SampleAnswers.call("c1", "charged", "0.5")), null));
        server.on("GET /admin/v1/usage", SampleAnswers.usage(List.of()));
        server.on("GET /admin/v1/audit", new AuditReport(true, 1, 1, "0.5", List.of()));
        return server.url();
    }

    private Object chat() {
        String body = server.last().body();
        if (body.contains("\"stream\":true")) {
            return STREAM;
        }
        boolean bob = body.contains("gpt-5.6-luna");
        return bob && bobs.incrementAndGet() > 2 ? new Reply(429, REFUSAL) : ANSWER;
    }
}
