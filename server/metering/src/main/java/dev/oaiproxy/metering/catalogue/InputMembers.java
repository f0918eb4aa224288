package dev.oaiproxy.metering.catalogue;

import java.io.IOException;

/** Operations that are billed by their input alone. */
final class InputMembers implements Members {
    private final BodyReader body;

    InputMembers(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        if (!name.equals("input")) {
            return false;
        }
        body.messages(name);
        return true;
    }

    @Override
    public void end() {
        body.found.choices = 0;
    }
}
