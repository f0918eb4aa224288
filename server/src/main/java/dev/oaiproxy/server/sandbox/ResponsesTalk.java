package dev.oaiproxy.server.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.server.sandbox.Bill.Ending;
import dev.oaiproxy.server.sandbox.Bill.Tokens;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** {@code /v1/responses} over a WebSocket: one response after the other. */
final class ResponsesTalk implements Socket.Talk {
    private static final int THOUGHTS = 64;

    private final Sandbox sandbox;
    private final Socket socket;
    private final BlockingQueue<JsonNode> asked = new LinkedBlockingQueue<>();
    private final Thread worker = Thread.ofVirtual().unstarted(this::work);
    private int sequence;

    ResponsesTalk(Sandbox sandbox, Socket socket) {
        this.sandbox = sandbox;
        this.socket = socket;
    }

    @Override
    public void opened() {
        worker.start();
    }

    @Override
    public void left() {
        worker.interrupt();
    }

    @Override
    public void heard(JsonNode message) {
        asked.add(message);
    }

    private void work() {
        try {
            while (true) {
                JsonNode message = asked.take();
                problem(message).ifPresentOrElse(this::refuse, () -> respond(message));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<Problem> problem(JsonNode message) {
        String model = message.path("model").asText();
        if (!message.path("type").asText().equals("response.create")) {
            return Optional.of(Problem.invalid("Invalid value for 'type'.", "type"));
        }
        return Model.named(model).filter(found -> !found.isEmbedding()).isEmpty()
                ? Optional.of(Problem.noSuchModel(model))
                : Optional.empty();
    }

    private void refuse(Problem problem) {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", "error");
        event.put("status", problem.status());
        event.set("error", problem.json().path("error"));
        socket.send(event);
    }

    private void respond(JsonNode message) {
        Model model = Model.named(message.path("model").asText()).orElseThrow();
        String words = message.path("input").toString();
        try {
            Directives directives = sandbox.directives(words);
            speak(new Order(model, message, directives, tokens(model, message, directives)));
        } catch (IllegalArgumentException directive) {
            refuse(Problem.invalid("" + directive.getMessage(), null));
        }
    }

    /** What is asked for, and what all of it will have consumed. */
    private record Order(Model model, JsonNode message, Directives directives, Tokens all) {
        boolean isWhole() {
            boolean silent = !message.path("generate").asBoolean(true);
            return silent || directives.tokens().orElse(visible()) == visible();
        }

        int visible() {
            return all.completion() - all.reasoning();
        }

        Tokens made(int words) {
            int completion = all.reasoning() + words;
            return new Tokens(
                    all.prompt(), all.cached(), all.cacheWrite(), completion, all.reasoning());
        }
    }

    private Tokens tokens(Model model, JsonNode message, Directives directives) {
        String words = message.path("instructions").asText("") + message.path("input");
        int prompt = sandbox.tokenizer().count(model, words);
        int cacheable = PromptCache.cacheable(prompt);
        boolean known = cacheable > 0 && sandbox.cache().knows(model.snapshot() + words);
        boolean writes = !known && model.chargesCacheWrites();
        int most = message.path("max_output_tokens").asInt(Integer.MAX_VALUE);
        boolean silent = !message.path("generate").asBoolean(true);
        int thoughts = silent || !model.isReasoning() ? 0 : Math.min(THOUGHTS, most);
        int wanted = directives.tokens().orElse(sandbox.settings().outputTokens());
        int visible = silent ? 0 : Math.min(wanted, most - thoughts);
        return new Tokens(
                prompt,
                known ? cacheable : 0,
                writes ? cacheable : 0,
                visible + thoughts,
                thoughts);
    }

    private void speak(Order order) {
        String id = "resp_" + sandbox.nextId();
        Duration delay = order.directives().delay().orElse(sandbox.settings().eventDelay());
        send(event("response.created", response(id, order, "in_progress")));
        for (int word = 0; word < order.visible(); word++) {
            if (order.directives().fault() == Fault.CUT && word == order.directives().after()) {
                bill(id, order, order.made(word), Ending.BROKEN);
                socket.cut();
                return;
            }
            ObjectNode delta = JsonNodeFactory.instance.objectNode();
            delta.put("type", "response.output_text.delta").put("delta", Words.token(word));
            if (!socket.pause(delay) || !send(delta)) {
                bill(id, order, order.made(word), Ending.ABORTED);
                return;
            }
        }
        finish(id, order);
    }

    private void finish(String id, Order order) {
        boolean fails = order.directives().fault() == Fault.ERROR_EVENT;
        String status = fails ? "failed" : order.isWhole() ? "completed" : "incomplete";
        ObjectNode response = response(id, order, status);
        if (order.directives().fault() != Fault.NO_USAGE) {
            response.set("usage", usage(order.all()));
        }
        bill(id, order, order.all(), Ending.COMPLETE);
        send(event("response." + status, response));
    }

    private ObjectNode event(String type, ObjectNode response) {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", type);
        event.set("response", response);
        return event;
    }

    private boolean send(ObjectNode event) {
        return socket.send(event.put("sequence_number", sequence++));
    }

    private static ObjectNode response(String id, Order order, String status) {
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        response.put("id", id).put("object", "response").put("status", status);
        response.put("model", order.model().snapshot());
        response.put("service_tier", tier(order)).putNull("usage").putArray("output");
        return response;
    }

    private static String tier(Order order) {
        String asked = order.message().path("service_tier").asText("default");
        return order.directives().tier().orElse(asked.equals("auto") ? "default" : asked);
    }

    private static ObjectNode usage(Tokens tokens) {
        ObjectNode usage = JsonNodeFactory.instance.objectNode();
        usage.put("input_tokens", tokens.prompt()).put("output_tokens", tokens.completion());
        usage.put("total_tokens", tokens.prompt() + tokens.completion());
        usage.putObject("input_tokens_details")
                .put("cached_tokens", tokens.cached())
                .put("cache_write_tokens", tokens.cacheWrite());
        usage.putObject("output_tokens_details").put("reasoning_tokens", tokens.reasoning());
        return usage;
    }

    private void bill(String id, Order order, Tokens tokens, Ending ending) {
        sandbox.bill()
                .add(
                        new Bill.Entry(
                                id,
                                "responses",
                                order.model().snapshot(),
                                tier(order),
                                tokens,
                                List.of(),
                                true,
                                200,
                                ending));
    }
}
