package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.Passwords;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Prompts;
import dev.oaiproxy.cli.output.Terminal;
import dev.oaiproxy.cli.settings.CliSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Completes the settings of a set-up from variables, else by questions. A question is asked again
 * until its answer can be used, so that nothing that was typed before is lost.
 */
final class SetupQuestions {
    private static final int MOST_TRIES = 5;
    private static final String ADMIN = "admin";

    private static final Map<String, String> WORDS =
            Map.of(
                    SetupVariables.OPENAI_KEY,
                    "OpenAI API key (hidden; made at platform.openai.com/api-keys)",
                    SetupVariables.DB_TYPE,
                    "Database type (postgresql, mysql or mssql)",
                    SetupVariables.DB_USERNAME,
                    "Database user",
                    SetupVariables.DB_PASSWORD,
                    "Database password (hidden)",
                    SetupVariables.DB_HOST,
                    "Database host",
                    SetupVariables.DB_NAME,
                    "Database name");

    private final CliSettings settings;
    private final Terminal terminal;
    private final List<String> asked = new ArrayList<>();
    private boolean passwordMade;

    SetupQuestions(CliSettings settings, Terminal terminal) {
        this.settings = settings;
        this.terminal = terminal;
    }

    /** The given values, completed by variables and answers. */
    Map<String, String> complete(Map<String, String> given) {
        var values = new LinkedHashMap<String, String>();
        for (String name : SetupVariables.ALL) {
            Optional.ofNullable(given.get(name))
                    .or(() -> settings.value(name))
                    .ifPresent(value -> values.put(name, value));
        }
        boolean other = SetupVariables.otherDatabase(values);
        values.putIfAbsent(SetupVariables.DB_OPTION, other ? "Others" : "SQLite");
        if (other) {
            values.putIfAbsent(SetupVariables.DB_HOST, "localhost");
        }
        fill(values);
        return values;
    }

    /** True when the password was made here, so that the person has to be told it. */
    boolean passwordMade() {
        return passwordMade;
    }

    /**
     * Asks again for what was typed and turned out to be wrong; false when nothing of it was typed.
     */
    boolean correct(Map<String, String> values, String problem) {
        List<String> wrong = new ArrayList<>(SetupVariables.namedBy(problem));
        wrong.retainAll(asked);
        wrong.forEach(name -> values.put(name, answer(name, values)));
        return !wrong.isEmpty();
    }

    /** True when a person typed something, which should not be lost. */
    boolean wereAsked() {
        return !asked.isEmpty();
    }

    /** Asks whether to try the same once more. */
    boolean tryAgain() {
        return !line("Try again? [Y/n]").toLowerCase(Locale.ROOT).startsWith("n");
    }

    private void fill(Map<String, String> values) {
        List<String> missing = new ArrayList<>(needed(values));
        missing.removeIf(name -> !values.getOrDefault(name, "").isBlank());
        if (missing.isEmpty()) {
            return;
        }
        if (terminal.prompts().isEmpty()) {
            throw refused(missing);
        }
        for (String name : missing) {
            asked.add(name);
            values.put(name, answer(name, values));
        }
        if (SetupVariables.RETENTION.stream().noneMatch(values::containsKey)) {
            values.putAll(retention());
        }
    }

    private static List<String> needed(Map<String, String> values) {
        List<String> always =
                List.of(
                        SetupVariables.OPENAI_KEY,
                        SetupVariables.ADMIN_USER,
                        SetupVariables.ADMIN_PASSWORD);
        List<String> needed = new ArrayList<>(always);
        if (SetupVariables.otherDatabase(values)) {
            needed.add(SetupVariables.DB_TYPE);
            needed.add(SetupVariables.DB_USERNAME);
            needed.add(SetupVariables.DB_PASSWORD);
            needed.add(SetupVariables.DB_NAME);
        }
        return needed;
    }

    private String answer(String name, Map<String, String> values) {
        if (name.equals(SetupVariables.ADMIN_USER)) {
            String typed = line("New admin user (Enter: " + ADMIN + ")");
            return typed.isBlank() ? ADMIN : typed;
        }
        if (name.equals(SetupVariables.ADMIN_PASSWORD)) {
            return password(values.getOrDefault(SetupVariables.ADMIN_USER, ""));
        }
        return needed(name, values.getOrDefault(name, ""));
    }

    /** A value; Enter keeps the one of before, if there is one. */
    private String needed(String name, String before) {
        String words = WORDS.getOrDefault(name, name);
        boolean secret = SetupVariables.SECRET.contains(name);
        String shown = secret ? "as before" : before;
        String question = before.isBlank() ? words : words + " (Enter: " + shown + ")";
        for (int i = 0; i < MOST_TRIES; i++) {
            String typed = secret ? hidden(question) : line(question);
            if (!typed.isBlank() || !before.isBlank()) {
                return typed.isBlank() ? before : typed;
            }
            terminal.say("this is needed; type it, or stop with Ctrl-C");
        }
        throw Failure.usage(
                name + " is needed", "run setup again and enter it, or set it in the environment");
    }

    private String password(String user) {
        for (int i = 0; i < MOST_TRIES; i++) {
            String typed = hidden("New admin password (hidden; Enter: one is made for you)");
            if (typed.isBlank()) {
                passwordMade = true;
                return Passwords.make();
            }
            Optional<String> problem = Passwords.problem(user, typed);
            if (problem.isPresent()) {
                terminal.say(problem.get());
            } else if (typed.equals(hidden("The same again"))) {
                passwordMade = false;
                return typed;
            } else {
                terminal.say("the two passwords differ; type it once more, and again");
            }
        }
        throw Failure.usage("there is no password yet", "run setup again with --generate-password");
    }

    private Map<String, String> retention() {
        for (int i = 0; i < MOST_TRIES; i++) {
            String typed =
                    line("Days to keep prompts and answers (Enter: 90; 0: none, costs only)");
            if (typed.isBlank()) {
                return Map.of();
            }
            if (typed.equals("0")) {
                return Map.of(SetupVariables.TRACKING_BODIES, "false");
            }
            if (typed.matches("[1-9][0-9]{0,4}d?")) {
                return Map.of(SetupVariables.TRACKING_KEEP, typed.replace("d", "") + "d");
            }
            terminal.say("that is not a number of days");
        }
        return Map.of();
    }

    private String line(String question) {
        return prompts().line().apply(question);
    }

    private String hidden(String question) {
        return prompts().hidden().apply(question);
    }

    private Prompts prompts() {
        return terminal.prompts().orElseThrow();
    }

    private static Failure refused(List<String> missing) {
        return Failure.usage(
                "missing: " + String.join(", ", missing),
                "set them in the environment, or run setup in a terminal, which asks for them");
    }
}
