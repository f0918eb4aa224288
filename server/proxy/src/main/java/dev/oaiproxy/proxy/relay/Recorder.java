package dev.oaiproxy.proxy.relay;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.RecordedBodies;

/**
 * Keeps what was asked and answered, up to a size, and as far as the server has memory to spare:
 * what does not fit is cut, and marked as that.
 */
final class Recorder {
    private final RecordedBodies recordedBodies;
    private final Tracking tracking;
    private final Lease lease;
    private final HeldBytes response;
    private byte[] request = {};
    private boolean cut;
    private long seen;

    Recorder(RecordedBodies recordedBodies, Tracking tracking, Lease lease) {
        this.recordedBodies = recordedBodies;
        this.tracking = tracking;
        this.lease = lease;
        this.response = new HeldBytes(lease, Use.RECORDING);
    }

    /** Takes the request, as it goes to OpenAI. */
    void sent(byte[] body) {
        request = body;
    }

    /** Takes bytes of the answer, as OpenAI sent them. */
    void add(byte[] bytes, int count) {
        seen += count;
        if (tracking.bodies() && !cut) {
            int room = Math.min(count, tracking.mostBytes() - response.size());
            cut = !response.add(bytes, 0, room) || room < count;
        }
    }

    Lease lease() {
        return lease;
    }

    /** How many bytes of the answer there were. */
    long seen() {
        return seen;
    }

    /** Files what was kept under a call; keys that somebody wrote into it are masked. */
    void file(CallId id) {
        if (tracking.bodies()) {
            int asked = Math.min(request.length, tracking.mostBytes());
            RecordedBodies.Part sent =
                    new RecordedBodies.Part(
                            asked, asked < request.length, out -> out.write(request, 0, asked));
            RecordedBodies.Part got =
                    new RecordedBodies.Part(response.size(), cut, response::writeTo);
            recordedBodies.keep(id, sent, got, lease);
        }
        response.drop();
        request = new byte[0];
    }
}
