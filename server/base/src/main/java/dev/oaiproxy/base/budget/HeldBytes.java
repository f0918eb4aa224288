package dev.oaiproxy.base.budget;

import dev.oaiproxy.base.budget.ByteBudget.Use;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that grow as they come, each piece of memory taken from a lease before it is made. They are
 * kept in pieces, so that growing copies nothing. Not for several threads.
 */
public final class HeldBytes {
    private static final int SMALLEST_PIECE = 1 << 10;
    private static final int LARGEST_PIECE = 64 << 10;

    /** So much of an announced size must have come before memory for the rest is taken. */
    private static final int PART_BEFORE_WHOLE = 4;

    private final Lease lease;
    private final Use use;
    private final int expected;
    private final List<byte[]> pieces = new ArrayList<>();
    private int size;

    /** Bytes left in the last piece. */
    private int room;

    public HeldBytes(Lease lease, Use use) {
        this(lease, use, 0);
    }

    /**
     * @param expected the number of bytes that are announced, or 0; the memory of all is made only
     *     when a good part of them has come
     */
    public HeldBytes(Lease lease, Use use, int expected) {
        this.lease = lease;
        this.use = use;
        this.expected = expected;
    }

    /** The number of bytes. */
    public int size() {
        return size;
    }

    /**
     * Adds bytes; false when they do not fit into the budget. Then none of them are there, or only
     * some where they are more than one piece.
     */
    public boolean add(byte[] bytes, int from, int count) {
        int before = pieces.size();
        int at = from;
        int left = count;
        while (left > 0) {
            if (room == 0 && !grow(left)) {
                takeBack(pieces.size() == before ? at - from : 0);
                return false;
            }
            byte[] piece = pieces.getLast();
            int part = Math.min(left, room);
            System.arraycopy(bytes, at, piece, piece.length - room, part);
            at += part;
            left -= part;
            room -= part;
            size += part;
        }
        return true;
    }

    private void takeBack(int added) {
        size -= added;
        room += added;
    }

    private boolean grow(int wanted) {
        if (expected > size && size > 0 && size >= expected / PART_BEFORE_WHOLE) {
            return becomeWhole();
        }
        int usual = Math.clamp(Math.max(size, wanted), SMALLEST_PIECE, LARGEST_PIECE);
        return addPiece(expected > size ? Math.min(usual, expected - size) : usual);
    }

    private boolean addPiece(int length) {
        if (!lease.take(use, length)) {
            return false;
        }
        pieces.add(new byte[length]);
        room = length;
        return true;
    }

    private boolean becomeWhole() {
        if (!lease.take(use, expected)) {
            return false;
        }
        byte[] whole = new byte[expected];
        copyTo(whole);
        release();
        pieces.add(whole);
        room = expected - size;
        return true;
    }

    /** Gives back the memory of the pieces; the size stays. */
    private void release() {
        long memory = 0;
        for (byte[] piece : pieces) {
            memory += piece.length;
        }
        pieces.clear();
        lease.give(memory);
    }

    /**
     * All bytes in one array of just their size, which stays on the lease; nothing is left here.
     *
     * @return null when it does not fit into the budget
     */
    public byte @Nullable [] take() {
        byte[] whole;
        if (pieces.size() == 1 && room == 0) {
            whole = pieces.getFirst();
            pieces.clear();
        } else if (lease.take(use, size)) {
            whole = new byte[size];
            copyTo(whole);
            release();
        } else {
            return null;
        }
        size = 0;
        room = 0;
        return whole;
    }

    /**
     * The same, where it must fit.
     *
     * @throws NoRoomException when it does not
     */
    public byte[] demand() {
        byte[] whole = take();
        if (whole == null) {
            throw new NoRoomException();
        }
        return whole;
    }

    private void copyTo(byte[] whole) {
        int at = 0;
        for (ByteBuffer piece : view()) {
            int part = piece.remaining();
            piece.get(whole, at, part);
            at += part;
        }
    }

    /** All bytes in order, in pieces whose memory stays on the lease until they are dropped. */
    public List<ByteBuffer> view() {
        List<ByteBuffer> views = new ArrayList<>(pieces.size());
        int left = size;
        for (byte[] piece : pieces) {
            int part = Math.min(piece.length, left);
            views.add(ByteBuffer.wrap(piece, 0, part));
            left -= part;
        }
        return views;
    }

    /** Reads all bytes in order, while they stay here. */
    public InputStream stream() {
        return new SequenceInputStream(
                Collections.enumeration(
                        view().stream()
                                .map(
                                        piece ->
                                                new ByteArrayInputStream(
                                                        piece.array(),
                                                        piece.arrayOffset(),
                                                        piece.remaining()))
                                .toList()));
    }

    /** Writes all bytes. */
    public void writeTo(OutputStream out) throws IOException {
        for (ByteBuffer piece : view()) {
            out.write(piece.array(), piece.arrayOffset(), piece.remaining());
        }
    }

    /** Forgets all bytes and gives their memory back. */
    public void drop() {
        release();
        size = 0;
        room = 0;
    }
}
