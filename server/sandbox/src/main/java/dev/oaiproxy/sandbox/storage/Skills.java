package dev.oaiproxy.sandbox.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.Sandbox;
import dev.oaiproxy.sandbox.call.Shelf;
import dev.oaiproxy.sandbox.http.Exchange;
import dev.oaiproxy.sandbox.http.Form;
import dev.oaiproxy.sandbox.http.Form.Part;
import dev.oaiproxy.sandbox.http.Page;
import dev.oaiproxy.sandbox.http.Problem;
import dev.oaiproxy.sandbox.storage.Skill.Version;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** {@code /v1/skills}: free bundles of files, in versions that count from 1. */
final class Skills {
    private final Sandbox sandbox;

    Skills(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    private Shelf<Skill> shelf() {
        return sandbox.shelf(Skill.class);
    }

    /** The files come in a form; JSON has none, and names the skill only. */
    void create(Exchange exchange) {
        Form form = Form.of(exchange).orElse(Form.EMPTY);
        Optional<Version> first = version(form, "1");
        if (first.isEmpty()) {
            exchange.refuse(Problem.missing("files"));
            return;
        }
        Skill skill = Skill.of(sandbox.nextId());
        skill.add(first.get());
        shelf().put(skill.id(), skill);
        exchange.send(200, skill.json());
    }

    private Optional<Version> version(Form form, String number) {
        String id = "skillver_" + sandbox.nextId();
        if (form.files().isEmpty()) {
            String name = form.text("name");
            return name.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Version(id, number, name, Skill.now(), new byte[0]));
        }
        Part part = form.files().getFirst();
        String name = part.filename().replaceAll("[./].*", "");
        return Optional.of(new Version(id, number, name, Skill.now(), part.bytes()));
    }

    void list(Exchange exchange) {
        List<ObjectNode> all = shelf().all().stream().map(Skill::json).toList();
        exchange.send(200, Page.of(exchange, all, "desc"));
    }

    void show(Exchange exchange) {
        withSkill(exchange, skill -> exchange.send(200, skill.json()));
    }

    void update(Exchange exchange) {
        JsonNode order = VectorStores.order(exchange);
        withSkill(
                exchange,
                skill -> {
                    String version = order.path("default_version").asText();
                    if (skill.versions().find(version).isEmpty()) {
                        exchange.refuse(Problem.notFound("Skill version", version));
                        return;
                    }
                    Skill updated = skill.defaultingTo(version);
                    shelf().put(skill.id(), updated);
                    exchange.send(200, updated.json());
                });
    }

    void delete(Exchange exchange) {
        withSkill(
                exchange,
                skill -> {
                    shelf().remove(skill.id());
                    exchange.send(200, Page.deleted(skill.id(), "skill.deleted"));
                });
    }

    void content(Exchange exchange) {
        withSkill(
                exchange,
                skill ->
                        skill.versions()
                                .find(skill.defaultVersion())
                                .ifPresentOrElse(
                                        version -> send(exchange, version),
                                        () ->
                                                exchange.refuse(
                                                        Problem.notFound(
                                                                "Skill version",
                                                                skill.defaultVersion()))));
    }

    private static void send(Exchange exchange, Version version) {
        exchange.send("application/zip", version.content());
    }

    void createVersion(Exchange exchange) {
        Form form = Form.of(exchange).orElse(Form.EMPTY);
        withSkill(
                exchange,
                skill ->
                        version(form, skill.nextNumber())
                                .map(skill::add)
                                .ifPresentOrElse(
                                        added -> exchange.send(200, skill.json(added)),
                                        () -> exchange.refuse(Problem.missing("files"))));
    }

    void listVersions(Exchange exchange) {
        withSkill(
                exchange,
                skill -> {
                    List<ObjectNode> all =
                            skill.versions().all().stream().map(skill::json).toList();
                    exchange.send(200, Page.of(exchange, all, "desc"));
                });
    }

    void showVersion(Exchange exchange) {
        withVersion(exchange, (skill, version) -> exchange.send(200, skill.json(version)));
    }

    void deleteVersion(Exchange exchange) {
        withVersion(
                exchange,
                (skill, version) -> {
                    if (skill.versions().all().size() == 1) {
                        String message = "The last version of a skill cannot be deleted.";
                        exchange.refuse(Problem.invalid(message, null));
                        return;
                    }
                    skill.versions().remove(version.number());
                    exchange.send(
                            200,
                            Page.deleted(version.id(), "skill.version.deleted")
                                    .put("version", version.number()));
                });
    }

    void versionContent(Exchange exchange) {
        withVersion(exchange, (skill, version) -> send(exchange, version));
    }

    private void withSkill(Exchange exchange, Consumer<Skill> then) {
        String id = exchange.segment(1);
        shelf().find(id)
                .ifPresentOrElse(then, () -> exchange.refuse(Problem.notFound("Skill", id)));
    }

    private void withVersion(Exchange exchange, BiConsumer<Skill, Version> then) {
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
                                                        Problem.notFound(
                                                                "Skill version", number))));
    }
}
