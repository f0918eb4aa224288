package dev.oaiproxy.gate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Text that no file may contain: the paths of one machine, and its package mirrors. */
final class MachineRules {
    /** Each pattern has a bracket in it, so that it does not match itself. */
    private static final List<Pattern> MACHINE =
            List.of(
                    Pattern.compile("(?<![\\w.$}-])/[w]ork/"),
                    Pattern.compile("(?<![\\w.$}-])/[r]oot/"),
                    Pattern.compile("(?<![\\w.$}-])/(home|Users)/(?!linuxbrew/)[a-z][\\w-]*/"),
                    Pattern.compile("repo1?\\.maven\\.(apache\\.)?[o]rg"),
                    Pattern.compile("[a]rtifactory|[j]frog\\.|[c]odeartifact|[n]exus\\."),
                    Pattern.compile(
                            "registry\\.(npmjs|yarnpkg)\\.[a-z]|pypi\\.[o]rg|python[h]osted"));

    /** Files that a run leaves behind and nobody commits. */
    private static final Set<String> LEFT_BEHIND = Set.of(".env", ".git");

    private final Repository repository;

    MachineRules(Repository repository) {
        this.repository = repository;
    }

    List<Finding> check() {
        List<Finding> findings = new ArrayList<>();
        for (Path file : repository.files()) {
            String name = file.getFileName().toString();
            if (!LEFT_BEHIND.contains(name) && !name.startsWith("proxy_api.db")) {
                check(file, findings);
            }
        }
        return findings;
    }

    private void check(Path file, List<Finding> findings) {
        String[] lines = text(file).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i];
            if (MACHINE.stream().anyMatch(pattern -> pattern.matcher(line).find())) {
                String mend = "names one machine's path or a package registry; take it out: ";
                findings.add(
                        new Finding(
                                Rule.MACHINE,
                                repository.relative(file),
                                i + 1,
                                mend + line.strip()));
            }
        }
    }

    /** The bytes as characters: the patterns are ASCII, and decoding never fails. */
    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
