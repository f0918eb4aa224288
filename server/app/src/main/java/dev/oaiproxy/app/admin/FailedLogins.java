package dev.oaiproxy.app.admin;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts wrong passwords by where they come from: few from one site, and some more from a network
 * of sites. Of more sites than the table holds, those that have tried longest ago are forgotten.
 */
final class FailedLogins {
    static final int MOST_OF_A_SITE = 10;
    static final int MOST_OF_A_NETWORK = 50;
    static final Duration PENALTY = Duration.ofMinutes(1);

    private static final int MOST_SOURCES = 10_000;

    private final InstantSource clock;
    private final Map<String, Count> counts =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
                    return size() > MOST_SOURCES;
                }
            };

    private record Count(int tries, long sinceMillis) {}

    FailedLogins(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Counts a try as failed before it is checked, so that many at once count as many.
     *
     * @throws ProblemException when too many from there have failed
     */
    synchronized void count(String address) {
        String site = AddressRanges.site(address);
        String network = AddressRanges.network(address);
        long now = clock.millis();
        refuseFrom(MOST_OF_A_SITE, site, now);
        refuseFrom(MOST_OF_A_NETWORK, network, now);
        add(site, now);
        add(network, now);
    }

    /** Takes back the count of an address that has given the right password. */
    synchronized void forgive(String address) {
        counts.remove(AddressRanges.site(address));
        counts.computeIfPresent(
                AddressRanges.network(address),
                (_, known) -> new Count(known.tries() - 1, known.sinceMillis()));
    }

    private void refuseFrom(int most, String source, long now) {
        Count known = counts.get(source);
        long left = known == null ? 0 : known.sinceMillis() + PENALTY.toMillis() - now;
        if (known != null && known.tries() >= most && left >= 0) {
            throw ProblemException.tooMany(
                    "too many wrong passwords; wait a minute, then try again",
                    Duration.ofMillis(left));
        }
    }

    private void add(String source, long now) {
        Count known = counts.remove(source);
        boolean old = known == null || now - known.sinceMillis() > PENALTY.toMillis();
        counts.put(source, new Count(old || known == null ? 1 : known.tries() + 1, now));
    }
}
