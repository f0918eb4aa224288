package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.cli.client.AdminClient;
import dev.oaiproxy.cli.client.AdminEndpoint;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Printer;
import dev.oaiproxy.cli.output.Prompts;
import dev.oaiproxy.cli.output.Terminal;
import dev.oaiproxy.cli.settings.CliSettings;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that talks to a server. */
public final class ConnectionOptions {
    private final CommandContext context;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The server; default: OAIPROXY_URL, or http://localhost:5000.")
    private @Nullable String url;

    @Option(
            names = {"-a", "--admin-user", "--admin"},
            paramLabel = "NAME",
            description =
                    "The admin user; default: PROXY_SERVER_USER from the environment or .env.")
    private @Nullable String user;

    @Option(
            names = {"-p", "--admin-password", "--password"},
            paramLabel = "PASSWORD",
            description =
                    "The admin password; better set PROXY_SERVER_PASS in the environment or .env.")
    private @Nullable String password;

    @Mixin private final OutputOptions output;

    public ConnectionOptions(CommandContext context) {
        this.context = context;
        this.output = new OutputOptions(context);
    }

    /** A client that is logged in. */
    public AdminClient client() {
        if (password != null) {
            context.warnOfSecret(CliSettings.ADMIN_PASSWORD);
        }
        return new AdminClient(
                new AdminEndpoint(server(), Optional.of(login()), context.settings().authority()));
    }

    public URI server() {
        return context.settings().server(Optional.ofNullable(url));
    }

    public Printer printer() {
        return output.printer();
    }

    public Terminal terminal() {
        return context.terminal();
    }

    private AdminEndpoint.AdminLogin login() {
        String name = known(user, CliSettings.ADMIN_USER, "Admin user", Prompts::line);
        String secret =
                known(password, CliSettings.ADMIN_PASSWORD, "Admin password", Prompts::hidden);
        return new AdminEndpoint.AdminLogin(name, secret);
    }

    private String known(
            @Nullable String given,
            String variable,
            String question,
            Function<Prompts, UnaryOperator<String>> how) {
        return Optional.ofNullable(given)
                .or(() -> context.settings().value(variable))
                .or(() -> terminal().prompts().map(prompts -> how.apply(prompts).apply(question)))
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> missing(variable));
    }

    private static Failure missing(String variable) {
        return Failure.unauthorised(
                variable + " is not set",
                "set "
                        + CliSettings.ADMIN_USER
                        + " and "
                        + CliSettings.ADMIN_PASSWORD
                        + " in the environment or in .env; `oaiproxy setup` makes them");
    }
}
