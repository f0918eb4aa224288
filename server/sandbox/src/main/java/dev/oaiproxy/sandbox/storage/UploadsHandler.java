package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import java.util.Optional;
import java.util.function.Consumer;

/** Handles {@code /v1/uploads}: files uploaded in parts. */
final class UploadsHandler {
    private static final long LIFE_SECONDS = 60 * 60;

    private final SandboxState sandbox;

    UploadsHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
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

    private ObjectStore<FileUpload> all() {
        return sandbox.objects(FileUpload.class);
    }

    void create(HttpExchange exchange) {
        JsonNode body = VectorStoresHandler.body(exchange);
        Optional<String> missing =
                List.of("purpose", "filename", "bytes", "mime_type").stream()
                        .filter(name -> !body.hasNonNull(name))
                        .findFirst();
        if (missing.isPresent()) {
            exchange.refuse(ApiError.missing(missing.get()));
            return;
        }
        FileUpload upload = new FileUpload(json(body), new ObjectStore<>());
        all().put(upload.id(), upload);
        exchange.send(200, upload.json());
    }

    private ObjectNode json(JsonNode body) {
        long now = Instant.now().getEpochSecond();
        return JsonNodeFactory.instance
                .objectNode()
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

    void addPart(HttpExchange exchange) {
        Optional<FormPart> part = RequestForm.of(exchange).flatMap(form -> form.file("data"));
        if (part.isEmpty()) {
            exchange.refuse(ApiError.missing("data"));
            return;
        }
        withPending(
                exchange,
                upload -> {
                    String id = "part_" + sandbox.nextId();
                    upload.parts().put(id, part.get().bytes());
                    exchange.send(200, part(id, upload));
                });
    }

    private static ObjectNode part(String id, FileUpload upload) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", "upload.part")
                .put("created_at", Instant.now().getEpochSecond())
                .put("upload_id", upload.id());
    }

    void complete(HttpExchange exchange) {
        JsonNode parts = VectorStoresHandler.body(exchange).path("part_ids");
        withPending(
                exchange,
                upload -> {
                    byte[] content = joined(upload, parts);
                    if (content.length != upload.json().path("bytes").asLong()) {
                        String message = "The parts have another size than the upload.";
                        exchange.refuse(ApiError.invalid(message, "part_ids"));
                    } else {
                        exchange.send(200, completed(upload, content));
                    }
                });
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
        withPending(
                exchange,
                upload -> {
                    FileUpload cancelled = upload.in("cancelled");
                    all().put(upload.id(), cancelled);
                    exchange.send(200, cancelled.json());
                });
    }

    private void withPending(HttpExchange exchange, Consumer<FileUpload> then) {
        String id = exchange.segment(1);
        all().find(id)
                .filter(FileUpload::isPending)
                .ifPresentOrElse(then, () -> exchange.refuse(ApiError.notFound("Upload", id)));
    }
}
