package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.api.OfflineTools.CheckResult;
import dev.oaiproxy.api.OfflineTools.CheckScope;
import dev.oaiproxy.app.boot.SettingCheck;
import dev.oaiproxy.app.config.ServerConfig;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** Checks an installation, in the order in which an operator would repair it. */
public final class Doctor {
    private static final List<Check> CHECKS =
            List.of(
                    new Check("oaiproxy", VersionChecks::program),
                    new Check("java", VersionChecks::java),
                    new Check("settings", SettingChecks::settings),
                    new Check("set-up", SettingChecks::completeness),
                    new Check("folder", FolderChecks::itself),
                    new Check("permissions", FolderChecks::permissions),
                    new Check("disk", FolderChecks::space),
                    new Check("spool", FolderChecks::spool),
                    new Check("database", DatabaseChecks::reach),
                    new Check("version", DatabaseChecks::version),
                    new Check("driver", DatabaseChecks::driver),
                    new Check("encryption", DatabaseChecks::encryption),
                    new Check("tables", DatabaseChecks::tables),
                    new Check("clock", DatabaseChecks::clock),
                    new Check("nodes", DatabaseChecks::nodes),
                    new Check("prices", SettingChecks::prices),
                    new Check("certificate", TlsChecks::certificate),
                    new Check("port", PortChecks::itself),
                    new Check("server", PortChecks::server));
    private static final Check OPENAI = new Check("openai", SettingChecks::openAi);

    private final Path distribution;
    private final Map<String, String> environment;

    public Doctor(Path distribution, Map<String, String> environment) {
        this.distribution = distribution;
        this.environment = environment;
    }

    /** Runs all checks; see {@link dev.oaiproxy.api.OfflineTools#examine}. */
    public List<CheckResult> examine(
            Map<String, String> settings, CheckScope scope, InstantSource clock) {
        List<String> problems = new ArrayList<>();
        ServerConfig config = ServerConfig.examine(distribution, environment, settings, problems);
        problems.addAll(SettingCheck.problems(config));
        DoctorContext context = new DoctorContext(config, problems, distribution, clock);
        Stream<Check> more = scope == CheckScope.WITH_OPENAI ? Stream.of(OPENAI) : Stream.of();
        return Stream.concat(CHECKS.stream(), more)
                .flatMap(check -> check.results(context).stream())
                .toList();
    }

    /**
     * One check.
     *
     * @param name the subject, in a word or two
     * @param look finds the outcomes; none when the installation has nothing of that kind
     */
    private record Check(String name, Function<DoctorContext, List<CheckOutcome>> look) {
        /** The outcomes. An error of ours is named only, since its message may hold a secret. */
        List<CheckResult> results(DoctorContext context) {
            try {
                return look.apply(context).stream()
                        .map(found -> new CheckResult(name, found))
                        .toList();
            } catch (RuntimeException e) {
                CheckOutcome unknown =
                        new CheckOutcome.Fail(
                                "could not be checked: " + e.getClass().getSimpleName(),
                                "correct the other failures first; if there are none, this is"
                                        + " a bug");
                return List.of(new CheckResult(name, unknown));
            }
        }
    }
}
