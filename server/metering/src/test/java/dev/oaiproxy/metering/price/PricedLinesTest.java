package dev.oaiproxy.metering.price;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.Rate;
import dev.oaiproxy.metering.price.book.ServiceTier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class PricedLinesTest {
    @ParameterizedTest
    @CsvSource({
        "input=86@2.5 cached_input=1920@1.25 output=300@10, 0.005615",
        "input=55@4 cached_input=64@0.4 audio_input=13@32 output=30@24 audio_output=91@64,"
                + " 0.0072056",
        "input=50@5 image_output=1056@32, 0.034042",
        "seconds=7@0.0001, 0.0007",
        "characters=105@15, 0.001575",
        "input=8@0.02, 0.00000016",
        "input=8@1.25 web_search=1@0.01, 0.01001",
        "input=4294967296@600, 2576980.3776",
        "'', 0.00"
    })
    void costsWhatTheLinesComeToAndRoundTrips(String text, String usd) {
        List<PricedLine> lines = PricedLines.parse(text);
        assertThat(PricedLines.cost(lines)).isEqualTo(Usd.parse(usd));
        assertThat(PricedLines.text(lines)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input=86",
                "input=86@",
                "input=0@2.5",
                "input=-1@2.5",
                "input=086@2.5",
                "input=86@2.50",
                "input=86@2.5 ",
                "input=86@2.5  output=1@1",
                "input=86@2.5 input=1@2.5",
                "tokens=86@2.5",
                "input=9999999999999999@2.5",
                "input=86@1.2.3",
                "INPUT=86@2.5"
            })
    void refusesTextThatItWouldNotWrite(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PricedLines.parse(text));
    }

    @Test
    void roundsTheSumOnceHalfUp() {
        Rate half = new Rate(500_000);
        PricedLine input = new PricedLine(Unit.INPUT, 1, half);
        PricedLine output = new PricedLine(Unit.OUTPUT, 1, half);
        assertThat(PricedLines.cost(List.of(input))).isEqualTo(Usd.ofNanos(1));
        assertThat(PricedLines.cost(List.of(input, output))).isEqualTo(Usd.ofNanos(1));
        assertThat(PricedLines.cost(List.of(new PricedLine(Unit.INPUT, 1, new Rate(499_999)))))
                .isEqualTo(Usd.ZERO);
    }

    @Test
    void statesTheCostOfALineUnrounded() {
        Rate rate = Rate.parse("0.0625", Rate.per(Unit.CACHE_WRITE));
        assertThat(new PricedLine(Unit.CACHE_WRITE, 3, rate).costUsd()).isEqualTo("0.0000001875");
        assertThat(new PricedLine(Unit.OUTPUT, 1, new Rate(1)).costUsd())
                .isEqualTo("0.000000000000001");
    }

    @Test
    void raisesOnACostOutOfRange() {
        PricedLine absurd =
                new PricedLine(Unit.INPUT, Usage.LARGEST_COUNT, new Rate(Long.MAX_VALUE));
        assertThatThrownBy(() -> PricedLines.cost(List.of(absurd)))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void fitsTheColumnThatKeepsItAtTheLongest() {
        List<PricedLine> lines = new ArrayList<>();
        for (Unit unit : Unit.values()) {
            lines.add(new PricedLine(unit, Usage.LARGEST_COUNT, new Rate(Long.MAX_VALUE)));
        }
        String text = PricedLines.text(lines);
        assertThat(text.length()).isLessThanOrEqualTo(1000);
        assertThat(PricedLines.parse(text)).isEqualTo(lines);
    }

    @Test
    void refusesAChargeThatIsNotTheSumOfItsLines() {
        List<PricedLine> lines = PricedLines.parse("input=86@2.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Charge(Usd.parse("1"), ServiceTier.STANDARD, false, lines));
    }
}
