package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.StorageBillingRules;
import dev.oaiproxy.metering.request.json.MalformedException;

/**
 * Vector stores, and what is added to them: charged while they are kept. The call must have room
 * for an hour of a gigabyte, so that nobody adds to what cannot be paid.
 */
public final class StorageFields implements FieldReader {
    private final BodyReader body;

    public StorageFields(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) {
        return false;
    }

    @Override
    public String rowWithoutModel() {
        return StorageBillingRules.ROW;
    }

    @Override
    public void end() throws MalformedException {
        if (body.facts.model != null) {
            throw MalformedException.value("model", "no model for a vector store");
        }
        body.facts.choices = 0;
        body.facts.mayBill(StorageBillingRules.ROW, Unit.STORAGE, StorageBillingRules.LEAST);
    }
}
