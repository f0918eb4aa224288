package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.api.OfflineTools.CheckOutcome;
import dev.oaiproxy.app.boot.ApiKeyCheck;
import dev.oaiproxy.app.config.ProxySettings;
import dev.oaiproxy.app.config.ServerConfig;
import dev.oaiproxy.app.config.Setting;
import dev.oaiproxy.app.offline.BookCheck;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.PriceBookException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks of the settings, of the price book and of OpenAI. */
final class SettingChecks {
    private SettingChecks() {}

    /** The files of the settings, and a line for each wrong setting. */
    static List<CheckOutcome> settings(DoctorContext context) {
        ServerConfig config = context.config();
        String files =
                Stream.of(config.yamlFile(), config.envFile())
                        .filter(Files::isReadable)
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "));
        String none =
                context.hidden().isEmpty()
                        ? "no file; the defaults apply"
                        : "no file that this user can see";
        CheckOutcome read = new CheckOutcome.Ok(files.isEmpty() ? none : "read from " + files);
        return Stream.concat(
                        Stream.of(read),
                        context.problems().stream()
                                .map(
                                        one ->
                                                CheckResults.problem(
                                                        one, "correct it; see docs/settings.md")))
                .toList();
    }

    static List<CheckOutcome> completeness(DoctorContext context) {
        ServerConfig config = context.config();
        if (config.isSetUp()) {
            return CheckResults.ok(
                    "done; the administrator is " + config.text(Setting.PROXY_SERVER_USER));
        }
        if (context.hidden().isPresent()) {
            return CheckResults.none();
        }
        String missing =
                config.missing().stream().map(Setting::variable).collect(Collectors.joining(", "));
        return CheckResults.warn("not done: there is no " + missing, "run oaiproxy setup");
    }

    static List<CheckOutcome> prices(DoctorContext context) {
        try {
            OfflineTools.PriceBookCheck check =
                    BookCheck.of(
                            PriceBook.load(context.config().prices()), context.clock().instant());
            return CheckResults.ok(
                    "version %s: %d models, %d prices, %d of them with a gap; %s"
                            .formatted(
                                    check.version(),
                                    check.models(),
                                    check.prices(),
                                    check.gaps().size(),
                                    context.config().prices()));
        } catch (PriceBookException e) {
            return CheckResults.fail(
                    String.valueOf(e.getMessage()),
                    "correct the book, or take the one that came with the program");
        }
    }

    static List<CheckOutcome> openAi(DoctorContext context) {
        ServerConfig config = context.config();
        String base = config.openAi() + proxy(context);
        if (context.hidden().isPresent()) {
            return CheckResults.fail("not checked", "run this as the server's user");
        }
        if (config.text(Setting.OPENAI_API_KEY).isEmpty()) {
            return CheckResults.fail("there is no key for " + base, "run oaiproxy setup");
        }
        if (!context.problems().isEmpty()) {
            return CheckResults.fail("not checked", "correct the settings first");
        }
        return switch (ApiKeyCheck.of(config)) {
            case ApiKeyCheck.Accepted _ -> CheckResults.ok(base + " takes the key");
            case ApiKeyCheck.Rejected refused ->
                    CheckResults.fail(
                            base + " refuses the key (HTTP " + refused.status() + ")",
                            "correct OPENAI_API_KEY, or OPENAI_BASE_URL");
            case ApiKeyCheck.Undecided undecided ->
                    CheckResults.warn(
                            base
                                    + " neither confirmed nor rejected it (HTTP "
                                    + undecided.status()
                                    + ")",
                            "try again later, or correct OPENAI_BASE_URL");
            case ApiKeyCheck.Unreachable _ ->
                    CheckResults.fail(
                            base + " cannot be reached",
                            "check that this machine or its proxy can reach it, and correct"
                                    + " OPENAI_BASE_URL or HTTPS_PROXY");
        };
    }

    /** The outbound proxy, if there is one. */
    private static String proxy(DoctorContext context) {
        return context.problems().isEmpty()
                ? ProxySettings.of(context.config())
                        .map(proxy -> " through the proxy " + proxy)
                        .orElse("")
                : "";
    }
}
