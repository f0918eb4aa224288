package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.key.Redaction;
import dev.oaiproxy.server.ledger.CallId;
import dev.oaiproxy.server.store.Bodies;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Keeps what was asked and answered, up to a size. */
final class Recorder {
    private final Bodies bodies;
    private final Tracking tracking;
    private final ByteArrayOutputStream response = new ByteArrayOutputStream();
    private byte[] request = {};
    private boolean cut;
    private long seen;

    Recorder(Bodies bodies, Tracking tracking) {
        this.bodies = bodies;
        this.tracking = tracking;
    }

    /** Takes the request, as it goes to OpenAI. */
    void sent(byte[] body) {
        request = body;
    }

    /** Takes bytes of the answer, as OpenAI sent them. */
    void add(byte[] bytes, int count) {
        seen += count;
        if (tracking.bodies()) {
            int room = Math.min(count, tracking.mostBytes() - response.size());
            response.write(bytes, 0, room);
            cut |= room < count;
        }
    }

    /** How many bytes of the answer there were. */
    long seen() {
        return seen;
    }

    /** Files what was kept under a call; keys that somebody wrote into it are masked. */
    void file(CallId id) {
        if (tracking.bodies()) {
            int most = tracking.mostBytes();
            boolean requestCut = request.length > most;
            byte[] answer = Redaction.keys(response.toByteArray());
            byte[] kept = requestCut ? Arrays.copyOf(request, most) : request;
            bodies.keep(id, new Bodies.Pair(Redaction.keys(kept), requestCut, answer, cut));
        }
    }
}
