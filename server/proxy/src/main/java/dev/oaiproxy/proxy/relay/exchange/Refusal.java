package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.proxy.quota.Grant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a call gets no answer of OpenAI's. The door turns it into HTTP. */
public sealed interface Refusal {
    /** No key, or not one of ours. */
    record UnknownKey(boolean presented) implements Refusal {}

    /** The key was revoked, or its user disabled. */
    record RevokedKey(KeyId id) implements Refusal {}

    /** The key's time has passed. */
    record ExpiredKey(KeyId id) implements Refusal {}

    /** The operation is not in the catalogue. */
    record UnknownPath() implements Refusal {}

    /** The path is that of a WebSocket, and the request is no handshake of one. */
    record NoHandshake() implements Refusal {}

    /** The path is known, the method is not. */
    record WrongMethod(List<String> allowed) implements Refusal {
        public WrongMethod {
            allowed = List.copyOf(allowed);
        }
    }

    /** The operation is known and not passed on. */
    record Forbidden(String why) implements Refusal {}

    /** What the request names is not there, or is another user's. */
    record NoSuchObject(ObjectReference reference) implements Refusal {}

    /** The body is larger than the server, or the operation, takes: so many bytes. */
    record TooLarge(long most) implements Refusal {}

    /** The body has a {@code Content-Encoding} that the server cannot undo. */
    record UnknownCoding(String name) implements Refusal {}

    /** The server holds as many bytes for its clients as it may. */
    record NoRoom() implements Refusal {}

    /** The body is not what the operation takes. */
    record Malformed(String message, @Nullable String param) implements Refusal {}

    /**
     * A line of the input file of a batch is not what can be passed on.
     *
     * @param number the first line is 1
     * @param customId what its user calls it, or null when that was not read
     */
    record BadLine(int number, @Nullable String customId, Refusal why) implements Refusal {}

    /** The user's own files, or too many of all users, are read for their cost now. */
    record Crowded() implements Refusal {}

    /** The price book does not know the model, so the call would be free. */
    record Unpriced(String model) implements Refusal {}

    /** The price book has no rate for the model at that tier. */
    record UnpricedTier(String model, String tier) implements Refusal {}

    /**
     * The key may not use the model.
     *
     * @param allowed those that it may use instead
     */
    record ModelNotAllowed(String model, List<String> allowed) implements Refusal {
        public ModelNotAllowed {
            allowed = List.copyOf(allowed);
        }
    }

    /** The quota, a rate limit, or the ledger. */
    record NotGranted(Grant why) implements Refusal {}

    /** OpenAI could not be reached; nothing was charged. */
    record Unreachable() implements Refusal {}

    /** OpenAI was reached, and gave no answer, or not the whole of one. */
    record Broken(boolean timedOut) implements Refusal {}

    /** OpenAI sent the client elsewhere, where nothing would be metered; nothing was charged. */
    record Redirected() implements Refusal {}

    /** OpenAI refuses the proxy itself: its key or its own quota. The operator has been told. */
    record OperatorTrouble() implements Refusal {}

    /** The charge could not be made durable, so the end of the answer was withheld. */
    record NotRecorded() implements Refusal {}
}
