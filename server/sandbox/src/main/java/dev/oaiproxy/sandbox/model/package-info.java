/** The models that the stand-in plays, and how they count and cache tokens. */
@NullMarked
package dev.oaiproxy.sandbox.model;

import org.jspecify.annotations.NullMarked;
