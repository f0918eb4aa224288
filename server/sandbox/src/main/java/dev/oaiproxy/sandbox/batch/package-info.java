/** Batches and fine-tuning, which take their time. */
@NullMarked
package dev.oaiproxy.sandbox.batch;

import org.jspecify.annotations.NullMarked;
