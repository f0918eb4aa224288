/** Responses with their tools, conversations, compactions and decisions. */
@NullMarked
package dev.oaiproxy.sandbox.response;

import org.jspecify.annotations.NullMarked;
