package dev.oaiproxy.metering.catalogue;

import dev.oaiproxy.metering.usage.Unit;

/**
 * Vector stores, and what is added to them: charged while they are kept. The call must have room
 * for an hour of a gigabyte, so that nobody adds to what cannot be paid.
 */
final class StorageMembers implements Members {
    private final BodyReader body;

    StorageMembers(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) {
        return false;
    }

    @Override
    public String rowWithoutModel() {
        return Storage.ROW;
    }

    @Override
    public void end() throws MalformedException {
        if (body.found.model != null) {
            throw MalformedException.value("model", "no model for a vector store");
        }
        body.found.choices = 0;
        body.found.mayBill(Storage.ROW, Unit.STORAGE, Storage.LEAST);
    }
}
