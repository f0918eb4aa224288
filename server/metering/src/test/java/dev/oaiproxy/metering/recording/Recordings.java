package dev.oaiproxy.metering.recording;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Recordings of silence in each format, as encoders write them, or with false headers. */
public final class Recordings {
    private static final int MP3_128_KBIT = 0xFFFB_90C4;
    private static final int MP3_FRAME = 417;

    /** Samples of an MP3 frame at 44.1 kHz. */
    static final double MP3_FRAME_SECONDS = 1152 / 44_100.0;

    private Recordings() {}

    /** PCM in 16 bits, mono; the header states this rate. */
    public static byte[] wav(int rate, int bytesASecond, int dataBytes) {
        return little(44 + dataBytes)
                .put(ascii("RIFF"))
                .putInt(36 + dataBytes)
                .put(ascii("WAVEfmt "))
                .putInt(16)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(rate)
                .putInt(bytesASecond)
                .putShort((short) 2)
                .putShort((short) 16)
                .put(ascii("data"))
                .putInt(dataBytes)
                .array();
    }

    /** A tag, then frames at 128 kbit/s and 44.1 kHz. */
    public static byte[] mp3(int frames) {
        return written(
                out -> {
                    out.writeBytes(ascii("ID3\4\0\0\0\0\0\12ten bytes."));
                    for (int i = 0; i < frames; i++) {
                        out.writeBytes(big(MP3_FRAME).putInt(MP3_128_KBIT).array());
                    }
                });
    }

    /** FLAC frames of 65,536 samples in ten bytes, at 8 kHz; the header states this total. */
    public static byte[] flac(int frames, long samplesTold) {
        return written(
                out -> {
                    out.writeBytes(ascii("fLaC\200\0\0\42"));
                    long rate = 8_000L << 44 | 15L << 36;
                    out.writeBytes(big(10).putShort((short) 16).putShort((short) -1).array());
                    out.writeBytes(big(24).putLong(rate | samplesTold).array());
                    for (int i = 0; i < frames; i++) {
                        out.writeBytes(flacFrame());
                    }
                });
    }

    private static byte[] flacFrame() {
        byte[] frame = big(13).putInt(0xFFF8_7408).put((byte) 0).putShort((short) -1).array();
        int sum = 0;
        for (int i = 0; i < 7; i++) {
            sum ^= frame[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                sum = sum >= 0x80 ? (sum << 1 & 0xFF) ^ 7 : sum << 1;
            }
        }
        frame[7] = (byte) sum;
        return frame;
    }

    /** Opus packets of 60 ms, fifty to a page; the last page states this position. */
    public static byte[] ogg(int packets, long granule) {
        byte[] head = big(19).put(ascii("OpusHead\1\1")).array();
        return written(
                out -> {
                    out.writeBytes(page(2, 0, new byte[] {19}, head));
                    byte[] tags = ascii("OpusTags\0\0\0\0\0\0\0\0");
                    out.writeBytes(page(0, 0, new byte[] {16}, tags));
                    for (int i = 0; i < packets; i += 50) {
                        int count = Math.min(50, packets - i);
                        byte[] content = new byte[count * 2];
                        byte[] sizes = new byte[count];
                        for (int j = 0; j < count; j++) {
                            content[2 * j] = 3 << 3;
                            sizes[j] = 2;
                        }
                        out.writeBytes(page(0, granule, sizes, content));
                    }
                });
    }

    private static byte[] page(int flags, long granule, byte[] sizes, byte[] content) {
        byte[] page =
                little(27 + sizes.length + content.length)
                        .put(ascii("OggS\0"))
                        .put((byte) flags)
                        .putLong(granule)
                        .putInt(7)
                        .putInt(0)
                        .putInt(0)
                        .put((byte) sizes.length)
                        .put(sizes)
                        .put(content)
                        .array();
        int sum = 0;
        for (byte octet : page) {
            sum ^= octet << 24;
            for (int bit = 0; bit < 8; bit++) {
                sum = sum < 0 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1;
            }
        }
        ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).putInt(22, sum);
        return page;
    }

    /**
     * AAC at 44.1 kHz, with a time table in which each sample takes this many ticks of 1/44,100 s.
     */
    public static byte[] mp4(int samples, int ticks) {
        byte[] config =
                ascii("\0\0\0\0\3\31\0\1\0\4\21\100\25\0\0\0\0\0\0\0\0\0\0\0\5\2\22\20\6\1\2");
        byte[] entry =
                join(
                        ascii("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\1\0\20\0\0\0\0"),
                        big(4).putInt(44_100 << 16).array(),
                        box("esds", config));
        byte[] table =
                box(
                        "stbl",
                        box("stsd", big(8).putInt(4, 1).array(), box("mp4a", entry)),
                        box(
                                "stts",
                                big(16).putInt(4, 1).putInt(8, samples).putInt(12, ticks).array()),
                        box("stsz", big(12).putInt(4, 10).putInt(8, samples).array()));
        byte[] header = big(24).putInt(12, 44_100).putInt(16, samples * ticks).array();
        byte[] media =
                box(
                        "mdia",
                        box("mdhd", header),
                        box("hdlr", big(24).put(8, ascii("soun")).array()),
                        box("minf", table));
        return join(
                box("ftyp", ascii("M4A \0\0\0\0")),
                box("mdat", new byte[10 * samples]),
                box("moov", box("mvhd", new byte[100]), box("trak", media)));
    }

    /** Opus in blocks of 60 ms; the header states this duration in milliseconds. */
    public static byte[] webm(int blocks, double duration) {
        byte[] track =
                join(
                        element(0xD7, new byte[] {1}),
                        element(0x83, new byte[] {2}),
                        element(0x86, ascii("A_OPUS")));
        return written(
                out -> {
                    out.writeBytes(element(0x1A45_DFA3, element(0x4282, ascii("webm"))));
                    out.writeBytes(big(5).putInt(0x1853_8067).put((byte) -1).array());
                    byte[] length = big(8).putDouble(duration).array();
                    out.writeBytes(element(0x1549_A966, element(0x4489, length)));
                    out.writeBytes(element(0x1654_AE6B, element(0xAE, track)));
                    for (int i = 0; i < blocks; i++) {
                        if (i % 100 == 0) {
                            out.writeBytes(big(5).putInt(0x1F43_B675).put((byte) -1).array());
                            out.writeBytes(element(0xE7, new byte[1]));
                        }
                        out.writeBytes(element(0xA3, ascii("\201\0\0\200\30.")));
                    }
                });
    }

    private static byte[] element(int id, byte[] content) {
        byte[] name = big(4).putInt(id).array();
        int zeros = Integer.numberOfLeadingZeros(id) / 8;
        return written(
                out -> {
                    out.write(name, zeros, 4 - zeros);
                    out.write(0x80 | content.length);
                    out.writeBytes(content);
                });
    }

    private static byte[] box(String type, byte[]... content) {
        byte[] inside = join(content);
        return big(8 + inside.length)
                .putInt(8 + inside.length)
                .put(ascii(type))
                .put(inside)
                .array();
    }

    static byte[] join(byte[]... parts) {
        return written(
                out -> {
                    for (byte[] part : parts) {
                        out.writeBytes(part);
                    }
                });
    }

    private static byte[] written(Consumer<ByteArrayOutputStream> writing) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writing.accept(out);
        return out.toByteArray();
    }

    private static ByteBuffer big(int size) {
        return ByteBuffer.allocate(size);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
