@NullMarked
package dev.oaiproxy.server;

import org.jspecify.annotations.NullMarked;
