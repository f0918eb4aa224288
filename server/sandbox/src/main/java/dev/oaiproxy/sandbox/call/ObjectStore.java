package dev.oaiproxy.sandbox.call;

import dev.oaiproxy.sandbox.http.ApiError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Objects by id, in the order of insertion. A full store drops its oldest object. */
public final class ObjectStore<T> {
    private static final int MOST = 10_000;

    private final Map<String, T> all = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    public void put(String id, T thing) {
        lock.lock();
        try {
            if (all.size() == MOST) {
                all.remove(all.keySet().iterator().next());
            }
            all.put(id, thing);
        } finally {
            lock.unlock();
        }
    }

    public Optional<T> find(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(all.get(id));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Finds the object that a request names.
     *
     * @param kind the type of the object in the error message
     * @throws ApiError if there is none
     */
    public T get(String id, String kind) {
        return find(id).orElseThrow(() -> ApiError.notFound(kind, id));
    }

    public Optional<T> remove(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(all.remove(id));
        } finally {
            lock.unlock();
        }
    }

    /** All objects, the oldest first. */
    public List<T> all() {
        lock.lock();
        try {
            return List.copyOf(all.values());
        } finally {
            lock.unlock();
        }
    }
}
