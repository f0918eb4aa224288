package dev.oaiproxy.proxy.log;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Logs refused requests: at most one line a second for each reason and key. Clients without a valid
 * key share the line of their reason, since such a client can have any number of addresses.
 */
public final class RefusalLog {
    private static final Logger LOG = System.getLogger(RefusalLog.class.getName());

    private final LimitedLog limited;
    private final Consumer<String> counter;

    /**
     * @param counter receives the reason of each refusal
     */
    public RefusalLog(LimitedLog limited, Consumer<String> counter) {
        this.limited = limited;
        this.counter = counter;
    }

    /**
     * Notes a refusal.
     *
     * @param key the public id of the client's key, or null when it has no valid one
     */
    public void add(String reason, @Nullable String key, String address) {
        counter.accept(reason);
        String holder = key == null ? "" : " key={4}";
        limited.add(
                "refused " + reason + (key == null ? "" : " " + key),
                (count, since) ->
                        LOG.log(
                                Level.INFO,
                                "event=refused reason={0}"
                                        + holder
                                        + " address={1} count={2} since={3}",
                                reason,
                                address,
                                count,
                                since,
                                key));
    }
}
