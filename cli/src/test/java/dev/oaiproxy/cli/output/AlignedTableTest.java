package dev.oaiproxy.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class AlignedTableTest {
    private static final List<Column<List<String>>> COLUMNS =
            List.of(
                    Column.text("user", row -> row.get(0)),
                    Column.number("calls", row -> row.get(1)),
                    Column.money("cost_usd", row -> row.get(2)));

    @Test
    void alignsMoneyAtThePointAndKeepsEveryDigit() {
        assertThat(
                        text(
                                List.of(
                                        List.of("bob", "7", "1234.5"),
                                        List.of("al", "12", "0.000000001"),
                                        List.of("eve", "0", "-3"),
                                        List.of("all", "", "none"))))
                .isEqualTo(
                        """
                        USER  CALLS        COST USD
                        bob       7  1234.5
                        al       12     0.000000001
                        eve       0    -3
                        all       -  none
                        """);
    }

    @Test
    void isAsWideAsItsTitles() {
        assertThat(text(List.of(List.of("x", "1", "2"))))
                .isEqualTo("USER  CALLS  COST USD\nx         1         2\n");
    }

    @Test
    void disarmsNamesThatWouldMoveTheCursor() {
        assertThat(text(List.of(List.of("\u001b[2Jbob\nx", "1", "2"))))
                .contains("\uFFFD[2Jbob x  ");
    }

    @Test
    void growsForRowsThatFollow() {
        var text = new AlignedTable(COLUMNS);
        text.widen(List.of(List.of("bob", "1", "0.5")));

        assertThat(text.header()).isEqualTo("USER  CALLS  COST USD");
        assertThat(text.line(List.of("bob", "1", "0.5"))).isEqualTo("bob       1       0.5");
        text.widen(List.of(List.of("barbara", "1", "10.25")));
        assertThat(text.line(List.of("barbara", "1", "10.25")))
                .isEqualTo("barbara      1     10.25");
    }

    @Test
    void quotesCsvCellsThatNeedIt() {
        assertThat(SeparatedValues.commas(List.of("a,b", "say \"hi\"", "plain", "")))
                .isEqualTo("\"a,b\",\"say \"\"hi\"\"\",plain,\n");
    }

    @Test
    void keepsARowOfTabsOnOneLine() {
        assertThat(SeparatedValues.tabs(List.of("a\tb", "c\nd", ""))).isEqualTo("a b\tc d\t\n");
    }

    private static String text(List<List<String>> rows) {
        return AlignedTable.of(Table.of(COLUMNS, rows), UnaryOperator.identity());
    }
}
