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
import org.jspecify.annotations.Nullable;

/** The values of all settings, from wherever each one comes. */
public final class Settings {
    /** Variables of ours that are no settings of the server. */
    private static final Set<String> NOT_SETTINGS =
            Set.of("OAIPROXY_HOME", "OAIPROXY_URL", "OAIPROXY_JAVA_OPTS", "OAIPROXY_DEBUG");

    private static final Set<String> NOT_SETTINGS_PREFIXES =
            Set.of("OAIPROXY_TEST_", "OAIPROXY_JDK_", "OAIPROXY_ADMIN_");

    private final Map<Setting, String> values;

    private Settings(Map<Setting, String> values) {
        this.values = values;
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
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            values.put(setting, setting.standard());
        }
        putAll(values, yaml(sources.yaml()), sources.yaml() + ": ");
        putVariables(values, env(sources.env()), sources.env() + ": ");
        putVariables(values, sources.environment(), "environment: ");
        putAll(values, sources.commandLine(), "command line: ");
        return new Settings(values);
    }

    String text(Setting setting) {
        return values.getOrDefault(setting, "");
    }

    private static void putAll(Map<Setting, String> values, Map<String, String> more, String from) {
        more.forEach(
                (path, value) -> {
                    for (Setting setting : Setting.values()) {
                        if (setting.path().equals(path)) {
                            values.put(setting, value);
                            return;
                        }
                    }
                    throw new ConfigException(
                            from + "unknown setting " + path + "; remove it or mend its name");
                });
    }

    private static void putVariables(
            Map<Setting, String> values, Map<String, String> variables, String from) {
        variables.forEach(
                (name, value) -> {
                    Setting setting = variable(name);
                    if (setting != null && !value.isEmpty()) {
                        values.put(setting, value);
                    } else if (setting == null && isOurs(name)) {
                        throw new ConfigException(
                                from + "unknown setting " + name + "; remove it or mend its name");
                    }
                });
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
            throw new ConfigException(file + " is not readable YAML: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> env(Path file) {
        try {
            return EnvFile.read(file).values();
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
