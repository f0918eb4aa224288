package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.app.boot.Version;
import java.util.List;

/** Checks of the program and of Java. */
final class VersionChecks {
    private VersionChecks() {}

    static List<CheckOutcome> program(DoctorContext context) {
        return CheckResults.ok(Version.TEXT);
    }

    static List<CheckOutcome> java(DoctorContext context) {
        return CheckResults.ok(
                "%s, %s, on %s %s"
                        .formatted(
                                System.getProperty("java.runtime.version"),
                                System.getProperty("java.vendor"),
                                System.getProperty("os.name"),
                                System.getProperty("os.arch")));
    }
}
