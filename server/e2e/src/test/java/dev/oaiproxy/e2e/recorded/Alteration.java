package dev.oaiproxy.e2e.recorded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.e2e.Web;
import dev.oaiproxy.e2e.recorded.Exchange.Http;
import dev.oaiproxy.e2e.recorded.Exchange.Line;
import dev.oaiproxy.e2e.recorded.Exchange.Message;
import dev.oaiproxy.e2e.recorded.Exchange.Step;
import dev.oaiproxy.e2e.recorded.Exchange.Talk;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Writes a recorded exchange anew: the same talk with other names and other figures. */
final class Alteration {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "data: ";

    private final UnaryOperator<String> names;
    private final Consumer<ObjectNode> asked;
    private final Consumer<ObjectNode> answered;

    /**
     * Says what changes.
     *
     * @param names what becomes of any text
     * @param asked changes the request of a client
     * @param answered changes an object of an answer, each that is in it, the outer ones first
     */
    Alteration(
            UnaryOperator<String> names,
            Consumer<ObjectNode> asked,
            Consumer<ObjectNode> answered) {
        this.names = names;
        this.asked = asked;
        this.answered = answered;
    }

    Exchange of(Exchange exchange) {
        List<Step> steps = exchange.steps().stream().map(this::step).toList();
        return new Exchange(exchange.name(), steps, exchange.charges(), exchange.optional());
    }

    private Step step(Step step) {
        Line line = new Line(step.method(), names.apply(step.target()), step.type());
        return switch (step) {
            case Http http -> {
                Body answer = answer(http.answered());
                yield new Http(line, request(http.sent()), http.asked(), answer, answer);
            }
            case Talk talk -> new Talk(line, talk.messages().stream().map(this::message).toList());
        };
    }

    private Body request(Body body) {
        List<String> lines = body.lines().stream().map(names).toList();
        return body.isJson() && !lines.isEmpty()
                ? new Body(body.head(), List.of(changed(String.join("\n", lines), asked)))
                : new Body(body.head(), lines);
    }

    private Body answer(Body body) {
        List<String> lines = body.lines().stream().map(names).toList();
        if (body.isJson()) {
            return new Body(body.head(), List.of(throughout(String.join("\n", lines))));
        }
        return new Body(body.head(), lines.stream().map(this::answerLine).toList());
    }

    private String answerLine(String line) {
        String mark = line.startsWith(DATA) ? DATA : "";
        String rest = line.substring(mark.length());
        return rest.startsWith("{") ? mark + throughout(rest) : line;
    }

    private Message message(Message message) {
        String json = names.apply(message.json());
        return new Message(
                message.fromClient(),
                message.fromClient() ? changed(json, asked) : throughout(json));
    }

    private String throughout(String json) {
        return changed(json, this::visit);
    }

    private void visit(JsonNode node) {
        if (node instanceof ObjectNode object) {
            answered.accept(object);
        }
        node.forEach(this::visit);
    }

    private static String changed(String json, Consumer<? super ObjectNode> change) {
        try {
            ObjectNode tree = (ObjectNode) Web.json(json);
            change.accept(tree);
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
