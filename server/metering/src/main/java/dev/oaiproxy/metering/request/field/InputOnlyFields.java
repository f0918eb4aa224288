package dev.oaiproxy.metering.request.field;

import java.io.IOException;

/** Operations that are billed by their input alone. */
public final class InputOnlyFields implements FieldReader {
    private final BodyReader body;

    public InputOnlyFields(BodyReader body) {
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
        body.facts.choices = 0;
    }
}
