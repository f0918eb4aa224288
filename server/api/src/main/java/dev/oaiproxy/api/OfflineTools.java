package dev.oaiproxy.api;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The server's own code for commands that need no running server. The command line finds it through
 * {@link java.util.ServiceLoader}, so that its other commands never load a class of the server.
 *
 * <p>Every method throws {@link IllegalArgumentException} when it cannot do its work. The message
 * says why, and names file and line where a file is wrong.
 */
public interface OfflineTools {
    /**
     * Checks the settings of a first set-up as a running server would, and writes them to {@code
     * .env}. Nothing is written when one of them is wrong; the message then is the problem, a
     * semicolon and the remedy.
     *
     * @param environment the variables of the process; {@code OAIPROXY_HOME} is the folder
     */
    AdminApi.SetupResult runSetup(SetupRequest setup, Map<String, String> environment);

    /** The price book that a server started here would read. */
    Path priceBook();

    /** Reads a price book as the server would, and lists its gaps from a moment on. */
    PriceBookCheck checkPrices(Path file, Instant at);

    /** Compares two price books. */
    PriceBookDiff comparePrices(Path older, Path newer);

    /**
     * Converts the OpenAI models of another price list to the text of a price book, with comments
     * on the differences from our book at a moment.
     */
    String importPrices(PriceListSource source, Path list, Path ours, Instant at);

    /**
     * Copies the SQLite database of the installation here, which may be in use, into a new file,
     * and audits the copy.
     */
    CopyResult backUp(Path file);

    /**
     * Copies all rows of the installation here into the empty database of another one, and proves
     * that both are the same. An unfinished copy is started again.
     *
     * @param home the folder of the other installation, whose settings name its database
     */
    CopyResult copy(Path home, Consumer<CopyProgress> progress);

    /**
     * Runs all checks of an installation, and changes nothing. A check that fails does not keep the
     * others from running.
     *
     * @param settings settings by their path that override all others, as {@code serve} takes them
     * @param clock the time of this machine
     */
    List<CheckResult> examine(Map<String, String> settings, CheckScope scope, InstantSource clock);

    /** A published price list. */
    enum PriceListSource {
        /** {@code model_prices_and_context_window.json} of BerriAI/litellm. */
        LITELLM,
        /** {@code prices/data.json} of pydantic/genai-prices. */
        GENAI_PRICES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * The result of checking a price book that can be used.
     *
     * @param kinds the number of models of each kind
     * @param gaps missing rates and bounds
     * @param shutdowns the models that OpenAI shuts down within 60 days, the next first
     */
    record PriceBookCheck(
            String version,
            int models,
            int prices,
            Map<String, Integer> kinds,
            List<PriceBookGap> gaps,
            List<PriceBookGap> shutdowns) {}

    /** A missing rate or bound of a model, or a notice about the model. */
    record PriceBookGap(String model, String kind, String gap) {}

    /** The difference of two price books. */
    record PriceBookDiff(
            String older,
            String newer,
            List<String> added,
            List<String> removed,
            List<RateChange> changes) {}

    /**
     * A rate that differs.
     *
     * @param aboveInputTokens the number of input tokens above which it applies, 0 for the ordinary
     *     rate
     * @param from its first day, null for always
     * @param oldUsd null when the older book has none
     * @param newUsd null when the newer book has none
     * @param change in per cent with its sign, or {@code new} or {@code gone}
     */
    record RateChange(
            String model,
            String tier,
            long aboveInputTokens,
            String unit,
            @Nullable String from,
            @Nullable String oldUsd,
            @Nullable String newUsd,
            String change) {}

    /**
     * The result of copying a database.
     *
     * @param chargedUsd the sum of all charges in the copy
     * @param findings the number of audit findings in the copy; 0 when it balances
     * @param waiting the number of charges in the spool, which are not in the copy
     */
    record CopyResult(
            String from, String to, long calls, String chargedUsd, int findings, long waiting) {}

    /**
     * The progress of a copy.
     *
     * @param rows the number of rows of the table that are copied
     * @param all the number of rows of the table
     */
    record CopyProgress(String table, long rows, long all) {}

    /** The scope of the checks of an installation. */
    enum CheckScope {
        /** The machine and what the settings name, but not OpenAI. */
        INSTALLATION,
        /** The key at OpenAI, too. */
        WITH_OPENAI
    }

    /**
     * The result of one check of an installation.
     *
     * @param check the subject of the check, in a word or two
     */
    record CheckResult(String check, CheckOutcome outcome) {}

    /** The outcome of a check. None of the texts has a secret in it. */
    sealed interface CheckOutcome {
        /** The finding, in one line. */
        String found();

        /** Nothing is wrong. */
        record Ok(String found) implements CheckOutcome {}

        /** The server works, but an operator should look at this. */
        record Warn(String found, String advice) implements CheckOutcome {}

        /** The server does not start or work, or this is unsafe. */
        record Fail(String found, String advice) implements CheckOutcome {}
    }
}
