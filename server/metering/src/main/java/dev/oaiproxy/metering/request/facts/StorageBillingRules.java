package dev.oaiproxy.metering.request.facts;

import java.math.BigInteger;
import java.time.Duration;

/** The billing rules of vector stores, which OpenAI bills by size while it keeps them. */
public final class StorageBillingRules {
    public static final String ROW = "tool:file_search_storage";

    /**
     * The storage that a user must be able to pay before adding to a vector store: one gigabyte for
     * an hour.
     */
    public static final long LEAST = quantity(1L << 30, Duration.ofHours(1));

    private StorageBillingRules() {}

    /**
     * Millionths of a gigabyte-day, rounded up.
     *
     * @throws ArithmeticException if it is out of range
     */
    public static long quantity(long bytes, Duration time) {
        BigInteger day = BigInteger.valueOf(Duration.ofDays(1).toMillis()).shiftLeft(30);
        return BigInteger.valueOf(bytes)
                .multiply(BigInteger.valueOf(time.toMillis()))
                .multiply(BigInteger.valueOf(1_000_000))
                .add(day)
                .subtract(BigInteger.ONE)
                .divide(day)
                .longValueExact();
    }
}
