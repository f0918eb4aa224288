package dev.oaiproxy.metering.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.request.field.ResponseFields;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.RequestJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the objects at OpenAI that the JSON of a request uses: texts, and lists of texts, under
 * OpenAI's names for references, at any depth.
 */
public final class ReferenceScanner {
    /** Objects whose {@code id} is a reference, too. */
    private static final Map<String, ObjectKind> HOLDERS =
            Map.of("conversation", ObjectKind.CONVERSATION, "audio", ObjectKind.AUDIO);

    /**
     * Members whose content has names of the caller's choice, such as metadata and the parameters
     * of functions.
     */
    private static final Set<String> FREELY_NAMED =
            Set.of(
                    "metadata",
                    "attributes",
                    "parameters",
                    "schema",
                    "arguments",
                    "headers",
                    "input_schema",
                    "output_schema");

    /** Lists in which OpenAI accepts a mere id for an item that it keeps. */
    private static final Set<String> ITEMS = Set.of("input", "items");

    /** Lists in which earlier responses name their citations. A citation is not a use. */
    private static final Set<String> HISTORIES = Set.of("input", "items", "messages");

    /**
     * The most objects in one request. Each is kept in memory and looked up; OpenAI accepts fewer.
     */
    private static final int MOST = 10_000;

    /** Members that ask OpenAI to keep the response, at least for a while. */
    private static final Set<String> KEEPING = Set.of("store", "background");

    private final Set<ObjectReference> found = new LinkedHashSet<>();
    private final Set<ObjectReference> mentioned = new LinkedHashSet<>();
    private final Set<String> given = new HashSet<>();
    private ItemReferences item = new ItemReferences();
    private boolean stored;
    private boolean discarded;
    private @Nullable String fault;

    /** Reads a complete JSON body, which may be empty. */
    public static ReferenceScanner in(byte[] body) {
        ReferenceScanner referenceScanner = new ReferenceScanner();
        referenceScanner.read(body);
        return referenceScanner;
    }

    /** Reads a complete body, as a form if its content type says so, otherwise as JSON. */
    public static ReferenceScanner in(String contentType, byte[] body) {
        if (body.length == 0 || !MultipartForm.isForm(contentType)) {
            return in(body);
        }
        ReferenceScanner referenceScanner = new ReferenceScanner();
        referenceScanner.fault = FormReferenceCheck.fault(contentType, body).orElse(null);
        return referenceScanner;
    }

    private void read(byte[] body) {
        try (JsonParser in = parser(body)) {
            while (in.nextToken() != null && count() <= MOST) {
                see(in);
            }
            if (count() > MOST) {
                fault = "This proxy accepts at most " + MOST + " objects in one request.";
            }
        } catch (IOException | IllegalStateException e) {
            fault = RequestScanner.unparsed("it is not valid JSON in UTF-8");
        }
    }

    private int count() {
        return found.size() + mentioned.size() + given.size() + item.size();
    }

    /** A parser for UTF-8 alone. OpenAI might understand other encodings, so they are refused. */
    private static JsonParser parser(byte[] body) throws IOException {
        if (RequestScanner.encodingFault(body) == null) {
            return RequestJson.SCANNING.createParser(body);
        }
        return RequestJson.SCANNING.createParser(
                new InputStreamReader(new ByteArrayInputStream(body), UTF_8.newDecoder()));
    }

    /** Handles the current token of a parser. The caller passes all tokens of a body in order. */
    private void see(JsonParser in) throws IOException {
        switch (in.currentToken()) {
            case FIELD_NAME -> name(in);
            case VALUE_STRING -> text(in);
            case VALUE_TRUE -> stored |= isTopLevel(in) && KEEPING.contains(in.currentName());
            case VALUE_FALSE -> discarded |= isTopLevel(in) && "store".equals(in.currentName());
            case VALUE_NULL -> {
                if (isItem(in.getParsingContext())) {
                    item.nothing(in.currentName());
                }
            }
            case START_OBJECT -> {
                if (isItem(in.getParsingContext())) {
                    item = new ItemReferences();
                }
            }
            case END_OBJECT -> {
                // After the end of an object, the context is the surrounding one again.
                if (isListOfItems(in.getParsingContext())) {
                    end();
                }
            }
            default -> {}
        }
    }

    /** The objects that the request uses, in order and without duplicates. */
    public List<ObjectReference> found() {
        return List.copyOf(found);
    }

    /**
     * Objects that the request only mentions but OpenAI may use. They must not belong to another
     * user.
     */
    public List<ObjectReference> mentioned() {
        return List.copyOf(mentioned);
    }

    /** Ids that the caller has given to its own items. */
    public Set<String> given() {
        return Set.copyOf(given);
    }

    public boolean stored() {
        return stored;
    }

    /** True if the request asks OpenAI not to keep the response. */
    public boolean discarded() {
        return discarded && !stored;
    }

    /** The reason to refuse the body, or null. */
    public @Nullable String fault() {
        return fault;
    }

    private void name(JsonParser in) throws IOException {
        String name = in.currentName();
        if (isItem(in.getParsingContext())) {
            item.has(name);
        }
        boolean cited = name.equals("annotations") && isHistory(in.getParsingContext());
        if (cited || FREELY_NAMED.contains(name)) {
            in.nextToken();
            in.skipChildren();
        }
    }

    private void text(JsonParser in) throws IOException {
        JsonStreamContext context = named(in.getParsingContext());
        String name = context == null ? "" : context.getCurrentName();
        boolean ofItem = context != null && isItem(context);
        if (ofItem && item.says(name, in.getText())) {
            return;
        }
        ObjectKind kind = ObjectReference.KINDS.get(name);
        if (kind != null) {
            use(context, new ObjectReference(name, kind, in.getText()));
        } else if (name.equals("id") && !ofItem) {
            id(holder(context), in.getText());
        }
    }

    /**
     * Records an object according to its position: an item's past use of an object is not a new
     * use.
     */
    private void use(@Nullable JsonStreamContext context, ObjectReference reference) {
        String part = context == null ? null : partOfItem(context);
        if (reference.kind() == ObjectKind.CONTAINER && ItemReferences.isRun(part)) {
            mentioned.add(reference);
        } else if (ItemReferences.isResult(part)) {
            item.result(reference);
        } else {
            found.add(reference);
        }
    }

    private void id(String owner, String id) {
        ObjectKind kind = HOLDERS.get(owner);
        if (kind != null) {
            found.add(new ObjectReference(owner, kind, id));
        } else if (owner.equals("prompt")) {
            fault = ResponseFields.STORED_PROMPT;
        }
    }

    private void end() {
        found.addAll(item.uses());
        mentioned.addAll(item.mentions());
        given.addAll(item.own());
        item = new ItemReferences();
    }

    private static boolean isTopLevel(JsonParser in) {
        JsonStreamContext parent = in.getParsingContext().getParent();
        return parent != null && parent.inRoot();
    }

    private static boolean isItem(JsonStreamContext context) {
        JsonStreamContext parent = context.getParent();
        return context.inObject() && parent != null && isListOfItems(parent);
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

    /**
     * The path of a value within its item, such as {@code environment.container_id}; null outside
     * of items.
     */
    private static @Nullable String partOfItem(JsonStreamContext context) {
        StringBuilder path = new StringBuilder();
        for (JsonStreamContext at = context; at != null; at = at.getParent()) {
            if (at.inObject()) {
                path.insert(0, at.getCurrentName() + (path.isEmpty() ? "" : "."));
                if (isItem(at)) {
                    return path.toString();
                }
            }
        }
        return null;
    }

    private static boolean isHistory(JsonStreamContext context) {
        JsonStreamContext at = context;
        while (at.getParent() != null && !at.getParent().inRoot()) {
            at = at.getParent();
        }
        return at.inObject() && HISTORIES.contains(at.getCurrentName());
    }

    /** The object that has the current value as a member, directly or inside lists. */
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
