package dev.oaiproxy.proxy.log;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * Requests that were refused, in the log: for each reason and key at most one line a second. Those
 * of strangers share the line of their reason, for a stranger can have any number of addresses.
 */
public final class RefusalLog {
    private static final Logger LOG = System.getLogger(RefusalLog.class.getName());

    private final LimitedLog limited;
    private final Consumer<String> counter;

    /**
     * @param counter is told the reason of each
     */
    public RefusalLog(LimitedLog limited, Consumer<String> counter) {
        this.limited = limited;
        this.counter = counter;
    }

    /** One of somebody who has shown no key that works. */
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
     * One of a key's holder.
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
