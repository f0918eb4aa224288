/** HTTP requests, responses and errors of the stand-in, and its WebSockets. */
@NullMarked
package dev.oaiproxy.sandbox.http;

import org.jspecify.annotations.NullMarked;
