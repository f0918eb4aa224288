package dev.oaiproxy.server.doctor;

import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.Checkup.Outcome;
import dev.oaiproxy.server.Agreement;
import dev.oaiproxy.server.Setting;
import dev.oaiproxy.server.Version;
import java.util.ArrayList;
import java.util.List;

/** The port, and the server that has it. */
final class Port {
    private Port() {}

    static List<Outcome> itself(Situation situation) {
        String port = situation.config().text(Setting.PORT);
        if (port.equals("0")) {
            return Outcomes.ok("any that is free");
        }
        String elsewhere = "stop that program, or set OAIPROXY_PORT to another";
        return switch (situation.running()) {
            case Running.Nobody _ -> Outcomes.ok(port + " is free");
            case Running.Ours _ -> Outcomes.ok(port + " is taken by a running oaiproxy");
            case Running.Stranger _ ->
                    Outcomes.fail(port + " is taken by another program", elsewhere);
            case Running.Barred barred ->
                    Outcomes.fail(
                            port + " cannot be had: " + barred.why(),
                            "set OAIPROXY_PORT or OAIPROXY_HOST to what this user may have");
        };
    }

    static List<Outcome> server(Situation situation) {
        if (situation.config().text(Setting.PORT).equals("0")
                || !(situation.running() instanceof Running.Ours ours)) {
            return Outcomes.none();
        }
        List<Outcome> found = new ArrayList<>();
        found.add(ready(ours, situation.config().isSetUp()));
        ours.status().ifPresent(status -> compare(status, situation, found));
        if (ours.status().isEmpty() && situation.config().isSetUp()) {
            found.add(
                    new Outcome.Warn(
                            "it does not tell its state to the administrator of these settings",
                            "restart it if the settings were changed, or look in its own folder"));
        }
        return found;
    }

    private static Outcome ready(Running.Ours ours, boolean setUp) {
        if (ours.ready()) {
            return new Outcome.Ok("runs, and takes calls");
        }
        return setUp
                ? new Outcome.Fail(
                        "runs, and takes no calls", "see its log, and the database above")
                : new Outcome.Warn("runs, and waits to be set up", "run oaiproxy setup");
    }

    private static void compare(AdminApi.Status status, Situation situation, List<Outcome> found) {
        String version = status.version();
        found.add(
                version.equals(Version.TEXT)
                        ? new Outcome.Ok("version " + version + ", the same as here")
                        : new Outcome.Warn(
                                "version " + version + ", and here is " + Version.TEXT,
                                "restart it to have this one"));
        String ours = Agreement.digest(Agreement.marks(situation.config()));
        boolean differs =
                status.nodes().stream()
                        .filter(node -> node.number() == status.node())
                        .anyMatch(node -> !node.settings().equals(ours));
        if (differs) {
            found.add(
                    new Outcome.Warn(
                            "it runs with other settings than those here",
                            "restart it to have these"));
        }
        if (status.pricesRefused() != null) {
            found.add(
                    new Outcome.Warn(
                            "it goes on with prices " + status.priceVersion(),
                            "correct the book: " + status.pricesRefused()));
        }
    }
}
