package dev.oaiproxy.cli.terminal;

import dev.oaiproxy.cli.FakeServer;
import dev.oaiproxy.cli.terminal.TerminalRun.Program;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The launcher in a folder of its own, with the classes of this test run. */
final class Installation {
    private static final Path LAUNCHERS = Path.of("src", "dist", "bin");

    private Installation() {}

    /** Makes one whose commands ask this server. */
    static Program in(Path folder, FakeServer server) throws IOException {
        Path launcher = launcher(folder.resolve("installed"));
        Map<String, String> variables =
                Map.of(
                        "OAIPROXY_URL", server.url(),
                        "PROXY_SERVER_USER", "admin",
                        "PROXY_SERVER_PASS", "pass-word");
        return new Program(folder, "oaiproxy", variables)
                .with("PATH", launcher.getParent() + ":" + System.getenv("PATH"));
    }

    private static Path launcher(Path home) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path lib = Files.createDirectories(home.resolve("lib"));
        for (String name : new String[] {"oaiproxy", "find-jdk.sh"}) {
            Files.copy(LAUNCHERS.resolve(name), bin.resolve(name));
        }
        for (String name : new String[] {"oaiproxy-cli.jar", "oaiproxy-command.jar"}) {
            new JarOutputStream(Files.newOutputStream(lib.resolve(name)), manifest()).close();
        }
        Path launcher = bin.resolve("oaiproxy");
        if (!launcher.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + launcher + " executable");
        }
        return launcher;
    }

    private static Manifest manifest() {
        String classPath =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> new File(entry).getAbsoluteFile().toURI().toString())
                        .collect(Collectors.joining(" "));
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, "dev.oaiproxy.cli.Main");
        attributes.put(Attributes.Name.CLASS_PATH, classPath);
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        return manifest;
    }
}
