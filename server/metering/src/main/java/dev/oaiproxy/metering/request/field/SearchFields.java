package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.json.MalformedException;

/** {@code POST /vector_stores/{id}/search}: one search, whatever is asked for. */
public final class SearchFields implements FieldReader {
    private static final String ROW = "tool:file_search";

    private final BodyReader body;

    public SearchFields(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) {
        return false;
    }

    @Override
    public String rowWithoutModel() {
        return ROW;
    }

    @Override
    public void end() throws MalformedException {
        if (body.facts.model != null) {
            throw MalformedException.value("model", "no model for a search");
        }
        body.facts.choices = 0;
        body.facts.mayBill(ROW, Unit.FILE_SEARCH, 1);
    }
}
