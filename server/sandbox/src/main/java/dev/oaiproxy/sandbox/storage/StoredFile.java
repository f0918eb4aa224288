package dev.oaiproxy.sandbox.storage;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A file at OpenAI. */
@SuppressWarnings("ArrayRecordComponent") // Files are found by id and never compared.
public record StoredFile(ObjectNode json, byte[] content) {
    public static StoredFile of(String id, String filename, String purpose, byte[] content) {
        ObjectNode json =
                newObject()
                        .put("object", "file")
                        .put("id", "file-" + id)
                        .put("purpose", purpose)
                        .put("filename", filename)
                        .put("bytes", content.length)
                        .put("created_at", Instant.now().getEpochSecond())
                        .putNull("expires_at")
                        .put("status", "processed")
                        .putNull("status_details");
        return new StoredFile(json, content);
    }

    /** The same file with an expiry this many seconds after its creation. */
    public StoredFile expiringAfter(long seconds) {
        ObjectNode expiring = json.deepCopy();
        return new StoredFile(
                expiring.put("expires_at", json.path("created_at").asLong() + seconds), content);
    }

    public String id() {
        return json.path("id").asText();
    }

    String filename() {
        return json.path("filename").asText();
    }

    String purpose() {
        return json.path("purpose").asText();
    }

    public String text() {
        return new String(content, StandardCharsets.UTF_8);
    }
}
