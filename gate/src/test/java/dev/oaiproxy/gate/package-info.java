/**
 * The rules of the house that no compiler knows, held over the sources of all modules.
 *
 * <p>Entry type: {@code SourceRulesTest}. Sources are parsed with the JDK's own compiler, never
 * with regular expressions. A finding names its mend; what is allowed for now stands in {@code
 * Allowances}, which only shrinks.
 */
@NullMarked
package dev.oaiproxy.gate;

import org.jspecify.annotations.NullMarked;
