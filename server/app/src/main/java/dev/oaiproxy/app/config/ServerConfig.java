package dev.oaiproxy.app.config;

import dev.oaiproxy.app.tls.CertificateFiles;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The settings of one server, as typed values. */
public final class ServerConfig {
    public static final int HIGHEST_PORT = 65_535;

    private static final int LONGEST_CONTACT = 200;
    private static final Pattern PUBLIC_URL =
            Pattern.compile("(?i)https?://[a-z0-9.\\[\\]:-]+(/[a-z0-9._~-]+)*/?");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern MEMORY = Pattern.compile("([0-9]{1,15})(%?)");
    private static final long LEAST_MEMORY = 1 << 20;
    private static final long LARGEST_MEMORY_PERCENT = 80;

    private final Path home;
    private final Path yaml;
    private final List<Path> folders;
    private final Settings settings;

    private ServerConfig(Path home, Path yaml, List<Path> folders, Settings settings) {
        this.home = home;
        this.yaml = yaml;
        this.folders = folders;
        this.settings = settings;
    }

    /**
     * Reads the settings.
     *
     * @param distribution the folder of the program, with its {@code config/}
     * @param environment the variables of the process
     * @param commandLine settings by their path; {@code home} and {@code config} name the folder of
     *     the data and another {@code application.yaml}
     * @throws ConfigException when a setting is unknown, or a file cannot be read; the values are
     *     checked where they are used, and by {@code SettingCheck}
     */
    public static ServerConfig load(
            Path distribution, Map<String, String> environment, Map<String, String> commandLine) {
        return read(
                distribution,
                environment,
                commandLine,
                wrong -> {
                    throw wrong;
                });
    }

    /**
     * Reads the settings that can be read; the others keep their defaults.
     *
     * @param problems receives a text for each problem
     */
    public static ServerConfig examine(
            Path distribution,
            Map<String, String> environment,
            Map<String, String> commandLine,
            List<String> problems) {
        return read(
                distribution,
                environment,
                commandLine,
                wrong -> problems.add(String.valueOf(wrong.getMessage())));
    }

    private static ServerConfig read(
            Path distribution,
            Map<String, String> environment,
            Map<String, String> commandLine,
            Consumer<ConfigException> wrong) {
        Map<String, String> rest = new HashMap<>(commandLine);
        Path home =
                Optional.ofNullable(rest.remove("home"))
                        .or(() -> Optional.ofNullable(environment.get("OAIPROXY_HOME")))
                        .map(Path::of)
                        .orElse(Path.of(""))
                        .toAbsolutePath()
                        .normalize();
        Path yaml =
                Optional.ofNullable(rest.remove("config"))
                        .map(named -> existing(Path.of(named).toAbsolutePath(), wrong))
                        .orElseGet(() -> ordinary(home, distribution));
        Settings settings = new Settings(yaml, home.resolve(".env"), environment, rest, wrong);
        List<Path> folders = List.of(yaml.resolveSibling(""), distribution.resolve("config"));
        return new ServerConfig(home, yaml, folders, settings);
    }

    /** The folder with {@code .env}, the database and the spool. */
    public Path home() {
        return home;
    }

    public Path envFile() {
        return home.resolve(".env");
    }

    /** The {@code application.yaml}, which need not exist. */
    public Path yamlFile() {
        return yaml;
    }

    public Path spool() {
        return home.resolve("spool").resolve("endings");
    }

    /** The price book beside {@code application.yaml}, else the one that came with the program. */
    public Path prices() {
        return folders.stream()
                .map(folder -> folder.resolve(text(Setting.PRICES)))
                .filter(Files::exists)
                .findFirst()
                .orElse(folders.getFirst().resolve(text(Setting.PRICES)));
    }

    /** True when {@code application.yaml} sets a secret. */
    public boolean hasSecretInYaml() {
        return settings.hasSecretInYaml();
    }

    public String text(Setting setting) {
        return settings.text(setting);
    }

    /** A variable of the machine for outbound proxies, such as {@code HTTPS_PROXY}. */
    Optional<String> proxyVariable(String name) {
        return settings.proxyVariable(name);
    }

    /**
     * True when a server with these settings can take calls; false when it must be set up first.
     */
    public boolean isSetUp() {
        return missing().isEmpty();
    }

    /** The settings that a server needs before it can take calls, and that are not set. */
    public List<Setting> missing() {
        return Stream.of(
                        Setting.OPENAI_API_KEY,
                        Setting.PROXY_SERVER_USER,
                        Setting.PROXY_SERVER_PASS)
                .filter(setting -> text(setting).isEmpty())
                .toList();
    }

    public URI uri(Setting setting) {
        String expected = "an http or https URL, without user and password";
        try {
            URI uri = URI.create(text(setting));
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean http = scheme.equals("http") || scheme.equals("https");
            if (http && uri.getHost() != null && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException(setting, expected, e);
        }
        throw new ConfigException(setting, expected);
    }

    /** The contact for users; empty when it is not set. */
    public Optional<String> contact() {
        String text = text(Setting.CONTACT).strip();
        if (text.length() > LONGEST_CONTACT || text.chars().anyMatch(Character::isISOControl)) {
            throw new ConfigException(
                    Setting.CONTACT, "an address or a name of at most 200 characters");
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** The base URL that users give to their clients; empty when no public address is set. */
    public Optional<String> baseUrl() {
        String text = text(Setting.PUBLIC_URL).strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!PUBLIC_URL.matcher(text).matches()) {
            throw new ConfigException(
                    Setting.PUBLIC_URL,
                    "an http or https URL of a host, and perhaps a port and a path, such as"
                            + " https://ai.example.org or https://example.org/ai");
        }
        String address = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        if (address.endsWith("/v1")) {
            throw new ConfigException(
                    Setting.PUBLIC_URL, "a URL without /v1 at its end, which clients add");
        }
        URI uri = uri(Setting.PUBLIC_URL);
        if (uri.getPort() > HIGHEST_PORT) {
            throw new ConfigException(
                    Setting.PUBLIC_URL, "a URL whose port is " + HIGHEST_PORT + " at the most");
        }
        return Optional.of(address + "/v1");
    }

    /** The host of OpenAI, for people: the rest of the address may be a secret. */
    public String openAi() {
        try {
            URI uri = uri(Setting.OPENAI_BASE_URL);
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            return uri.getScheme() + "://" + uri.getHost() + port;
        } catch (ConfigException told) {
            return "OpenAI";
        }
    }

    /**
     * The files of the certificate for HTTPS; empty for plain HTTP.
     *
     * @throws ConfigException when one is named without the other
     */
    public Optional<CertificateFiles> certificate() {
        String certificate = text(Setting.TLS_CERTIFICATE);
        String key = text(Setting.TLS_KEY);
        if (certificate.isEmpty() != key.isEmpty()) {
            throw new ConfigException(
                    "%s and %s belong together; set both, or neither"
                            .formatted(
                                    Setting.TLS_CERTIFICATE.fullName(),
                                    Setting.TLS_KEY.fullName()));
        }
        return certificate.isEmpty()
                ? Optional.empty()
                : Optional.of(new CertificateFiles(home.resolve(certificate), home.resolve(key)));
    }

    public ZoneId zone() {
        try {
            return ZoneId.of(text(Setting.TIME_ZONE));
        } catch (DateTimeException e) {
            throw new ConfigException(Setting.TIME_ZONE, "a time zone such as Europe/Berlin", e);
        }
    }

    /** A constant of an enumeration, by its lower-case name. */
    public <T extends Enum<T>> T choice(Setting setting, Class<T> type) {
        List<T> constants = List.of(type.getEnumConstants());
        return constants.stream()
                .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text(setting)))
                .findFirst()
                .orElseThrow(
                        () ->
                                new ConfigException(
                                        setting,
                                        "one of " + constants.toString().toLowerCase(Locale.ROOT)));
    }

    public boolean flag(Setting setting) {
        return switch (text(setting)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ConfigException(setting, "true or false");
        };
    }

    public int number(Setting setting) {
        try {
            int number = Integer.parseInt(text(setting));
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new ConfigException(setting, "a whole number", e);
        }
        throw new ConfigException(setting, "a whole number, not below 0");
    }

    /** The budget of bytes that all clients share. */
    public long memory() {
        return memory(Runtime.getRuntime().maxMemory());
    }

    public long memory(long heap) {
        Matcher matcher = MEMORY.matcher(text(Setting.MEMORY));
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            long bytes = matcher.group(2).isEmpty() ? number : heap / 100 * number;
            if (bytes >= LEAST_MEMORY && bytes <= heap / 100 * LARGEST_MEMORY_PERCENT) {
                return bytes;
            }
        }
        throw new ConfigException(
                Setting.MEMORY,
                "a part of Java's heap such as 40%, or bytes: at least "
                        + LEAST_MEMORY
                        + " and at the most "
                        + LARGEST_MEMORY_PERCENT
                        + "% of the heap, which has "
                        + heap);
    }

    public Duration duration(Setting setting) {
        Matcher matcher = DURATION.matcher(text(setting));
        if (!matcher.matches()) {
            throw new ConfigException(setting, "a duration such as 250ms, 10s, 5m, 2h or 90d");
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    /** A duration above zero. */
    public Duration time(Setting setting) {
        Duration time = duration(setting);
        if (time.isZero()) {
            throw new ConfigException(setting, "more than " + text(setting));
        }
        return time;
    }

    private static Path existing(Path yaml, Consumer<ConfigException> wrong) {
        if (!Files.exists(yaml)) {
            wrong.accept(new ConfigException("no such file: " + yaml));
        }
        return yaml;
    }

    /** The file of the installation, else the one that came with the program. */
    private static Path ordinary(Path home, Path distribution) {
        Path own = home.resolve("config").resolve("application.yaml");
        return Files.exists(own.getParent())
                ? own
                : distribution.resolve("config").resolve("application.yaml");
    }
}
