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
 * The signal SIGHUP, which means two things. Whoever sends it wants the files read again. When a
 * terminal is closed, it tells the programs that were started there to stop.
 */
final class HangupSignal {
    private static final Logger LOG = System.getLogger(HangupSignal.class.getName());

    private HangupSignal() {}

    /**
     * Begins to take the signal. Where there is none, as on Windows, or where the process was
     * started without it, as by nohup, nothing changes.
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
            LOG.log(Level.DEBUG, "no SIGHUP cause={0}", e.toString());
        }
    }

    /** By reflection: the compiler warns of the class, and the JDK offers no other. */
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
            LOG.log(Level.WARNING, "reload failed cause={0}", e.toString());
        }
    }

    /** Whether the terminal that the process was started at is still there. */
    private static boolean hasTerminal() {
        try (var tty = Files.newInputStream(Path.of("/dev/tty"))) {
            return tty != null;
        } catch (IOException e) {
            return false;
        }
    }
}
