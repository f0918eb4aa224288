package dev.oaiproxy.metering.request.facts;

import java.math.BigInteger;
import java.time.Duration;

/** The billing rules of vector stores: by size, while they are kept. */
public final class StorageBillingRules {
    public static final String ROW = "tool:file_search_storage";

    /** The room of an hour that a user must be able to pay to add anything to a vector store. */
    public static final long LEAST = quantity(1L << 30, Duration.ofHours(1));

    private StorageBillingRules() {}

    /**
     * Millionths of a gigabyte and day, rounded up.
     *
     * @throws ArithmeticException when that is out of range
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
