package dev.oaiproxy.metering.catalogue;

import java.io.IOException;

/** {@code POST /conversations} and what is put into one: free, but the items may bring tools. */
final class ItemMembers implements Members {
    private final BodyReader body;

    ItemMembers(BodyReader body) {
        this.body = body;
    }

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
