package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.budget.ByteBudget.Use;
import dev.oaiproxy.server.budget.Lease;
import dev.oaiproxy.server.budget.NoRoomException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What has been found of a user's own for one part of a list. */
final class Gathering {
    private final ListQuery query;
    private final Set<String> own;
    private final Lease lease;
    private final Map<String, ListPage.Element> found = new LinkedHashMap<>();
    private boolean done;
    private boolean cut;

    /**
     * @param own the ids of all that is the user's, the newest first
     */
    Gathering(ListQuery query, Set<String> own, Lease lease) {
        this.query = query;
        this.own = own;
        this.lease = lease;
        this.done = own.isEmpty();
    }

    /** Takes what is the user's; whether there was anything. */
    boolean add(ListPage page) {
        int before = found.size();
        for (ListPage.Element element : page.elements()) {
            done |= element.id().equals(query.before());
            if (!done && own.contains(element.id())) {
                put(element);
                done = isEnough();
            }
        }
        boolean more = page.more() == null ? page.elements().size() >= ListQuery.PAGE : page.more();
        done |= !more || page.elements().isEmpty();
        return found.size() > before;
    }

    void put(ListPage.Element element) {
        if (!found.containsKey(element.id())) {
            if (!lease.take(Use.RESPONSE, element.json().length)) {
                throw new NoRoomException();
            }
            found.put(element.id(), element);
        }
    }

    /** Before a cursor, the part is the last of what was found, so all of it is looked for. */
    boolean isEnough() {
        return found.size() == own.size()
                || (query.before() == null && found.size() > query.limit());
    }

    boolean isDone() {
        return done;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** The ids in the asked part of our own record, in the order of the list. */
    List<String> recorded() {
        List<String> all = new ArrayList<>(own);
        List<String> ordered = query.isAscending() ? all.reversed() : all;
        int start = query.after() == null ? 0 : ordered.indexOf(query.after()) + 1;
        int end =
                query.before() == null
                        ? ordered.size()
                        : Math.max(0, ordered.indexOf(query.before()));
        int from = query.before() == null ? start : Math.max(start, end - query.limit() - 1);
        return ordered.subList(Math.min(from, end), end);
    }

    boolean has(String id) {
        return found.containsKey(id);
    }

    /** No more is looked for; what follows is for the next part. */
    void cut() {
        cut = true;
    }

    boolean hasMore() {
        return cut || found.size() > query.limit();
    }

    /** What was found before a cursor without OpenAI's list comes in the order of our record. */
    void sort(List<String> ids) {
        Map<String, ListPage.Element> all = new LinkedHashMap<>(found);
        found.clear();
        for (String id : ids) {
            ListPage.Element element = all.get(id);
            if (element != null) {
                found.put(id, element);
            }
        }
    }

    List<ListPage.Element> part() {
        List<ListPage.Element> all = List.copyOf(found.values());
        int size = Math.min(query.limit(), all.size());
        return query.before() == null
                ? all.subList(0, size)
                : all.subList(all.size() - size, all.size());
    }
}
