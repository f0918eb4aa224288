package dev.oaiproxy.sandbox.storage;

import dev.oaiproxy.sandbox.call.ObjectStore;
import dev.oaiproxy.sandbox.call.SandboxState;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import dev.oaiproxy.sandbox.http.RequestForm;
import dev.oaiproxy.sandbox.http.RequestForm.FormPart;
import dev.oaiproxy.sandbox.storage.Skill.SkillVersion;

/** Handles {@code /v1/skills}: bundles of files in numbered versions, free of charge. */
record SkillsHandler(SandboxState sandbox) {
    private ObjectStore<Skill> all() {
        return sandbox.objects(Skill.class);
    }

    private Skill skill(HttpExchange exchange) {
        return all().get(exchange.segment(1), "Skill");
    }

    private static SkillVersion version(HttpExchange exchange, Skill skill) {
        return skill.versions().get(exchange.segment(3), "Skill version");
    }

    void create(HttpExchange exchange) {
        SkillVersion first = uploadedVersion(RequestForm.read(exchange), "1");
        Skill skill = Skill.of(sandbox.nextId());
        skill.add(first);
        all().put(skill.id(), skill);
        exchange.send(200, skill.json());
    }

    /** Takes the files of a multipart form, or only a name in JSON. */
    private SkillVersion uploadedVersion(RequestForm form, String number) {
        String id = "skillver_" + sandbox.nextId();
        if (!form.files().isEmpty()) {
            FormPart part = form.files().getFirst();
            String name = part.filename().replaceAll("[./].*", "");
            return new SkillVersion(id, number, name, Skill.now(), part.bytes());
        }
        ApiError.throwIf(form.text("name").isEmpty(), ApiError.missing("files"));
        return new SkillVersion(id, number, form.text("name"), Skill.now(), new byte[0]);
    }

    void update(HttpExchange exchange) {
        String version = exchange.json().path("default_version").asText();
        Skill skill = skill(exchange);
        skill.versions().get(version, "Skill version");
        Skill updated = skill.defaultingTo(version);
        all().put(skill.id(), updated);
        exchange.send(200, updated.json());
    }

    void content(HttpExchange exchange) {
        Skill skill = skill(exchange);
        send(exchange, skill.versions().get(skill.defaultVersion(), "Skill version"));
    }

    private static void send(HttpExchange exchange, SkillVersion version) {
        exchange.send("application/zip", version.content());
    }

    void createVersion(HttpExchange exchange) {
        RequestForm form = RequestForm.read(exchange);
        Skill skill = skill(exchange);
        SkillVersion added = skill.add(uploadedVersion(form, skill.nextNumber()));
        exchange.send(200, skill.json(added));
    }

    void listVersions(HttpExchange exchange) {
        Skill skill = skill(exchange);
        exchange.sendPage(skill.versions().all().stream().map(skill::json).toList(), "desc");
    }

    void showVersion(HttpExchange exchange) {
        Skill skill = skill(exchange);
        exchange.send(200, skill.json(version(exchange, skill)));
    }

    void deleteVersion(HttpExchange exchange) {
        Skill skill = skill(exchange);
        SkillVersion version = version(exchange, skill);
        ApiError.throwIf(
                skill.versions().all().size() == 1,
                ApiError.invalid("The last version of a skill cannot be deleted."));
        skill.versions().remove(version.number());
        exchange.send(
                200,
                HttpExchange.deleted(version.id(), "skill.version.deleted")
                        .put("version", version.number()));
    }

    void versionContent(HttpExchange exchange) {
        send(exchange, version(exchange, skill(exchange)));
    }
}
