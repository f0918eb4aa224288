package dev.oaiproxy.metering.price.book;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.metering.money.Unit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class RateTest {
    private static final long MILLION = 1_000_000;

    @ParameterizedTest
    @CsvSource({
        "2.5, 1000000, 2500000000",
        "0.005, 1000000, 5000000",
        "0.000000001, 1000000, 1",
        "0, 1000000, 0",
        "0.01, 1, 10000000000000",
        "0.000000000000001, 1, 1"
    })
    void holdsDollarsExactlyAndGivesThemBack(String usd, long per, long nanosPerMillion) {
        Rate rate = Rate.parse(usd, per);
        assertThat(rate).isEqualTo(new Rate(nanosPerMillion));
        assertThat(rate.usd(per)).isEqualTo(usd);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "+1",
                "1e3",
                ".5",
                "1.",
                "",
                " 1",
                "NaN",
                "0.0000000001",
                "9999999999"
            })
    void refusesWhatIsNotAPlainRateThatFits(String usd) {
        assertThatIllegalArgumentException().isThrownBy(() -> Rate.parse(usd, MILLION));
    }

    @Test
    void refusesNegativeRatesAndRaisesOnOverflow() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Rate(-1));
        assertThatThrownBy(() -> new Rate(Long.MAX_VALUE).doubled())
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void quotesTokensAndCharactersByTheMillionAndTheRestSingly() {
        assertThat(Rate.per(Unit.CACHED_INPUT)).isEqualTo(MILLION);
        assertThat(Rate.per(Unit.CHARACTERS)).isEqualTo(MILLION);
        assertThat(Rate.per(Unit.SECONDS)).isOne();
        assertThat(Rate.per(Unit.WEB_SEARCH)).isOne();
    }
}
