package dev.oaiproxy.metering.request.field;

import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;

/** Reads the members of a body that concern one meter, beside those that all bodies have. */
public interface FieldReader {
    /** Reads a member whose value is the current token; false if it does not concern this meter. */
    boolean read(String name) throws IOException;

    /** Completes the facts after the whole body has been read. */
    default void end() throws MalformedException {}

    /** The row of the price book if the body names no model. */
    default String rowWithoutModel() throws MalformedException {
        throw MalformedException.missing("model");
    }
}
