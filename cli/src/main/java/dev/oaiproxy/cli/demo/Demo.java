package dev.oaiproxy.cli.demo;

import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Screen;
import java.net.URI;
import java.util.Map;

/** Starts the processes, lets the story be told, and ends everything. */
public final class Demo {
    private final Screen screen;
    private final Launch launch;

    /** A demonstration whose processes are started as this one was. */
    public Demo(Screen screen, Map<String, String> environment) {
        this(screen, Launch.again(environment));
    }

    Demo(Screen screen, Launch launch) {
        this.screen = screen;
        this.launch = launch;
    }

    /**
     * Shows it all.
     *
     * @param keep whether to leave it running until the process is told to stop
     */
    public void run(boolean keep) {
        try (var stage = new Stage(launch)) {
            try {
                show(stage, keep);
            } catch (Failure failure) {
                stage.lastWords().forEach(screen::say);
                throw failure;
            }
        }
        if (!keep) {
            new Page(screen).block(Guide.next());
        }
    }

    private void show(Stage stage, boolean keep) {
        var page = new Page(screen);
        page.step("a stand-in for OpenAI, on a free port");
        URI upstream = stage.startSandbox();
        page.line(upstream + " (it streams, counts and fails as OpenAI does, and costs nothing)");
        page.step("the server, in front of it");
        URI server = stage.startServer(upstream);
        page.line(server + ", its database in " + stage.folder());
        String key = new Story(page, server, stage.admin(server)).tell();
        if (keep) {
            page.block(Guide.paste(server, key, stage.login()));
            stage.await();
        }
    }
}
