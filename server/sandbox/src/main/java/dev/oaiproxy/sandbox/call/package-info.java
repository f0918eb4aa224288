/** A call to the stand-in, and the state that all calls share. */
@NullMarked
package dev.oaiproxy.sandbox.call;

import org.jspecify.annotations.NullMarked;
