package dev.oaiproxy.sandbox.call;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All objects that the stand-in keeps, by their type. */
public final class Shelves {
    private final Map<Class<?>, ObjectStore<?>> all = new ConcurrentHashMap<>();

    /** The shelf of one type, which is empty at first. */
    @SuppressWarnings("unchecked") // Each shelf is made for the type that it is filed under.
    <T> ObjectStore<T> of(Class<T> type) {
        return (ObjectStore<T>) all.computeIfAbsent(type, _ -> new ObjectStore<T>());
    }
}
