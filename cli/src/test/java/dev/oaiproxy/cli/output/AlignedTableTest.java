package dev.oaiproxy.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        var text = new AlignedTable(COLUMNS, TableStyle.wide());
        text.widen(List.of(List.of("bob", "1", "0.5")));

        assertThat(text.header()).isEqualTo("USER  CALLS  COST USD");
        assertThat(text.line(List.of("bob", "1", "0.5"))).isEqualTo("bob       1       0.5");
        text.widen(List.of(List.of("barbara", "1", "10.25")));
        assertThat(text.line(List.of("barbara", "1", "10.25")))
                .isEqualTo("barbara      1     10.25");
    }

    @Test
    void leavesOutWhatHasNoRoomByRankAndCutsTheRest() {
        List<Column<List<String>>> ranked =
                List.of(
                        Column.<List<String>>text("user", row -> row.get(0)).shrinks(8),
                        Column.<List<String>>text("label", row -> row.get(1)).shrinks(6).rank(1),
                        Column.<List<String>>time("made_at", row -> row.get(2)).rank(2),
                        Column.<List<String>>money("cost_usd", row -> row.get(3)));
        var row = List.of("barbara-of-the-lab", "laptop", "2026-11-01T10:20:30Z", "12.000204");
        Table table = Table.of(ranked, List.of(row));

        assertThat(text(table, within(60)))
                .isEqualTo(
                        """
                        USER                LABEL   MADE AT           COST USD
                        barbara-of-the-lab  laptop  2026-11-01 11:20   12.0002
                        """);
        assertThat(text(table, within(45)))
                .isEqualTo(
                        """
                        USER       LABEL   MADE AT           COST USD
                        barbara-…  laptop  2026-11-01 11:20   12.0002
                        """);
        assertThat(text(table, within(37)))
                .isEqualTo(
                        """
                        USER                LABEL   COST USD
                        barbara-of-the-lab  laptop   12.0002
                        """);
        assertThat(text(table, within(20)))
                .isEqualTo("USER        COST USD\nbarbara-o…   12.0002\n");
        assertThat(AlignedTable.of(table, within(20)).dropped()).isEqualTo("label, made at");
    }

    @Test
    void countsColumnsOfTheTerminalAndNotCharacters() {
        var rows =
                List.of(
                        List.of("山田太郎", "1", "2"),
                        List.of("Zoe\u0308", "1", "2"),
                        List.of("\uD83D\uDE00\uD83D\uDE00", "1", "2"));

        assertThat(text(rows))
                .isEqualTo(
                        """
                        USER      CALLS  COST USD
                        山田太郎      1         2
                        Zoe\u0308           1         2
                        \uD83D\uDE00\uD83D\uDE00          1         2
                        """);
        assertThat(TextWidth.cut("山田太郎", 6, "~")).isEqualTo("山田~");
    }

    @Test
    void breaksSentencesInTheLastColumn() {
        List<Column<List<String>>> columns =
                List.of(
                        Column.text("state", row -> row.get(0)),
                        Column.prose("found", row -> row.get(1)));
        var row = List.of("warn", "the disk is nearly full; remove what nobody needs");

        assertThat(text(Table.of(columns, List.of(row)), within(32)))
                .isEqualTo(
                        """
                        STATE  FOUND
                        warn   the disk is nearly full;
                               remove what nobody needs
                        """);
    }

    private static TableStyle within(int columns) {
        return new TableStyle(columns, ZoneId.of("Europe/Berlin"), "…");
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
        return text(Table.of(COLUMNS, rows), TableStyle.wide());
    }

    private static String text(Table table, TableStyle style) {
        AlignedTable text = AlignedTable.of(table, style);
        return Stream.concat(Stream.of(text.header()), table.rows().stream().map(text::line))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
