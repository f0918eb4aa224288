package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.client.AdminEndpoint.AdminLogin;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import java.net.URI;
import java.util.Map;

/** Starts the processes, runs the demo script, and stops everything. */
public final class Demo {
    private static final String NEXT_STEPS =
            """
            That was the whole way of a call. Everything is stopped, and nothing is left behind.
            Next:
              oaiproxy demo --keep    the same, left running for your own SDK
              oaiproxy setup          your OpenAI key, an admin login, a database
              oaiproxy serve          your own server, on port 5000
            """;

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

    /** The fate of the server after the demo. */
    public enum Afterwards {
        STOP,
        /** The demonstration runs until the process is stopped. */
        KEEP_RUNNING
    }

    /** Shows it all. */
    public void run(Afterwards afterwards) {
        try (var demoEnvironment = new DemoEnvironment(launcher)) {
            try {
                show(demoEnvironment, afterwards);
            } catch (Failure failure) {
                demoEnvironment.lastWords().forEach(terminal::say);
                throw failure;
            }
        }
        if (afterwards == Afterwards.STOP) {
            new DemoOutput(terminal).block(NEXT_STEPS);
        }
    }

    private void show(DemoEnvironment demoEnvironment, Afterwards afterwards) {
        var output = new DemoOutput(terminal);
        output.step("a stand-in for OpenAI, on a free port");
        URI upstream = demoEnvironment.startSandbox();
        output.line(upstream + " (it streams, counts and fails as OpenAI does, and costs nothing)");
        output.step("the server, in front of it");
        URI server = demoEnvironment.startServer(upstream);
        output.line(server + ", its database in " + demoEnvironment.folder());
        String key = new DemoScript(output, server, demoEnvironment.admin(server)).tell();
        if (afterwards == Afterwards.KEEP_RUNNING) {
            output.block(leftRunning(server, key, demoEnvironment.login()));
            demoEnvironment.await();
        }
    }

    /** The use of the server that was left running. */
    private static String leftRunning(URI server, String key, AdminLogin login) {
        return """
        It is left running. Press Ctrl-C to stop it.

          base_url  %1$s/v1
          api_key   %2$s

        Python:
          from openai import OpenAI
          client = OpenAI(base_url="%1$s/v1", api_key="%2$s")
          answer = client.chat.completions.create(
              model="gpt-6-luna", messages=[{"role": "user", "content": "Hello"}])
          print(answer.choices[0].message.content)

        Node:
          import OpenAI from "openai";
          const client = new OpenAI({ baseURL: "%1$s/v1", apiKey: "%2$s" });
          const answer = await client.chat.completions.create(
              { model: "gpt-6-luna", messages: [{ role: "user", content: "Hello" }] });
          console.log(answer.choices[0].message.content);

        For the command line, in another terminal:
          export OAIPROXY_URL=%1$s PROXY_SERVER_USER=%3$s PROXY_SERVER_PASS=%4$s
          oaiproxy calls --follow
        """
                .formatted(server, key, login.user(), login.password());
    }
}
