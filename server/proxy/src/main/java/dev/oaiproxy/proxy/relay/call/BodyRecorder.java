package dev.oaiproxy.proxy.relay.call;

import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.ledger.ledger.CallId;
import dev.oaiproxy.ledger.store.table.BodyRecord;
import dev.oaiproxy.ledger.store.table.RecordedBodies;

/**
 * Records request and response up to a size, while the server has memory to spare. A body that does
 * not fit is truncated, and marked as truncated.
 */
public final class BodyRecorder {
    private final RecordedBodies recordedBodies;
    private final RecordingSettings recordingSettings;
    private final Lease lease;
    private final BodyRecord response;
    private byte[] request = {};
    private long seen;

    BodyRecorder(RecordedBodies recordedBodies, RecordingSettings recordingSettings, Lease lease) {
        this.recordedBodies = recordedBodies;
        this.recordingSettings = recordingSettings;
        this.lease = lease;
        this.response = recordedBodies.begin(lease, recordingSettings.mostBytes());
    }

    /** Takes the request as it is sent to OpenAI. */
    public void sent(byte[] body) {
        request = body;
    }

    /** Takes bytes of the response as OpenAI sent them. */
    public void add(byte[] bytes, int count) {
        seen += count;
        if (recordingSettings.bodies()) {
            response.add(bytes, count);
        }
    }

    Lease lease() {
        return lease;
    }

    /** The number of response bytes so far. */
    long bytesSeen() {
        return seen;
    }

    /** Hands the recorded bodies of a call over to be stored; keys in them are masked. */
    void file(CallId id) {
        RecordedBodies.RecordedPart answered = response.end();
        if (recordingSettings.bodies()) {
            int asked = Math.min(request.length, recordingSettings.mostBytes());
            recordedBodies.keep(
                    id,
                    RecordedBodies.RecordedPart.of(request, asked, asked < request.length),
                    answered,
                    lease);
        }
        request = new byte[0];
    }
}
