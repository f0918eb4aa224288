package dev.oaiproxy.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PersonFormatTest {
    @ParameterizedTest
    @CsvSource({
        "12, 12.00",
        "0.5, 0.50",
        "12.345, 12.345",
        "4.9985124, 4.9985",
        "4.99995, 5.00",
        "0.00005, <0.0001",
        "0.0000108, <0.0001",
        "-0.0000324, >-0.0001",
        "-1.5, -1.50",
        "0, 0.00",
        "0.000000000, 0.00",
        "123456789.123456789, 123456789.1235",
        "none, none",
        "1e9, 1e9"
    })
    void showsTwoToFourDecimalsAndNeverNothingForSomething(String exact, String shown) {
        assertThat(PersonFormat.usd(exact)).isEqualTo(shown);
    }

    @Test
    void showsTimesWhereThePersonIs() {
        ZoneId zone = ZoneId.of("Europe/Berlin");

        assertThat(PersonFormat.minute("2026-11-30T23:59:59.999Z", zone))
                .isEqualTo("2026-12-01 00:59");
        assertThat(PersonFormat.second("2026-11-30T23:59:59.999Z", zone))
                .isEqualTo("2026-12-01 00:59:59 CET");
        assertThat(PersonFormat.minute("2026-12-01", zone)).isEqualTo("2026-12-01");
        assertThat(PersonFormat.minute("Tomorrow", zone)).isEqualTo("Tomorrow");
    }
}
