package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Prompts;
import dev.oaiproxy.cli.settings.CliSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Completes the settings of a set-up from variables, else by questions. */
final class SetupQuestions {
    private static final Map<String, String> WORDS =
            Map.of(
                    SetupVariables.OPENAI_KEY, "OpenAI API key",
                    SetupVariables.DB_TYPE, "Database type (postgresql, mysql or mssql)",
                    SetupVariables.DB_USERNAME, "Database user",
                    SetupVariables.DB_PASSWORD, "Database password",
                    SetupVariables.DB_NAME, "Database name",
                    SetupVariables.ADMIN_USER, "New admin user",
                    SetupVariables.ADMIN_PASSWORD, "New admin password");

    private final CliSettings settings;
    private final Optional<Prompts> prompts;

    SetupQuestions(CliSettings settings, Optional<Prompts> prompts) {
        this.settings = settings;
        this.prompts = prompts;
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

    private void fill(Map<String, String> values) {
        List<String> missing = new ArrayList<>(needed(values));
        missing.removeIf(name -> !values.getOrDefault(name, "").isBlank());
        if (missing.isEmpty()) {
            return;
        }
        Prompts person = prompts.orElseThrow(() -> refused(missing));
        for (String name : missing) {
            values.put(name, asked(person, name));
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

    private static String asked(Prompts person, String name) {
        String question = WORDS.getOrDefault(name, name);
        boolean secret = SetupVariables.SECRET.contains(name);
        String answer = secret ? person.hidden().apply(question) : person.line().apply(question);
        if (answer.isBlank()) {
            throw Failure.usage(
                    name + " is needed",
                    "run setup again and enter it, or set it in the environment");
        }
        if (name.equals(SetupVariables.ADMIN_PASSWORD)
                && !answer.equals(person.hidden().apply("Repeat the password"))) {
            throw Failure.usage("the two passwords differ", "run setup again");
        }
        return answer;
    }

    private static Failure refused(List<String> missing) {
        return Failure.usage(
                "missing: " + String.join(", ", missing),
                "set them in the environment, or run setup in a terminal, which asks for them");
    }
}
