package dev.oaiproxy.ledger.key;

/** Patterns in which {@code *} stands for any text and everything else for itself. */
public final class Glob {
    private Glob() {}

    /** Matches the whole text, in time proportional to the product of both lengths. */
    public static boolean matches(String glob, String text) {
        int star = -1;
        int resume = 0;
        int g = 0;
        int t = 0;
        while (t < text.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                resume = t;
            } else if (g < glob.length() && glob.charAt(g) == text.charAt(t)) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++resume;
            } else {
                return false;
            }
        }
        return glob.substring(g).chars().allMatch(rest -> rest == '*');
    }
}
