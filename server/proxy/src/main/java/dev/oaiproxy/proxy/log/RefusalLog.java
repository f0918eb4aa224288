package dev.oaiproxy.proxy.log;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * Logs refused requests: at most one line a second for each reason and key. Strangers share the
 * line of their reason, for a stranger can have any number of addresses.
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

    /** Notes a refusal of a client without a valid key. */
    public void add(String reason, String address) {
        counter.accept(reason);
        limited.add(
                "refused " + reason,
                (count, since) ->
                        LOG.log(
                                Level.INFO,
                                "event=refused reason={0} address={1} count={2} since={3}",
                                reason,
                                address,
                                count,
                                since));
    }

    /**
     * Notes a refusal of a key's holder.
     *
     * @param key its public id
     */
    public void add(String reason, String key, String address) {
        counter.accept(reason);
        limited.add(
                "refused " + reason + " " + key,
                (count, since) ->
                        LOG.log(
                                Level.INFO,
                                "event=refused reason={0} key={1} address={2} count={3} since={4}",
                                reason,
                                key,
                                address,
                                count,
                                since));
    }
}
