package dev.oaiproxy.sandbox;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** Builder of a multipart body. */
public final class MultipartBody {
    private static final String BOUNDARY = "----sandbox--7MA4YWxk";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public MultipartBody field(String name, String value) {
        return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
    }

    public MultipartBody file(String name, String filename, byte[] content) {
        return part("name=\"%s\"; filename=\"%s\"".formatted(name, filename), content);
    }

    private MultipartBody part(String parameters, byte[] content) {
        write("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + parameters + "\r\n\r\n");
        bytes.writeBytes(content);
        write("\r\n");
        return this;
    }

    private void write(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public HttpRequest to(SandboxClient caller, String path) {
        write("--" + BOUNDARY + "--\r\n");
        return caller.request(path)
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofByteArray(bytes.toByteArray()))
                .build();
    }
}
