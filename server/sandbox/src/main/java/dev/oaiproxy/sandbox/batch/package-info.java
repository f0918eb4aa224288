/** Batches and fine-tuning jobs, which run in the background. */
@NullMarked
package dev.oaiproxy.sandbox.batch;

import org.jspecify.annotations.NullMarked;
