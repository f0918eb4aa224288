package dev.oaiproxy.api;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Checks and generates passwords of administrators. */
public final class Passwords {
    private static final int SHORTEST = 12;
    private static final int FEWEST_CHARACTERS = 5;
    private static final int MADE_GROUPS = 4;
    private static final int GROUP = 5;

    /** Letters and digits that cannot be mistaken for one another. */
    private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

    /** The letters of passwords that attackers try first, without digits and signs. */
    private static final Set<String> TRIED =
            Set.of(
                    "password",
                    "passwort",
                    "passw",
                    "letmein",
                    "welcome",
                    "changeme",
                    "administrator",
                    "admin",
                    "adminadmin",
                    "qwertyuiop",
                    "qwertzuiop",
                    "qwerty",
                    "iloveyou",
                    "secret",
                    "openai",
                    "oaiproxy",
                    "proxy");

    private static final String ADVICE =
            "; take "
                    + SHORTEST
                    + " characters or more that nobody guesses, or have one made by"
                    + " `oaiproxy setup --generate-password`";

    private Passwords() {}

    /** The problem with a user's password, and the remedy; empty when there is none. */
    public static Optional<String> problem(String user, String password) {
        String lower = password.toLowerCase(Locale.ROOT);
        String name = user.toLowerCase(Locale.ROOT);
        if (password.codePointCount(0, password.length()) < SHORTEST) {
            return Optional.of("the password is shorter than " + SHORTEST + " characters" + ADVICE);
        }
        if (!name.isEmpty() && lower.replace(name, "").length() < SHORTEST / 2) {
            return Optional.of("the password is little more than the user's name" + ADVICE);
        }
        boolean plain =
                lower.chars().distinct().count() < FEWEST_CHARACTERS
                        || isRow(lower)
                        || isTried(lower);
        return plain
                ? Optional.of("the password is one of those that are tried first" + ADVICE)
                : Optional.empty();
    }

    /** True when most characters are neighbours of the one before, as in 123456789012. */
    private static boolean isRow(String text) {
        int neighbours = 0;
        for (int i = 1; i < text.length(); i++) {
            neighbours += Math.abs(text.charAt(i) - text.charAt(i - 1)) <= 1 ? 1 : 0;
        }
        return neighbours * 4 >= (text.length() - 1) * 3;
    }

    private static boolean isTried(String lower) {
        String letters = lower.replaceAll("[^a-z]", "");
        return TRIED.contains(letters)
                || TRIED.stream().anyMatch(word -> letters.equals(word + word));
    }

    /** A password of about 99 random bits, in groups that can be typed. */
    public static String make() {
        SecureRandom random = new SecureRandom();
        StringBuilder made = new StringBuilder();
        for (int i = 0; i < MADE_GROUPS * GROUP; i++) {
            made.append(i > 0 && i % GROUP == 0 ? "-" : "");
            made.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return made.toString();
    }
}
