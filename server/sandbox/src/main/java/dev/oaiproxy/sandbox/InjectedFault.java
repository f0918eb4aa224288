package dev.oaiproxy.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A failure that the stand-in simulates. Directives name it in lower case with hyphens. */
public enum InjectedFault {
    NONE,
    /** HTTP 429: the rate limit is exceeded. */
    RATE_LIMIT,
    SERVER_ERROR,
    /** HTTP 503: the service is overloaded. */
    OVERLOADED,
    /** HTTP 429: the account has no credit left. */
    QUOTA,
    /** The connection closes before the first byte of the response. */
    CLOSE,
    /** The connection closes in the middle of the body. */
    CUT,
    /** The body stalls, and the connection stays open. */
    STALL,
    /** An error event inside a stream, which ends without {@code [DONE]}. */
    ERROR_EVENT,
    /** The response has no usage, although the client asked for it. */
    NO_USAGE,
    /** Parts of the usage are larger than its totals. */
    BAD_USAGE,
    NEGATIVE_USAGE,
    /** A response fails after it has begun, and reports its usage. */
    FAILED,
    /** A response fails after it has begun, reports no usage, and is not billed. */
    FAILED_NO_USAGE;

    private static final int EXCESS = 1000;

    static Optional<InjectedFault> named(String name) {
        return switch (name) {
            case "429" -> Optional.of(RATE_LIMIT);
            case "500" -> Optional.of(SERVER_ERROR);
            case "503" -> Optional.of(OVERLOADED);
            default -> Arrays.stream(values()).filter(f -> f.directive().equals(name)).findAny();
        };
    }

    /** The end of a call whose response is sent in one piece. */
    public CallEnd ending() {
        return this == CUT ? CallEnd.BROKEN : CallEnd.COMPLETE;
    }

    /** Puts the usage into a response, unless the fault leaves it out. */
    public void addUsage(ObjectNode response, JsonNode usage) {
        if (this != NO_USAGE) {
            response.set("usage", usage);
        }
    }

    /** The factor of token counts, which makes them negative if the fault asks for it. */
    public int usageSign() {
        return this == NEGATIVE_USAGE ? -1 : 1;
    }

    /** The tokens by which a detail exceeds its total if the fault asks for it, else 0. */
    public int usageExcess(int total) {
        return this == BAD_USAGE ? EXCESS * (1 + total) : 0;
    }

    private String directive() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
