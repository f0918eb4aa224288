package dev.oaiproxy.gate;

/**
 * A place in the sources that breaks a rule.
 *
 * @param file the path from the top of the repository
 * @param line counted from 1
 * @param mend what is wrong, and what to do
 */
record Finding(Rule rule, String file, long line, String mend) {
    @Override
    public String toString() {
        return file + ":" + line + ": " + mend + " [" + rule + "]";
    }
}
