package dev.oaiproxy.proxy.openai;

import dev.oaiproxy.proxy.connection.ClientConnection;
import dev.oaiproxy.proxy.log.RefusalLog;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What both doors of the users know of those who come. */
public final class ClientIdentities {
    private final RefusalLog refusalLog;
    private final RefusalErrors refusalErrors;

    /**
     * @param refusals tells of requests that are refused
     * @param baseUrl what clients must have as their base URL; empty when that is not known
     * @param contact whom they are to ask for more; empty when that is not known
     */
    public ClientIdentities(
            RefusalLog refusalLog, Optional<String> baseUrl, Optional<String> contact) {
        this.refusalLog = refusalLog;
        this.refusalErrors = new RefusalErrors(baseUrl, contact);
    }

    /**
     * The one who sends the request of this thread.
     *
     * @param presented what was presented as a key, or null
     */
    ClientIdentity of(@Nullable String presented) {
        return new ClientIdentity(
                refusalLog, refusalErrors, presented, ClientConnection.currentAddress());
    }
}
