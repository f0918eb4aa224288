package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.command.common.ServerOptions;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the stand-in for OpenAI. */
@Command(
        name = "sandbox",
        description = {
            "Start a stand-in for OpenAI on this machine, to try things at no cost.",
            "",
            "Point the server at it with OPENAI_BASE_URL."
        },
        footer = {
            "  oaiproxy sandbox --port 5001                        with the key sk-sandbox",
            "  OPENAI_BASE_URL=http://127.0.0.1:5001/v1 OPENAI_API_KEY=sk-sandbox oaiproxy serve"
        })
public final class SandboxCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(names = "--port", paramLabel = "N", description = "The port; 0 for any free one.")
    private @Nullable Integer port;

    @Option(names = "--key", paramLabel = "KEY", description = "The API key that it accepts.")
    private @Nullable String key;

    SandboxCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var settings = new LinkedHashMap<String, String>();
        ServerOptions.put(settings, "sandbox.port", port);
        ServerOptions.put(settings, "sandbox.api-key", key);
        return context.run("sandbox", settings);
    }
}
