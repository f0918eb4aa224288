package dev.oaiproxy.api;

import java.util.Map;
import java.util.Optional;

/**
 * Tries the database that the variables of a {@code .env} name, found through {@link
 * java.util.ServiceLoader}, so that a set-up without a running server can be checked too.
 */
public interface DatabaseCheck {
    /**
     * Connects once, and leaves nothing behind.
     *
     * @param variables {@code DB_OPTION}, {@code DB_TYPE} and the others, by name
     * @return what is wrong, in one line without secrets, or empty when it works
     */
    Optional<String> problem(Map<String, String> variables);
}
