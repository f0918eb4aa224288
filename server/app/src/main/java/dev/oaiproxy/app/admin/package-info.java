/**
 * The operators' door: {@code /admin/v1}.
 *
 * <p>Entry type: {@code AdminDoor}. Every desk behind it turns one part of the admin API into calls
 * of the store. It must never answer without the administrator's password, but for the first set-up
 * from the machine itself, and never show a key but in the answer that made it.
 */
@NullMarked
package dev.oaiproxy.app.admin;

import org.jspecify.annotations.NullMarked;
