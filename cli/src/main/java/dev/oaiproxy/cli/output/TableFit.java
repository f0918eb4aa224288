package dev.oaiproxy.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The columns of a table that have room, and the width of each.
 *
 * @param kept the indexes of the columns that are shown, in their order
 * @param widths by index, the most characters of a column
 */
record TableFit(List<Integer> kept, List<Integer> widths) {
    static final int GAP = 2;

    /**
     * Leaves out columns by their rank until the others have room at their least width, and shares
     * the rest of the room among those that are cut. A column with a rank and without a value is
     * left out in any case.
     *
     * @param widths by index, the full width of a column; 0 for one without a value
     */
    static TableFit within(int room, List<? extends Column<?>> columns, int[] widths) {
        int[] least = new int[widths.length];
        Arrays.setAll(least, i -> least(columns.get(i), widths[i]));
        List<Integer> kept = new ArrayList<>(all(widths));
        kept.removeIf(i -> widths[i] == 0);
        while (total(kept, least) > room) {
            int rank = kept.stream().mapToInt(i -> columns.get(i).look().rank()).max().orElse(0);
            if (rank == 0) {
                break;
            }
            kept.removeIf(i -> columns.get(i).look().rank() == rank);
        }
        return new TableFit(List.copyOf(kept), shared(room, kept, least, widths));
    }

    /** The columns that have values and no room. */
    List<Integer> dropped() {
        return IntStream.range(0, widths.size())
                .filter(i -> widths.get(i) > 0 && !kept.contains(i))
                .boxed()
                .toList();
    }

    private static List<Integer> all(int[] widths) {
        return IntStream.range(0, widths.length).boxed().toList();
    }

    private static int least(Column<?> column, int width) {
        int least = column.look().least();
        return least == 0 || width == 0
                ? width
                : Math.min(width, Math.max(least, column.title().length()));
    }

    private static int total(List<Integer> kept, int[] widths) {
        return kept.stream().mapToInt(i -> widths[i] + GAP).sum() - GAP;
    }

    private static List<Integer> shared(int room, List<Integer> kept, int[] least, int[] widths) {
        int[] shared = least.clone();
        for (long left = (long) room - total(kept, least); left > 0; left--) {
            int neediest = -1;
            for (int i : kept) {
                boolean cut = shared[i] < widths[i];
                if (cut && (neediest < 0 || shared[i] < shared[neediest])) {
                    neediest = i;
                }
            }
            if (neediest < 0) {
                break;
            }
            shared[neediest]++;
        }
        return Arrays.stream(shared).boxed().toList();
    }
}
