/**
 * HTTPS without a reverse proxy in front: the certificate and its key, and the encryption of
 * connections.
 *
 * <p>Entry types: {@code Certificates}, which follows the two files, and {@code TlsSelector}, which
 * puts TLS under the HTTP connections of the listener. The handshake is read like any other first
 * bytes, so whatever bounds the time and the number of connections bounds handshakes, too. It must
 * never log a key, nor quote what is in its file.
 */
@NullMarked
package dev.oaiproxy.app.tls;

import org.jspecify.annotations.NullMarked;
