/**
 * Request bodies and their {@code Content-Encoding}; RFC 9110, section 8.4.
 *
 * <p>Entry type: {@code RequestBody}, which reads a whole body within its limit and the byte
 * budget, and decodes it. It must never hold more of a decoded body than the limit.
 */
@NullMarked
package dev.oaiproxy.proxy.encoding;

import org.jspecify.annotations.NullMarked;
