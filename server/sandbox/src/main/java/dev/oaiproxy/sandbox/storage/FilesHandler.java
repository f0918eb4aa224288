package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Handles {@code /v1/files}, which is free. Files stay until they are deleted. */
record FilesHandler(SandboxState sandbox) {
    private static final Set<String> PURPOSES =
            Set.of("assistants", "batch", "fine-tune", "vision", "user_data", "evals");
    private static final Set<String> NOT_GIVEN_BACK = Set.of("assistants", "user_data");

    private ObjectStore<StoredFile> all() {
        return sandbox.objects(StoredFile.class);
    }

    private StoredFile file(HttpExchange exchange) {
        return all().get(exchange.segment(1), "File");
    }

    void create(HttpExchange exchange) {
        RequestForm form = RequestForm.read(exchange);
        FormPart part = form.file("file").orElseThrow(() -> ApiError.missing("file"));
        ApiError.throwIf(
                !PURPOSES.contains(form.text("purpose")),
                ApiError.invalid("'purpose' is invalid.", "purpose"));
        StoredFile file = stored(form, part);
        all().put(file.id(), file);
        exchange.send(200, file.json());
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
        exchange.sendPage(wanted, "desc");
    }

    void content(HttpExchange exchange) {
        StoredFile file = file(exchange);
        ApiError.throwIf(
                NOT_GIVEN_BACK.contains(file.purpose()),
                ApiError.invalid("Not allowed to download files of purpose: " + file.purpose()));
        exchange.send("application/octet-stream", file.content());
    }
}
