package dev.oaiproxy.metering.catalogue;

import dev.oaiproxy.metering.usage.Unit;
import java.io.IOException;

/** {@code POST /containers}: billed by the size of its memory, for a session at a time. */
final class ContainerMembers implements Members {
    private static final int LONGEST_SIZE = 8;

    private final BodyReader body;
    private String row = Containers.row(null);

    ContainerMembers(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        if (!name.equals("memory_limit")) {
            return false;
        }
        row = Containers.row(body.values.text(body.once(name), LONGEST_SIZE));
        return true;
    }

    @Override
    public String rowWithoutModel() {
        return row;
    }

    @Override
    public void end() throws MalformedException {
        if (body.found.model != null) {
            throw MalformedException.value("model", "no model for a container");
        }
        body.found.choices = 0;
        body.found.mayBill(row, Unit.CONTAINER_MINUTES, Containers.SESSION_MINUTES);
    }
}
