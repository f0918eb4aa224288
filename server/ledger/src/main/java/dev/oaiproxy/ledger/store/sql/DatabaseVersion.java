package dev.oaiproxy.ledger.store.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The product and release of a database server. */
public record DatabaseVersion(String product, int major, int minor) {
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,9})(?:\\.(\\d{1,9}))?");

    /** The prefix by which MariaDB pretends to older clients to be an old MySQL. */
    private static final String DISGUISE = "5.5.5-";

    /** The release of a version, such as {@code 18.6 (Debian)}; zero when there is no number. */
    public static DatabaseVersion of(String product, String version) {
        Matcher number = NUMBER.matcher(version.replace(DISGUISE, ""));
        if (!number.find()) {
            return new DatabaseVersion(product, 0, 0);
        }
        int minor = number.group(2) == null ? 0 : Integer.parseInt(number.group(2));
        return new DatabaseVersion(product, Integer.parseInt(number.group(1)), minor);
    }

    public boolean isBefore(DatabaseVersion other) {
        return major < other.major || (major == other.major && minor < other.minor);
    }

    /** The version for people, such as {@code MariaDB 10.11}. */
    @Override
    public String toString() {
        return product + " " + major + "." + minor;
    }
}
