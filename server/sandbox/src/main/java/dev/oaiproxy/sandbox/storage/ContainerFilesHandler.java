package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.storage.Container.ContainerFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Handles {@code /v1/containers/{id}/files} and the paths below it. */
final class ContainerFilesHandler {
    private final SandboxState sandbox;

    ContainerFilesHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    private void found(HttpExchange exchange, Consumer<Container> action) {
        String id = exchange.segment(1);
        sandbox.objects(Container.class)
                .find(id)
                .ifPresentOrElse(
                        container -> running(exchange, container, action),
                        () -> exchange.refuse(ApiError.notFound("Container", id)));
    }

    private void running(HttpExchange exchange, Container container, Consumer<Container> action) {
        if (container.isRunning()) {
            action.accept(container.used());
        } else {
            exchange.refuse(ApiError.invalid("Container is expired.", null));
        }
    }

    private void file(HttpExchange exchange, BiConsumer<Container, ContainerFile> action) {
        found(
                exchange,
                container -> {
                    String id = exchange.segment(3);
                    Optional<ContainerFile> file = container.files().find(id);
                    file.ifPresentOrElse(
                            there -> action.accept(container, there),
                            () -> exchange.refuse(ApiError.notFound("File", id)));
                });
    }

    /** Takes a file with or without a name, or the id of a file, whose copy is empty here. */
    void create(HttpExchange exchange) {
        found(
                exchange,
                container -> {
                    RequestForm form = RequestForm.of(exchange).orElse(RequestForm.EMPTY);
                    byte[] text = form.text("file").getBytes(StandardCharsets.UTF_8);
                    RequestForm.FormPart given =
                            form.file("file")
                                    .orElse(
                                            new RequestForm.FormPart(
                                                    "", form.text("file_id"), text));
                    ContainerFile file = new ContainerFile(json(container, given), given.bytes());
                    container.files().put(file.json().path("id").asText(), file);
                    exchange.send(200, file.json());
                });
    }

    private ObjectNode json(Container container, RequestForm.FormPart given) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", "cfile_" + sandbox.nextId())
                .put("object", "container.file")
                .put("created_at", Instant.now().getEpochSecond())
                .put("bytes", given.bytes().length)
                .put("container_id", container.id())
                .put("path", "/mnt/data/" + given.filename())
                .put("source", "user");
    }

    void list(HttpExchange exchange) {
        found(
                exchange,
                container -> {
                    List<ObjectNode> listed =
                            container.files().all().stream().map(ContainerFile::json).toList();
                    exchange.send(200, PagedList.of(exchange, listed, "desc"));
                });
    }

    void retrieve(HttpExchange exchange) {
        file(exchange, (container, file) -> exchange.send(200, file.json()));
    }

    void content(HttpExchange exchange) {
        file(
                exchange,
                (container, file) -> exchange.send("application/octet-stream", file.bytes()));
    }

    void delete(HttpExchange exchange) {
        file(
                exchange,
                (container, file) -> {
                    String id = file.json().path("id").asText();
                    container.files().remove(id);
                    exchange.send(200, PagedList.deleted(id, "container.file.deleted"));
                });
    }
}
