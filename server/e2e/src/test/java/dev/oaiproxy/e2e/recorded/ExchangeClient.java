package dev.oaiproxy.e2e.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Http;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Message;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Talk;
import dev.oaiproxy.sandbox.WebSocketTestClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** A client with its own key that plays the client's part of a recorded exchange. */
record ExchangeClient(ServerFixture site, CreatedKey key) {
    HttpResponse<byte[]> ask(Http step) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(site.v1(step.target()))
                        .header("Authorization", "Bearer " + key.secret());
        byte[] body = step.sent().bytes();
        if (body.length > 0) {
            request.header("Content-Type", step.sent().type());
        }
        request.method(
                step.method(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        return site.web().fetch(request.build());
    }

    void talk(Talk step) {
        try (WebSocketTestClient client =
                WebSocketTestClient.at(
                        site.v1(step.target()), "Authorization", "Bearer " + key.secret())) {
            for (Message message : step.messages()) {
                if (message.fromClient()) {
                    client.say(message.json());
                } else {
                    JsonNode event = client.event();
                    assertThat(event).isEqualTo(HttpTestClient.json(message.json()));
                }
            }
            client.goodbye();
            client.closeCode();
        }
    }

    /** The calls that were not released, oldest first, once all have ended. */
    List<Call> ended() {
        List<Call> calls = Eventually.ask(this::calls, ExchangeClient::areEnded);
        return calls.reversed().stream().filter(call -> !call.state().equals("released")).toList();
    }

    private List<Call> calls() {
        List<Call> all = site.operator().callsOf(key);
        if (!areEnded(all)) {
            site.clock().advance(Duration.ofSeconds(5));
        }
        return all;
    }

    private static boolean areEnded(List<Call> calls) {
        return calls.stream().noneMatch(call -> call.state().equals("held"));
    }
}
