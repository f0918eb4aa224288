/** The stand-in's requests and answers on the wire, and what can go wrong with them. */
@NullMarked
package dev.oaiproxy.sandbox.http;

import org.jspecify.annotations.NullMarked;
