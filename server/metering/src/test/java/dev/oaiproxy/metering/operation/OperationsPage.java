package dev.oaiproxy.metering.operation;

import dev.oaiproxy.metering.object.ObjectKind;
import java.util.List;
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

    /** Members of a body that cost more than tokens or name stored objects. */
    private static final String PARTS =
            """

            ## Parts of a request

            | part | treatment |
            |---|---|
            | tools that the caller answers: `function`, `custom`, `namespace`, `computer`, \
            `local_shell`, `apply_patch`, `shell` in a local environment, `tool_search` with \
            `execution: client`, and any new type that is only a name and a schema, or groups such \
            tools | free, wherever they stand: in `tools`, in namespaces, in items of the `input` |
            | tools that OpenAI runs for a fee: `web_search`, `file_search`, `code_interpreter`, \
            `shell`, `image_generation` | held and charged, wherever they stand; their files, \
            stores and containers must be the caller's. An item of the `input` may not name a \
            container: name it in `tools`. |
            | tools of which OpenAI bills the tokens alone: `mcp` with `server_url` or \
            `connector_id`, `tool_search`, `programmatic_tool_calling` | held as further turns of \
            the model, as many as `max_tool_calls` allows; charged by the usage |
            | `mcp` with `tunnel_id` | refused: a tunnel leads into the network of the account's \
            owner. Give the server's `server_url`. |
            | any other type of tool | refused: the proxy does not know its price. Offer it as a \
            `function`, and run it yourself. |
            | `background_options.completion_window` | held at the standard tier, and charged at \
            the tiers `background_2h` and `background_8h` of the price book where the model lists \
            them, else at standard |
            | `chunking_strategy` of a transcript | held at the model's whole output for each 40 \
            seconds; one with settings, or beside a `prompt`, at its largest input, too |
            | `output_format: gif` | held at its frames (`frame_count`, 9 where it is left out), \
            each as a picture of its own, also in the image tool |
            | `output_format: svg` | held at a whole run of `svg.model` beside the picture, and \
            charged by `svg_usage`, also in the image tool; refused where `svg.model` is left \
            out, since OpenAI does not say what it takes then |
            | `access_programs` | `standard` passes; others are refused, since OpenAI may use a \
            more expensive model. Name that model. |
            | `context_management` by `compaction` | held as one more turn of the model for each \
            turn; charged by the usage |
            | `prompt` (stored prompts) | refused: the proxy cannot read which model and tools it \
            names. Send its text in `instructions` and `input`, and its tools in `tools`. |
            | `multi_agent` | refused: nothing limits how many models it runs. Run the agents \
            yourself, with one response for each. |
            | a custom `voice` | refused: OpenAI publishes no price. Use one of OpenAI's voices. \
            |
            | `call_id` of `WS /realtime` | refused: the call itself does not pass this proxy. \
            Open a WebSocket with a `model`. |
            | items by their ids (`item_reference`) | those that the user has received, for 60 \
            days; others do not exist |
            | answers sent back as input | taken as they are; files and containers that they cite \
            are not looked up |
            | a batch whose lines OpenAI fails (no JSON, no request, a byte order mark, a missing \
            member, an id twice, another URL, several models) | passed on, and held for what could \
            run of it; OpenAI ends it as `failed`, with `errors.data` |
            | a batch with a line that cannot be metered alone | refused as a whole, with the \
            line's number |
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
        return page.append(PARTS).toString();
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
                ? metered.meter().billed()
                : "";
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", List.of(cells)) + " |\n";
    }
}
