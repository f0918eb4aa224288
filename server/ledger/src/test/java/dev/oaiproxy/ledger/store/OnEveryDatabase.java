package dev.oaiproxy.ledger.store;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs a whole class once for each database; its constructor is told which. Such classes take the
 * longest, so they begin before the others, and their methods run side by side.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.oaiproxy.ledger.store.TestDatabase#available")
@Order(1)
@Execution(ExecutionMode.CONCURRENT)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Tag("database")
public @interface OnEveryDatabase {}
