package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.Program;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs long-running parts in this process. */
final class Programs {
    private Programs() {}

    static int run(Shell shell, String name, Map<String, String> settings) {
        Program program = Shell.part(shell.programs().apply(name));
        return program.run(settings);
    }

    static void put(Map<String, String> settings, String path, @Nullable Object value) {
        if (value != null) {
            settings.put(path, value.toString());
        }
    }
}
