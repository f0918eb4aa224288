@NullMarked
package dev.oaiproxy.app;

import org.jspecify.annotations.NullMarked;
