package dev.oaiproxy.cli.command;

import dev.oaiproxy.api.Program;
import dev.oaiproxy.cli.output.Failure;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs long-running parts in this process. */
final class Programs {
    private Programs() {}

    static int run(Shell shell, String name, Map<String, String> settings) {
        Program program =
                shell.programs()
                        .apply(name)
                        .orElseThrow(
                                () ->
                                        Failure.failed(
                                                "the server is not part of this installation",
                                                "use the complete distribution of oaiproxy"));
        return program.run(settings);
    }

    static void put(Map<String, String> settings, String path, @Nullable Object value) {
        if (value != null) {
            settings.put(path, value.toString());
        }
    }
}
