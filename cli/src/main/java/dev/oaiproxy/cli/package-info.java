@NullMarked
package dev.oaiproxy.cli;

import org.jspecify.annotations.NullMarked;
