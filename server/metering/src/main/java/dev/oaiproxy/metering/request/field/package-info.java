/**
 * Readers of the fields of each kind of request.
 *
 * <p>Entry type: {@code FieldReader}, with one implementation per kind, on a {@code BodyReader}. A
 * request with a field of an unexpected type is refused. It must never build a tree of a body.
 */
@NullMarked
package dev.oaiproxy.metering.request.field;

import org.jspecify.annotations.NullMarked;
