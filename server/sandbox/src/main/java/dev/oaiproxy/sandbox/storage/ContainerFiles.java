package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.http.Exchange;
import dev.oaiproxy.sandbox.http.Form;
import dev.oaiproxy.sandbox.http.Page;
import dev.oaiproxy.sandbox.http.Problem;
import dev.oaiproxy.sandbox.storage.Container.StoredFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** {@code /v1/containers/{id}/files} and what is below it. */
final class ContainerFiles {
    private final Sandbox sandbox;

    ContainerFiles(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    private void found(Exchange exchange, Consumer<Container> action) {
        String id = exchange.segment(1);
        sandbox.shelf(Container.class)
                .find(id)
                .ifPresentOrElse(
                        container -> running(exchange, container, action),
                        () -> exchange.refuse(Problem.notFound("Container", id)));
    }

    private void running(Exchange exchange, Container container, Consumer<Container> action) {
        if (container.isRunning()) {
            action.accept(container.used());
        } else {
            exchange.refuse(Problem.invalid("Container is expired.", null));
        }
    }

    private void file(Exchange exchange, BiConsumer<Container, StoredFile> action) {
        found(
                exchange,
                container -> {
                    String id = exchange.segment(3);
                    Optional<StoredFile> file = container.files().find(id);
                    file.ifPresentOrElse(
                            there -> action.accept(container, there),
                            () -> exchange.refuse(Problem.notFound("File", id)));
                });
    }

    /** A file comes with or without a name, or by the id of one, which then is empty here. */
    void create(Exchange exchange) {
        found(
                exchange,
                container -> {
                    Form form = Form.of(exchange).orElse(Form.EMPTY);
                    byte[] text = form.text("file").getBytes(StandardCharsets.UTF_8);
                    Form.Part given =
                            form.file("file").orElse(new Form.Part("", form.text("file_id"), text));
                    StoredFile file = new StoredFile(json(container, given), given.bytes());
                    container.files().put(file.json().path("id").asText(), file);
                    exchange.send(200, file.json());
                });
    }

    private ObjectNode json(Container container, Form.Part given) {
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

    void list(Exchange exchange) {
        found(
                exchange,
                container -> {
                    List<ObjectNode> listed =
                            container.files().all().stream().map(StoredFile::json).toList();
                    exchange.send(200, Page.of(exchange, listed, "desc"));
                });
    }

    void retrieve(Exchange exchange) {
        file(exchange, (container, file) -> exchange.send(200, file.json()));
    }

    void content(Exchange exchange) {
        file(
                exchange,
                (container, file) -> exchange.send("application/octet-stream", file.bytes()));
    }

    void delete(Exchange exchange) {
        file(
                exchange,
                (container, file) -> {
                    String id = file.json().path("id").asText();
                    container.files().remove(id);
                    exchange.send(200, Page.deleted(id, "container.file.deleted"));
                });
    }
}
