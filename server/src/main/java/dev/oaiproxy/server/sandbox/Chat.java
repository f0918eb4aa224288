package dev.oaiproxy.server.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.oaiproxy.server.sandbox.Bill.Ending;
import dev.oaiproxy.server.sandbox.Bill.Tokens;
import java.util.Optional;

/** {@code POST /v1/chat/completions}. */
final class Chat {
    private final Sandbox sandbox;

    Chat(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    void answer(Exchange exchange) {
        JsonNode body = exchange.body().orElse(MissingNode.getInstance());
        boolean stream = body.path("stream").asBoolean();
        Call call = new Call(exchange, sandbox.bill(), "chat/completions", stream);
        Optional<Problem> problem = new ChatCheck(body).problem();
        if (problem.isPresent()) {
            call.refuse("", problem.get());
            return;
        }
        ChatOrder order = ChatOrder.of(body, sandbox.tokenizer());
        Directives directives = sandbox.directives(order.userText());
        if (!call.failsEarly(order.model().snapshot(), directives)) {
            generate(call, Generation.of(order, directives, sandbox));
        }
    }

    private void generate(Call call, Generation generation) {
        ChatShapes shapes = new ChatShapes(generation, sandbox.nextId());
        if (call.stream()) {
            stream(call, generation, shapes);
        } else {
            whole(call, generation, shapes);
        }
    }

    /** The bill is written before the last bytes leave, so that a client that has them finds it. */
    private static void stream(Call call, Generation generation, ChatShapes shapes) {
        ChatStream stream = new ChatStream(call.exchange(), generation, shapes);
        stream.speak();
        charge(call, generation, stream.tokensMade(), stream.ending());
        boolean ended =
                stream.ending() == Ending.COMPLETE
                        ? stream.write("[DONE]")
                        : generation.directives().fault() == Fault.ERROR_EVENT;
        if (!ended) {
            throw call.exchange().hangUp();
        }
        call.exchange().endStream();
    }

    private static void whole(Call call, Generation generation, ChatShapes shapes) {
        for (int made = 0; made < generation.visible(); made++) {
            if (!call.exchange().pause(generation.delay())) {
                int all = made * generation.order().choices();
                charge(call, generation, generation.tokens(all), Ending.ABORTED);
                throw call.exchange().hangUp();
            }
        }
        boolean breaks = generation.directives().fault() == Fault.CUT;
        Ending ending = breaks ? Ending.BROKEN : Ending.COMPLETE;
        charge(call, generation, generation.allTokens(), ending);
        call.exchange().send(shapes.completion(), generation.directives());
    }

    private static void charge(Call call, Generation generation, Tokens tokens, Ending ending) {
        call.charge(generation.order().model().snapshot(), generation.tier(), tokens, ending);
    }
}
