package dev.oaiproxy.sandbox.storage;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.oaiproxy.sandbox.call.ObjectStore;
import java.time.Instant;
import java.util.List;

/**
 * A skill at OpenAI.
 *
 * @param defaultVersion the number of the version that is used if a request names none
 */
record Skill(String id, long createdAt, String defaultVersion, ObjectStore<SkillVersion> versions) {
    @SuppressWarnings("ArrayRecordComponent") // Versions are found by number and never compared.
    record SkillVersion(String id, String number, String name, long createdAt, byte[] content) {}

    static Skill of(String id) {
        return new Skill("skill_" + id, now(), "1", new ObjectStore<>());
    }

    Skill defaultingTo(String version) {
        return new Skill(id, createdAt, version, versions);
    }

    String nextNumber() {
        List<SkillVersion> all = versions.all();
        return all.isEmpty() ? "1" : "" + (Integer.parseInt(all.getLast().number()) + 1);
    }

    SkillVersion add(SkillVersion version) {
        versions.put(version.number(), version);
        return version;
    }

    ObjectNode json() {
        SkillVersion latest = versions.all().getLast();
        return newObject()
                .put("id", id)
                .put("object", "skill")
                .put("created_at", createdAt)
                .put("name", latest.name())
                .put("description", "What " + latest.name() + " does.")
                .put("default_version", defaultVersion)
                .put("latest_version", latest.number());
    }

    ObjectNode json(SkillVersion version) {
        return newObject()
                .put("id", version.id())
                .put("object", "skill.version")
                .put("created_at", version.createdAt())
                .put("skill_id", id)
                .put("version", version.number())
                .put("name", version.name())
                .put("description", "What " + version.name() + " does.");
    }

    static long now() {
        return Instant.now().getEpochSecond();
    }
}
