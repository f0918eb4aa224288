package dev.oaiproxy.ledger.account;

import dev.oaiproxy.ledger.key.Glob;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The models that a quota is about: globs, or all models.
 *
 * @param text the globs in their order, with commas between; empty for all models
 * @param globs the same as a list
 */
public record ModelGlobs(String text, List<String> globs) {
    public static final ModelGlobs ALL = new ModelGlobs("", List.of());

    /** Rows name few different lists; with more of them all are split again. */
    private static final int MOST_REMEMBERED = 1_000;

    private static final int MOST_GLOBS = 20;
    private static final int LONGEST_TEXT = 500;

    private static final Map<String, ModelGlobs> REMEMBERED = new ConcurrentHashMap<>();

    public ModelGlobs {
        globs = List.copyOf(globs);
    }

    /** The globs of a row. */
    public static ModelGlobs of(String text) {
        if (text.isEmpty()) {
            return ALL;
        }
        ModelGlobs known = REMEMBERED.get(text);
        if (known != null) {
            return known;
        }
        if (REMEMBERED.size() >= MOST_REMEMBERED) {
            REMEMBERED.clear();
        }
        return REMEMBERED.computeIfAbsent(
                text, unknown -> new ModelGlobs(unknown, List.of(unknown.split(","))));
    }

    /**
     * The globs that an operator names, in one order however they are given.
     *
     * @throws IllegalArgumentException saying what is wrong with them
     */
    public static ModelGlobs of(List<String> named) {
        for (String glob : named) {
            if (glob.isEmpty() || !glob.chars().allMatch(ModelGlobs::isOfModel)) {
                throw new IllegalArgumentException("not a model or a glob of models: " + glob);
            }
        }
        List<String> sorted = named.stream().distinct().sorted().toList();
        String text = String.join(",", sorted);
        if (sorted.size() > MOST_GLOBS || text.length() > LONGEST_TEXT) {
            throw new IllegalArgumentException(
                    "a quota names at most %d models, in %d characters"
                            .formatted(MOST_GLOBS, LONGEST_TEXT));
        }
        return sorted.isEmpty() || sorted.contains("*") ? ALL : new ModelGlobs(text, sorted);
    }

    private static boolean isOfModel(int character) {
        return (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (character >= '0' && character <= '9')
                || "._:*-".indexOf(character) >= 0;
    }

    /** True for a model that the quota is about. */
    public boolean match(String model) {
        if (globs.isEmpty()) {
            return true;
        }
        for (String glob : globs) {
            if (Glob.matches(glob, model)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return text;
    }
}
