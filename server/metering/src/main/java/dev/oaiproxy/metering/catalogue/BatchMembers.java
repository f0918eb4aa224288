package dev.oaiproxy.metering.catalogue;

import java.io.IOException;

/** {@code POST /batches}: what it costs stands in its file. */
final class BatchMembers implements Members {
    private static final int LONGEST_ENDPOINT = 64;

    private final BodyReader body;

    BatchMembers(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "input_file_id" -> body.file(body.once(name));
            case "endpoint" ->
                    body.found.format = body.values.text(body.once(name), LONGEST_ENDPOINT);
            // Another window could have another price.
            case "completion_window" -> {
                String window = body.values.text(body.once(name), LONGEST_ENDPOINT);
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
        if (body.found.file == null) {
            throw MalformedException.missing("input_file_id");
        }
        if (body.found.format == null) {
            throw MalformedException.missing("endpoint");
        }
        return "batch";
    }

    @Override
    public void end() throws MalformedException {
        if (body.found.model != null) {
            throw MalformedException.value("model", "no model; each line of the file names it");
        }
        if (body.found.serviceTier != null) {
            throw MalformedException.value("service_tier", "no tier; a batch has its own");
        }
    }
}
