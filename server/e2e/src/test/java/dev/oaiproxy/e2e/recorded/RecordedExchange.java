package dev.oaiproxy.e2e.recorded;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A recorded exchange between a client and OpenAI, from one file.
 *
 * @param name the name of the file
 * @param steps in order; they also answer the proxy's own requests
 * @param charges the expected charges, each with operation, cost and units
 * @param optional paths in responses that may be missing
 */
public record RecordedExchange(
        String name, List<Step> steps, List<String> charges, List<Pattern> optional) {

    /** One step of the client. */
    public sealed interface Step {
        /** {@code GET}, {@code POST} or {@code WS}. */
        String method();

        /** The path after {@code /v1}, and perhaps a query. */
        String target();

        /** The class of the official SDK that parses OpenAI's response; empty for none. */
        String type();

        /** The path alone. */
        default String path() {
            return target().split("\\?", 2)[0];
        }
    }

    /**
     * A request and its response.
     *
     * @param sent the request that the client sends
     * @param asked the request that OpenAI receives
     * @param answered the response of OpenAI
     * @param seen the response that the client receives
     */
    record Http(
            Line line, MessageBody sent, MessageBody asked, MessageBody answered, MessageBody seen)
            implements Step {
        @Override
        public String method() {
            return line.method();
        }

        @Override
        public String target() {
            return line.target();
        }

        @Override
        public String type() {
            return line.type();
        }

        /** The request that OpenAI receives: method, path and body. */
        String toUpstream() {
            return method() + " " + path() + "\n" + MessageBody.text(asked.bytes());
        }
    }

    /**
     * A WebSocket.
     *
     * @param messages in order
     */
    record Talk(Line line, List<Message> messages) implements Step {
        @Override
        public String method() {
            return line.method();
        }

        @Override
        public String target() {
            return line.target();
        }

        @Override
        public String type() {
            return line.type();
        }
    }

    /** The first line of a step: method, target, and the class that parses the response. */
    record Line(String method, String target, String type) {}

    /** A message of a WebSocket. */
    record Message(boolean fromClient, String json) {}

    /** All recorded exchanges. */
    public static List<RecordedExchange> all() {
        List<RecordedExchange> all = new ArrayList<>();
        ExchangeReader.files().forEach(file -> all.add(ExchangeReader.read(file)));
        return all;
    }

    /** The steps that are a request and its answer. */
    List<Http> requests() {
        return steps.stream().filter(Http.class::isInstance).map(Http.class::cast).toList();
    }

    boolean isOptional(String place) {
        return optional.stream().anyMatch(pattern -> pattern.matcher(place).lookingAt());
    }

    @Override
    public String toString() {
        return name;
    }
}
