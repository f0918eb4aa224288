package dev.oaiproxy.cli.demo;

import java.io.File;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Starts this program again.
 *
 * @param command the words before the sub-command
 * @param environment variables without settings, so that nobody's real database or key is touched
 */
record ProgramLauncher(List<String> command, Map<String, String> environment) {
    private static final String LAUNCHER = "oaiproxy.launcher";
    private static final String MAIN = "dev.oaiproxy.cli.Main";

    /** A launcher that starts the program as this process was started. */
    static ProgramLauncher again(Map<String, String> environment) {
        String launcher = System.getProperty(LAUNCHER);
        var clean = new LinkedHashMap<>(environment);
        clean.keySet().removeIf(ProgramLauncher::isSetting);
        return new ProgramLauncher(launcher == null ? java() : List.of(launcher), clean);
    }

    List<String> words(List<String> arguments) {
        List<String> words = new ArrayList<>(command);
        words.addAll(arguments);
        return words;
    }

    private static List<String> java() {
        return List.of(
                String.join(File.separator, System.getProperty("java.home"), "bin", "java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MAIN);
    }

    private static boolean isSetting(String name) {
        boolean ours = name.startsWith("OAIPROXY_") && !name.startsWith("OAIPROXY_JAVA");
        return ours
                || name.toLowerCase(Locale.ROOT).endsWith("_proxy")
                || name.startsWith("OPENAI_")
                || name.startsWith("DB_")
                || name.startsWith("PROXY_SERVER_");
    }
}
