package dev.oaiproxy.metering.request.json;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Ends the parsing of a body; {@code RequestScanner} turns it into a value. */
public final class MalformedException extends IOException {
    private static final long serialVersionUID = 1;

    private final String message;
    private final @Nullable String param;

    public MalformedException(String message, @Nullable String param) {
        super(message);
        this.message = message;
        this.param = param;
    }

    public static MalformedException type(String param, String expected, String got) {
        return new MalformedException(
                "Invalid type for '%s': expected %s, but got %s instead."
                        .formatted(param, expected, got),
                param);
    }

    public static MalformedException value(String param, String expected) {
        return new MalformedException(
                "Invalid '%s': expected %s.".formatted(param, expected), param);
    }

    public static MalformedException twice(String param) {
        return new MalformedException("Duplicate parameter: '" + param + "'.", param);
    }

    public static MalformedException missing(String param) {
        return new MalformedException("Missing required parameter: '" + param + "'.", param);
    }

    public String message() {
        return message;
    }

    public @Nullable String param() {
        return param;
    }
}
