package dev.oaiproxy.metering.request.field;

import java.io.IOException;

/** {@code POST /conversations} and additions to one: free, but the items may bring tools. */
public record ConversationFields(BodyReader body) implements FieldReader {
    @Override
    public boolean read(String name) throws IOException {
        if (!name.equals("items")) {
            return false;
        }
        new InputItems(body, body.once(name)).read();
        return true;
    }

    @Override
    public String rowWithoutModel() {
        return "conversation";
    }
}
