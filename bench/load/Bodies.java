import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.Random;
import javax.imageio.ImageIO;

/** The requests that are sent, as files. */
final class Bodies {
    private Bodies() {}

    /** Requests of the kinds that are compared. */
    static void write() throws IOException {
        String format =
                """
                {"model":"gpt-4o-mini",%s"max_completion_tokens":%d,"messages":[{"role":"system",\
                "content":"You are a helpful assistant."},{"role":"user","content":%s}]}""";
        String question =
                "\"What is the capital of France, and on which river does it lie? "
                        .concat("Please answer in one sentence.\"");
        Files.writeString(Benchmark.WORK.resolve("chat.json"), format.formatted("", 300, question));
        Files.writeString(
                Benchmark.WORK.resolve("stream.json"),
                format.formatted("\"stream\":true,", 300, question));
        String prompt = "\"" + "The quick brown fox jumps over the lazy dog. ".repeat(2275) + "\"";
        Files.writeString(Benchmark.WORK.resolve("prompt.json"), format.formatted("", 300, prompt));
        String picture = png(2 * 1024 * 1024 * 3 / 4);
        Files.writeString(
                Benchmark.WORK.resolve("image.json"),
                format.formatted(
                        "",
                        300,
                        "[{\"type\":\"text\",\"text\":\"What is this?\"},{\"type\":\"image_url\","
                                + "\"image_url\":{\"url\":\"data:image/png;base64,"
                                + picture
                                + "\"}}]"));
    }

    /** A PNG of about that many bytes, as base64. */
    private static String png(int bytes) throws IOException {
        int side = (int) Math.sqrt(bytes / 3.0);
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Random noise = new Random(1);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                image.setRGB(x, y, noise.nextInt());
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }
}
