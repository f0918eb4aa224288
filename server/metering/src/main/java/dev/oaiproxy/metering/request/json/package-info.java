/**
 * JSON as bytes: how it is parsed, and how one member is edited without touching the rest.
 *
 * <p>Entry type: {@code JsonEdit}. It must never know what a member means.
 */
@NullMarked
package dev.oaiproxy.metering.request.json;

import org.jspecify.annotations.NullMarked;
