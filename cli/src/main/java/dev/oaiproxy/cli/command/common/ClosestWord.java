package dev.oaiproxy.cli.command.common;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the known word that a misspelt one was meant to be. */
public final class ClosestWord {
    private static final int LONGEST = 64;
    private static final int MOST_MISTAKES = 3;

    private ClosestWord() {}

    /** The closest of the known words, if one is close. */
    public static Optional<String> closest(String word, Collection<String> known) {
        if (word.length() > LONGEST) {
            return Optional.empty();
        }
        return known.stream()
                .filter(one -> one.length() <= LONGEST && distance(word, one) <= allowed(word, one))
                .min(Comparator.comparingInt((String one) -> distance(word, one)));
    }

    /** A question that names the closest word; empty when none is close. */
    public static String question(String word, Collection<String> known) {
        return closest(word, known)
                .map(one -> one.startsWith("-") ? one : "'" + one + "'")
                .map(one -> "; did you mean " + one + "?")
                .orElse("");
    }

    private static int allowed(String word, String known) {
        int shorter = Math.min(letters(word), letters(known));
        return shorter < 2 ? 0 : Math.clamp((shorter + 1) / 3, 1, MOST_MISTAKES);
    }

    private static int letters(String word) {
        return word.startsWith("--") ? word.length() - 2 : word.length();
    }

    /** The letters that were added, lost, changed or exchanged with the next one. */
    private static int distance(String one, String other) {
        int[] before = new int[other.length() + 1];
        int[] last = new int[other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    row[j] = i + j;
                    continue;
                }
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(last[j - 1] + change, Math.min(last[j], row[j - 1]) + 1);
                boolean exchanged =
                        i > 1
                                && j > 1
                                && one.charAt(i - 1) == other.charAt(j - 2)
                                && one.charAt(i - 2) == other.charAt(j - 1);
                row[j] = exchanged ? Math.min(row[j], before[j - 2] + 1) : row[j];
            }
            before = last;
            last = row;
        }
        return last[other.length()];
    }
}
