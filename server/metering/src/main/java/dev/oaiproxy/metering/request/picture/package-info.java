/**
 * The pictures of a request, and their sizes.
 *
 * <p>Entry type: {@code Pictures}. It must never decode more of a picture than its header.
 */
@NullMarked
package dev.oaiproxy.metering.request.picture;

import org.jspecify.annotations.NullMarked;
