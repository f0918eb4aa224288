package dev.oaiproxy.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.EnvFile;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.proxy.connection.FramingFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The documents and the shipped settings agree with {@link Setting}. */
@Tag("fast")
final class DocumentsTest {
    private static final Path TOP = Checkout.top();
    private static final Pattern ROW =
            Pattern.compile("(\\| `[a-z.-]+` \\| `[A-Z_]+` \\| .*) \\| (.+) \\|");
    private static final Pattern ERROR = Pattern.compile("\"([a-z]+(?:_[a-z]+)+)\"");
    private static final List<String> ORIGINAL =
            List.of(
                    "OPENAI_API_KEY",
                    "DB_OPTION",
                    "DB_TYPE",
                    "DB_MODULE",
                    "DB_USERNAME",
                    "DB_PASSWORD",
                    "DB_HOST",
                    "DB_NAME",
                    "PROXY_SERVER_USER",
                    "PROXY_SERVER_PASS");

    @Test
    void pageHasEverySettingAsItIs() throws IOException {
        List<String> rows = new ArrayList<>();
        Matcher row = ROW.matcher(Files.readString(TOP.resolve("docs/settings.md")));
        while (row.find()) {
            rows.add(row.group(1));
            assertThat(row.group(2)).as(row.group(1)).isNotBlank();
        }
        assertThat(rows)
                .containsExactlyElementsOf(
                        Arrays.stream(Setting.values()).map(DocumentsTest::row).toList());
    }

    @Test
    void shippedSettingsAreTheDefaults() {
        Settings shipped = settings(TOP.resolve("config/application.yaml"));
        Settings defaults = settings(TOP.resolve("there-is-no-such-file.yaml"));
        for (Setting setting : Setting.values()) {
            assertThat(shipped.text(setting)).as(setting.path()).isEqualTo(defaults.text(setting));
        }
    }

    @Test
    void shippedSettingsNameEverySettingAndItsVariable() throws IOException {
        String yaml = Files.readString(TOP.resolve("config/application.yaml"));
        for (Setting setting : Setting.values()) {
            String name = setting.path().substring(setting.path().lastIndexOf('.') + 1);
            assertThat(yaml).contains("  " + name + ": ").contains(setting.variable() + "\n");
        }
    }

    @Test
    void sampleHasTheOriginalVariables() throws IOException {
        assertThat(sample().keySet()).containsAll(ORIGINAL);
    }

    @Test
    void everyVariableOfTheSampleIsRead() throws IOException {
        Set<String> read = new HashSet<>(Set.of("OAIPROXY_URL"));
        Arrays.stream(Setting.values()).map(Setting::variable).forEach(read::add);
        assertThat(read).containsAll(sample().keySet());
    }

    @Test
    void sampleAsItStandsChangesNothing() throws IOException {
        assertThat(sample().values()).containsOnly("");
    }

    @Test
    void pageHasEveryErrorCode() throws IOException {
        String page = Files.readString(TOP.resolve("docs/errors.md"));
        List<String> codes = new ArrayList<>();
        for (String source :
                List.of(
                        "proxy/openai/RefusalErrors.java",
                        "proxy/openai/NotFoundErrors.java",
                        "app/boot/EarlyErrors.java")) {
            Path file = places(source).filter(Files::exists).findFirst().orElseThrow();
            Matcher code = ERROR.matcher(Files.readString(file));
            while (code.find()) {
                codes.add(code.group(1));
            }
        }
        codes.removeAll(List.of("service_tier", "server_error", "invalid_request_error"));
        codes.removeAll(List.of("previous_response_id", "fine_tune_id", "input_file_id"));
        assertThat(codes)
                .hasSizeGreaterThan(15)
                .allSatisfy(code -> assertThat(page).contains("| `" + code + "` |"));
        assertThat(FramingFault.values())
                .allSatisfy(fault -> assertThat(page).contains("`" + fault.code() + "`"));
    }

    @Test
    void filesThatArchitectureNamesExist() throws IOException {
        String page = Files.readString(TOP.resolve("ARCHITECTURE.md"));
        Matcher file = Pattern.compile("`([\\w/]+/\\w+\\.(?:java|yaml|sql))`").matcher(page);
        List<String> missing = new ArrayList<>();
        int count = 0;
        for (; file.find(); count++) {
            String name = file.group(1);
            if (places(name).noneMatch(Files::exists)) {
                missing.add(name);
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(20);
    }

    private static Stream<Path> places(String name) {
        String module = name.substring(0, name.indexOf('/'));
        return Stream.of(
                        "server/" + module + "/src/main/java/dev/oaiproxy",
                        "server/" + module + "/src/main/resources/dev/oaiproxy",
                        "",
                        "cli/src/main/java/dev/oaiproxy",
                        "gate/src/test/java/dev/oaiproxy")
                .map(folder -> TOP.resolve(folder).resolve(name));
    }

    private static String row(Setting setting) {
        String standard = setting.standard().isEmpty() ? "" : "`" + setting.standard() + "`";
        return "| `%s` | `%s` | %s".formatted(setting.path(), setting.variable(), standard);
    }

    private static Settings settings(Path yaml) {
        Path none = TOP.resolve("there-is-no-such-file.env");
        return new Settings(
                yaml,
                none,
                Map.of(),
                Map.of(),
                wrong -> {
                    throw wrong;
                });
    }

    private static Map<String, String> sample() throws IOException {
        return EnvFile.read(TOP.resolve("sample.env")).values();
    }
}
