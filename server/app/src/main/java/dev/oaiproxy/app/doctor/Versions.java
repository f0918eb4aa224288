package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.Outcome;
import dev.oaiproxy.app.Version;
import java.util.List;

/** What runs here. */
final class Versions {
    private Versions() {}

    static List<Outcome> program(Situation situation) {
        return Outcomes.ok(Version.TEXT);
    }

    static List<Outcome> java(Situation situation) {
        return Outcomes.ok(
                "%s, %s, on %s %s"
                        .formatted(
                                System.getProperty("java.runtime.version"),
                                System.getProperty("java.vendor"),
                                System.getProperty("os.name"),
                                System.getProperty("os.arch")));
    }
}
