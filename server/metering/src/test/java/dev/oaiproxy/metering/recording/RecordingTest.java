package dev.oaiproxy.metering.recording;

import static dev.oaiproxy.metering.recording.Recordings.join;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Measures recordings by their content, not by their headers. */
@Tag("fast")
final class RecordingTest {
    private static long seconds(byte[] file) {
        long plain = Recording.seconds(AudioBytes.of(file, 0, file.length));
        byte[] text = Base64.getEncoder().encode(file);
        assertThat(Recording.seconds(AudioBytes.ofBase64(text, 0, text.length).orElseThrow()))
                .isEqualTo(plain);
        return plain;
    }

    /** Asserts that a bound holds, and is at most two seconds too high. */
    private static void assertClose(byte[] file, double there) {
        assertThat((double) seconds(file)).isBetween(there, there + 2);
    }

    @Test
    void readsWhatIsThereInEachFormat() {
        assertClose(Recordings.wav(24_000, 48_000, 48_000 * 600), 600);
        assertClose(Recordings.mp3(20_000), 20_000 * Recordings.MP3_FRAME_SECONDS);
        assertClose(Recordings.flac(70, 70 << 16), 70 * 65_536 / 8_000.0);
        assertClose(Recordings.ogg(10_000, 28_800_000), 600);
        assertClose(Recordings.mp4(25_000, 1024), 25_000 * 1024 / 44_100.0);
        assertClose(Recordings.webm(10_000, 600_000), 600);
    }

    @Test
    void believesNoHeadThatTellsLess() {
        assertThat(seconds(Recordings.wav(1, 48_000, 48_000))).isGreaterThanOrEqualTo(24_000);
        assertThat(seconds(Recordings.wav(24_000, 1, 48_000))).isGreaterThanOrEqualTo(48_000);
        assertThat(seconds(Recordings.flac(70, 8))).isGreaterThanOrEqualTo(573);
        assertThat(seconds(Recordings.ogg(10_000, 48))).isGreaterThanOrEqualTo(600);
        assertThat(seconds(Recordings.mp4(25_000, 1))).isGreaterThanOrEqualTo(580);
        assertThat(seconds(Recordings.webm(10_000, 1))).isGreaterThanOrEqualTo(600);
        byte[] mp3 = Recordings.mp3(20_000);
        // A tag that claims three frames.
        System.arraycopy(
                "Info\0\0\0\1\0\0\0\3".getBytes(StandardCharsets.ISO_8859_1), 0, mp3, 41, 12);
        assertClose(mp3, 20_000 * Recordings.MP3_FRAME_SECONDS);
    }

    @Test
    void followsAHeadThatTellsMoreUpToWhatTheSizeCanHold() {
        byte[] told = Recordings.mp4(25_000, 4096);
        assertThat(seconds(told)).isEqualTo(1 + (long) Math.ceil(told.length / 250.0));
    }

    @Test
    void takesAStreamForAsLongAsItIsWhateverItsHeadLeavesOpen() {
        byte[] open = Recordings.wav(24_000, 48_000, 48_000 * 10);
        Arrays.fill(open, 40, 44, (byte) 0xFF);
        assertClose(open, 10);
    }

    @Test
    void boundsByItsSizeWhatItDoesNotKnow() {
        assertThat(seconds(new byte[250_000])).isEqualTo(1_001);
        assertThat(seconds(new byte[0])).isEqualTo(1);
        byte[] cut = Recordings.mp4(25_000, 1024);
        byte[] half = Arrays.copyOf(cut, cut.length - 400);
        assertThat(seconds(half)).isEqualTo(1 + (long) Math.ceil(half.length / 250.0));
    }

    /** A decoder searches for frames behind a gap, and may find others than this reader. */
    @Test
    void boundsByItsSizeWhatStandsBehindAGap() {
        byte[] sound = Recordings.mp3(1_000);
        byte[] twice = join(sound, new byte[1], sound);
        long half = (long) (1_000 * Recordings.MP3_FRAME_SECONDS);
        assertThat(seconds(twice)).isGreaterThanOrEqualTo(half + sound.length / 250);
        byte[] silence = Recordings.ogg(1_000, 0);
        assertThat(seconds(join(silence, new byte[1], silence)))
                .isGreaterThanOrEqualTo(60 + silence.length * 60 / 1_000);
    }

    @Test
    void countsEachOfTheStreamsThatFollowOneAnother() {
        byte[] one = Recordings.ogg(1_000, 0);
        assertClose(join(one, one, one), 180.5);
    }

    @Test
    void hasNoBytesOfWhatIsNoBase64() {
        byte[] text = "UklG\nRg==".getBytes(StandardCharsets.UTF_8);
        assertThat(AudioBytes.ofBase64(text, 0, text.length)).isEmpty();
    }

    /** Any bytes have a length, and measuring reads each byte at most once. */
    @Test
    void readsAnyBytes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<byte[]> files =
                List.of(
                        Recordings.wav(8_000, 16_000, 4_000),
                        Recordings.mp3(20),
                        Recordings.flac(20, 0),
                        Recordings.ogg(400, 0),
                        Recordings.mp4(30, 1024),
                        Recordings.webm(200, 0),
                        new byte[3_000]);
        for (int i = 0; i < 20_000; i++) {
            byte[] file = files.get(random.nextInt(files.size())).clone();
            int changes = random.nextInt(12);
            int within = random.nextBoolean() ? 120 : file.length;
            for (int j = 0; j < changes; j++) {
                file[random.nextInt(within)] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(file, file.length - random.nextInt(file.length) / 3);
            assertThat(seconds(cut)).as("seed %s, round %s", seed, i).isPositive();
        }
    }
}
