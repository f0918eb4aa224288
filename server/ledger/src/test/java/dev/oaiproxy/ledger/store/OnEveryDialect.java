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
 * Runs a whole class once for each SQL dialect; its constructor gets the database. For tests of
 * statements, not of locks, transactions or failures of a server; and for very long tests. Their
 * methods run side by side, as with {@link OnEveryDatabase}.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.oaiproxy.ledger.store.TestDatabase#dialects")
@Order(1)
@Execution(ExecutionMode.CONCURRENT)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Tag("database")
public @interface OnEveryDialect {}
