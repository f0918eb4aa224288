package dev.oaiproxy.sandbox.storage;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.SandboxBill.ExtraUsage;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A container for the code interpreter, charged by the minute. */
public record Container(
        String id,
        String name,
        String memory,
        long created,
        int idleMinutes,
        AtomicLong active,
        LongSupplier clock,
        ObjectStore<ContainerFile> files) {
    @SuppressWarnings("ArrayRecordComponent") // Files are found by id and never compared.
    public record ContainerFile(ObjectNode json, byte[] bytes) {
        String id() {
            return json.path("id").asText();
        }
    }

    static final Set<String> MEMORIES = Set.of("1g", "4g", "16g", "64g");

    private static final int LEAST_MINUTES = 5;
    private static final int IDLE_MINUTES = 20;

    /** Starts a container of the requested size. */
    public static Container of(SandboxState sandbox, JsonNode body) {
        long now = sandbox.now();
        return new Container(
                "cntr_" + sandbox.nextId(),
                body.path("name").asText("auto"),
                body.path("memory_limit").asText("1g"),
                now,
                body.path("expires_after").path("minutes").asInt(IDLE_MINUTES),
                new AtomicLong(now),
                sandbox::now,
                new ObjectStore<>());
    }

    /** The charge for starting it. OpenAI charges at least five minutes. */
    public ExtraUsage fee() {
        return new ExtraUsage("tool:container:" + memory, "container_minutes", LEAST_MINUTES);
    }

    public boolean isRunning() {
        return clock.getAsLong() < active.get() + idleMinutes * 60L;
    }

    /** Postpones its expiry. An expired container stays expired. */
    public Container used() {
        active.updateAndGet(last -> isRunning() ? Math.max(last, clock.getAsLong()) : last);
        return this;
    }

    ObjectNode json() {
        ObjectNode body = newObject();
        body.put("id", id)
                .put("object", "container")
                .put("created_at", created)
                .put("last_active_at", active.get())
                .put("status", isRunning() ? "running" : "expired")
                .put("memory_limit", memory)
                .put("name", name);
        body.putObject("expires_after").put("anchor", "last_active_at").put("minutes", idleMinutes);
        return body;
    }
}
