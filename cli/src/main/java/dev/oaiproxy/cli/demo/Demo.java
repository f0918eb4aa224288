package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import java.net.URI;
import java.util.Map;

/** Starts the processes, runs the demo script, and stops everything. */
public final class Demo {
    private final Terminal terminal;
    private final ProgramLauncher launcher;

    /** A demonstration whose processes are started as this one was. */
    public Demo(Terminal terminal, Map<String, String> environment) {
        this(terminal, ProgramLauncher.again(environment));
    }

    Demo(Terminal terminal, ProgramLauncher launcher) {
        this.terminal = terminal;
        this.launcher = launcher;
    }

    /**
     * Shows it all.
     *
     * @param keep true to leave it running until the process is stopped
     */
    public void run(boolean keep) {
        try (var demoEnvironment = new DemoEnvironment(launcher)) {
            try {
                show(demoEnvironment, keep);
            } catch (Failure failure) {
                demoEnvironment.lastWords().forEach(terminal::say);
                throw failure;
            }
        }
        if (!keep) {
            new DemoOutput(terminal).block(NextSteps.next());
        }
    }

    private void show(DemoEnvironment demoEnvironment, boolean keep) {
        var output = new DemoOutput(terminal);
        output.step("a stand-in for OpenAI, on a free port");
        URI upstream = demoEnvironment.startSandbox();
        output.line(upstream + " (it streams, counts and fails as OpenAI does, and costs nothing)");
        output.step("the server, in front of it");
        URI server = demoEnvironment.startServer(upstream);
        output.line(server + ", its database in " + demoEnvironment.folder());
        String key = new DemoScript(output, server, demoEnvironment.admin(server)).tell();
        if (keep) {
            output.block(NextSteps.paste(server, key, demoEnvironment.login()));
            demoEnvironment.await();
        }
    }
}
