package dev.oaiproxy.app.boot;

import dev.oaiproxy.api.Program;
import dev.oaiproxy.base.alarm.FatalErrors;
import dev.oaiproxy.proxy.log.LogSetup;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** {@code oaiproxy serve}: runs a server until the process is told to stop. */
public final class Main implements Program {
    private final PrintStream out;

    public Main() {
        this(System.out);
    }

    Main(PrintStream out) {
        this.out = out;
    }

    @Override
    public String name() {
        return "serve";
    }

    @Override
    public int run(Map<String, String> settings) {
        Thread.setDefaultUncaughtExceptionHandler(new FatalErrors(System.err, Main::halt));
        Server server;
        try {
            server =
                    new Server(
                            Path.of(System.getProperty("oaiproxy.home", "")),
                            System.getenv(),
                            settings,
                            InstantSource.system());
        } catch (RuntimeException e) {
            LogSetup.finish();
            System.err.println("oaiproxy: " + e.getMessage());
            return 1;
        }
        runUntilStopped(server);
        return 0;
    }

    /** Ends the process at once: after a fatal error no shutdown hook may run. */
    private static void halt() {
        Runtime.getRuntime().halt(FatalErrors.EXIT_CODE);
    }

    private void runUntilStopped(Server server) {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .unstarted(
                                        () -> {
                                            server.close();
                                            LogSetup.finish();
                                            stopped.countDown();
                                        }));
        HangupSignal.listen(server::reload, stopped::countDown);
        String scheme = server.isEncrypted() ? "https" : "http";
        out.println("oaiproxy listening on " + scheme + "://127.0.0.1:" + server.port());
        if (!server.isOpen()) {
            out.println("It has not been set up yet; run: oaiproxy setup");
        }
        out.flush();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
