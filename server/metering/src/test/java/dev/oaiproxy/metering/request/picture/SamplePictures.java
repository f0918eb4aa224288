package dev.oaiproxy.metering.request.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Images of any size for tests. */
public final class SamplePictures {
    private SamplePictures() {}

    /** The file of an image: png, jpg or gif. */
    public static byte[] file(String format, int width, int height) {
        return file(format, width, height, ImageWriteParam.MODE_DEFAULT);
    }

    /** A progressive JPEG with several scans. */
    public static byte[] progressive(int width, int height) {
        return file("jpg", width, height, ImageWriteParam.MODE_DEFAULT + 1);
    }

    private static byte[] file(String format, int width, int height, int mode) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(format);
        ImageWriter writer = writers.next();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (mode != ImageWriteParam.MODE_DEFAULT) {
                param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            writer.write(null, new IIOImage(image, null, null), param);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** The head of a PNG, which contains its size. */
    public static byte[] png(long width, long height) {
        return new Bytes()
                .text("\u0089PNG\r\n\u001a\n")
                .big(4, 13)
                .text("IHDR")
                .big(4, width)
                .big(4, height)
                .zeros(9)
                .big(4, 0)
                .text("IDAT")
                .zeros(8)
                .get();
    }

    /** The image as a data URL. */
    public static String url(byte[] picture) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(picture);
    }

    /** A growing byte sequence. */
    static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Bytes text(String latin) {
            out.writeBytes(latin.getBytes(ISO_8859_1));
            return this;
        }

        Bytes big(int bytes, long value) {
            for (int i = bytes - 1; i >= 0; i--) {
                out.write((int) (value >> (8 * i)));
            }
            return this;
        }

        Bytes little(int bytes, long value) {
            for (int i = 0; i < bytes; i++) {
                out.write((int) (value >> (8 * i)));
            }
            return this;
        }

        Bytes zeros(int bytes) {
            out.writeBytes(new byte[bytes]);
            return this;
        }

        byte[] get() {
            return out.toByteArray();
        }
    }
}
