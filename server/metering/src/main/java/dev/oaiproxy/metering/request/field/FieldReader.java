package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;

/** The members of a body that one meter looks at, beside those that all have. */
public interface FieldReader {
    /** Reads a member on whose value the parser stands; false when it is none of these. */
    boolean read(String name) throws IOException;

    /** Completes the facts when the whole body has been read. */
    default void end() throws MalformedException {}

    /** The row of the price book where the body names no model. */
    default String rowWithoutModel() throws MalformedException {
        throw MalformedException.missing("model");
    }
}
