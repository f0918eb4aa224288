/** One call to the stand-in, and what all calls share. */
@NullMarked
package dev.oaiproxy.sandbox.call;

import org.jspecify.annotations.NullMarked;
