package dev.oaiproxy.cli.output;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * How a table looks.
 *
 * @param room its largest width in characters
 * @param zone the zone of its times; null for cells as the server sent them
 * @param cutSign what stands at the end of a text that was cut
 */
record TableStyle(int room, @Nullable ZoneId zone, String cutSign) {
    private static final int ANY = Integer.MAX_VALUE;
    private static final String ELLIPSIS = "\u2026";

    /** Within the terminal, as people read it. */
    static TableStyle fitting(Terminal terminal) {
        int room = terminal.interactive() ? terminal.display().columns() : ANY;
        boolean known = terminal.out().charset().newEncoder().canEncode(ELLIPSIS);
        return new TableStyle(room, terminal.display().zone(), known ? ELLIPSIS : "~");
    }

    /** As wide as it is, and exact. */
    static TableStyle wide() {
        return new TableStyle(ANY, null, "");
    }

    /** True where a column without any value is not shown. */
    boolean leavesOut() {
        return zone != null;
    }

    /** A cell as people read it, or exactly. */
    String shown(Column.CellContent content, String cell) {
        ZoneId person = zone;
        if (person == null) {
            return cell;
        }
        return switch (content) {
            case MONEY -> PersonFormat.usd(cell);
            case TIME -> PersonFormat.minute(cell, person);
            case TEXT, PROSE, NUMBER, EXACT -> cell;
        };
    }
}
