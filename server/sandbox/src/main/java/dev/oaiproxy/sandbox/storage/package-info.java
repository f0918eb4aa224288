/** Files, uploads, vector stores, containers and skills. */
@NullMarked
package dev.oaiproxy.sandbox.storage;

import org.jspecify.annotations.NullMarked;
