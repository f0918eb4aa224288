package dev.oaiproxy.proxy.relay.free;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects one page of a user's list. The database alone decides the objects of the list and their
 * order, so that no cursor skips one; OpenAI's list only supplies their bodies.
 */
final class ListCollector {
    /** Objects created within this time may have another order at OpenAI than in the database. */
    private static final long SLACK_MILLIS = 10_000;

    private final ListQuery query;
    private final Map<String, Long> madeMillis;
    private final Lease lease;

    /** The ids between the cursors, in the order in which they fill the page. */
    private final List<String> candidates;

    /** The ids before the candidates in OpenAI's list, the nearest first. */
    private final List<String> preceding;

    private final Map<String, ListPage.Element> bodies = new HashMap<>();
    private final Set<String> absent = new HashSet<>();
    private boolean wholeListSeen;
    private boolean cut;

    /**
     * @param own the ids of all objects of the user and the times of their records, in the list's
     *     order
     */
    ListCollector(ListQuery query, SequencedMap<String, Long> own, Lease lease) {
        this.query = query;
        this.madeMillis = own;
        this.lease = lease;
        List<String> ordered = new ArrayList<>(own.keySet());
        int start = query.after() == null ? 0 : ordered.indexOf(query.after()) + 1;
        int end = query.before() == null ? ordered.size() : ordered.indexOf(query.before());
        List<String> between = ordered.subList(Math.min(start, Math.max(end, 0)), Math.max(end, 0));
        candidates = query.before() == null ? between : between.reversed();
        int first = query.before() == null ? start : Math.max(start, end - query.limit() - 1);
        preceding = ordered.subList(0, Math.clamp(first, 0, ordered.size())).reversed();
    }

    /** The object after which OpenAI's list is read; null for its beginning. */
    @Nullable String start() {
        if (preceding.isEmpty()) {
            return null;
        }
        long nearest = made(preceding.getFirst());
        return preceding.stream()
                .filter(id -> Math.abs(made(id) - nearest) > SLACK_MILLIS)
                .findFirst()
                .orElse(null);
    }

    private long made(String id) {
        return madeMillis.getOrDefault(id, 0L);
    }

    /** Takes the user's objects from a page; false when it had none. */
    boolean add(ListPage page) {
        int before = bodies.size();
        page.elements().stream()
                .filter(element -> madeMillis.containsKey(element.id()))
                .forEach(this::put);
        return bodies.size() > before;
    }

    /** Notes that OpenAI's list was read from its beginning to its end. */
    void sawWholeList() {
        wholeListSeen = true;
    }

    void put(ListPage.Element element) {
        if (!bodies.containsKey(element.id())) {
            lease.require(Use.RESPONSE, element.json().length);
            bodies.put(element.id(), element);
        }
    }

    /** Excludes an object that is gone, or does not pass the filters. */
    void leaveOut(String id) {
        absent.add(id);
    }

    /** The first object whose body is missing; null when the page is complete. */
    @Nullable String missing() {
        int taken = 0;
        for (String id : candidates) {
            if (taken > query.limit()) {
                return null;
            }
            boolean known = bodies.containsKey(id);
            taken += known ? 1 : 0;
            if (!known && !isLeftOut(id)) {
                return id;
            }
        }
        return null;
    }

    /**
     * True for an excluded object, and for one that filters kept out of a list that was read in
     * full.
     */
    private boolean isLeftOut(String id) {
        return absent.contains(id) || (wholeListSeen && query.filters());
    }

    /** True when the rest of OpenAI's list is not needed; with filters, a full page suffices. */
    boolean isDone() {
        return missing() == null
                || (query.filters()
                        && candidates.stream().filter(bodies::containsKey).count() > query.limit());
    }

    /**
     * Excludes the objects between known ones: the filters kept them out. An object created so
     * close to the last known one that OpenAI may list it later is requested by id.
     */
    void leaveOutFiltered() {
        List<String> known = candidates.stream().filter(bodies::containsKey).toList();
        if (!query.filters() || known.isEmpty()) {
            return;
        }
        long last = made(known.getLast());
        candidates.subList(0, candidates.indexOf(known.getLast())).stream()
                .filter(id -> !bodies.containsKey(id))
                .filter(id -> Math.abs(made(id) - last) > SLACK_MILLIS)
                .forEach(absent::add);
    }

    boolean isEmpty() {
        return taken().isEmpty();
    }

    /** Stops the search; the next page has the rest. */
    void cut() {
        cut = true;
    }

    boolean hasMore() {
        return cut || taken().size() > query.limit();
    }

    /** The known objects before the first missing one. */
    private List<ListPage.Element> taken() {
        List<ListPage.Element> all = new ArrayList<>();
        for (String id : candidates) {
            ListPage.Element body = bodies.get(id);
            if (all.size() > query.limit() || (body == null && !isLeftOut(id))) {
                break;
            }
            if (body != null) {
                all.add(body);
            }
        }
        return all;
    }

    List<ListPage.Element> part() {
        List<ListPage.Element> all = taken();
        List<ListPage.Element> part = all.subList(0, Math.min(query.limit(), all.size()));
        return query.before() == null ? part : part.reversed();
    }
}
