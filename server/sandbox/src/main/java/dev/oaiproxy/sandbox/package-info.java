/**
 * A stand-in for OpenAI that speaks the same HTTP API and keeps a bill of its own.
 *
 * <p>Entry type: {@code OpenAiStandIn} in tests; {@code SandboxProgram} runs it as a process. It
 * computes usage itself and simulates OpenAI's failures on request. It must never share code with
 * the proxy under test, because both would then make the same mistakes.
 */
@NullMarked
package dev.oaiproxy.sandbox;

import org.jspecify.annotations.NullMarked;
