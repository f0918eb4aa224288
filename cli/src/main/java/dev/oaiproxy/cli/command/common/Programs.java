package dev.oaiproxy.cli.command.common;

import dev.oaiproxy.api.Program;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs long-running parts in this process. */
public final class Programs {
    private Programs() {}

    public static int run(CommandContext context, String name, Map<String, String> settings) {
        Program program = CommandContext.part(context.programs().apply(name));
        return program.run(settings);
    }

    public static void put(Map<String, String> settings, String path, @Nullable Object value) {
        if (value != null) {
            settings.put(path, value.toString());
        }
    }
}
