/**
 * Bodies of the type {@code multipart/form-data}, read and edited in place.
 *
 * <p>Entry type: {@code MultipartForm}. It must never decode a part.
 */
@NullMarked
package dev.oaiproxy.metering.request.form;

import org.jspecify.annotations.NullMarked;
