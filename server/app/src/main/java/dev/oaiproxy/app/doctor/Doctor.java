package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckResult;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Looks at all that can be wrong, in the order in which somebody would mend it. */
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
                    new Check("database", LedgerChecks::reach),
                    new Check("version", LedgerChecks::version),
                    new Check("driver", LedgerChecks::driver),
                    new Check("encryption", LedgerChecks::encryption),
                    new Check("tables", LedgerChecks::tables),
                    new Check("clock", LedgerChecks::clock),
                    new Check("nodes", LedgerChecks::nodes),
                    new Check("prices", SettingChecks::prices),
                    new Check("certificate", TlsChecks::certificate),
                    new Check("port", PortChecks::itself),
                    new Check("server", PortChecks::server),
                    new Check("openai", SettingChecks::openAi));

    private final Path distribution;
    private final Map<String, String> environment;

    public Doctor(Path distribution, Map<String, String> environment) {
        this.distribution = distribution;
        this.environment = environment;
    }

    /** Runs all checks; see {@link dev.oaiproxy.api.OfflineTools#examine}. */
    public List<CheckResult> examine(
            Map<String, String> settings, boolean openai, InstantSource clock) {
        DoctorContext doctorContext =
                DoctorContext.of(
                        new DoctorContext.Surroundings(distribution, environment, settings),
                        new DoctorContext.Terms(openai, clock));
        return CHECKS.stream().flatMap(check -> check.at(doctorContext).stream()).toList();
    }
}
