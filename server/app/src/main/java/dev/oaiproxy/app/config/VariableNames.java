package dev.oaiproxy.app.config;

import dev.oaiproxy.api.SecretFile;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells our variables from those of others, and finds the variable that a wrong name meant. */
final class VariableNames {
    /** Our variables that are not settings of the server. */
    private static final Set<String> NOT_SETTINGS =
            Set.of(
                    "OAIPROXY_HOME",
                    "OAIPROXY_URL",
                    "OAIPROXY_CA",
                    "OAIPROXY_JAVA_OPTS",
                    "OAIPROXY_DEBUG");

    private static final Set<String> NOT_SETTINGS_PREFIXES =
            Set.of("OAIPROXY_TEST_", "OAIPROXY_JDK_", "OAIPROXY_ADMIN_");

    /** Prefixes that only our variables have. */
    private static final List<String> OURS = List.of("OAIPROXY_", "PROXY_SERVER_");

    /** Prefixes that other programs use, too: only a name close to one of ours is a mistake. */
    private static final List<String> SHARED = List.of("OPENAI_", "DB_");

    /** Variables of OpenAI's own programs. */
    private static final Set<String> OTHERS =
            Set.of("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_TYPE", "OPENAI_API_BASE");

    /** Variables that Kubernetes and Docker set for a service with such a name. */
    private static final Pattern SERVICE =
            Pattern.compile(".*_(SERVICE_(HOST|PORT).*|PORT_[0-9]+_(TCP|UDP).*|ENV_.*)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp)://.*");
    private static final int MOST_MISTAKES = 2;
    private static final int SHORTEST_BEGINNING = 5;

    /** Variables of outbound proxies, which other programs read, too; curl prefers lower case. */
    static final List<String> PROXIES =
            List.of(
                    "https_proxy",
                    "HTTPS_PROXY",
                    "http_proxy",
                    "HTTP_PROXY",
                    "all_proxy",
                    "ALL_PROXY",
                    "no_proxy",
                    "NO_PROXY");

    /** The settings by their variables. */
    static final Map<String, Setting> SETTINGS =
            Stream.of(Setting.values())
                    .collect(Collectors.toMap(Setting::variable, Function.identity()));

    /** The secret settings by the variables that name a file with their value. */
    static final Map<String, Setting> FILES =
            Stream.of(Setting.values())
                    .filter(Setting::isSecret)
                    .collect(
                            Collectors.toMap(
                                    setting -> setting.variable() + SecretFile.SUFFIX,
                                    Function.identity()));

    private VariableNames() {}

    /** True for a variable that the platform sets by itself. */
    static boolean isOfThePlatform(String name, String value) {
        return SERVICE.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }

    /** True when an unknown variable was meant to be a setting. */
    static boolean isMistaken(String name) {
        if (NOT_SETTINGS.contains(name)
                || OTHERS.contains(name)
                || NOT_SETTINGS_PREFIXES.stream().anyMatch(name::startsWith)) {
            return false;
        }
        return OURS.stream().anyMatch(name::startsWith)
                || (SHARED.stream().anyMatch(name::startsWith) && nearest(name).isPresent());
    }

    /** The variable that is closest to a name. */
    static Optional<String> nearest(String name) {
        return nearest(name, Stream.of(SETTINGS, FILES).flatMap(names -> names.keySet().stream()));
    }

    /** The path in {@code application.yaml} that is closest to a name. */
    static Optional<String> nearestPath(String name) {
        return nearest(name, Stream.of(Setting.values()).map(Setting::path));
    }

    private static Optional<String> nearest(String name, Stream<String> known) {
        return known.filter(one -> isNear(name, one))
                .min(Comparator.comparingInt(one -> distance(plain(name), plain(one))));
    }

    /** True when a few letters are wrong, or the end is missing. */
    private static boolean isNear(String name, String known) {
        boolean begun = name.length() > SHORTEST_BEGINNING && known.startsWith(name);
        return begun || distance(plain(name), plain(known)) <= MOST_MISTAKES;
    }

    /** The name without the marks between words, which are often left out. */
    private static String plain(String name) {
        return name.replaceAll("[_.-]", "");
    }

    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                int best = Math.min(diagonal + change, Math.min(row[j], row[j - 1]) + 1);
                diagonal = row[j];
                row[j] = best;
            }
        }
        return row[other.length()];
    }
}
