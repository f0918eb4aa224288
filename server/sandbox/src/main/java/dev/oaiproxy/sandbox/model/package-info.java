/** The simulated models, with their token counts and prompt cache. */
@NullMarked
package dev.oaiproxy.sandbox.model;

import org.jspecify.annotations.NullMarked;
