package dev.oaiproxy.cli.settings;

import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.api.SecretFile;
import dev.oaiproxy.cli.output.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Variables by name: from the environment, else from the {@code .env} in {@code OAIPROXY_HOME} or,
 * without that, in the current folder.
 */
public final class CliSettings {
    public static final String URL = "OAIPROXY_URL";
    public static final String ADMIN_USER = "PROXY_SERVER_USER";
    public static final String ADMIN_PASSWORD = "PROXY_SERVER_PASS";

    public static final String AUTHORITY = "OAIPROXY_CA";

    private static final String CERTIFICATE = "OAIPROXY_TLS_CERTIFICATE";
    private static final String HOME = "OAIPROXY_HOME";
    private static final String DEFAULT_PORT = "5000";

    private final Map<String, String> environment;
    private final Path folder;
    private @Nullable Map<String, String> fileValues;

    public CliSettings(Map<String, String> environment, Path folder) {
        this.environment = Map.copyOf(environment);
        this.folder = folder;
    }

    public static CliSettings ofProcess(Map<String, String> environment) {
        return new CliSettings(environment, Path.of("").toAbsolutePath());
    }

    /** The value of a variable; an empty one counts as none. */
    public Optional<String> value(String name) {
        return value(environment, name).or(() -> value(file(), name));
    }

    /** The administrator's password may also be in a file of its own. */
    private Optional<String> value(Map<String, String> variables, String name) {
        Optional<String> value =
                Optional.ofNullable(variables.get(name)).filter(text -> !text.isBlank());
        return name.equals(ADMIN_PASSWORD)
                ? value.or(() -> value(variables, name + SecretFile.SUFFIX).map(this::secret))
                : value;
    }

    private String secret(String path) {
        try {
            return SecretFile.read(ADMIN_PASSWORD + SecretFile.SUFFIX, home(), path);
        } catch (IOException e) {
            throw Failure.failed(String.valueOf(e.getMessage()), "or give --password");
        }
    }

    /** The address of the server: the given one, else that of the variables, else this machine. */
    public URI server(Optional<String> given) {
        String scheme = value(CERTIFICATE).isPresent() ? "https" : "http";
        Supplier<String> here =
                () -> scheme + "://localhost:" + value("OAIPROXY_PORT").orElse(DEFAULT_PORT);
        String text = given.or(() -> value(URL)).orElseGet(here).strip();
        try {
            URI uri = new URI(text.replaceAll("/+$", ""));
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            // A password in an address would be printed with it.
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw noAddress();
        }
        throw noAddress();
    }

    private static Failure noAddress() {
        return Failure.usage(
                "the server's address is not an http address",
                "give --url or " + URL + " as http://host:port");
    }

    /**
     * The certificates to trust in place of Java's own: of an authority, or of the server itself
     * where its settings are those of this folder.
     */
    public Optional<Path> authority() {
        return value(AUTHORITY).or(() -> value(CERTIFICATE)).map(home()::resolve);
    }

    /** The environment itself, for processes to be started. */
    public Map<String, String> environment() {
        return environment;
    }

    /** The environment with the folder of {@code .env} as {@code OAIPROXY_HOME}. */
    public Map<String, String> environmentWithHome() {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put(HOME, home().toString());
        return variables;
    }

    /** The {@code .env} of this installation, which need not exist. */
    public Path envFile() {
        return home().resolve(".env");
    }

    private Path home() {
        String home = environment.get(HOME);
        return home == null || home.isBlank() ? folder : folder.resolve(home);
    }

    private Map<String, String> file() {
        if (fileValues == null) {
            fileValues = read(envFile());
        }
        return fileValues;
    }

    private static Map<String, String> read(Path path) {
        try {
            return EnvFile.read(path).values();
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot read " + path, "make it readable for you, or remove it and run setup");
        }
    }
}
