/** The command line on a pseudo-terminal, started by the real launcher. */
@NullMarked
package dev.oaiproxy.cli.terminal;

import org.jspecify.annotations.NullMarked;
