package dev.oaiproxy.server.catalogue;

import dev.oaiproxy.server.usage.Unit;

/** What a call may be billed for beside the tokens of its model. */
public sealed interface Extra {
    /** The row of the price book that it falls under. */
    String row();

    /**
     * So much of a unit.
     *
     * @param most the largest quantity that the request can reach
     */
    record Units(String row, Unit unit, long most) implements Extra {}

    /**
     * A whole run of another model, its largest input and its largest output.
     *
     * @param moreOutput tokens of output beyond the model's own limit
     */
    record Run(String row, long moreOutput) implements Extra {}
}
