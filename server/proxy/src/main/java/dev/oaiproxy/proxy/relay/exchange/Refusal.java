package dev.oaiproxy.proxy.relay.exchange;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.KeyId;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.price.Breakdown;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The reason why a request gets no response from OpenAI. {@code RefusalErrors} turns it into HTTP.
 */
public sealed interface Refusal {
    /** The request has no key, or a key that this proxy does not know. */
    record UnknownKey(boolean presented) implements Refusal {}

    /** The key was revoked, or its user disabled. */
    record RevokedKey(KeyId id) implements Refusal {}

    record ExpiredKey(KeyId id) implements Refusal {}

    /** The operation is not in the catalogue. */
    record UnknownPath() implements Refusal {}

    /** The path belongs to a WebSocket, but the request is no handshake. */
    record NoHandshake() implements Refusal {}

    /** The path is known, but not with this method. */
    record WrongMethod(List<String> allowed) implements Refusal {
        public WrongMethod {
            allowed = List.copyOf(allowed);
        }
    }

    /** The operation is known, but not forwarded. */
    record Forbidden(String why) implements Refusal {}

    /** The object does not exist, or belongs to another user. */
    record NoSuchObject(ObjectReference reference) implements Refusal {}

    /** The body exceeds the limit of the server or of the operation, in bytes. */
    record TooLarge(long most) implements Refusal {}

    /** The body has a {@code Content-Encoding} that the server cannot decode. */
    record UnknownCoding(String name) implements Refusal {}

    /** The server's memory budget is exhausted. */
    record NoRoom() implements Refusal {}

    /** The operation does not accept the body. */
    record Malformed(String message, @Nullable String param) implements Refusal {}

    /**
     * A line of a batch's input file is refused.
     *
     * @param number counted from 1
     * @param customId the line's {@code custom_id}, or null when it was not read
     */
    record BadLine(int number, @Nullable String customId, Refusal why) implements Refusal {}

    /** Another file of the user, or too many files of all users, are being priced now. */
    record Crowded() implements Refusal {}

    /** The model has no price, so the call would be free. */
    record Unpriced(String model) implements Refusal {}

    /** The model has no price at this tier. */
    record UnpricedTier(String model, String tier) implements Refusal {}

    /**
     * The key may not use the model.
     *
     * @param allowed the models that it may use
     */
    record ModelNotAllowed(String model, List<String> allowed) implements Refusal {
        public ModelNotAllowed {
            allowed = List.copyOf(allowed);
        }
    }

    /** The ledger has no hold for the call. */
    sealed interface NotGranted extends Refusal {}

    /**
     * Too little of the quota is left: only an administrator, or the next period, can help.
     *
     * @param least the ceiling of the call at its lowest clamp
     * @param parts the parts of that amount, or null
     * @param remedies changes by which the call would fit
     */
    record QuotaSpent(
            Admission.OverQuota why, Usd least, @Nullable Breakdown parts, List<Remedy> remedies)
            implements NotGranted {
        public QuotaSpent {
            remedies = List.copyOf(remedies);
        }

        public QuotaSpent(Admission.OverQuota why, Usd least) {
            this(why, least, null, List.of());
        }
    }

    /** Calls in flight hold the rest of the quota; some of it will come back. */
    record QuotaHeld(Admission.OverQuota why) implements NotGranted {}

    /** The ledger refuses the call because of a rate limit, a revoked key or the like. */
    record NotAdmitted(Admission.Refused why) implements NotGranted {}

    /** The ledger cannot be read or written, so nothing may begin. */
    record LedgerUnavailable(String why) implements NotGranted {}

    /** The refusal of an amount that the ledger has not admitted. */
    static NotGranted of(Admission.Denied why, Usd amount) {
        return switch (why) {
            case Admission.OverQuota over when over.fitsWithoutOthers(amount) ->
                    new QuotaHeld(over);
            case Admission.OverQuota over -> new QuotaSpent(over, amount);
            case Admission.Refused refused -> new NotAdmitted(refused);
            case Admission.Unavailable down -> new LedgerUnavailable(down.why());
        };
    }

    /** OpenAI could not be reached; nothing was charged. */
    record Unreachable() implements Refusal {}

    /** OpenAI was reached, but gave no complete response. */
    record Broken(boolean timedOut) implements Refusal {}

    /**
     * OpenAI answered with a redirect, whose target this proxy would not meter; nothing was
     * charged.
     */
    record Redirected() implements Refusal {}

    /** OpenAI refuses the proxy's own key or quota. An alarm tells the operator. */
    record OperatorTrouble() implements Refusal {}

    /** The charge could not be made durable, so the end of the response was withheld. */
    record NotRecorded() implements Refusal {}
}
