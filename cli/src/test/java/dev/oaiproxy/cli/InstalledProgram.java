package dev.oaiproxy.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The distribution in its own folder.
 *
 * @param folder the folder for {@code .env} and the database
 * @param variables the only settings in its environment
 */
record InstalledProgram(Path folder, Map<String, String> variables) {
    private static final Path LAUNCHER =
            Path.of(Objects.requireNonNull(System.getProperty("oaiproxy.dist"), "oaiproxy.dist"))
                    .resolve("bin/oaiproxy");

    /** The result of one command. */
    record CommandResult(int code, String out, String err) {}

    /** The same program with one more variable. */
    InstalledProgram with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(variables);
        more.put(name, value);
        return new InstalledProgram(folder, more);
    }

    /** Runs a command to its end; its output goes to files, as in a script. */
    CommandResult run(String... arguments) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        int code =
                process(arguments)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start()
                        .waitFor();
        return new CommandResult(code, Files.readString(out), Files.readString(err));
    }

    /** Starts a long-running command, and waits until it listens. */
    ListeningProcess start(String... arguments) throws IOException {
        Path err = Files.createTempFile(folder, "log", ".txt");
        return new ListeningProcess(process(arguments).redirectError(err.toFile()).start(), err);
    }

    private ProcessBuilder process(String... arguments) {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile());
        process.environment().keySet().removeIf(InstalledProgram::isSetting);
        process.environment().putAll(variables);
        return process;
    }

    private static boolean isSetting(String name) {
        return name.matches("(OAIPROXY|OPENAI|DB|PROXY_SERVER)_.*");
    }
}
