/**
 * The admin API: {@code /admin/v1}.
 *
 * <p>Entry type: {@code AdminRoutes}. Each handler behind it turns one part of the API into calls
 * of the store. It must never answer without the administrator's password, except to the first
 * set-up from the machine itself, and must show a key only in the response that made it.
 */
@NullMarked
package dev.oaiproxy.app.admin;

import org.jspecify.annotations.NullMarked;
