package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.app.boot.Version;
import dev.oaiproxy.app.cluster.SettingsFingerprint;
import dev.oaiproxy.app.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of the port, and of the server that has it. */
final class PortChecks {
    private static final String ELSEWHERE =
            "its service may have other environment variables than this shell";

    private PortChecks() {}

    static List<CheckOutcome> itself(DoctorContext context) {
        String port = context.config().text(Setting.PORT);
        if (port.equals("0")) {
            return CheckResults.ok("any free port");
        }
        return switch (context.portOwner()) {
            case PortOwner.Nobody _ -> CheckResults.ok(port + " is free");
            case PortOwner.Ours _ -> CheckResults.ok(port + " is taken by a running oaiproxy");
            case PortOwner.Stranger _ ->
                    CheckResults.fail(
                            port + " is taken by another program",
                            "stop that program, or set OAIPROXY_PORT to another");
            case PortOwner.Silent _ ->
                    CheckResults.warn(
                            port
                                    + " is taken by a program that does not answer in "
                                    + PortOwner.PATIENCE.toSeconds()
                                    + " s",
                            "if it is oaiproxy, see its log; else set OAIPROXY_PORT to another");
            case PortOwner.Barred barred ->
                    CheckResults.fail(
                            port + " cannot be used: " + barred.why(),
                            "set OAIPROXY_PORT or OAIPROXY_HOST to what this user may use");
        };
    }

    static List<CheckOutcome> server(DoctorContext context) {
        if (context.config().text(Setting.PORT).equals("0")
                || !(context.portOwner() instanceof PortOwner.Ours ours)) {
            return CheckResults.none();
        }
        List<CheckOutcome> found = new ArrayList<>();
        found.add(ready(ours, context));
        found.addAll(
                switch (ours.account()) {
                    case PortOwner.Account.Told told -> compare(told, context);
                    case PortOwner.Account.None _ -> CheckResults.none();
                    case PortOwner.Account.WrongPassword _ ->
                            CheckResults.warn(
                                    "it refuses the admin user and password of these settings",
                                    "restart it if they were changed; " + ELSEWHERE);
                    case PortOwner.Account.Unasked _ ->
                            CheckResults.warn(
                                    "not compared, as it was not sent the password: no server is"
                                            + " seen to use "
                                            + context.config().home(),
                                    "run this as the server's user, with its OAIPROXY_HOME");
                });
        return found;
    }

    private static CheckOutcome ready(PortOwner.Ours ours, DoctorContext context) {
        if (ours.ready()) {
            return new CheckOutcome.Ok("runs, and takes calls");
        }
        return context.config().isSetUp()
                ? new CheckOutcome.Fail(
                        "runs, and takes no calls", "see its log, and the database above")
                : new CheckOutcome.Warn("runs, and waits to be set up", "run oaiproxy setup");
    }

    /** Compares versions first: another version may have other settings. */
    private static List<CheckOutcome> compare(PortOwner.Account.Told told, DoctorContext context) {
        List<CheckOutcome> found = new ArrayList<>();
        if (told.version().equals(Version.TEXT)) {
            found.add(new CheckOutcome.Ok("version " + told.version() + ", the same as here"));
            told.status()
                    .filter(status -> differs(status, context))
                    .map(
                            _ ->
                                    new CheckOutcome.Warn(
                                            "it runs with other settings than these",
                                            "restart it to apply these; " + ELSEWHERE))
                    .ifPresent(found::add);
        } else {
            found.add(
                    new CheckOutcome.Warn(
                            "it has version " + told.version() + ", this is " + Version.TEXT,
                            "restart it with this version"));
        }
        told.status().flatMap(PortChecks::prices).ifPresent(found::add);
        return found;
    }

    private static boolean differs(AdminApi.Status status, DoctorContext context) {
        String ours = SettingsFingerprint.digest(SettingsFingerprint.marks(context.config()));
        return status.nodes().stream()
                .filter(node -> node.number() == status.node())
                .anyMatch(node -> !node.settings().equals(ours));
    }

    private static Optional<CheckOutcome> prices(AdminApi.Status status) {
        return Optional.ofNullable(status.pricesRefused())
                .map(
                        why ->
                                new CheckOutcome.Warn(
                                        "it still uses prices " + status.priceVersion(),
                                        "correct the book: " + why));
    }
}
