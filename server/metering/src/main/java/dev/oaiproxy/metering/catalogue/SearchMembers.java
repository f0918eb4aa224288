package dev.oaiproxy.metering.catalogue;

import dev.oaiproxy.metering.usage.Unit;

/** {@code POST /vector_stores/{id}/search}: one search, whatever is asked for. */
final class SearchMembers implements Members {
    private static final String ROW = "tool:file_search";

    private final BodyReader body;

    SearchMembers(BodyReader body) {
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
        if (body.found.model != null) {
            throw MalformedException.value("model", "no model for a search");
        }
        body.found.choices = 0;
        body.found.mayBill(ROW, Unit.FILE_SEARCH, 1);
    }
}
