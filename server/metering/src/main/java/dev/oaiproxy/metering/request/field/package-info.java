/**
 * Readers of the fields of each kind of request.
 *
 * <p>Entry type: {@code FieldReader}, of which each kind has one, on a {@code BodyReader}. A field
 * whose value has an unexpected type refuses the request. It must never build a tree of a body.
 */
@NullMarked
package dev.oaiproxy.metering.request.field;

import org.jspecify.annotations.NullMarked;
