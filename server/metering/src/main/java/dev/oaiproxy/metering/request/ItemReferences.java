package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One item of the input of a response. It is either complete or a reference to an item that OpenAI
 * keeps. If a member occurs twice, OpenAI may use either value.
 */
final class ItemReferences {
    private static final int LONGEST_ID = 128;
    private static final String REFERENCE = "item_reference";

    /** A vector store search, whose results name files. */
    private static final String SEARCH = "file_search_call";

    /** Items that may hold less than OpenAI keeps under their id. */
    private static final Set<String> SHORTENED =
            Set.of("web_search_call", SEARCH, "code_interpreter_call", "image_generation_call");

    private final List<String> ids = new ArrayList<>();
    private final Set<String> types = new HashSet<>();
    private final Set<String> said = new HashSet<>();
    private final Set<String> missing = new HashSet<>();
    private final List<ObjectReference> results = new ArrayList<>();

    /** True for the part of an item that names the container of a run. */
    static boolean isRun(@Nullable String part) {
        return "container_id".equals(part) || "environment.container_id".equals(part);
    }

    /** True for a part of an item's search results. */
    static boolean isResult(@Nullable String part) {
        return part != null && part.startsWith("results.");
    }

    int size() {
        return ids.size() + types.size() + results.size();
    }

    /** Records a member of the item. Its value may still be null. */
    void has(String name) {
        if (name.equals("content")) {
            said.add(name);
        }
    }

    /** Records a text that describes the item; false if the text may name another object. */
    boolean says(String name, String text) {
        switch (name) {
            case "id" -> ids.add(text);
            case "type" -> types.add(text);
            case "role" -> said.add(name);
            case "encrypted_content", "result" -> (text.isEmpty() ? missing : said).add(name);
            default -> {
                return false;
            }
        }
        return true;
    }

    void nothing(String name) {
        missing.add(name);
    }

    void result(ObjectReference objectReference) {
        results.add(objectReference);
    }

    private boolean holds(String name) {
        return said.contains(name) && !missing.contains(name);
    }

    /** OpenAI treats an item without a type as a reference, unless it is a message. */
    private boolean isReference() {
        boolean typed = !types.isEmpty() && !missing.contains("type");
        boolean message = types.isEmpty() && holds("role") && holds("content");
        return types.contains(REFERENCE) || !(typed || message);
    }

    /** The objects that must belong to the sender. */
    Set<ObjectReference> uses() {
        Set<ObjectReference> uses = new LinkedHashSet<>();
        boolean reference = isReference();
        for (String id : ids) {
            boolean lookedUp =
                    (id.startsWith("rs_") && !holds("encrypted_content"))
                            || (id.startsWith("ig_") && !holds("result"));
            if (reference || lookedUp) {
                uses.add(item(id));
            }
        }
        if (!types.equals(Set.of(SEARCH))) {
            uses.addAll(results);
        }
        return uses;
    }

    /** The objects that must not belong to another user. */
    Set<ObjectReference> mentions() {
        Set<ObjectReference> mentions = new LinkedHashSet<>();
        if (types.stream().anyMatch(SHORTENED::contains)) {
            ids.forEach(id -> mentions.add(item(id)));
        }
        return mentions;
    }

    /** The ids that the sender has given to the item. */
    List<String> own() {
        return isReference()
                ? List.of()
                : ids.stream().filter(id -> id.length() <= LONGEST_ID).toList();
    }

    private static ObjectReference item(String id) {
        return new ObjectReference("input", ObjectKind.ITEM, id);
    }
}
