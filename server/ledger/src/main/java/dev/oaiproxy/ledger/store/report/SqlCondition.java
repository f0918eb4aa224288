package dev.oaiproxy.ledger.store.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conditions of a query with optional filters, and their arguments. */
final class SqlCondition {
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> arguments = new ArrayList<>();

    /** Adds a condition with one parameter, unless there is nothing to compare with. */
    SqlCondition and(String condition, @Nullable Object argument) {
        if (argument != null) {
            conditions.add(condition);
            arguments.add(argument);
        }
        return this;
    }

    /** {@code WHERE a AND b}, or nothing. */
    String sql() {
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    List<Object> arguments() {
        return arguments;
    }

    Object[] argumentsWith(Object last) {
        List<Object> all = new ArrayList<>(arguments);
        all.add(last);
        return all.toArray();
    }
}
