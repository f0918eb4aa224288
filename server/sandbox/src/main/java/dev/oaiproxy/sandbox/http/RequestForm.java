package dev.oaiproxy.sandbox.http;

import static dev.oaiproxy.sandbox.http.JsonObjects.newObject;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A request's body, JSON or multipart.
 *
 * @param fields the JSON members, or the parts without a file name as strings
 * @param files the parts with a file name
 */
public record RequestForm(ObjectNode fields, List<FormPart> files) {
    public static final RequestForm EMPTY = new RequestForm(newObject(), List.of());

    @SuppressWarnings("ArrayRecordComponent") // It exists for one request and is never compared.
    public record FormPart(String name, String filename, byte[] bytes) {}

    /** Reads the body of a request; empty if it is neither JSON nor multipart. */
    public static Optional<RequestForm> of(HttpExchange exchange) {
        String type = exchange.header("Content-Type").orElse("");
        if (type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            return MultipartReader.boundary(type)
                    .flatMap(boundary -> new MultipartReader(exchange.bytes(), boundary).parts())
                    .map(RequestForm::of);
        }
        return exchange.body().map(body -> new RequestForm((ObjectNode) body, List.of()));
    }

    /** Reads the body of a request; a form without fields if it is neither JSON nor multipart. */
    public static RequestForm read(HttpExchange exchange) {
        return of(exchange).orElse(EMPTY);
    }

    public static RequestForm of(JsonNode body) {
        return new RequestForm((ObjectNode) body, List.of());
    }

    /**
     * Groups the fields. A name that ends in {@code []}, such as {@code include[]}, is that of a
     * list.
     */
    private static RequestForm of(List<FormPart> parts) {
        ObjectNode fields = newObject();
        List<FormPart> files = new ArrayList<>();
        for (FormPart part : parts) {
            if (!part.filename().isEmpty()) {
                files.add(part);
            } else if (part.name().endsWith("[]")) {
                fields.withArray("/" + part.name().replace("[]", "")).add(text(part));
            } else {
                fields.put(part.name(), text(part));
            }
        }
        return new RequestForm(fields, files);
    }

    private static String text(FormPart part) {
        return new String(part.bytes(), StandardCharsets.UTF_8);
    }

    /** A field as text, empty if it is missing or null. */
    public String text(String name) {
        return fields.path(name).asText("");
    }

    /** A field as text, or the default if it is missing or null. */
    public String text(String name, String otherwise) {
        return fields.hasNonNull(name) ? text(name) : otherwise;
    }

    public boolean isTrue(String name) {
        return fields.path(name).asBoolean();
    }

    public Optional<FormPart> file(String name) {
        return files.stream().filter(part -> part.name().equals(name)).findFirst();
    }
}
