package dev.oaiproxy.e2e.recorded;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Http;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Line;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Message;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Step;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Talk;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Rewrites a recorded exchange with other names and other figures. */
final class Alteration {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DATA = "data: ";

    private final UnaryOperator<String> names;
    private final Consumer<ObjectNode> asked;
    private final Consumer<ObjectNode> answered;

    /**
     * @param names replaces names in any text
     * @param asked changes the request of a client
     * @param answered changes each object of a response, the outer ones first
     */
    Alteration(
            UnaryOperator<String> names,
            Consumer<ObjectNode> asked,
            Consumer<ObjectNode> answered) {
        this.names = names;
        this.asked = asked;
        this.answered = answered;
    }

    RecordedExchange of(RecordedExchange recordedExchange) {
        List<Step> steps = recordedExchange.steps().stream().map(this::step).toList();
        return new RecordedExchange(
                recordedExchange.name(),
                steps,
                recordedExchange.charges(),
                recordedExchange.optional());
    }

    private Step step(Step step) {
        Line line = new Line(step.method(), names.apply(step.target()), step.type());
        return switch (step) {
            case Http http -> {
                MessageBody answer = answer(http.answered());
                yield new Http(line, request(http.sent()), http.asked(), answer, answer);
            }
            case Talk talk -> new Talk(line, talk.messages().stream().map(this::message).toList());
        };
    }

    private MessageBody request(MessageBody messageBody) {
        List<String> lines = messageBody.lines().stream().map(names).toList();
        return messageBody.isJson() && !lines.isEmpty()
                ? new MessageBody(
                        messageBody.head(), List.of(changed(String.join("\n", lines), asked)))
                : new MessageBody(messageBody.head(), lines);
    }

    private MessageBody answer(MessageBody messageBody) {
        List<String> lines = messageBody.lines().stream().map(names).toList();
        if (messageBody.isJson()) {
            return new MessageBody(
                    messageBody.head(), List.of(throughout(String.join("\n", lines))));
        }
        return new MessageBody(messageBody.head(), lines.stream().map(this::answerLine).toList());
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
            ObjectNode tree = (ObjectNode) HttpTestClient.json(json);
            change.accept(tree);
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
