package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;

/** {@code POST /batches}: the input file decides the cost. */
public record BatchFields(BodyReader body) implements FieldReader {
    private static final int LONGEST_ENDPOINT = 64;

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "input_file_id" -> body.file(body.once(name));
            case "endpoint" ->
                    body.facts.format = body.jsonValues.text(body.once(name), LONGEST_ENDPOINT);
            // Another window could have another price.
            case "completion_window" -> {
                String window = body.jsonValues.text(body.once(name), LONGEST_ENDPOINT);
                if (window != null && !window.equals("24h")) {
                    throw MalformedException.value(name, "24h");
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public String rowWithoutModel() throws MalformedException {
        if (body.facts.file == null) {
            throw MalformedException.missing("input_file_id");
        }
        if (body.facts.format == null) {
            throw MalformedException.missing("endpoint");
        }
        return "batch";
    }

    @Override
    public void end() throws MalformedException {
        if (body.facts.model != null) {
            throw MalformedException.value("model", "no model; each line of the file names it");
        }
        if (body.facts.serviceTier != null) {
            throw MalformedException.value("service_tier", "no tier; a batch has its own");
        }
    }
}
