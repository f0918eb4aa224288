package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.log.Refusals;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What both doors of the users know of those who come. */
public final class Visitors {
    private final Refusals refusals;
    private final Errors errors;

    /**
     * @param refusals tells of requests that are refused
     * @param baseUrl what clients must have as their base URL; empty when that is not known
     * @param contact whom they are to ask for more; empty when that is not known
     */
    public Visitors(Refusals refusals, Optional<String> baseUrl, Optional<String> contact) {
        this.refusals = refusals;
        this.errors = new Errors(baseUrl, contact);
    }

    /**
     * The one who sends the request of this thread.
     *
     * @param presented what was presented as a key, or null
     */
    Visitor of(@Nullable String presented) {
        return new Visitor(refusals, errors, presented, ClientConnection.currentAddress());
    }
}
