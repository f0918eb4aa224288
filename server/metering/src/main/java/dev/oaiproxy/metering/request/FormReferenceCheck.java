package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.request.form.FormReader;
import dev.oaiproxy.metering.request.form.MultipartForm;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks for fields of a form that name objects at OpenAI. Such fields belong in JSON, where the
 * proxy can look up the owner. It takes the form in pieces and never looks into a file.
 */
public final class FormReferenceCheck {
    private @Nullable FormReader reader;
    private @Nullable String fault;
    private int seen;

    public FormReferenceCheck(String contentType) {
        try {
            reader = new FormReader(MultipartForm.boundary(contentType));
        } catch (MalformedException e) {
            fault = e.message();
        }
    }

    /** Takes the next bytes. Returns the reason to refuse the form as soon as there is one. */
    public Optional<String> see(byte[] bytes, int count) {
        return look(form -> form.read(bytes, 0, count));
    }

    /** Checks again at the end of the form. */
    public Optional<String> end() {
        return look(FormReader::end);
    }

    private interface FieldCheck {
        void take(FormReader form) throws MalformedException;
    }

    private Optional<String> look(FieldCheck step) {
        FormReader form = reader;
        if (form != null && fault == null) {
            try {
                step.take(form);
                check(form.parts());
            } catch (MalformedException e) {
                fault = e.message();
            }
        }
        return Optional.ofNullable(fault);
    }

    /** The reason for refusing a form. */
    static Optional<String> fault(String contentType, byte[] form) {
        FormReferenceCheck references = new FormReferenceCheck(contentType);
        Optional<String> fault = references.see(form, form.length);
        return fault.isPresent() ? fault : references.end();
    }

    private void check(List<MultipartForm.FormPart> parts) throws MalformedException {
        for (; seen < parts.size(); seen++) {
            check(parts.get(seen).name());
        }
    }

    private static void check(String name) throws MalformedException {
        for (String piece : decoded(name).replace("\\", "").split("[.\\[\\]\\s]+", -1)) {
            if (ObjectReference.KINDS.containsKey(piece)) {
                throw new MalformedException(
                        "Send '" + piece + "' in a JSON body, not in a form.", piece);
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
