package dev.oaiproxy.sandbox.storage;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;

/** Handles {@code /v1/uploads}: files uploaded in parts. */
record UploadsHandler(SandboxState sandbox) {
    private static final long LIFE_SECONDS = 60 * 60;

    private ObjectStore<FileUpload> all() {
        return sandbox.objects(FileUpload.class);
    }

    /** A file that is being uploaded in parts. */
    record FileUpload(ObjectNode json, ObjectStore<byte[]> parts) {
        String id() {
            return json.path("id").asText();
        }

        boolean isPending() {
            return json.path("status").asText().equals("pending");
        }

        FileUpload in(String status) {
            ObjectNode changed = json.deepCopy();
            return new FileUpload(changed.put("status", status), parts);
        }
    }

    void create(HttpExchange exchange) {
        JsonNode body = exchange.json();
        for (String name : List.of("purpose", "filename", "bytes", "mime_type")) {
            ApiError.throwIf(!body.hasNonNull(name), ApiError.missing(name));
        }
        FileUpload upload = new FileUpload(json(body), new ObjectStore<>());
        all().put(upload.id(), upload);
        exchange.send(200, upload.json());
    }

    private ObjectNode json(JsonNode body) {
        long now = Instant.now().getEpochSecond();
        return newObject()
                .put("id", "upload_" + sandbox.nextId())
                .put("object", "upload")
                .put("bytes", body.path("bytes").asLong())
                .put("created_at", now)
                .put("filename", body.path("filename").asText())
                .put("purpose", body.path("purpose").asText())
                .put("status", "pending")
                .put("expires_at", now + LIFE_SECONDS)
                .putNull("file");
    }

    private FileUpload pending(HttpExchange exchange) {
        FileUpload upload = all().get(exchange.segment(1), "Upload");
        ApiError.throwIf(!upload.isPending(), ApiError.notFound("Upload", upload.id()));
        return upload;
    }

    void addPart(HttpExchange exchange) {
        FormPart part =
                RequestForm.read(exchange).file("data").orElseThrow(() -> ApiError.missing("data"));
        FileUpload upload = pending(exchange);
        String id = "part_" + sandbox.nextId();
        upload.parts().put(id, part.bytes());
        exchange.send(
                200,
                newObject()
                        .put("id", id)
                        .put("object", "upload.part")
                        .put("created_at", Instant.now().getEpochSecond())
                        .put("upload_id", upload.id()));
    }

    void complete(HttpExchange exchange) {
        JsonNode parts = exchange.json().path("part_ids");
        FileUpload upload = pending(exchange);
        byte[] content = joined(upload, parts);
        ApiError.throwIf(
                content.length != upload.json().path("bytes").asLong(),
                ApiError.invalid("The parts have another size than the upload.", "part_ids"));
        exchange.send(200, completed(upload, content));
    }

    /** The parts in the order in which the request names them. */
    private static byte[] joined(FileUpload upload, JsonNode parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        parts.forEach(id -> upload.parts().find(id.asText()).ifPresent(content::writeBytes));
        return content.toByteArray();
    }

    private ObjectNode completed(FileUpload upload, byte[] content) {
        StoredFile file =
                StoredFile.of(
                        sandbox.nextId(),
                        upload.json().path("filename").asText(),
                        upload.json().path("purpose").asText(),
                        content);
        sandbox.objects(StoredFile.class).put(file.id(), file);
        FileUpload completed = upload.in("completed");
        completed.json().set("file", file.json());
        all().put(upload.id(), completed);
        return completed.json();
    }

    void cancel(HttpExchange exchange) {
        FileUpload cancelled = pending(exchange).in("cancelled");
        all().put(cancelled.id(), cancelled);
        exchange.send(200, cancelled.json());
    }
}
