package dev.oaiproxy.server;

import dev.oaiproxy.api.EnvFile;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The values of all settings, from wherever each one comes. */
public final class Settings {
    /** Variables of ours that are no settings of the server. */
    private static final Set<String> NOT_SETTINGS =
            Set.of("OAIPROXY_HOME", "OAIPROXY_URL", "OAIPROXY_JAVA_OPTS", "OAIPROXY_DEBUG");

    private static final Set<String> NOT_SETTINGS_PREFIXES =
            Set.of("OAIPROXY_TEST_", "OAIPROXY_JDK_", "OAIPROXY_ADMIN_");

    private final Map<Setting, String> values;
    private final Consumer<ConfigException> wrong;

    private Settings(Map<Setting, String> values, Consumer<ConfigException> wrong) {
        this.values = values;
        this.wrong = wrong;
    }

    /**
     * Where to look.
     *
     * @param yaml {@code application.yaml}, which need not exist
     * @param env {@code .env}, which need not exist
     * @param environment the variables of the process
     * @param commandLine settings by their path, which override all others
     */
    public record Sources(
            Path yaml,
            Path env,
            Map<String, String> environment,
            Map<String, String> commandLine) {}

    /**
     * Reads all sources.
     *
     * @throws ConfigException when one names a setting that there is not, or cannot be read
     */
    public static Settings load(Sources sources) {
        return read(
                sources,
                wrong -> {
                    throw wrong;
                });
    }

    /** Reads what can be read of all sources, and tells all that is wrong with them. */
    static Settings read(Sources sources, Consumer<ConfigException> wrong) {
        Settings settings = new Settings(new EnumMap<>(Setting.class), wrong);
        for (Setting setting : Setting.values()) {
            settings.values.put(setting, setting.standard());
        }
        settings.putAll(settings.read(() -> yaml(sources.yaml())), sources.yaml() + ": ");
        settings.putVariables(settings.read(() -> env(sources.env())), sources.env() + ": ");
        settings.putVariables(sources.environment(), "environment: ");
        settings.putAll(sources.commandLine(), "command line: ");
        return settings;
    }

    String text(Setting setting) {
        return values.getOrDefault(setting, "");
    }

    private Map<String, String> read(Supplier<Map<String, String>> source) {
        try {
            return source.get();
        } catch (ConfigException unreadable) {
            wrong.accept(unreadable);
            return Map.of();
        }
    }

    private void putAll(Map<String, String> more, String from) {
        more.forEach(
                (path, value) -> {
                    for (Setting setting : Setting.values()) {
                        if (setting.path().equals(path)) {
                            values.put(setting, value);
                            return;
                        }
                    }
                    unknown(from, path);
                });
    }

    private void putVariables(Map<String, String> variables, String from) {
        variables.forEach(
                (name, value) -> {
                    Setting setting = variable(name);
                    if (setting != null && !value.isEmpty()) {
                        values.put(setting, value);
                    } else if (setting == null && isOurs(name)) {
                        unknown(from, name);
                    }
                });
    }

    private void unknown(String from, String name) {
        wrong.accept(
                new ConfigException(
                        from + "unknown setting " + name + "; remove it or mend its name"));
    }

    private static @Nullable Setting variable(String name) {
        for (Setting setting : Setting.values()) {
            if (setting.variable().equals(name)) {
                return setting;
            }
        }
        return null;
    }

    private static boolean isOurs(String name) {
        return name.startsWith("OAIPROXY_")
                && !NOT_SETTINGS.contains(name)
                && NOT_SETTINGS_PREFIXES.stream().noneMatch(name::startsWith);
    }

    private static Map<String, String> yaml(Path file) {
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            Map<String, String> leaves = new HashMap<>();
            Config.builder(ConfigSources.file(file))
                    .disableEnvironmentVariablesSource()
                    .disableSystemPropertiesSource()
                    .build()
                    .traverse()
                    .filter(Config::isLeaf)
                    .forEach(leaf -> leaves.put(leaf.key().toString(), leaf.asString().orElse("")));
            return leaves;
        } catch (RuntimeException e) {
            throw new ConfigException(file + " is not readable YAML: " + words(e), e);
        }
    }

    /** What the reader says, in one line, without the lines that it quotes: one may be a secret. */
    private static String words(RuntimeException e) {
        return String.valueOf(e.getMessage())
                .lines()
                .filter(line -> !line.startsWith("    "))
                .map(String::strip)
                .collect(Collectors.joining(" "))
                .replaceFirst(":$", "");
    }

    private static Map<String, String> env(Path file) {
        try {
            return EnvFile.read(file).values();
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
