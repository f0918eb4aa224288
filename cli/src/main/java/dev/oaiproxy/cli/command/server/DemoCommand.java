package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.cli.command.common.CommandContext;
import dev.oaiproxy.cli.demo.Demo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the product at work. */
@Command(
        name = "demo",
        description = {
            "Watch it work: a stand-in for OpenAI and the real server on free ports, real calls.",
            "",
            "Needs no OpenAI key and no network, and leaves nothing behind."
        },
        footer = {
            "  oaiproxy demo           the whole demo, then stop",
            "  oaiproxy demo --keep    leave it running, to point an OpenAI SDK at"
        })
public final class DemoCommand implements Runnable {
    private final CommandContext context;

    @Option(names = "--keep", description = "Leave it running until Ctrl-C.")
    private boolean keep;

    DemoCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        new Demo(context.terminal(), context.settings().environment())
                .run(keep ? Demo.Afterwards.KEEP_RUNNING : Demo.Afterwards.STOP);
    }
}
