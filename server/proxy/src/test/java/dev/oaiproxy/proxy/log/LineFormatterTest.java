package dev.oaiproxy.proxy.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The format of log records from any source. */
@Tag("fast")
final class LineFormatterTest {
    private static final String OURS = "dev.oaiproxy.proxy.relay.call.Settlement";
    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00.5Z");

    @Test
    void writesNamesAndValues() {
        assertThat(text(OURS, "call={0} user={1} ms={2}", "c-1", "bob", 1234L))
                .isEqualTo(
                        "2026-11-30T13:00:00.500+0100 level=INFO logger="
                                + OURS
                                + " call=c-1 user=bob ms=1234\n");
    }

    @Test
    void readsAMessageAsMessageFormatDoes() {
        assertThat(text(OURS, "this machine''s clock: {0} of {1}, {2}", 1, "two"))
                .endsWith(" this machine's clock: 1 of two, {2}\n");
        assertThat(text(OURS, "don''t {0}")).endsWith(" don''t {0}\n");
        assertThat(text(OURS, "{0} {x} {} {0", 7)).endsWith(" 7 {x} {} {0\n");
    }

    @Test
    void keepsAForgedLineInItsPlace() {
        String forged = "bob\n2026-11-30T13:00:00 level=SEVERE call=c-2\u2028x\u0085\u001b[2J";
        String line = text(OURS, "user={0} state=charged", forged);
        assertThat(line.lines()).hasSize(1);
        assertThat(line)
                .endsWith(
                        " user=\"bob\\n2026-11-30T13:00:00 level=SEVERE call=c-2\\u2028x\\u0085"
                                + "\\u001b[2J\" state=charged\n");
        assertThat(text("org.other", "got " + forged).lines()).hasSize(1);
    }

    @Test
    void keepsAForgedFieldInItsPlace() {
        assertThat(text(OURS, "user={0} key={1}", "bob usd=0", "a\"b"))
                .endsWith(" user=\"bob usd=0\" key=\"a\\\"b\"\n");
        JsonNode line = json(OURS, "user={0}", "bob usd=0 level=none");
        assertThat(line.get("user").textValue()).isEqualTo("bob usd=0 level=none");
        assertThat(line.has("usd")).isFalse();
        assertThat(line.get("level").textValue()).isEqualTo("INFO");
    }

    @Test
    void masksKeysAndCutsWhatIsLong() {
        String key = "sk-oap-abcdefgh23-" + "S3cret".repeat(5) + "xy";
        assertThat(text(OURS, "path={0}", "/v1/" + key))
                .endsWith(" path=/v1/sk-oap-abcdefgh23-***\n");
        assertThat(text(OURS, "secret={0}", "Ek_" + "S3cret".repeat(5)))
                .endsWith(" secret=Ek_***\n");
        assertThat(text(OURS, "a={0} b={1}", "x".repeat(40_000), "y".repeat(40_000)).length())
                .isLessThan(3_000);
    }

    @Test
    void writesOneJsonObjectWithTheFieldsOfAnEvent() {
        JsonNode line = json(OURS, "event=refused count={0} reason={1} left={2}", 3, "no_key", 5L);
        assertThat(line)
                .isEqualTo(
                        new ObjectMapper()
                                .<JsonNode>valueToTree(
                                        Map.of(
                                                "time",
                                                "2026-11-30T12:00:00.500Z",
                                                "level",
                                                "INFO",
                                                "logger",
                                                OURS,
                                                "event",
                                                "refused",
                                                "count",
                                                3,
                                                "reason",
                                                "no_key",
                                                "left",
                                                5,
                                                "message",
                                                "event=refused count=3 reason=no_key"
                                                        + " left=5")));
    }

    @Test
    void takesNoFieldsFromWhatALibrarySays() {
        JsonNode line = json("com.zaxxer.hikari.pool", "event=refused user=\"x\"\nlevel=none");
        assertThat(line.has("event")).isFalse();
        assertThat(line.get("message").textValue())
                .isEqualTo("event=refused user=\"x\"\\nlevel=none");
    }

    @Test
    void writesATraceThatCannotPassForALine() {
        LogRecord record = record(OURS, "event=unexpected_error");
        record.setThrown(new IllegalStateException("a\nlevel=INFO b", new Error("c")));
        String text = new LineFormatter(LogFormat.TEXT, ZoneId.of("UTC")).format(record);
        assertThat(text.lines().skip(1)).isNotEmpty().allMatch(line -> line.startsWith("\t"));
        assertThat(text)
                .contains("\tjava.lang.IllegalStateException: a\\nlevel=INFO b\n\t\tat dev.oaip")
                .contains("\n\tCaused by: java.lang.Error: c\n");
        assertThat(new LineFormatter(LogFormat.JSON).format(record).lines()).hasSize(1);
    }

    private static LogRecord record(String logger, String message, Object... values) {
        LogRecord record = new LogRecord(Level.INFO, message);
        record.setLoggerName(logger);
        record.setParameters(values);
        record.setInstant(NOON);
        return record;
    }

    private static String text(String logger, String message, Object... values) {
        return new LineFormatter(LogFormat.TEXT, ZoneId.of("Europe/Berlin"))
                .format(record(logger, message, values));
    }

    private static JsonNode json(String logger, String message, Object... values) {
        String line = new LineFormatter(LogFormat.JSON).format(record(logger, message, values));
        assertThat(line.lines()).hasSize(1);
        try {
            return new ObjectMapper().readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError(line, e);
        }
    }
}
