package dev.oaiproxy.metering.request.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.request.picture.Picture.Detail;
import dev.oaiproxy.metering.request.picture.PictureCounts.ByteRange;
import dev.oaiproxy.metering.request.picture.SamplePictures.Bytes;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class PictureHeaderTest {
    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @CsvSource({"png,1,1", "png,1024,768", "jpg,640,481", "jpg,3,5", "gif,300,200", "gif,1,9"})
    void readsTheSizeOfRealFiles(String format, int width, int height) {
        assertThat(read(SamplePictures.file(format, width, height))).isEqualTo(of(width, height));
    }

    @Test
    void readsTheSizeOfJpegsInSeveralScansAndBehindLargeNotes() {
        byte[] plain = SamplePictures.progressive(200, 100);
        assertThat(read(plain)).isEqualTo(of(200, 100));
        Bytes noted = new Bytes().big(2, 0xFFD8);
        for (int i = 0; i < 20; i++) {
            noted.big(2, 0xFFE1).big(2, 65_535).zeros(65_533);
        }
        noted.text(new String(plain, 2, plain.length - 2, ISO_8859_1));
        assertThat(read(noted.get())).isEqualTo(of(200, 100));
    }

    @Test
    void readsTheSizeOfEachKindOfWebp() {
        assertThat(read(lossy(16, 30, true))).isEqualTo(of(16, 30));
        assertThat(read(lossless(16_384, 1))).isEqualTo(of(16_384, 1));
        assertThat(read(extended(0x10, 4_000, 3_000))).isEqualTo(of(4_000, 3_000));
    }

    @Test
    void knowsNoSizeOfWebpsThatMoveOrAreOdd() {
        assertUnknown(extended(0x02, 4_000, 3_000));
        assertUnknown(extended(0x00, 70_000, 3_000));
        assertUnknown(lossy(16, 30, false));
        assertUnknown(webp("ALPH").zeros(20).get());
        assertUnknown(webp("VP8L").text("x").zeros(20).get());
    }

    @ParameterizedTest
    @CsvSource({"0,5", "5,0", "65536,5", "5,4294967295", "2147483648,2147483648"})
    void knowsNoSizeThatNoPictureHas(long width, long height) {
        assertUnknown(SamplePictures.png(width, height));
    }

    @Test
    void knowsNoSizeWhereTwoAreTold() {
        byte[] png = SamplePictures.png(5, 5);
        byte[] other = new Bytes().big(4, 13).text("IHDR").big(4, 999).big(4, 999).zeros(9).get();
        assertUnknown(inserted(png, 33, other));
        byte[] jpeg = SamplePictures.file("jpg", 8, 8);
        byte[] frame =
                new Bytes().big(2, 0xFFC0).big(2, 8).big(1, 8).big(4, 0x100010).zeros(1).get();
        assertUnknown(inserted(jpeg, 2, frame));
        byte[] gif = SamplePictures.file("gif", 8, 8);
        assertUnknown(inserted(gif, gif.length - 1, gifFrame(0, 9, 9)));
    }

    @Test
    void takesTheFrameOfAGifThatIsLargerThanItsScreen() {
        Bytes small = new Bytes().text("GIF89a").little(2, 1).little(2, 1).zeros(3);
        small.text(new String(gifFrame(10, 5_000, 4_000), ISO_8859_1)).text(";");
        assertThat(read(small.get())).isEqualTo(of(5_010, 4_000));
    }

    @Test
    void knowsNoSizeOfWhatIsCutOff() {
        for (String format : new String[] {"png", "jpg", "gif"}) {
            byte[] file = SamplePictures.file(format, 30, 20);
            for (int length = 0; length < 20; length++) {
                assertUnknown(Arrays.copyOf(file, length));
            }
        }
        byte[] gif = SamplePictures.file("gif", 30, 20);
        assertUnknown(Arrays.copyOf(gif, gif.length - 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data:image/png;base64, %s",
                "data:image/png;base64,\\n%s",
                "data:image/png;base64,\\u0069%s",
                "data:image/png;charset=x;base64,%s",
                "data:image/png,%s",
                "Data:image/png;base64,%s",
                "https://example.com/%s",
                "%s"
            })
    void knowsNoSizeInAnOddString(String string) {
        String url = string.formatted(base64(SamplePictures.png(5, 5)));
        assertThat(read(url).isMeasured()).isFalse();
    }

    @Test
    void readsEscapedSlashesAndNoOtherEscapes() {
        byte[] jpeg = SamplePictures.file("jpg", 70, 50);
        String url = "data:image/jpeg;base64," + base64(jpeg);
        assertThat(url).contains(",/9j/");
        assertThat(read(url.replace("/", "\\/"))).isEqualTo(of(70, 50));
        assertThat(read(url.replace("/9j/", "\\u002f9j/")).isMeasured()).isFalse();
        assertThat(read(url.replace("/9j/", "_9j_")).isMeasured()).isFalse();
    }

    @Test
    void endsOnWhateverItIsGiven() {
        long seed = System.nanoTime();
        System.out.println("PictureHeaderTest seed " + seed);
        Random random = new Random(seed);
        String[] formats = {"png", "jpg", "gif"};
        for (int round = 0; round < ROUNDS; round++) {
            byte[] file = SamplePictures.file(formats[round % 3], 9, 7);
            for (int i = random.nextInt(8); i >= 0; i--) {
                file[random.nextInt(Math.min(file.length, 700))] = (byte) random.nextInt();
            }
            Picture picture = read(Arrays.copyOf(file, random.nextInt(file.length + 1)));
            assertThat(picture.width()).as("seed %d", seed).isBetween(0, 65_535);
            assertThat(picture.height()).as("seed %d", seed).isBetween(0, 65_535);
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            read(new String(noise, ISO_8859_1));
        }
    }

    private static byte[] inserted(byte[] file, int at, byte[] more) {
        return new Bytes()
                .text(new String(file, 0, at, ISO_8859_1))
                .text(new String(more, ISO_8859_1))
                .text(new String(file, at, file.length - at, ISO_8859_1))
                .get();
    }

    private static byte[] gifFrame(int left, int width, int height) {
        return new Bytes()
                .text(",")
                .little(2, left)
                .little(2, 0)
                .little(2, width)
                .little(2, height)
                .zeros(1)
                .big(1, 8)
                .big(1, 2)
                .zeros(3)
                .get();
    }

    private static Bytes webp(String chunk) {
        return new Bytes().text("RIFF").zeros(4).text("WEBP").text(chunk).zeros(4);
    }

    private static byte[] lossy(int width, int height, boolean started) {
        return webp("VP8 ")
                .zeros(3)
                .big(3, started ? 0x9D012A : 0)
                .little(2, width)
                .little(2, height)
                .get();
    }

    private static byte[] lossless(int width, int height) {
        return webp("VP8L").big(1, 0x2F).little(4, (width - 1) | ((long) (height - 1) << 14)).get();
    }

    private static byte[] extended(int flags, int width, int height) {
        return webp("VP8X").big(1, flags).zeros(3).little(3, width - 1).little(3, height - 1).get();
    }

    private static void assertUnknown(byte[] file) {
        assertThat(read(file)).isEqualTo(of(0, 0));
    }

    private static Picture of(int width, int height) {
        return new Picture(width, height, Detail.AUTO);
    }

    private static Picture read(byte[] file) {
        return read(SamplePictures.url(file));
    }

    private static Picture read(String url) {
        byte[] json = url.getBytes(ISO_8859_1);
        return PictureHeader.read(
                new PictureBytes(json, new ByteRange(0, json.length)), Detail.AUTO);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
