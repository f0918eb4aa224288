package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Handles {@code /v1/files}, which is free. Files stay until they are deleted. */
final class FilesHandler {
    private static final Set<String> PURPOSES =
            Set.of("assistants", "batch", "fine-tune", "vision", "user_data", "evals");
    private static final Set<String> NOT_GIVEN_BACK = Set.of("assistants", "user_data");

    private final SandboxState sandbox;

    FilesHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    private ObjectStore<StoredFile> all() {
        return sandbox.objects(StoredFile.class);
    }

    void create(HttpExchange exchange) {
        RequestForm form = RequestForm.of(exchange).orElse(RequestForm.EMPTY);
        Optional<FormPart> part = form.file("file");
        if (part.isEmpty()) {
            exchange.refuse(ApiError.missing("file"));
        } else if (!PURPOSES.contains(form.text("purpose"))) {
            exchange.refuse(ApiError.invalid("'purpose' is invalid.", "purpose"));
        } else {
            StoredFile file = stored(form, part.get());
            all().put(file.id(), file);
            exchange.send(200, file.json());
        }
    }

    private StoredFile stored(RequestForm form, FormPart part) {
        StoredFile file =
                StoredFile.of(
                        sandbox.nextId(), part.filename(), form.text("purpose"), part.bytes());
        String seconds = form.text("expires_after[seconds]");
        return seconds.isEmpty() ? file : file.expiringAfter(Long.parseLong(seconds));
    }

    void list(HttpExchange exchange) {
        Optional<String> purpose = exchange.query("purpose");
        List<ObjectNode> wanted =
                all().all().stream()
                        .filter(file -> purpose.isEmpty() || purpose.get().equals(file.purpose()))
                        .map(StoredFile::json)
                        .toList();
        exchange.send(200, PagedList.of(exchange, wanted, "desc"));
    }

    void show(HttpExchange exchange) {
        withFile(exchange, file -> exchange.send(200, file.json()));
    }

    void delete(HttpExchange exchange) {
        withFile(
                exchange,
                file -> {
                    all().remove(file.id());
                    exchange.send(200, PagedList.deleted(file.id(), "file"));
                });
    }

    void content(HttpExchange exchange) {
        withFile(
                exchange,
                file -> {
                    if (NOT_GIVEN_BACK.contains(file.purpose())) {
                        String message =
                                "Not allowed to download files of purpose: " + file.purpose();
                        exchange.refuse(ApiError.invalid(message, null));
                    } else {
                        exchange.send("application/octet-stream", file.content());
                    }
                });
    }

    private void withFile(HttpExchange exchange, Consumer<StoredFile> then) {
        String id = exchange.segment(1);
        all().find(id).ifPresentOrElse(then, () -> exchange.refuse(ApiError.notFound("File", id)));
    }
}
