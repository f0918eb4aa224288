/** Work on price books for the command line, where no server runs. */
@NullMarked
package dev.oaiproxy.app.offline;

import org.jspecify.annotations.NullMarked;
