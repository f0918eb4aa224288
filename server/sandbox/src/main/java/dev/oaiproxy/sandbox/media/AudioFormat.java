package dev.oaiproxy.sandbox.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * OpenAI's audio formats. {@code wav} and {@code pcm} contain real silence; the others have only a
 * file signature and a plausible size.
 */
enum AudioFormat {
    MP3("audio/mpeg", 20_000, "ID3"),
    OPUS("audio/opus", 6_000, "OggS"),
    AAC("audio/aac", 12_000, ""),
    FLAC("audio/flac", 24_000, "fLaC"),
    WAV("audio/wav", 48_000, "RIFF"),
    PCM("audio/pcm", 48_000, "");

    private static final int RATE = 24_000;
    private static final int BYTES_A_SAMPLE = 2;
    private static final int HEADER = 44;
    private static final int FMT_BYTES = 16;
    private static final int BYTE_RATE_AT = 28;
    private static final long MILLIS = 1000;

    private final String contentType;
    private final int bytesPerSecond;
    private final String magic;

    AudioFormat(String contentType, int bytesPerSecond, String magic) {
        this.contentType = contentType;
        this.bytesPerSecond = bytesPerSecond;
        this.magic = magic;
    }

    static Optional<AudioFormat> named(String name) {
        return Arrays.stream(values())
                .filter(sound -> sound.name().equalsIgnoreCase(name))
                .findAny();
    }

    String contentType() {
        return contentType;
    }

    byte[] silence(Duration length) {
        int size = Math.toIntExact(length.toMillis() * bytesPerSecond / MILLIS / 2 * 2);
        if (this == WAV) {
            return wav(size);
        }
        return Arrays.copyOf(ascii(magic), Math.max(size, magic.length()));
    }

    private static byte[] wav(int size) {
        return ByteBuffer.allocate(HEADER + size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(ascii(WAV.magic))
                .putInt(HEADER - 8 + size)
                .put(ascii("WAVEfmt "))
                .putInt(FMT_BYTES)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(RATE)
                .putInt(RATE * BYTES_A_SAMPLE)
                .putShort((short) BYTES_A_SAMPLE)
                .putShort((short) (BYTES_A_SAMPLE * Byte.SIZE))
                .put(ascii("data"))
                .putInt(size)
                .array();
    }

    /**
     * The length of a WAV file that begins with its format chunk, as usual; empty for other files.
     */
    static Optional<Duration> lengthOfWav(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < HEADER || !Arrays.equals(file, 0, 4, ascii(WAV.magic), 0, 4)) {
            return Optional.empty();
        }
        int byteRate = bytes.getInt(BYTE_RATE_AT);
        return byteRate <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis((file.length - HEADER) * MILLIS / byteRate));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
