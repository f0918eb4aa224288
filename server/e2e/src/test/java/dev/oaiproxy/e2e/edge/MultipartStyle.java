package dev.oaiproxy.e2e.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * A form with one field and one file, as a client library writes it.
 *
 * @param client the client library
 * @param boundary the boundary itself
 * @param type the content type, with {@code %s} for the boundary
 * @param field the headers of a field, with {@code %s} for its name; lines end with {@code \n}
 * @param file the headers of the file
 */
record MultipartStyle(String client, String boundary, String type, String field, String file) {
    private static final String TYPE = "multipart/form-data; boundary=%s";
    private static final String FIELD = "Content-Disposition: form-data; name=\"%s\"";
    private static final String OCTETS = "\nContent-Type: application/octet-stream";

    static final List<MultipartStyle> ALL =
            List.of(
                    new MultipartStyle(
                            ".NET",
                            "6d5c7f0a-94f5-4c3e-8a0e-0f6a1b7f9d11",
                            "multipart/form-data; boundary=\"%s\"",
                            "Content-Type: text/plain; charset=utf-8\n"
                                    + "Content-Disposition: form-data; name=%s",
                            "Content-Type: audio/wav\n"
                                    + "Content-Disposition: form-data; name=file; filename=a.wav;"
                                    + " filename*=utf-8''a.wav"),
                    new MultipartStyle(
                            ".NET with another language's name",
                            "b1e5b1c2-0d2a-4d5f-9a49-3d51d5b4f2aa",
                            "multipart/form-data; boundary=\"%s\"",
                            "Content-Type: text/plain; charset=utf-8\n"
                                    + "Content-Disposition: form-data; name=%s",
                            "Content-Disposition: form-data; name=file;"
                                    + " filename=\"=?utf-8?B?w6Qud2F2?=\";"
                                    + " filename*=utf-8''%C3%A4.wav"),
                    new MultipartStyle(
                            "Go",
                            "8f5d9b3a0c5e4f7b6a1d2c3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4",
                            TYPE,
                            FIELD,
                            "Content-Disposition: form-data; name=\"file\";"
                                    + " filename=\"the \\\"first\\\" of c:\\\\.wav\""
                                    + OCTETS),
                    new MultipartStyle(
                            "Python, httpx",
                            "2c6c0a7be0f4a8f9d8d9b3f6a4c1e7d5",
                            TYPE,
                            FIELD,
                            "Content-Disposition: form-data; name=\"file\";"
                                    + " filename=\"a%22b.wav\"\nContent-Type: audio/x-wav"),
                    new MultipartStyle(
                            "Python, requests",
                            "f4a1cbb0f1a34bb7a6a5df5f2c8d2b11",
                            TYPE,
                            FIELD,
                            "Content-Disposition: form-data; name=\"file\";"
                                    + " filename*=utf-8''%E9.wav"),
                    new MultipartStyle(
                            "Python, email",
                            "===============2817469713410567214==",
                            "multipart/form-data; boundary=\"%s\"",
                            """
                            Content-Type: text/plain; charset="us-ascii"
                            MIME-Version: 1.0
                            Content-Transfer-Encoding: 7bit
                            Content-Disposition: form-data;
                             name="%s\"\
                            """,
                            """
                            Content-Type: application/octet-stream
                            MIME-Version: 1.0
                            content-disposition: form-data; name="file";
                            \tfilename="a.wav\"\
                            """),
                    new MultipartStyle(
                            "curl and PHP",
                            "------------------------d74496d66958873e",
                            TYPE,
                            FIELD,
                            "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\""
                                    + OCTETS),
                    new MultipartStyle(
                            "Chromium",
                            "----WebKitFormBoundary7MA4YWxkTrZu0gW",
                            TYPE,
                            FIELD,
                            "Content-Disposition: form-data; name=\"file\";"
                                    + " filename=\"a %22b%22; name=c.wav\""
                                    + "\nContent-Type: audio/wav"),
                    new MultipartStyle(
                            "Firefox",
                            "----geckoformboundary7a1d2bd9b3f3e2cf3b1f8c0c6b8f7d2e",
                            TYPE,
                            FIELD,
                            "Content-Disposition: form-data; name=\"file\"; filename=\"ä.wav\""
                                    + OCTETS),
                    new MultipartStyle(
                            "undici",
                            "----formdata-undici-034516978313",
                            TYPE,
                            FIELD,
                            "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\""
                                    + OCTETS),
                    new MultipartStyle(
                            "OkHttp",
                            "5f3b1c9e-7a34-4e0b-9a43-5b64cf7c1a2d",
                            "multipart/form-data; charset=utf-8; boundary=%s",
                            FIELD + "\nContent-Type: text/plain; charset=UTF-8",
                            "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\""
                                    + "\nContent-Type: audio/wav\nX-Part: 1"),
                    new MultipartStyle(
                            "a careful one",
                            "gc0p4Jq0M:2Yt08j34c0p",
                            "Multipart/Form-Data ; BOUNDARY=\"%s\"",
                            "CONTENT-DISPOSITION:form-data;name=\"%s\"",
                            "content-disposition:  Form-Data ; NAME=\"file\" ; FileName=a.wav ;"
                                    + " size=7;"));

    String contentType() {
        return type.formatted(boundary);
    }

    /** The file stands before the second field, so that a reader has to find its end. */
    byte[] bytes(String name, String value, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        part(out, field.formatted(name), value.getBytes(ISO_8859_1));
        part(out, file, content);
        part(out, field.formatted("odd"), "ü[]".getBytes(UTF_8));
        out.writeBytes(("--" + boundary + "--\r\n").getBytes(ISO_8859_1));
        return out.toByteArray();
    }

    private void part(ByteArrayOutputStream out, String headers, byte[] value) {
        String head = "--" + boundary + "\r\n" + headers.replace("\n", "\r\n") + "\r\n\r\n";
        out.writeBytes(head.getBytes(UTF_8));
        out.writeBytes(value);
        out.writeBytes("\r\n".getBytes(UTF_8));
    }

    @Override
    public String toString() {
        return client;
    }
}
