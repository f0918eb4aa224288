package dev.oaiproxy.cli.command;

import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Tells the version. */
@Command(
        name = "version",
        description = {"Show the version.", ""},
        footerHeading = "%nExamples:%n",
        footer = {"  oaiproxy version", "  oaiproxy --version"})
final class Version implements Runnable, IVersionProvider {
    private final Shell shell;

    Version(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void run() {
        shell.screen().out().println(text());
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }

    private static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return "oaiproxy " + Optional.ofNullable(version).orElse("(built from source)");
    }
}
