package dev.oaiproxy.server;

import dev.oaiproxy.server.upstream.Answer;
import dev.oaiproxy.server.upstream.Headers;
import dev.oaiproxy.server.upstream.Request;
import dev.oaiproxy.server.upstream.SocketUpstream;
import dev.oaiproxy.server.upstream.Upstream;
import dev.oaiproxy.server.upstream.UpstreamException;

/** Whether OpenAI takes the key of the settings. */
public sealed interface KeyTrial {
    /** It does. */
    record Taken() implements KeyTrial {}

    /** It does not. */
    record Refused(int status) implements KeyTrial {}

    /** It could not be asked. */
    record Unreachable() implements KeyTrial {}

    /** Asks OpenAI for its models, which costs nothing. */
    static KeyTrial of(ServerConfig config) {
        Request models = new Request("GET", "/models", Headers.NONE, new byte[0]);
        try (Upstream openai = new SocketUpstream(Wiring.upstream(config));
                Answer answer = openai.send(models)) {
            return answer.status() == 200 ? new Taken() : new Refused(answer.status());
        } catch (UpstreamException e) {
            return new Unreachable();
        }
    }
}
