package dev.oaiproxy.proxy.relay.call;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.table.RecordedBodies;

/**
 * Records request and response up to a size, while the server has memory to spare. A body that does
 * not fit is truncated, and marked as truncated.
 */
public final class BodyRecorder {
    private final RecordedBodies recordedBodies;
    private final RecordingSettings recordingSettings;
    private final Lease lease;
    private final HeldBytes response;
    private byte[] request = {};
    private boolean cut;
    private long seen;

    BodyRecorder(RecordedBodies recordedBodies, RecordingSettings recordingSettings, Lease lease) {
        this.recordedBodies = recordedBodies;
        this.recordingSettings = recordingSettings;
        this.lease = lease;
        this.response = new HeldBytes(lease, Use.RECORDING);
    }

    /** Takes the request as it is sent to OpenAI. */
    public void sent(byte[] body) {
        request = body;
    }

    /** Takes bytes of the response as OpenAI sent them. */
    public void add(byte[] bytes, int count) {
        seen += count;
        if (recordingSettings.bodies() && !cut) {
            int room = Math.min(count, recordingSettings.mostBytes() - response.size());
            cut = !response.add(bytes, 0, room) || room < count;
        }
    }

    Lease lease() {
        return lease;
    }

    /** The number of response bytes so far. */
    long bytesSeen() {
        return seen;
    }

    /** Stores the recorded bodies of a call; keys in them are masked. */
    void file(CallId id) {
        if (recordingSettings.bodies()) {
            int asked = Math.min(request.length, recordingSettings.mostBytes());
            RecordedBodies.RecordedPart sent =
                    new RecordedBodies.RecordedPart(
                            asked, asked < request.length, out -> out.write(request, 0, asked));
            RecordedBodies.RecordedPart got =
                    new RecordedBodies.RecordedPart(response.size(), cut, response::writeTo);
            recordedBodies.keep(id, sent, got, lease);
        }
        response.drop();
        request = new byte[0];
    }
}
