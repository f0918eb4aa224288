package dev.oaiproxy.app.config;

import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.api.SecretFile;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The values of all settings, merged from their sources. */
public final class Settings {
    private static final int LONGEST_NAME = 40;

    /** The index of a list element at the end of its path. */
    private static final Pattern ELEMENT = Pattern.compile("\\.[0-9]{1,4}$");

    /** The position in a message of the YAML reader. */
    private static final Pattern MARK =
            Pattern.compile("(?m)^ *in .*, (line \\d{1,9}, column \\d{1,9}):?$");

    private final Map<Setting, String> values = new EnumMap<>(Setting.class);
    private final Consumer<ConfigException> wrong;
    private final Map<String, String> proxies = new HashMap<>();
    private final boolean secretInYaml;

    /**
     * Merges the sources that can be read, the weakest first.
     *
     * @param yaml {@code application.yaml}, which need not exist
     * @param env {@code .env}, which need not exist
     * @param environment the variables of the process
     * @param commandLine settings by their path
     * @param wrong receives each source that cannot be read, and each unknown setting
     */
    public Settings(
            Path yaml,
            Path env,
            Map<String, String> environment,
            Map<String, String> commandLine,
            Consumer<ConfigException> wrong) {
        this.wrong = wrong;
        for (Setting setting : Setting.values()) {
            values.put(setting, setting.standard());
        }
        putAll(read(() -> yaml(yaml)), yaml + ": ");
        this.secretInYaml = hasSecret();
        Path folder = env.resolveSibling("");
        putVariables(read(() -> env(env)), new Origin(env + ": ", folder));
        putVariables(environment, new Origin("environment: ", folder));
        putAll(commandLine, "command line: ");
    }

    String text(Setting setting) {
        return values.getOrDefault(setting, "");
    }

    /** A variable for outbound proxies, of the environment or else of {@code .env}. */
    Optional<String> proxyVariable(String name) {
        return Optional.ofNullable(proxies.get(name)).filter(value -> !value.isBlank());
    }

    boolean hasSecretInYaml() {
        return secretInYaml;
    }

    private boolean hasSecret() {
        return Stream.of(Setting.values())
                .anyMatch(setting -> setting.isSecret() && !text(setting).isEmpty());
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

    /** Reports an unknown path without the value that may stand in it. */
    private void unknown(String from, String path) {
        for (Setting setting : Setting.values()) {
            if (path.startsWith(setting.path() + ".")) {
                wrong.accept(
                        new ConfigException(
                                from
                                        + setting.path()
                                        + " has no settings below it; give it a value"));
                return;
            }
        }
        int known = group(path).length();
        int end = path.indexOf('.', known);
        String name = end < 0 ? path.substring(known) : path.substring(known, end);
        String whole = path.substring(0, known) + told(name);
        unnamed(from, whole, VariableNames.nearestPath(whole));
    }

    /** The longest prefix of a path that has settings below it, with its dot. */
    private static String group(String path) {
        String group = "";
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            String longer = path.substring(0, dot + 1);
            if (Stream.of(Setting.values()).noneMatch(one -> one.path().startsWith(longer))) {
                break;
            }
            group = longer;
        }
        return group;
    }

    private void putVariables(Map<String, String> variables, Origin origin) {
        variables.forEach(
                (name, value) -> {
                    if (VariableNames.PROXIES.contains(name)) {
                        proxies.put(name, value);
                    }
                    if (!value.isEmpty() && !VariableNames.isOfThePlatform(name, value)) {
                        putVariable(name, variables, origin);
                    }
                });
    }

    private void putVariable(String name, Map<String, String> variables, Origin origin) {
        String value = variables.getOrDefault(name, "");
        Setting setting = VariableNames.SETTINGS.get(name);
        Setting inFile = VariableNames.FILES.get(name);
        if (setting != null) {
            values.put(setting, value);
        } else if (inFile == null) {
            if (VariableNames.isMistaken(name)) {
                unnamed(origin.name(), told(name), VariableNames.nearest(name));
            }
        } else if (!variables.getOrDefault(inFile.variable(), "").isEmpty()) {
            wrong.accept(
                    new ConfigException(
                            origin.name()
                                    + "both %s and %s are set; remove one of them"
                                            .formatted(inFile.variable(), name)));
        } else {
            read(() -> Map.of(inFile.path(), secret(name, value, origin)))
                    .forEach((_, secret) -> values.put(inFile, secret));
        }
    }

    private static String secret(String name, String path, Origin origin) {
        try {
            return SecretFile.read(name, origin.folder(), path);
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException(
                    origin.name()
                            + (e instanceof IOException
                                    ? e.getMessage()
                                    : name + " is not a valid path of a file; correct it"));
        }
    }

    /**
     * The origin of variables.
     *
     * @param name its name, with a colon behind it
     * @param folder the folder of relative paths
     */
    private record Origin(String name, Path folder) {}

    /** Reports an unknown name, with the name that was probably meant. */
    private void unnamed(String from, String name, Optional<String> meant) {
        String remedy =
                meant.map(nearest -> "did you mean " + nearest + "?")
                        .orElse("remove it or correct its name");
        wrong.accept(new ConfigException(from + "unknown setting " + name + "; " + remedy));
    }

    private static String told(String name) {
        boolean secret = name.length() > LONGEST_NAME || name.contains("sk-");
        return secret ? "(a name that may be a secret)" : name;
    }

    private static Map<String, String> yaml(Path file) {
        if (!Files.exists(file)) {
            return Map.of();
        }
        if (!Files.isReadable(file)) {
            throw new ConfigException(file + " cannot be read");
        }
        try {
            Map<String, String> leaves = new HashMap<>();
            Config.builder(ConfigSources.file(file))
                    .disableEnvironmentVariablesSource()
                    .disableSystemPropertiesSource()
                    .build()
                    .traverse()
                    .filter(Config::isLeaf)
                    .forEach(
                            leaf -> put(leaves, leaf.key().toString(), leaf.asString().orElse("")));
            return leaves;
        } catch (RuntimeException e) {
            throw new ConfigException(file + " is not readable YAML" + places(e));
        }
    }

    /** A list becomes its elements with commas between them. */
    private static void put(Map<String, String> leaves, String key, String value) {
        leaves.merge(ELEMENT.matcher(key).replaceAll(""), value, (a, b) -> a + ", " + b);
    }

    /** The positions only: the rest of the message quotes the file, and maybe a secret. */
    private static String places(RuntimeException e) {
        return MARK.matcher(String.valueOf(e.getMessage()))
                .results()
                .map(mark -> mark.group(1))
                .distinct()
                .collect(Collectors.joining(", and "))
                .transform(places -> places.isEmpty() ? "" : ": " + places);
    }

    private static Map<String, String> env(Path file) {
        try {
            return EnvFile.read(file).values();
        } catch (IOException e) {
            throw new ConfigException(file + " cannot be read: " + e.getMessage(), e);
        }
    }
}
