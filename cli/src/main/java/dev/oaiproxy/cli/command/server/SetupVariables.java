package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.cli.settings.CliSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The variables of a set-up, named as in {@code .env}. */
final class SetupVariables {
    static final String OPENAI_KEY = "OPENAI_API_KEY";
    static final String DB_OPTION = "DB_OPTION";
    static final String DB_TYPE = "DB_TYPE";
    static final String DB_MODULE = "DB_MODULE";
    static final String DB_USERNAME = "DB_USERNAME";
    static final String DB_PASSWORD = "DB_PASSWORD";
    static final String DB_HOST = "DB_HOST";
    static final String DB_NAME = "DB_NAME";
    static final String ADMIN_USER = CliSettings.ADMIN_USER;
    static final String ADMIN_PASSWORD = CliSettings.ADMIN_PASSWORD;

    static final String TRACKING_BODIES = "OAIPROXY_TRACKING_BODIES";
    static final String TRACKING_KEEP = "OAIPROXY_TRACKING_KEEP";

    static final List<String> RETENTION = List.of(TRACKING_BODIES, TRACKING_KEEP);

    static final List<String> ALL =
            List.of(
                    OPENAI_KEY,
                    DB_OPTION,
                    DB_TYPE,
                    DB_MODULE,
                    DB_USERNAME,
                    DB_PASSWORD,
                    DB_HOST,
                    DB_NAME,
                    ADMIN_USER,
                    ADMIN_PASSWORD,
                    TRACKING_BODIES,
                    TRACKING_KEEP);
    static final Set<String> SECRET = Set.of(OPENAI_KEY, DB_PASSWORD, ADMIN_PASSWORD);

    private static final List<String> OF_DATABASE =
            List.of(DB_TYPE, DB_USERNAME, DB_PASSWORD, DB_NAME);

    private SetupVariables() {}

    /** The variables whose values an error of the server is about; none where it does not say. */
    static List<String> namedBy(String problem) {
        if (problem.contains("the key")) {
            return List.of(OPENAI_KEY);
        }
        if (problem.contains("the password is")) {
            return List.of(ADMIN_PASSWORD);
        }
        return problem.contains("the database") || problem.contains("DB_")
                ? OF_DATABASE
                : List.of();
    }

    /** True for a database on a server, which is any but SQLite. */
    static boolean otherDatabase(Map<String, String> values) {
        return "Others".equalsIgnoreCase(values.get(DB_OPTION))
                || !values.getOrDefault(DB_TYPE, "").isBlank();
    }
}
