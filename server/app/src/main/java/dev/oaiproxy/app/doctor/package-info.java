/**
 * Looks an installation over for its operator: {@link dev.oaiproxy.app.doctor.Doctor} has the list
 * of what is looked at, one line for each.
 *
 * <p>It needs no running server and knows all of it. It must never change anything: no file is
 * made, no table touched, no setting kept. It never says a secret.
 */
@NullMarked
package dev.oaiproxy.app.doctor;

import org.jspecify.annotations.NullMarked;
