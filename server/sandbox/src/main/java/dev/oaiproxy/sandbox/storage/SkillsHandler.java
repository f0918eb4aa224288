package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.PagedList;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import dev.oaiproxy.sandbox.storage.Skill.SkillVersion;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Handles {@code /v1/skills}: bundles of files in numbered versions, free of charge. */
final class SkillsHandler {
    private final SandboxState sandbox;

    SkillsHandler(SandboxState sandbox) {
        this.sandbox = sandbox;
    }

    private ObjectStore<Skill> all() {
        return sandbox.objects(Skill.class);
    }

    /** Takes the files of a multipart form, or only a name in JSON. */
    void create(HttpExchange exchange) {
        RequestForm form = RequestForm.of(exchange).orElse(RequestForm.EMPTY);
        Optional<SkillVersion> first = version(form, "1");
        if (first.isEmpty()) {
            exchange.refuse(ApiError.missing("files"));
            return;
        }
        Skill skill = Skill.of(sandbox.nextId());
        skill.add(first.get());
        all().put(skill.id(), skill);
        exchange.send(200, skill.json());
    }

    private Optional<SkillVersion> version(RequestForm form, String number) {
        String id = "skillver_" + sandbox.nextId();
        if (form.files().isEmpty()) {
            String name = form.text("name");
            return name.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new SkillVersion(id, number, name, Skill.now(), new byte[0]));
        }
        FormPart part = form.files().getFirst();
        String name = part.filename().replaceAll("[./].*", "");
        return Optional.of(new SkillVersion(id, number, name, Skill.now(), part.bytes()));
    }

    void list(HttpExchange exchange) {
        List<ObjectNode> all = all().all().stream().map(Skill::json).toList();
        exchange.send(200, PagedList.of(exchange, all, "desc"));
    }

    void show(HttpExchange exchange) {
        withSkill(exchange, skill -> exchange.send(200, skill.json()));
    }

    void update(HttpExchange exchange) {
        JsonNode body = VectorStoresHandler.body(exchange);
        withSkill(
                exchange,
                skill -> {
                    String version = body.path("default_version").asText();
                    if (skill.versions().find(version).isEmpty()) {
                        exchange.refuse(ApiError.notFound("Skill version", version));
                        return;
                    }
                    Skill updated = skill.defaultingTo(version);
                    all().put(skill.id(), updated);
                    exchange.send(200, updated.json());
                });
    }

    void delete(HttpExchange exchange) {
        withSkill(
                exchange,
                skill -> {
                    all().remove(skill.id());
                    exchange.send(200, PagedList.deleted(skill.id(), "skill.deleted"));
                });
    }

    void content(HttpExchange exchange) {
        withSkill(
                exchange,
                skill ->
                        skill.versions()
                                .find(skill.defaultVersion())
                                .ifPresentOrElse(
                                        version -> send(exchange, version),
                                        () ->
                                                exchange.refuse(
                                                        ApiError.notFound(
                                                                "Skill version",
                                                                skill.defaultVersion()))));
    }

    private static void send(HttpExchange exchange, SkillVersion version) {
        exchange.send("application/zip", version.content());
    }

    void createVersion(HttpExchange exchange) {
        RequestForm form = RequestForm.of(exchange).orElse(RequestForm.EMPTY);
        withSkill(
                exchange,
                skill ->
                        version(form, skill.nextNumber())
                                .map(skill::add)
                                .ifPresentOrElse(
                                        added -> exchange.send(200, skill.json(added)),
                                        () -> exchange.refuse(ApiError.missing("files"))));
    }

    void listVersions(HttpExchange exchange) {
        withSkill(
                exchange,
                skill -> {
                    List<ObjectNode> all =
                            skill.versions().all().stream().map(skill::json).toList();
                    exchange.send(200, PagedList.of(exchange, all, "desc"));
                });
    }

    void showVersion(HttpExchange exchange) {
        withVersion(exchange, (skill, version) -> exchange.send(200, skill.json(version)));
    }

    void deleteVersion(HttpExchange exchange) {
        withVersion(
                exchange,
                (skill, version) -> {
                    if (skill.versions().all().size() == 1) {
                        String message = "The last version of a skill cannot be deleted.";
                        exchange.refuse(ApiError.invalid(message, null));
                        return;
                    }
                    skill.versions().remove(version.number());
                    exchange.send(
                            200,
                            PagedList.deleted(version.id(), "skill.version.deleted")
                                    .put("version", version.number()));
                });
    }

    void versionContent(HttpExchange exchange) {
        withVersion(exchange, (skill, version) -> send(exchange, version));
    }

    private void withSkill(HttpExchange exchange, Consumer<Skill> then) {
        String id = exchange.segment(1);
        all().find(id).ifPresentOrElse(then, () -> exchange.refuse(ApiError.notFound("Skill", id)));
    }

    private void withVersion(HttpExchange exchange, BiConsumer<Skill, SkillVersion> then) {
        String number = exchange.segment(3);
        withSkill(
                exchange,
                skill ->
                        skill.versions()
                                .find(number)
                                .ifPresentOrElse(
                                        version -> then.accept(skill, version),
                                        () ->
                                                exchange.refuse(
                                                        ApiError.notFound(
                                                                "Skill version", number))));
    }
}
