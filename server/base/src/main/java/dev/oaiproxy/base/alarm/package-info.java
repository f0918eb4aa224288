/**
 * Alarms for operators, and errors that end the process.
 *
 * <p>Entry types: {@code Alarms}, through which every alarm is logged and counted, {@code
 * LastingAlarm}, a condition that goes on for a while, and {@code FatalErrors}, which ends the
 * process after an error that it cannot survive. It must never know any of our other packages.
 */
@NullMarked
package dev.oaiproxy.base.alarm;

import org.jspecify.annotations.NullMarked;
