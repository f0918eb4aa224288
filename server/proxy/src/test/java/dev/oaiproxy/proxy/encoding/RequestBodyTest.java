package dev.oaiproxy.proxy.encoding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.oaiproxy.base.budget.ByteBudget;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.proxy.encoding.RequestBody.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding of bodies with a {@code Content-Encoding}, and its limits. */
@Tag("fast")
final class RequestBodyTest {
    private static final int MOST = 1 << 20;
    private static final byte[] TEXT = "{\"model\":\"gpt-4o\"} ".repeat(500).getBytes(UTF_8);

    private final ByteBudget budget = new ByteBudget(64L << 20);

    @AfterEach
    void nothingIsHeld() {
        assertThat(budget.used()).isZero();
    }

    private Result read(byte[] body, String... contentEncoding) {
        try (Lease lease = budget.lease()) {
            return new RequestBody(lease, Use.REQUEST, MOST)
                    .read(new ByteArrayInputStream(body), body.length, List.of(contentEncoding));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertWhole(byte[] expected, Result result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        Result.Whole.class, whole -> assertThat(whole.bytes()).isEqualTo(expected));
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] plain, Deflater deflater) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, deflater)) {
            deflated.write(plain);
        } catch (IOException e) {
            throw new AssertionError(e);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    private static byte[] zlib(byte[] plain) {
        return deflate(plain, new Deflater());
    }

    private static byte[] zstd(byte[] plain) {
        return Zstd.compress(plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "IDENTITY", " , ", "identity, identity"})
    void takesABodyWithoutCodingAsItIs(String header) {
        assertWhole(TEXT, read(TEXT, header));
        assertWhole(TEXT, read(TEXT));
    }

    @Test
    void undoesEachCoding() {
        assertWhole(TEXT, read(gzip(TEXT), "gzip"));
        assertWhole(TEXT, read(gzip(TEXT), "X-GZip"));
        assertWhole(TEXT, read(zlib(TEXT), "deflate"));
        assertWhole(TEXT, read(deflate(TEXT, new Deflater(9, true)), "Deflate"));
        assertWhole(TEXT, read(zstd(TEXT), "zstd"));
        assertWhole(TEXT, read(zstd(TEXT), "ZSTD, identity"));
    }

    @Test
    void undoesSeveralCodingsInTheirOrder() {
        assertWhole(TEXT, read(zstd(gzip(TEXT)), "gzip, zstd"));
        assertWhole(TEXT, read(zstd(gzip(TEXT)), "gzip", "zstd"));
        assertWhole(TEXT, read(gzip(zlib(gzip(zstd(TEXT)))), "zstd,gzip,identity,deflate,gzip"));
        assertThat(read(zstd(gzip(TEXT)), "zstd, gzip"))
                .isEqualTo(new Result.Damaged("zstd, gzip"));
    }

    @Test
    void takesAStreamOfZstdThatNamesNoSize() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out)) {
            zstd.write(TEXT);
            zstd.flush();
            zstd.write(TEXT);
        }
        byte[] both = Arrays.copyOf(TEXT, 2 * TEXT.length);
        System.arraycopy(TEXT, 0, both, TEXT.length, TEXT.length);
        assertWhole(both, read(out.toByteArray(), "zstd"));
    }

    @Test
    void takesSeveralMembersOfGzip() {
        byte[] member = gzip(TEXT);
        byte[] twice = Arrays.copyOf(member, 2 * member.length);
        System.arraycopy(member, 0, twice, member.length, member.length);
        assertThat(((Result.Whole) read(twice, "gzip")).bytes()).hasSize(2 * TEXT.length);
    }

    @Test
    void takesAnEmptyBodyForEmpty() {
        assertWhole(new byte[0], read(new byte[0], "gzip"));
        assertWhole(new byte[0], read(gzip(new byte[0]), "gzip"));
        assertWhole(new byte[0], read(zstd(new byte[0]), "zstd"));
    }

    @ParameterizedTest
    @CsvSource({"br, br", "'gzip, br', br", "compress, compress", "aws-chunked, aws-chunked"})
    void refusesACodingThatItDoesNotKnow(String header, String unknown) {
        assertThat(read(TEXT, header)).isEqualTo(new Result.UnknownCoding(unknown));
    }

    @Test
    void refusesMoreCodingsThanAnyClientApplies() {
        assertThat(read(TEXT, "gzip, ".repeat(5))).isEqualTo(new Result.UnknownCoding("gzip"));
    }

    @Test
    void saysWhatIsDamaged() {
        for (String coding : List.of("gzip", "deflate", "zstd")) {
            byte[] sound =
                    coding.equals("zstd")
                            ? zstd(TEXT)
                            : coding.equals("gzip") ? gzip(TEXT) : zlib(TEXT);
            assertThat(read(TEXT, coding)).isEqualTo(new Result.Damaged(coding));
            for (int length : new int[] {1, 3, sound.length / 2, sound.length - 1}) {
                assertThat(read(Arrays.copyOf(sound, length), coding))
                        .as("%s cut to %d", coding, length)
                        .isEqualTo(new Result.Damaged(coding));
            }
        }
    }

    @Test
    void survivesBytesThatAreChangedAnywhere() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 600; i++) {
            String coding = List.of("gzip", "deflate", "zstd").get(i % 3);
            byte[] body = i % 3 == 2 ? zstd(TEXT) : i % 3 == 1 ? zlib(TEXT) : gzip(TEXT);
            body[random.nextInt(body.length)] = (byte) random.nextInt();
            assertThat(read(body, coding))
                    .as("seed %d", seed)
                    .isInstanceOfAny(
                            Result.Whole.class, Result.Damaged.class, Result.TooLarge.class);
        }
    }

    @Test
    void refusesBombs() {
        byte[] large = new byte[40 << 20];
        assertThat(read(gzip(large), "gzip")).isEqualTo(new Result.TooLarge());
        assertThat(read(zlib(large), "deflate")).isEqualTo(new Result.TooLarge());
        assertThat(read(zstd(large), "zstd")).isEqualTo(new Result.TooLarge());
        assertThat(read(gzip(gzip(large)), "gzip, gzip")).isEqualTo(new Result.TooLarge());
        // A body that is small at its end but large in between.
        byte[] padded = zstd(TEXT);
        byte[] skipped = new byte[8 + (8 << 20) + padded.length];
        skipped[0] = 0x50;
        skipped[1] = 0x2a;
        skipped[2] = 0x4d;
        skipped[3] = 0x18;
        skipped[6] = (byte) 0x80;
        System.arraycopy(padded, 0, skipped, 8 + (8 << 20), padded.length);
        assertThat(read(gzip(skipped), "zstd, gzip")).isEqualTo(new Result.TooLarge());
    }

    @Test
    void refusesALargerWindowThanEncodersMayUse() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out)) {
            zstd.setLong(27);
            zstd.write(TEXT);
            zstd.flush();
        }
        assertThat(read(out.toByteArray(), "zstd")).isEqualTo(new Result.Damaged("zstd"));
    }

    @Test
    void decodesOnlyWithinTheBudget() throws IOException {
        ByteBudget small = new ByteBudget(20_000);
        byte[] body = gzip(new byte[100_000]);
        try (Lease lease = small.lease()) {
            assertThat(
                            new RequestBody(lease, Use.REQUEST, MOST)
                                    .read(new ByteArrayInputStream(body), 0, List.of("gzip")))
                    .isEqualTo(new Result.NoRoom());
            assertThat(small.used()).isZero();
        }
    }

    @Test
    void keepsNothingButTheDecodedBody() throws IOException {
        byte[] body = gzip(TEXT);
        try (Lease lease = budget.lease()) {
            new RequestBody(lease, Use.REQUEST, MOST)
                    .read(new ByteArrayInputStream(body), body.length, List.of("gzip"));
            assertThat(budget.used()).isEqualTo(TEXT.length);
        }
    }

    @Test
    void tellsABodyThatBreaksOff() {
        try (Lease lease = budget.lease()) {
            RequestBody body = new RequestBody(lease, Use.REQUEST, MOST);
            assertThatThrownBy(
                            () -> body.read(new ByteArrayInputStream(TEXT), MOST, List.of("gzip")))
                    .isInstanceOf(EOFException.class);
        }
    }
}
