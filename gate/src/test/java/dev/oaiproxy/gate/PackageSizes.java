package dev.oaiproxy.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts the files of each package of the product. */
final class PackageSizes {
    static final int MOST_FILES = 25;

    /**
     * Packages that are too large for now, with their sizes. They only shrink: never add to them.
     */
    private static final Map<String, Integer> TOO_LARGE = Map.of();

    private PackageSizes() {}

    static List<Finding> check(List<Source> sources) {
        return check(sources, TOO_LARGE);
    }

    static List<Finding> check(List<Source> sources, Map<String, Integer> tooLarge) {
        Map<String, Integer> sizes = new TreeMap<>();
        tooLarge.keySet().forEach(name -> sizes.put(name, 0));
        sources.stream()
                .filter(source -> source.isMain() && !source.isPackageInfo())
                .forEach(source -> sizes.merge(source.packageName(), 1, Integer::sum));
        List<Finding> findings = new ArrayList<>();
        sizes.forEach(
                (name, size) ->
                        mend(size, tooLarge.getOrDefault(name, MOST_FILES))
                                .map(mend -> new Finding(Rule.PACKAGE_SIZE, name, 1, mend))
                                .ifPresent(findings::add));
        return findings;
    }

    /** The remedy for a package of this size; empty if it is within its limit. */
    private static Optional<String> mend(int size, int allowed) {
        if (size > allowed) {
            return Optional.of(
                    "has %d files, of %d allowed; give some a package of their own"
                            .formatted(size, allowed));
        }
        if (allowed > MOST_FILES && size <= MOST_FILES) {
            return Optional.of("is small enough: remove it from PackageSizes");
        }
        return allowed > MOST_FILES && size < allowed
                ? Optional.of("has %d files: lower its %d in PackageSizes".formatted(size, allowed))
                : Optional.empty();
    }
}
