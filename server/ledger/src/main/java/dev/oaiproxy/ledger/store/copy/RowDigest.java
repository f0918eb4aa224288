package dev.oaiproxy.ledger.store.copy;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;

/** The sum of the digests of rows, which does not depend on their order. */
public final class RowDigest {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);

    private final MessageDigest digest;
    private BigInteger sum = BigInteger.ZERO;
    private long rows;

    public RowDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }

    public void add(Object[] row) {
        for (Object value : row) {
            byte[] bytes =
                    value instanceof byte[] blob
                            ? blob
                            : String.valueOf(value).getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            digest.update(bytes);
        }
        sum = sum.add(new BigInteger(1, digest.digest())).mod(MODULUS);
        rows++;
    }

    long rows() {
        return rows;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowDigest that && rows == that.rows && sum.equals(that.sum);
    }

    @Override
    public int hashCode() {
        return Objects.hash(rows, sum);
    }

    @Override
    public String toString() {
        return rows + " rows, " + sum.toString(16);
    }
}
