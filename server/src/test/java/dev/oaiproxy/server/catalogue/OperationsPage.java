package dev.oaiproxy.server.catalogue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code docs/operations.md}: the catalogue as a table for people. */
final class OperationsPage {
    private static final String HEAD =
            """
            # What is passed on, and what is not

            Written from `operations.yaml` by a test, which fails when the two differ: change that \
            file, not this one.
            Paths follow `/v1`; `WS` is a WebSocket, `*` any method, and `/**` everything below.
            What is not listed is refused.
            An object that OpenAI keeps is its owner's alone: others are told that it does not \
            exist, and lists show each user their own.

            ## Passed on

            | operation | treatment | whose | its meter reads |
            |---|---|---|---|
            """;

    private static final String REFUSED =
            """

            ## Refused

            | operation | why, and what to do |
            |---|---|
            """;

    private final OperationsFile file;

    OperationsPage(OperationsFile file) {
        this.file = file;
    }

    String text() {
        StringBuilder page = new StringBuilder(HEAD);
        file.allowed().forEach(line -> page.append(row(line)));
        page.append(REFUSED);
        for (OperationsFile.Refusal refusal : file.refused()) {
            refusal.operations().forEach(name -> page.append(row("`" + name + "`", refusal.why())));
        }
        return page.toString();
    }

    private String row(OperationLine line) {
        Operation operation =
                file.operations(settings(line)).stream()
                        .filter(one -> (one.method() + " " + one.path()).equals(line.name()))
                        .findFirst()
                        .orElseThrow();
        return row(
                "`" + line.name() + "`",
                treatment(operation, line.setting()),
                whose(operation.subjects()),
                reads(operation));
    }

    private static Set<String> settings(OperationLine line) {
        return line.setting() == null ? Set.of() : Set.of(line.setting());
    }

    private static String treatment(Operation operation, @Nullable String setting) {
        String words =
                switch (operation.treatment()) {
                    case Operation.Metered _ -> "metered";
                    case Operation.Answered _ -> "answered by the proxy";
                    case Operation.Free _ -> "free";
                    case Operation.Refused _ -> "refused";
                };
        return setting == null ? words : words + ", if `" + setting + "` is on";
    }

    private static String whose(Operation.Subjects subjects) {
        if (subjects.created() != null) {
            return "new " + words(subjects.created()) + " of the caller's";
        }
        if (subjects.listed() != null) {
            return subjects.listed() == ObjectKind.MODEL
                    ? "the models that the key may use"
                    : "the caller's own";
        }
        if (subjects.owned() == null) {
            return "";
        }
        return subjects.owned() == ObjectKind.MODEL
                ? "keys that may use the model"
                : "the owner of the " + words(subjects.owned());
    }

    private static String words(ObjectKind kind) {
        return kind.label().replace('_', ' ');
    }

    private static String reads(Operation operation) {
        return operation.treatment() instanceof Operation.Metered metered
                ? READS.getOrDefault(metered.meter(), "")
                : "";
    }

    private static final String TOKENS = "the tokens of the usage in the answer";

    private static final Map<Meter, String> READS =
            Map.ofEntries(
                    Map.entry(Meter.CHAT, TOKENS),
                    Map.entry(Meter.COMPLETION, TOKENS),
                    Map.entry(Meter.RESPONSE, TOKENS + ", and the fees of its tools"),
                    Map.entry(
                            Meter.RESPONSE_SOCKET,
                            "as the same call by HTTP, response by response"),
                    Map.entry(Meter.COMPACTION, TOKENS),
                    Map.entry(Meter.EMBEDDINGS, TOKENS),
                    Map.entry(Meter.DECISION, "the input tokens of the usage in the answer"),
                    Map.entry(Meter.IMAGE, "the text and image tokens of the usage in the answer"),
                    Map.entry(
                            Meter.IMAGE_EDIT,
                            "the text and image tokens of the usage in the answer"),
                    Map.entry(
                            Meter.SPEECH,
                            "the characters of the request, or the tokens of the usage"),
                    Map.entry(
                            Meter.TRANSCRIPTION,
                            "the seconds or tokens of the usage, or the length of the audio"),
                    Map.entry(Meter.TRANSLATION, "the length of the audio"),
                    Map.entry(Meter.REALTIME, "the usage of each response and transcription"),
                    Map.entry(Meter.REALTIME_TRANSLATION, "the length of the audio"),
                    Map.entry(Meter.CONTAINER, "the sessions that the container is used for"),
                    Map.entry(Meter.BATCH, "the lines of the output, when the batch has ended"),
                    Map.entry(Meter.FINE_TUNING, "the tokens trained on, when the job has ended"),
                    Map.entry(Meter.SEARCH, "one search of the file search tool"),
                    Map.entry(
                            Meter.STORAGE,
                            "the room that it takes, hour by hour while it is kept"));

    private static String row(String... cells) {
        return "| " + String.join(" | ", List.of(cells)) + " |\n";
    }
}
