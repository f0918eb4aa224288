package dev.oaiproxy.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.cli.output.Failure;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeExpressionsTest {
    private final TimeExpressions timeExpressions =
            new TimeExpressions(
                    Clock.fixed(
                            Instant.parse("2026-11-23T12:00:00.123456Z"),
                            ZoneId.of("Europe/Berlin")));

    @ParameterizedTest
    @CsvSource({
        "90m, 2026-11-23T10:30:00.123Z",
        "24h, 2026-11-22T12:00:00.123Z",
        "7d, 2026-11-16T12:00:00.123Z",
        "2w, 2026-11-09T12:00:00.123Z",
        "2026-11-01, 2026-10-31T23:00:00Z",
        "2026-11-01T12:00:00Z, 2026-11-01T12:00:00Z",
        "2026-11, 2026-10-31T23:00:00Z",
        "today, 2026-11-22T23:00:00Z",
        "Yesterday, 2026-11-21T23:00:00Z",
        "week, 2026-11-22T23:00:00Z",
        "last-week, 2026-11-15T23:00:00Z",
        "month, 2026-10-31T23:00:00Z",
        "last-month, 2026-09-30T22:00:00Z",
    })
    void readsThePast(String text, String moment) {
        assertThat(timeExpressions.past(text)).isEqualTo(moment);
    }

    @Test
    void readsTheFuture() {
        assertThat(timeExpressions.future("90d")).isEqualTo("2027-02-21T12:00:00.123Z");
        assertThat(timeExpressions.future("tomorrow")).isEqualTo("2026-11-23T23:00:00Z");
        assertThat(timeExpressions.future("next-week")).isEqualTo("2026-11-29T23:00:00Z");
        assertThat(timeExpressions.future("next-month")).isEqualTo("2026-11-30T23:00:00Z");
        assertThat(timeExpressions.future("2027-01-31")).isEqualTo("2027-01-30T23:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "7x",
                "-7d",
                "2026-13-01",
                "2026-13",
                "weak",
                "2026-11-01T12",
                "1000000000d"
            })
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> timeExpressions.past(text)).isInstanceOf(Failure.class);
    }

    @Test
    void passesAmountsOnAsTheyAre() {
        assertThat(UsdAmounts.limit("0.000000001")).isEqualTo("0.000000001");
        assertThat(UsdAmounts.limit("None")).isEqualTo("none");
        assertThat(UsdAmounts.limitOrNull("none")).isNull();
        assertThat(UsdAmounts.signed("+5")).isEqualTo("5");
        assertThat(UsdAmounts.signed("-0.12")).isEqualTo("-0.12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1,5", "$5", "1e3", ".5", "0.0000000001", "99999999999"})
    void refusesWhatIsNoLimit(String text) {
        assertThatThrownBy(() -> UsdAmounts.limit(text)).isInstanceOf(Failure.class);
    }
}
