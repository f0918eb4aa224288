package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.ContainerBillingRules;
import dev.oaiproxy.metering.request.facts.StorageBillingRules;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;

/** Operations that run no model. One row of the price book has the unit of their bill. */
public final class NoModelFields implements FieldReader {
    private static final int LONGEST_SIZE = 8;
    private final BodyReader body;
    private final String subject;
    private final Unit unit;
    private final long most;
    private String row;

    private NoModelFields(BodyReader body, String subject, String row, Unit unit, long most) {
        this.body = body;
        this.subject = subject;
        this.row = row;
        this.unit = unit;
        this.most = most;
    }

    /** {@code POST /vector_stores/{id}/search}: one search, whatever the request. */
    public static NoModelFields search(BodyReader body) {
        return new NoModelFields(body, "a search", "tool:file_search", Unit.FILE_SEARCH, 1);
    }

    /**
     * Vector stores and additions to them, which are charged while OpenAI keeps them. The quota
     * must have room for a gigabyte for an hour, so that nobody adds to a store that cannot be
     * paid.
     */
    public static NoModelFields storage(BodyReader body) {
        return new NoModelFields(
                body,
                "a vector store",
                StorageBillingRules.ROW,
                Unit.STORAGE,
                StorageBillingRules.LEAST);
    }

    /** {@code POST /containers}: billed by memory size, one session at a time. */
    public static NoModelFields container(BodyReader body) {
        return new NoModelFields(
                body,
                "a container",
                ContainerBillingRules.row(null),
                Unit.CONTAINER_MINUTES,
                ContainerBillingRules.SESSION_MINUTES);
    }

    @Override
    public boolean read(String name) throws IOException {
        boolean size = unit == Unit.CONTAINER_MINUTES && name.equals("memory_limit");
        if (size) {
            row = ContainerBillingRules.row(body.jsonValues.text(body.once(name), LONGEST_SIZE));
        }
        return size;
    }

    @Override
    public String rowWithoutModel() {
        return row;
    }

    @Override
    public void end() throws MalformedException {
        if (body.facts.model != null) {
            throw MalformedException.value("model", "no model for " + subject);
        }
        body.facts.choices = 0;
        body.facts.mayBill(row, unit, most);
    }
}
