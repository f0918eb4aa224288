/**
 * JSON as bytes: parsing, and edits of one member that leave all other bytes unchanged.
 *
 * <p>Entry type: {@code JsonEdit}. It must never know the meaning of a member.
 */
@NullMarked
package dev.oaiproxy.metering.request.json;

import org.jspecify.annotations.NullMarked;
