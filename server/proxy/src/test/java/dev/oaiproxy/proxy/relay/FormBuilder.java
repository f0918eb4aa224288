package dev.oaiproxy.proxy.relay;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A builder of multipart forms. */
public final class FormBuilder {
    public static final String BOUNDARY = "----oaiproxy--7MA4YWxk";
    public static final String TYPE = "multipart/form-data; boundary=" + BOUNDARY;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public FormBuilder field(String name, String value) {
        return raw(
                "Content-Disposition: form-data; name=\"" + name + "\"",
                value.getBytes(StandardCharsets.UTF_8));
    }

    public FormBuilder file(String name, String filename, byte[] content) {
        return raw(
                "Content-Disposition: form-data; name=\"%s\"; filename=\"%s\""
                        .formatted(name, filename),
                content);
    }

    /** A part with any headers; several are separated by line breaks. */
    public FormBuilder raw(String headers, byte[] content) {
        write("--" + BOUNDARY + "\r\n" + headers.replace("\n", "\r\n") + "\r\n\r\n");
        bytes.writeBytes(content);
        write("\r\n");
        return this;
    }

    public byte[] bytes() {
        byte[] end = ("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(bytes.toByteArray());
        whole.writeBytes(end);
        return whole.toByteArray();
    }

    private void write(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Seconds of silence as a WAV file, in 16 bits at 24 kHz. */
    public static byte[] wav(int seconds) {
        int size = seconds * 48_000;
        return ByteBuffer.allocate(44 + size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.US_ASCII))
                .putInt(36 + size)
                .put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII))
                .putInt(16)
                .putShort((short) 1)
                .putShort((short) 1)
                .putInt(24_000)
                .putInt(48_000)
                .putShort((short) 2)
                .putShort((short) 16)
                .put("data".getBytes(StandardCharsets.US_ASCII))
                .putInt(size)
                .array();
    }
}
