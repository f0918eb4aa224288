package dev.oaiproxy.metering.recording;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The content of an MP4 box.
 *
 * @param from the offset of its first byte
 * @param to the offset after its last byte
 */
record Mp4Box(AudioBytes in, int from, int to) {
    private static final int HEAD_BYTES = 8;
    private static final int WIDE_HEAD_BYTES = 16;
    private static final int MOST = 64;

    int length() {
        return to - from;
    }

    int fileBytes() {
        return in.length();
    }

    int u8(int at) {
        return in.u8(inside(at, 1));
    }

    int u16(int at) {
        return in.u16(inside(at, 2));
    }

    long u32(int at) {
        return in.u32(inside(at, 4));
    }

    long u64(int at) {
        return in.u64(inside(at, 8));
    }

    boolean says(int at, String text) {
        return in.says(inside(at, text.length()), text);
    }

    private int inside(int at, int count) {
        if (at + count > length()) {
            throw new IndexOutOfBoundsException(at);
        }
        return from + at;
    }

    Mp4Box from(int at) {
        return new Mp4Box(in, inside(at, 0), to);
    }

    /** The only child box of a type; empty if there are none or several. */
    Optional<Mp4Box> only(String type) {
        List<Mp4Box> all = all(type);
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    /** The child boxes of a type, without those of nested boxes. */
    List<Mp4Box> all(String type) {
        List<Mp4Box> all = new ArrayList<>();
        int at = from;
        while (at + HEAD_BYTES <= to) {
            long size = in.u32(at);
            int head = size == 1 ? WIDE_HEAD_BYTES : HEAD_BYTES;
            long whole = size == 1 ? in.u64(at + HEAD_BYTES) : size == 0 ? to - at : size;
            if (whole < head || whole > to - at || all.size() == MOST) {
                throw new IndexOutOfBoundsException(at);
            }
            if (in.says(at + 4, type)) {
                all.add(new Mp4Box(in, at + head, at + (int) whole));
            }
            at += (int) whole;
        }
        return all;
    }
}
