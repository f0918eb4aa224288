package dev.oaiproxy.sandbox.chat;

import dev.oaiproxy.sandbox.Bill.Ending;
import dev.oaiproxy.sandbox.Bill.Tokens;
import dev.oaiproxy.sandbox.Fault;
import dev.oaiproxy.sandbox.call.Call;

/**
 * Tells an answer with choices, whole or as a stream.
 *
 * @param atEnd what is to be done once the answer has been made, before the client has all of it
 */
record Telling(Call call, Generation generation, Chunks chunks, Runnable atEnd) {
    void tell() {
        if (call.stream()) {
            stream();
        } else {
            whole();
        }
    }

    /** The bill is written before the last bytes leave, so that a client that has them finds it. */
    private void stream() {
        ChatStream stream = new ChatStream(call.exchange(), generation, chunks);
        stream.speak();
        charge(stream.consumed(), stream.ending());
        boolean ended =
                stream.ending() == Ending.COMPLETE
                        ? stream.write("[DONE]")
                        : generation.directives().fault() == Fault.ERROR_EVENT;
        if (!ended) {
            throw call.exchange().hangUp();
        }
        call.exchange().endStream();
    }

    private void whole() {
        for (int made = 0; made < generation.visible(); made++) {
            if (!call.exchange().pause(generation.delay())) {
                int all = made * generation.order().choices();
                charge(generation.tokens(all), Ending.ABORTED);
                throw call.exchange().hangUp();
            }
        }
        boolean breaks = generation.directives().fault() == Fault.CUT;
        charge(generation.allTokens(), breaks ? Ending.BROKEN : Ending.COMPLETE);
        call.exchange().send(chunks.completion(), generation.directives());
    }

    private void charge(Tokens tokens, Ending ending) {
        call.charge(generation.order().model().snapshot(), generation.tier(), tokens, ending);
        if (ending == Ending.COMPLETE) {
            atEnd.run();
        }
    }
}
