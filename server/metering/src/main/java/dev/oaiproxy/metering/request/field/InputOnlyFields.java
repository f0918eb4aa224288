package dev.oaiproxy.metering.request.field;

import java.io.IOException;

/** Operations that are billed only by their input. */
public record InputOnlyFields(BodyReader body) implements FieldReader {
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
