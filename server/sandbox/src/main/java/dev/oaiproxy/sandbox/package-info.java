/**
 * A stand-in for OpenAI: the same shapes on the same wire, with a bill of its own.
 *
 * <p>Entry type: {@code OpenAiStandIn}, for tests; {@code SandboxProgram} runs it as a process. It
 * computes usage by itself and fails on request in each way that OpenAI can. It must never share
 * code with the proxy that is tried against it, or both would be wrong in the same way.
 */
@NullMarked
package dev.oaiproxy.sandbox;

import org.jspecify.annotations.NullMarked;
