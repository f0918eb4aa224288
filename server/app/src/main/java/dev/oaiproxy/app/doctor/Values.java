package dev.oaiproxy.app.doctor;

import dev.oaiproxy.api.OfflineTools;
import dev.oaiproxy.api.OfflineTools.Outcome;
import dev.oaiproxy.app.KeyTrial;
import dev.oaiproxy.app.ServerConfig;
import dev.oaiproxy.app.Setting;
import dev.oaiproxy.app.offline.BookCheck;
import dev.oaiproxy.metering.price.book.PriceBook;
import dev.oaiproxy.metering.price.book.PriceBookException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The settings, and what they lead to outside of the database. */
final class Values {
    private static final List<Setting> NEEDED =
            List.of(Setting.OPENAI_API_KEY, Setting.PROXY_SERVER_USER, Setting.PROXY_SERVER_PASS);

    private Values() {}

    /** Where they are from, and a line for each that is wrong. */
    static List<Outcome> settings(Situation situation) {
        ServerConfig config = situation.config();
        String files =
                Stream.of(config.yamlFile(), config.envFile())
                        .filter(Files::isReadable)
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "));
        String none =
                situation.hidden().isEmpty()
                        ? "no file; all are the defaults"
                        : "no file that this user can see";
        Outcome read = new Outcome.Ok(files.isEmpty() ? none : "read from " + files);
        return Stream.concat(
                        Stream.of(read),
                        situation.problems().stream()
                                .map(one -> Outcomes.told(one, "correct it; see docs/settings.md")))
                .toList();
    }

    static List<Outcome> completeness(Situation situation) {
        ServerConfig config = situation.config();
        if (config.isSetUp()) {
            return Outcomes.ok("done; the administrator is " + config.text(NEEDED.get(1)));
        }
        if (situation.hidden().isPresent()) {
            return Outcomes.none();
        }
        String missing =
                NEEDED.stream()
                        .filter(setting -> config.text(setting).isEmpty())
                        .map(Setting::variable)
                        .collect(Collectors.joining(", "));
        return Outcomes.warn("not done: there is no " + missing, "run oaiproxy setup");
    }

    static List<Outcome> prices(Situation situation) {
        try {
            OfflineTools.Check check =
                    BookCheck.of(
                            PriceBook.load(situation.config().prices()),
                            situation.clock().instant());
            return Outcomes.ok(
                    "edition %s: %d models, %d prices, %d of them with a gap; %s"
                            .formatted(
                                    check.version(),
                                    check.models(),
                                    check.prices(),
                                    check.gaps().size(),
                                    situation.config().prices()));
        } catch (PriceBookException e) {
            return Outcomes.fail(
                    String.valueOf(e.getMessage()),
                    "correct the book, or take the one that came with the program");
        }
    }

    /** Asks OpenAI only when told to. */
    static List<Outcome> openAi(Situation situation) {
        ServerConfig config = situation.config();
        String base = config.openAi() + way(situation);
        if (!situation.asksOpenAi()) {
            return Outcomes.none();
        }
        if (situation.hidden().isPresent()) {
            return Outcomes.fail("not asked", "run this as the server's user");
        }
        if (config.text(Setting.OPENAI_API_KEY).isEmpty()) {
            return Outcomes.fail("there is no key for " + base, "run oaiproxy setup");
        }
        if (!situation.problems().isEmpty()) {
            return Outcomes.fail("not asked", "correct the settings first");
        }
        return switch (KeyTrial.of(config)) {
            case KeyTrial.Taken _ -> Outcomes.ok(base + " takes the key");
            case KeyTrial.Refused refused ->
                    Outcomes.fail(
                            base + " refuses the key (HTTP " + refused.status() + ")",
                            "correct OPENAI_API_KEY, or OPENAI_BASE_URL");
            case KeyTrial.Untold untold ->
                    Outcomes.warn(
                            base + " could not tell (HTTP " + untold.status() + ")",
                            "try again later, or correct OPENAI_BASE_URL");
            case KeyTrial.Unreachable _ ->
                    Outcomes.fail(
                            base + " cannot be reached",
                            "see that this machine, or its proxy, gets there, and correct"
                                    + " OPENAI_BASE_URL or HTTPS_PROXY");
        };
    }

    /** The proxy before OpenAI, where there is one. */
    private static String way(Situation situation) {
        return situation.problems().isEmpty()
                ? situation.config().proxy().map(proxy -> " by the proxy " + proxy).orElse("")
                : "";
    }
}
