package dev.oaiproxy.server.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects of OpenAI's that the JSON of a request uses: texts, and lists of texts, under the
 * names that OpenAI has for such, at any depth.
 */
public final class References {
    private static final Map<String, ObjectKind> KINDS =
            Map.ofEntries(
                    Map.entry("previous_response_id", ObjectKind.RESPONSE),
                    Map.entry("response_id", ObjectKind.RESPONSE),
                    Map.entry("conversation", ObjectKind.CONVERSATION),
                    Map.entry("conversation_id", ObjectKind.CONVERSATION),
                    Map.entry("file_id", ObjectKind.FILE),
                    Map.entry("file_ids", ObjectKind.FILE),
                    Map.entry("input_file_id", ObjectKind.FILE),
                    Map.entry("training_file", ObjectKind.FILE),
                    Map.entry("validation_file", ObjectKind.FILE),
                    Map.entry("vector_store_id", ObjectKind.VECTOR_STORE),
                    Map.entry("vector_store_ids", ObjectKind.VECTOR_STORE),
                    Map.entry("container", ObjectKind.CONTAINER),
                    Map.entry("container_id", ObjectKind.CONTAINER),
                    Map.entry("skill_id", ObjectKind.SKILL),
                    Map.entry("upload_id", ObjectKind.UPLOAD),
                    Map.entry("batch_id", ObjectKind.BATCH));

    /** Objects whose {@code id} is a reference, too. */
    private static final Map<String, ObjectKind> HOLDERS =
            Map.of("conversation", ObjectKind.CONVERSATION, "audio", ObjectKind.AUDIO);

    /** What the caller names as it likes: notes of its own, and the parameters of functions. */
    private static final Set<String> FREELY_NAMED =
            Set.of("metadata", "attributes", "parameters", "schema");

    /** Where OpenAI takes a mere id for an item that it keeps. */
    private static final Set<String> ITEMS = Set.of("input", "items");

    /** Reasoning and images: what OpenAI looks up by its id when a request holds nothing more. */
    private static final List<String> KEPT_ITEMS = List.of("rs_", "ig_");

    /** Each of them is remembered, and looked up; no request of OpenAI's takes as many. */
    private static final int MOST = 10_000;

    /** The names under which a text is a reference. */
    public static final Set<String> NAMES = KINDS.keySet();

    private final Set<Reference> found = new LinkedHashSet<>();
    private boolean stored;
    private boolean itemHasType;
    private boolean itemHasRole;
    private boolean itemHasContent;
    private @Nullable String fault;

    /** Reads a whole body of JSON, or none. */
    public static References in(byte[] body) {
        References references = new References();
        references.read(body);
        return references;
    }

    /** Reads a whole body: a form where its content type says so, and otherwise JSON. */
    public static References in(String contentType, byte[] body) {
        if (body.length == 0 || !MultipartForm.isForm(contentType)) {
            return in(body);
        }
        References references = new References();
        references.fault = FormReferences.fault(contentType, body).orElse(null);
        return references;
    }

    private void read(byte[] body) {
        try (JsonParser in = parser(body)) {
            while (in.nextToken() != null && found.size() <= MOST) {
                see(in);
            }
            if (found.size() > MOST) {
                fault = "This proxy takes no more than " + MOST + " objects in one request.";
            }
        } catch (IOException | IllegalStateException e) {
            fault = RequestScanner.unparsed("it is not valid JSON in UTF-8");
        }
    }

    /** Other encodings, which OpenAI might understand, are no JSON to this parser. */
    private static JsonParser parser(byte[] body) throws IOException {
        return RequestJson.SCANNING.createParser(
                new InputStreamReader(new ByteArrayInputStream(body), UTF_8.newDecoder()));
    }

    /** Looks at the token that a parser stands on; to be shown all tokens of a body in order. */
    void see(JsonParser in) throws IOException {
        switch (in.currentToken()) {
            case FIELD_NAME -> name(in);
            case VALUE_STRING -> text(in);
            case VALUE_TRUE -> stored |= isTopLevel(in) && "store".equals(in.currentName());
            case VALUE_NULL -> nothing(in);
            case START_OBJECT -> begin(in);
            case END_OBJECT -> item(in);
            default -> {}
        }
    }

    /** What was found, without doubles, in order. */
    public List<Reference> found() {
        return List.copyOf(found);
    }

    /** Whether the request asks OpenAI to keep the answer. */
    public boolean stored() {
        return stored;
    }

    /** Why the body must not be passed on, or null. */
    public @Nullable String fault() {
        return fault;
    }

    private void name(JsonParser in) throws IOException {
        String name = in.currentName();
        itemHasContent |= name.equals("content") && isItem(in);
        if (FREELY_NAMED.contains(name)) {
            in.nextToken();
            in.skipChildren();
        }
    }

    private void text(JsonParser in) throws IOException {
        JsonStreamContext context = named(in.getParsingContext());
        String name = context == null ? "" : context.getCurrentName();
        if (isItem(in)) {
            itemHasType |= name.equals("type");
            itemHasRole |= name.equals("role");
        }
        if (name.equals("type") && in.getText().equals("item_reference")) {
            refuseItems();
        }
        ObjectKind kind = KINDS.get(name);
        if (kind != null) {
            found.add(new Reference(name, kind, in.getText()));
        } else if (name.equals("id")) {
            id(isItem(in) ? "" : holder(context), in.getText());
        }
    }

    /** Whether an item's id can stand for the item. */
    static boolean isKept(String id) {
        return KEPT_ITEMS.stream().anyMatch(id::startsWith);
    }

    /**
     * @param holder the name of the object whose id it is; empty for an item
     */
    private void id(String holder, String id) {
        if (holder.isEmpty() && isKept(id)) {
            found.add(new Reference("input", ObjectKind.ITEM, id));
        }
        ObjectKind kind = HOLDERS.get(holder);
        if (kind != null) {
            found.add(new Reference(holder, kind, id));
        } else if (holder.equals("prompt")) {
            fault = "This proxy does not pass on prompts that OpenAI keeps: 'prompt'.";
        }
    }

    private void begin(JsonParser in) {
        if (isItem(in)) {
            itemHasType = false;
            itemHasRole = false;
            itemHasContent = false;
        }
    }

    /** To OpenAI an item without a type is a reference, also one that had a type before. */
    private void nothing(JsonParser in) throws IOException {
        String name = String.valueOf(in.currentName());
        if (isItem(in) && name.equals("type")) {
            refuseItems();
        }
        itemHasRole &= !(isItem(in) && name.equals("role"));
        itemHasContent &= !(isItem(in) && name.equals("content"));
    }

    private void item(JsonParser in) {
        boolean said = itemHasType || (itemHasRole && itemHasContent);
        // The context is the surrounding one again once an object has ended.
        if (isListOfItems(in.getParsingContext()) && !said) {
            refuseItems();
        }
    }

    private void refuseItems() {
        fault = "This proxy does not pass on items by their id alone; send the items themselves.";
    }

    private static boolean isTopLevel(JsonParser in) {
        JsonStreamContext parent = in.getParsingContext().getParent();
        return parent != null && parent.inRoot();
    }

    private static boolean isItem(JsonParser in) {
        JsonStreamContext parent = in.getParsingContext().getParent();
        return in.getParsingContext().inObject() && parent != null && isListOfItems(parent);
    }

    private static boolean isListOfItems(JsonStreamContext list) {
        JsonStreamContext body = list.getParent();
        return list.inArray()
                && body != null
                && body.inObject()
                && body.getParent() != null
                && body.getParent().inRoot()
                && ITEMS.contains(body.getCurrentName());
    }

    /** The object whose member the current value is, or whose member's lists it is in. */
    private static @Nullable JsonStreamContext named(JsonStreamContext context) {
        JsonStreamContext at = context;
        while (at != null && at.inArray()) {
            at = at.getParent();
        }
        return at == null || at.getCurrentName() == null ? null : at;
    }

    private static String holder(@Nullable JsonStreamContext object) {
        JsonStreamContext outer = object == null ? null : named(object.getParent());
        return outer == null ? "" : outer.getCurrentName();
    }
}
