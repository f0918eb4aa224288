package dev.oaiproxy.metering.recording;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * WebM and Matroska with Opus or Vorbis (RFC 9559). All blocks of sound count. The length is known
 * only if the file can be parsed to its end in exactly one way.
 */
final class WebmFile {
    /** The id of the header that a file begins with. */
    static final long HEADER = 0x1A45_DFA3L;

    private static final int SEGMENT = 0x1853_8067;
    private static final int CLUSTER = 0x1F43_B675;
    private static final int INFO = 0x1549_A966;
    private static final int SCALE = 0x2A_D7B1;
    private static final int DURATION = 0x4489;
    private static final int TRACKS = 0x1654_AE6B;
    private static final int TRACK = 0xAE;
    private static final int NUMBER = 0xD7;
    private static final int TYPE = 0x83;
    private static final int CODEC = 0x86;
    private static final int PRIVATE = 0x63A2;
    private static final int ENCODINGS = 0x6D80;
    private static final int GROUP = 0xA0;
    private static final int BLOCK = 0xA1;
    private static final int SIMPLE_BLOCK = 0xA3;
    private static final int LACING = 0x06;
    private static final long OPEN = -1;
    private static final int DEEPEST = 8;

    private final AudioBytes in;

    /** The duration of a packet of each audio track; 0 if the packets state it. */
    private final Map<Long, Double> packets = new HashMap<>();

    private final Deque<Long> ends = new ArrayDeque<>();
    private Track track;
    private int at;
    private boolean clear = true;
    private double seconds;
    private double scale = 1e-3;
    private double duration;

    WebmFile(AudioBytes in) {
        this.in = in;
        this.track = new Track(in);
    }

    /** The length of the file. A truncated file throws, as in {@link AudioBytes}. */
    Optional<Length> length() {
        ends.push((long) in.length());
        while (at < in.length() && clear) {
            element();
        }
        return clear ? Optional.of(new Length(seconds, duration * scale)) : Optional.empty();
    }

    private void element() {
        while (ends.getFirst() == at && ends.size() > 1) {
            ends.pop();
        }
        int id = (int) marked(4);
        long size = number();
        boolean open = size == OPEN;
        if (open ? id != SEGMENT && id != CLUSTER : at + size > ends.getFirst()) {
            clear = false;
            return;
        }
        switch (id) {
            case SEGMENT, CLUSTER, INFO, TRACKS, TRACK, GROUP -> enter(id, size);
            default -> {
                value(id, (int) size);
                at += (int) size;
            }
        }
    }

    /** Enters an element. One without a size ends with its parent. */
    private void enter(int id, long size) {
        if (id == TRACK) {
            endTrack();
        }
        if (size != OPEN) {
            ends.push(at + size);
            clear &= ends.size() <= DEEPEST;
        }
    }

    private void value(int id, int size) {
        switch (id) {
            case SCALE -> scale = unsigned(size) / 1e9;
            case DURATION ->
                    duration =
                            size == 8
                                    ? Double.longBitsToDouble(in.u64(at))
                                    : Float.intBitsToFloat((int) in.u32(at));
            case NUMBER -> clear &= track.number(unsigned(size));
            case TYPE -> clear &= track.type(unsigned(size));
            case CODEC -> clear &= track.codec(at, size);
            case PRIVATE -> track.prepared = at;
            case ENCODINGS -> clear = false;
            case BLOCK, SIMPLE_BLOCK -> block(size);
            default -> {}
        }
    }

    private void endTrack() {
        if (track.isSound()) {
            clear &= packets.putIfAbsent(track.number, track.packet()) == null;
            clear &= packets.get(track.number) >= 0;
        } else {
            clear &= track.isOther();
        }
        track = new Track(in);
    }

    private void block(int size) {
        if (track.isBegun()) {
            endTrack();
        }
        int begin = at;
        long number = number();
        int content = at + 3;
        int bytes = size - (content - begin);
        clear &= bytes >= 0 && (in.u8(at + 2) & LACING) == 0;
        at = begin;
        Double packet = packets.get(number);
        if (packet != null && clear) {
            int first = bytes > 0 ? in.u8(content) : 0;
            int second = bytes > 1 ? in.u8(content + 1) : 0;
            seconds += packet > 0 ? packet : OpusPacket.seconds(bytes, first, second);
        }
    }

    private long unsigned(int size) {
        long value = 0;
        for (int i = 0; i < Math.min(size, 8); i++) {
            value = value << 8 | in.u8(at + i);
        }
        return value;
    }

    /** Reads a number without the marker of its length, which takes one bit of each byte. */
    private long number() {
        int begin = at;
        long marked = marked(8);
        long ones = (1L << (7 * (at - begin))) - 1;
        long value = marked & ones;
        return value == ones ? OPEN : value;
    }

    /**
     * Reads a number of one to eight bytes. The leading zeros of the first byte give the length.
     */
    private long marked(int longest) {
        long value = in.u8(at);
        int more = Long.numberOfLeadingZeros(value << 56 | 1L << 55);
        clear &= more < longest;
        for (int i = 1; i <= more; i++) {
            value = value << 8 | in.u8(at + i);
        }
        at += 1 + more;
        return value;
    }

    private static final class Track {
        private static final int VIDEO = 1;
        private static final int AUDIO = 2;
        private static final int SUBTITLE = 17;

        private final AudioBytes in;
        private long number = -1;
        private long type = -1;
        private String codec = "";
        private int prepared = -1;

        Track(AudioBytes in) {
            this.in = in;
        }

        boolean number(long said) {
            boolean once = number < 0;
            number = said;
            return once;
        }

        boolean type(long said) {
            boolean once = type < 0;
            type = said;
            return once;
        }

        boolean codec(int at, int size) {
            boolean once = codec.isEmpty();
            for (String known : List.of("A_OPUS", "A_VORBIS")) {
                codec = size == known.length() && in.says(at, known) ? known : codec;
            }
            codec = codec.isEmpty() && size > 2 ? in.says(at, "V_") ? "V" : "?" : codec;
            codec = codec.equals("?") && in.says(at, "S_") ? "S" : codec;
            return once;
        }

        boolean isBegun() {
            return number >= 0 || type >= 0 || !codec.isEmpty();
        }

        boolean isSound() {
            return type == AUDIO;
        }

        boolean isOther() {
            return !isBegun()
                    || (type == VIDEO && codec.equals("V"))
                    || (type == SUBTITLE && codec.equals("S"));
        }

        /** The duration of a packet; negative if it is not known. */
        double packet() {
            return codec.equals("A_OPUS")
                    ? 0
                    : codec.equals("A_VORBIS") && prepared >= 0 ? vorbis() : -1;
        }

        /**
         * The duration of a Vorbis packet. Three headers are stored together; the sizes of the
         * first two come before them.
         */
        private double vorbis() {
            int at = prepared + 1;
            for (int i = 0; i < 2; i++) {
                while (in.u8(at) == 0xFF) {
                    at++;
                }
                at++;
            }
            return VorbisHead.at(in, at).map(VorbisHead::packetSeconds).orElse(-1.0);
        }
    }
}
