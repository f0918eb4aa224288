package dev.oaiproxy.cli.command.server;

import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.cli.command.common.Confirmation;
import dev.oaiproxy.cli.output.Failure;
import dev.oaiproxy.cli.output.Terminal;
import dev.oaiproxy.cli.settings.CliSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;

/** Lets no value of a {@code .env} be replaced without a word, and keeps the file of before. */
final class EnvReplacement {
    private final CliSettings settings;
    private boolean allowed;

    @Mixin private final Confirmation confirmation = new Confirmation();

    EnvReplacement(CliSettings settings) {
        this.settings = settings;
    }

    /** The file that a set-up without a server writes. */
    Path file() {
        return settings.envFile();
    }

    /** Asks before values are replaced, and copies the file that has them. */
    void keepOld(Map<String, String> values, Terminal terminal) {
        try {
            EnvFile old = EnvFile.read(file());
            List<String> replaced =
                    values.keySet().stream().filter(name -> differs(old, name, values)).toList();
            if (replaced.isEmpty() || allowed) {
                return;
            }
            allow(replaced, terminal);
            Path copy = file().resolveSibling(".env.old");
            old.write(copy);
            allowed = true;
            terminal.say("the old file is kept as " + copy);
        } catch (IOException e) {
            throw Failure.failed(
                    "cannot read or copy " + file(), "make it and its folder accessible for you");
        }
    }

    private void allow(List<String> replaced, Terminal terminal) {
        String what = file() + " has other values of " + String.join(", ", replaced);
        if (terminal.prompts().isEmpty() && !confirmation.given()) {
            throw Failure.usage(what, "give --yes to replace them, or set up in another folder");
        }
        confirmation.ask(terminal, what, "Replace them?");
    }

    private static boolean differs(EnvFile old, String name, Map<String, String> values) {
        String before = old.values().getOrDefault(name, "");
        return !before.isBlank() && !before.equals(values.get(name));
    }
}
