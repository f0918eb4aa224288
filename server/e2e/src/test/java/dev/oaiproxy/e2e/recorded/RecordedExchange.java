package dev.oaiproxy.e2e.recorded;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a client and OpenAI have said to each other about one thing, as one file tells it.
 *
 * @param name the name of the file
 * @param steps in their order; what the proxy asks by itself may be answered from them, too
 * @param charges what the proxy books for it, as operation, cost and units
 * @param optional places of answers that need not be everywhere
 */
public record RecordedExchange(
        String name, List<Step> steps, List<String> charges, List<Pattern> optional) {

    /** One thing that a client does. */
    public sealed interface Step {
        /** {@code GET}, {@code POST} or {@code WS}. */
        String method();

        /** The path after {@code /v1}, and perhaps a query. */
        String target();

        /** The class of the official SDK that reads what OpenAI says; empty for none. */
        String type();

        /** The path alone. */
        default String path() {
            return target().split("\\?", 2)[0];
        }
    }

    /**
     * A request and its answer.
     *
     * @param sent as the client has it
     * @param asked as OpenAI has it
     * @param answered as OpenAI answers
     * @param seen as the client has the answer
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

        /** What OpenAI has of it: the method, the path and the body. */
        String toUpstream() {
            return method() + " " + path() + "\n" + MessageBody.text(asked.bytes());
        }
    }

    /**
     * A WebSocket.
     *
     * @param messages in the order in which they are sent
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

    /** What begins a step, and what reads its answer. */
    record Line(String method, String target, String type) {}

    /** A message of a WebSocket. */
    record Message(boolean fromClient, String json) {}

    /** All that are written down. */
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
