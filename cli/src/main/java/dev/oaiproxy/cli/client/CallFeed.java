package dev.oaiproxy.cli.client;

import dev.oaiproxy.api.AdminApi.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Calls as they end: each once, when its cost is known. A call that is still held when it is first
 * seen is remembered and reported later.
 */
public final class CallFeed {
    private static final String HELD = "held";

    /** More held calls than this are not remembered, so that a busy server cannot fill memory. */
    private static final int MOST_PENDING = 1_000;

    /** The most new calls between two polls; of more, the oldest are left out. */
    private static final int MOST_FRESH = 1_000;

    private final AdminClient client;
    private final Query query;
    private final Set<String> pending = new LinkedHashSet<>();
    private Set<String> seen = Set.of();

    public CallFeed(AdminClient client, Query query) {
        this.client = client;
        this.query = query;
    }

    /** The newest calls to begin with, oldest first; those that have ended. */
    public List<Call> first(int limit) {
        return ended(client.calls(query, limit).data());
    }

    /** The calls that ended since the last poll, oldest first. */
    public List<Call> fresh() {
        int some = Math.max(100, 2 * pending.size());
        List<Call> newest = client.calls(query, Math.min(some, MOST_FRESH)).data();
        boolean gap = !seen.isEmpty() && newest.stream().noneMatch(c -> seen.contains(c.id()));
        List<Call> all = gap ? client.calls(query, MOST_FRESH).data() : newest;
        return ended(all);
    }

    private List<Call> ended(List<Call> newestFirst) {
        List<Call> result = new ArrayList<>();
        int known = oldestSeen(newestFirst);
        List<Call> recent = known < 0 ? newestFirst : newestFirst.subList(0, known + 1);
        for (Call call : recent.reversed()) {
            if (!seen.contains(call.id()) || pending.contains(call.id())) {
                take(call, result);
            }
        }
        seen = newestFirst.stream().map(Call::id).collect(Collectors.toSet());
        result.addAll(0, late());
        return Collections.unmodifiableList(result);
    }

    /**
     * The index of the oldest known call, -1 when there is none. All calls behind it are older than
     * those that were told. An unknown call before it is new wherever it stands: ids are made
     * before calls are committed.
     */
    private int oldestSeen(List<Call> newestFirst) {
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            if (seen.contains(newestFirst.get(i).id())) {
                return i;
            }
        }
        return -1;
    }

    private void take(Call call, List<Call> result) {
        if (!call.state().equals(HELD)) {
            pending.remove(call.id());
            result.add(call);
        } else if (pending.size() < MOST_PENDING) {
            pending.add(call.id());
        }
    }

    /** Held calls that newer ones have pushed off the list are fetched one by one. */
    private List<Call> late() {
        List<Call> result = new ArrayList<>();
        for (String id : List.copyOf(pending)) {
            if (!seen.contains(id)) {
                take(client.call(id).call(), result);
            }
        }
        return result;
    }
}
