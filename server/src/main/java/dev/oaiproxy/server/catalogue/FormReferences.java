package dev.oaiproxy.server.catalogue;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Watches a form for fields that name objects of OpenAI's, which belong into JSON, where their
 * owner can be looked up. Takes the form in pieces, and never looks into a file.
 */
public final class FormReferences {
    private final FormReader reader;
    private int seen;

    private FormReferences(FormReader reader) {
        this.reader = reader;
    }

    /** Why a form must not be passed on. */
    static Optional<String> fault(String contentType, byte[] form) {
        try {
            FormReferences references =
                    new FormReferences(new FormReader(MultipartForm.boundary(contentType)));
            references.reader.read(form, 0, form.length);
            references.reader.end();
            references.check();
            return Optional.empty();
        } catch (MalformedException e) {
            return Optional.of(e.message());
        }
    }

    private void check() throws MalformedException {
        List<MultipartForm.Part> parts = reader.parts();
        for (; seen < parts.size(); seen++) {
            check(parts.get(seen).name());
        }
    }

    private static void check(String name) throws MalformedException {
        for (String piece : decoded(name).replace("\\", "").split("[.\\[\\]\\s]+", -1)) {
            if (References.NAMES.contains(piece)) {
                throw new MalformedException("Send '" + piece + "' in a JSON body.", piece);
            }
        }
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException plain) {
            return name;
        }
    }
}
