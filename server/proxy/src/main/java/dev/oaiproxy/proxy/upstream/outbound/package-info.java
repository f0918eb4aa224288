/**
 * The HTTP proxy that may stand between this server and OpenAI.
 *
 * <p>Entry types: {@code OutboundProxy} says which one, {@code NoProxyList} which hosts need none,
 * and {@code ProxyTunnel} opens the way through it. This package must never log a login.
 */
@NullMarked
package dev.oaiproxy.proxy.upstream.outbound;

import org.jspecify.annotations.NullMarked;
