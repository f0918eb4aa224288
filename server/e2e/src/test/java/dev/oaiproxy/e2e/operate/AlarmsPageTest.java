package dev.oaiproxy.e2e.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page of alarms names exactly the alarms that the code can raise. */
@Tag("fast")
final class AlarmsPageTest {
    private static final Pattern RAISED =
            Pattern.compile(
                    "(?:Alarms\\s*\\.raise\\(\\s*LOG,|new LastingAlarm\\(\\s*LOG,)\\s*([^,;]+)");
    private static final Pattern NAME = Pattern.compile("\"([a-z_]+)\"");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z_]+`(?:, `[a-z_]+`)*) \\|");

    @Test
    void namesEachAlarm() throws IOException {
        Set<String> named = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(Checkout.file("docs/alarms.md")));
        while (row.find()) {
            named.addAll(Set.of(row.group(1).replace("`", "").split(", ")));
        }
        assertThat(named).isEqualTo(raised());
    }

    private static Set<String> raised() throws IOException {
        // These two are named after the kind of task that failed.
        Set<String> raised = new TreeSet<>(Set.of("settler_failed", "storage_billing_failed"));
        try (Stream<Path> sources = Files.walk(Checkout.file("server"))) {
            sources.filter(AlarmsPageTest::isMain)
                    .map(AlarmsPageTest::read)
                    .flatMap(source -> RAISED.matcher(source).results())
                    .flatMap(call -> NAME.matcher(call.group(1)).results())
                    .forEach(name -> raised.add(name.group(1)));
        }
        return raised;
    }

    private static boolean isMain(Path path) {
        String name = path.toString();
        return name.contains("src/main/java") && name.endsWith(".java");
    }

    private static String read(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
