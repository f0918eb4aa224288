package dev.oaiproxy.app.boot;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The signal SIGHUP, which means two things. An operator sends it to have files read again. A
 * terminal that closes sends it to stop the programs that were started there.
 */
final class HangupSignal {
    private static final Logger LOG = System.getLogger(HangupSignal.class.getName());

    private HangupSignal() {}

    /**
     * Begins to handle the signal. Nothing changes on Windows, which has no such signal, nor under
     * nohup, which ignores it.
     */
    static void listen(Runnable reload, Runnable stop) {
        boolean terminal = hasTerminal();
        Runnable action =
                () -> {
                    if (terminal && !hasTerminal()) {
                        stop.run();
                    } else {
                        reload.run();
                    }
                };
        try {
            handle(action);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "event=no_sighup cause={0}", e.toString());
        }
    }

    /** Uses reflection: the compiler warns of the class, and the JDK offers no other. */
    private static void handle(Runnable action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Runnable safe = () -> attempt(action);
        MethodHandle run =
                MethodHandles.lookup().bind(safe, "run", MethodType.methodType(void.class));
        Object taken =
                MethodHandleProxies.asInterfaceInstance(
                        handler, MethodHandles.dropArguments(run, 0, signal));
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), taken);
    }

    private static void attempt(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "event=reload_failed cause={0}", e.toString());
        }
    }

    /** True while the terminal that started the process is open. */
    private static boolean hasTerminal() {
        try (var tty = Files.newInputStream(Path.of("/dev/tty"))) {
            return tty != null;
        } catch (IOException e) {
            return false;
        }
    }
}
