package dev.oaiproxy.sandbox.storage;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import dev.oaiproxy.sandbox.storage.Container.ContainerFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Handles {@code /v1/containers/{id}/files} and the paths below it. */
record ContainerFilesHandler(SandboxState sandbox) {
    private Container container(HttpExchange exchange) {
        Container container =
                sandbox.objects(Container.class).get(exchange.segment(1), "Container");
        ApiError.throwIf(!container.isRunning(), ApiError.invalid("Container is expired."));
        return container.used();
    }

    private static ContainerFile file(HttpExchange exchange, Container container) {
        return container.files().get(exchange.segment(3), "File");
    }

    /** Takes a file with or without a name, or the id of a file, whose copy is empty here. */
    void create(HttpExchange exchange) {
        Container container = container(exchange);
        RequestForm form = RequestForm.read(exchange);
        byte[] text = form.text("file").getBytes(StandardCharsets.UTF_8);
        FormPart given = form.file("file").orElse(new FormPart("", form.text("file_id"), text));
        ContainerFile file = new ContainerFile(json(container, given), given.bytes());
        container.files().put(file.id(), file);
        exchange.send(200, file.json());
    }

    private ObjectNode json(Container container, FormPart given) {
        return newObject()
                .put("id", "cfile_" + sandbox.nextId())
                .put("object", "container.file")
                .put("created_at", Instant.now().getEpochSecond())
                .put("bytes", given.bytes().length)
                .put("container_id", container.id())
                .put("path", "/mnt/data/" + given.filename())
                .put("source", "user");
    }

    void list(HttpExchange exchange) {
        exchange.sendPage(
                container(exchange).files().all().stream().map(ContainerFile::json).toList(),
                "desc");
    }

    void retrieve(HttpExchange exchange) {
        exchange.send(200, file(exchange, container(exchange)).json());
    }

    void content(HttpExchange exchange) {
        byte[] content = file(exchange, container(exchange)).bytes();
        exchange.send("application/octet-stream", content);
    }

    void delete(HttpExchange exchange) {
        Container container = container(exchange);
        String id = file(exchange, container).id();
        container.files().remove(id);
        exchange.sendDeleted(id, "container.file.deleted");
    }
}
