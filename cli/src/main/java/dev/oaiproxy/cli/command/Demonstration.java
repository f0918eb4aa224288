package dev.oaiproxy.cli.command;

import dev.oaiproxy.cli.demo.Demo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the product at work. */
@Command(
        name = "demo",
        description = {
            "Watch it work: a stand-in for OpenAI and the real server on free ports, real calls.",
            "",
            "Needs no OpenAI key and no network, and leaves nothing behind.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  oaiproxy demo           the whole story, then stop",
            "  oaiproxy demo --keep    leave it running, to point an OpenAI SDK at"
        })
final class Demonstration implements Runnable {
    private final Shell shell;

    @Option(names = "--keep", description = "Leave it running until Ctrl-C.")
    private boolean keep;

    Demonstration(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void run() {
        new Demo(shell.screen(), shell.settings().environment()).run(keep);
    }
}
