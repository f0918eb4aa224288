package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.ContainerBillingRules;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;

/** {@code POST /containers}: billed by the size of its memory, for a session at a time. */
public final class ContainerFields implements FieldReader {
    private static final int LONGEST_SIZE = 8;

    private final BodyReader body;
    private String row = ContainerBillingRules.row(null);

    public ContainerFields(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        if (!name.equals("memory_limit")) {
            return false;
        }
        row = ContainerBillingRules.row(body.jsonValues.text(body.once(name), LONGEST_SIZE));
        return true;
    }

    @Override
    public String rowWithoutModel() {
        return row;
    }

    @Override
    public void end() throws MalformedException {
        if (body.facts.model != null) {
            throw MalformedException.value("model", "no model for a container");
        }
        body.facts.choices = 0;
        body.facts.mayBill(row, Unit.CONTAINER_MINUTES, ContainerBillingRules.SESSION_MINUTES);
    }
}
