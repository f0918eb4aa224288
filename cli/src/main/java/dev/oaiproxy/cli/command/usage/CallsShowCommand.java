package dev.oaiproxy.cli.command.usage;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.oaiproxy.api.AdminApi.CallDetail;
import dev.oaiproxy.api.Json;
import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ConnectionOptions;
import dev.oaiproxy.cli.output.CallRows;
import dev.oaiproxy.cli.output.Printer;
import dev.oaiproxy.cli.output.SafeText;
import dev.oaiproxy.cli.output.Terminal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows one call with all that is known of it. */
@Command(
        name = "show",
        description =
                "Show a call: its outcome, how its cost was computed, its request and response.",
        footer = {
            "  oaiproxy calls show ID",
            "  oaiproxy calls show ID --format json | jq -r .request"
        })
final class CallsShowCommand implements Runnable {
    private static final String CUT = ", cut at the size that is kept";

    @Mixin private final ConnectionOptions connection;

    @Parameters(paramLabel = "ID", description = "Its id, as in `calls`.")
    private String id = "";

    CallsShowCommand(CommandContext context) {
        this.connection = new ConnectionOptions(context);
    }

    @Override
    public void run() {
        CallDetail detail = connection.client().call(id);
        Printer printer = connection.printer();
        printer.print(CallRows.card(detail), detail);
        if (printer.rowsOnly()) {
            return;
        }
        section("charge, by prices of version " + detail.call().priceVersion());
        printer.print(CallRows.explanation(detail), detail);
        body("request", detail.request(), detail.requestCut() ? CUT : "");
        body("response", detail.response(), detail.responseCut() ? CUT : "");
    }

    private void body(String what, @Nullable String body, String remark) {
        Terminal terminal = connection.terminal();
        if (body == null) {
            section("the " + what + " was not kept");
            return;
        }
        section(what + remark);
        terminal.out().println(terminal.interactive() ? pretty(body) : body);
    }

    private void section(String title) {
        Terminal terminal = connection.terminal();
        terminal.out().println();
        terminal.out().println(terminal.bold(title));
    }

    /** A body for a person: indented when it is JSON, and without control characters. */
    private static String pretty(String body) {
        try {
            return SafeText.visible(Json.mapper().readTree(body).toPrettyString());
        } catch (JsonProcessingException e) {
            return SafeText.visible(body);
        }
    }
}
