package dev.oaiproxy.metering.recording;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The content of a box of MP4.
 *
 * @param from where it begins
 * @param to where it ends
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

    /** The one box of that type inside of it. */
    Optional<Mp4Box> only(String type) {
        List<Mp4Box> all = all(type);
        return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
    }

    /** The boxes of that type inside of it, but not those inside of others. */
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
