package dev.oaiproxy.gate;

/**
 * A violation of a rule.
 *
 * @param file the path from the top of the repository
 * @param line counted from 1
 * @param mend the problem and its remedy
 */
record Finding(Rule rule, String file, long line, String mend) {
    @Override
    public String toString() {
        return file + ":" + line + ": " + mend + " [" + rule + "]";
    }
}
