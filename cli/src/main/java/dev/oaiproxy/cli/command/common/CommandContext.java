package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.api.Checkup;
import dev.oaiproxy.api.DatabaseCheck;
import dev.oaiproxy.api.Databases;
import dev.oaiproxy.api.PriceFiles;
import dev.oaiproxy.api.Program;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import dev.oaiproxy.cli.settings.CliSettings;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What surrounds a command.
 *
 * @param programs the long-running parts by name
 * @param databaseCheck the server's own try of a database, where the server is on the class path
 * @param priceFiles the server's own reader of price books, where the server is on the class path
 * @param databases the server's own copier of databases, where the server is on the class path
 * @param checkup the server's own look at an installation, where the server is on the class path
 */
public record CommandContext(
        CliSettings settings,
        Terminal terminal,
        Clock clock,
        Function<String, Optional<Program>> programs,
        Supplier<Optional<DatabaseCheck>> databaseCheck,
        Supplier<Optional<PriceFiles>> priceFiles,
        Supplier<Optional<Databases>> databases,
        Supplier<Optional<Checkup>> checkup) {

    /** The process's own surroundings. */
    public static CommandContext ofProcess() {
        Map<String, String> environment = System.getenv();
        return new CommandContext(
                CliSettings.ofProcess(environment),
                Terminal.ofProcess(environment),
                Clock.system(ZoneId.systemDefault()),
                CommandContext::program,
                () -> ServiceLoader.load(DatabaseCheck.class).findFirst(),
                () -> ServiceLoader.load(PriceFiles.class).findFirst(),
                () -> ServiceLoader.load(Databases.class).findFirst(),
                () -> ServiceLoader.load(Checkup.class).findFirst());
    }

    /** What a command cannot do without. */
    public static <T> T part(Optional<T> part) {
        return part.orElseThrow(
                () ->
                        Failure.failed(
                                "the server is not part of this installation",
                                "use the complete distribution of oaiproxy"));
    }

    private static Optional<Program> program(String name) {
        for (Program program : ServiceLoader.load(Program.class)) {
            if (program.name().equals(name)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }
}
