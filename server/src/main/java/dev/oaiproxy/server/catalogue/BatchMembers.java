package dev.oaiproxy.server.catalogue;

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
            case "input_file_id" -> body.reference(body.once(name));
            case "endpoint" ->
                    body.found.format = body.values.text(body.once(name), LONGEST_ENDPOINT);
            default -> {
                return false;
            }
        }
        return true;
    }

    @Override
    public String rowWithoutModel() throws MalformedException {
        if (body.found.references.isEmpty()) {
            throw MalformedException.missing("input_file_id");
        }
        return "batch";
    }

    @Override
    public void end() throws MalformedException {
        if (body.found.model != null) {
            throw MalformedException.value("model", "no model; each line of the file names it");
        }
    }
}
