package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.Finding;
import dev.oaiproxy.app.Quiet;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Looks at all that can be wrong, in the order in which somebody would mend it. */
public final class Doctor {
    private static final List<Check> CHECKS =
            List.of(
                    new Check("oaiproxy", Versions::program),
                    new Check("java", Versions::java),
                    new Check("settings", Values::settings),
                    new Check("set-up", Values::completeness),
                    new Check("folder", Folder::itself),
                    new Check("permissions", Folder::permissions),
                    new Check("disk", Folder::space),
                    new Check("spool", Folder::spool),
                    new Check("database", Ledger::reach),
                    new Check("version", Ledger::version),
                    new Check("driver", Ledger::driver),
                    new Check("encryption", Ledger::encryption),
                    new Check("tables", Ledger::tables),
                    new Check("clock", Ledger::clock),
                    new Check("nodes", Ledger::nodes),
                    new Check("prices", Values::prices),
                    new Check("certificate", Tls::certificate),
                    new Check("port", Port::itself),
                    new Check("server", Port::server),
                    new Check("openai", Values::openAi));

    private final Path distribution;
    private final Map<String, String> environment;

    public Doctor(Path distribution, Map<String, String> environment) {
        this.distribution = distribution;
        this.environment = environment;
    }

    /** Runs all checks; see {@link dev.oaiproxy.api.OfflineTools#examine}. */
    public List<Finding> examine(
            Map<String, String> settings, boolean openai, InstantSource clock) {
        Quiet.migrations();
        Situation situation =
                Situation.of(
                        new Situation.Surroundings(distribution, environment, settings),
                        new Situation.Terms(openai, clock));
        return CHECKS.stream().flatMap(check -> check.at(situation).stream()).toList();
    }
}
