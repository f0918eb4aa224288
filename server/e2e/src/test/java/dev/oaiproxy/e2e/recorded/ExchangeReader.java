package dev.oaiproxy.e2e.recorded;

import dev.oaiproxy.e2e.recorded.RecordedExchange.Http;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Line;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Message;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Step;
import dev.oaiproxy.e2e.recorded.RecordedExchange.Talk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the files of {@code exchanges}; their README describes the format. */
final class ExchangeReader {
    private static final Path FOLDER = Path.of("src", "test", "resources", "exchanges");
    private static final String ASKS = ">>> ";
    private static final String ANSWERS = "<<< ";
    private static final String SAYS = "--- ";

    private final List<Step> steps = new ArrayList<>();
    private final List<String> charges = new ArrayList<>();
    private final List<Pattern> optional = new ArrayList<>();
    private final Map<String, MessageBody> parts = new HashMap<>();
    private final List<Message> messages = new ArrayList<>();
    private String begun = "";
    private String type = "";
    private List<String> lines = new ArrayList<>();

    private ExchangeReader() {}

    static List<Path> files() {
        try (Stream<Path> all = Files.list(FOLDER)) {
            return all.filter(file -> file.toString().endsWith(".http")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RecordedExchange read(Path file) {
        ExchangeReader reader = new ExchangeReader();
        try {
            Files.readAllLines(file).forEach(reader::line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reader.end();
        String name = file.getFileName().toString().replace(".http", "");
        return new RecordedExchange(name, reader.steps, reader.charges, reader.optional);
    }

    private void line(String line) {
        if (line.startsWith(ASKS)) {
            end();
            begun = line.substring(ASKS.length());
            begin("sent", kind(begun));
        } else if (line.startsWith(ANSWERS)) {
            begin("answered", line.substring(ANSWERS.length()));
        } else if (line.startsWith(SAYS)) {
            directive(line.substring(SAYS.length()));
        } else if (begun.startsWith("WS ") && line.matches("(>>|<<) .*")) {
            messages.add(new Message(line.startsWith(">>"), line.substring(3)));
        } else {
            lines.add(line);
        }
    }

    private static String kind(String request) {
        String[] words = request.split(" ", 3);
        return words.length < 3 ? "application/json" : words[2];
    }

    private void directive(String text) {
        String[] words = text.split(" ", 2);
        switch (words[0]) {
            case "asked" -> begin("asked", words.length == 1 ? "application/json" : words[1]);
            case "seen" -> begin("seen", words[1]);
            case "is" -> type = words[1];
            case "charge" -> charges.add(words[1].strip());
            case "optional" ->
                    optional.add(Pattern.compile("\\Q" + words[1].replace("*", "\\E.*\\Q")));
            default -> throw new AssertionError("not known: " + text);
        }
        if (!words[0].equals("asked") && !words[0].equals("seen")) {
            lines = new ArrayList<>();
        }
    }

    /** Begins a part; the lines that follow belong to it. */
    private void begin(String part, String head) {
        lines = new ArrayList<>();
        parts.put(part, new MessageBody(head, lines));
    }

    private void end() {
        if (begun.isEmpty()) {
            return;
        }
        String[] words = begun.split(" ", 3);
        Line line = new Line(words[0], words[1], type);
        if (words[0].equals("WS")) {
            steps.add(new Talk(line, List.copyOf(messages)));
        } else {
            MessageBody sent = trimmed("sent");
            MessageBody answered = trimmed("answered");
            steps.add(
                    new Http(
                            line,
                            sent,
                            parts.containsKey("asked") ? trimmed("asked") : sent,
                            answered,
                            parts.containsKey("seen") ? trimmed("seen") : answered));
        }
        parts.clear();
        messages.clear();
        type = "";
        begun = "";
    }

    private MessageBody trimmed(String part) {
        MessageBody messageBody = parts.get(part);
        List<String> kept = new ArrayList<>(messageBody.lines());
        while (!kept.isEmpty() && kept.getLast().isEmpty()) {
            kept.removeLast();
        }
        return new MessageBody(messageBody.head(), kept);
    }
}
