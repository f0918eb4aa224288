package dev.oaiproxy.server.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.server.sandbox.Bill.Extra;
import java.time.Instant;
import java.util.Set;

/** A machine in which code runs, and which is paid for by the minute. */
record Container(String id, String name, String memory, long created, Shelf<StoredFile> files) {
    /** A file in a container. */
    @SuppressWarnings("ArrayRecordComponent") // It is told apart by its id.
    record StoredFile(ObjectNode json, byte[] bytes) {}

    static final Set<String> MEMORIES = Set.of("1g", "4g", "16g", "64g");

    private static final int LEAST_MINUTES = 5;
    private static final int IDLE_MINUTES = 20;

    /** A new one, as large as the order says. */
    static Container of(String id, JsonNode order) {
        return new Container(
                "cntr_" + id,
                order.path("name").asText("auto"),
                order.path("memory_limit").asText("1g"),
                Instant.now().getEpochSecond(),
                new Shelf<>());
    }

    /** What it costs to have started it: OpenAI charges five minutes at least. */
    Extra fee() {
        return new Extra("tool:container:" + memory, "container_minutes", LEAST_MINUTES);
    }

    ObjectNode json() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("id", id)
                .put("object", "container")
                .put("created_at", created)
                .put("last_active_at", created)
                .put("status", "running")
                .put("memory_limit", memory)
                .put("name", name);
        body.putObject("expires_after")
                .put("anchor", "last_active_at")
                .put("minutes", IDLE_MINUTES);
        return body;
    }
}
