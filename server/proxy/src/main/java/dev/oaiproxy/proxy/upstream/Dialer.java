package dev.oaiproxy.proxy.upstream;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.proxy.upstream.outbound.OutboundProxy;
import dev.oaiproxy.proxy.upstream.outbound.ProxyTunnel;
import java.io.IOException;
import java.lang.System.Logger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import jdk.net.ExtendedSocketOptions;

/** Opens connections to OpenAI, with TLS for an https base URL. */
record Dialer(UpstreamSettings settings, SSLSocketFactory tls) {
    private static final Logger LOG = System.getLogger(Dialer.class.getName());

    private static final int IDLE_SECONDS = 60;
    private static final int PROBE_SECONDS = 20;
    private static final int MOST_PROBES = 6;

    UpstreamConnection open() throws IOException {
        Socket transport = connect();
        try {
            OutboundProxy proxy = settings.proxy();
            if (proxy != null && settings.isTls()) {
                transport.setSoTimeout(UpstreamSettings.millis(settings.connectTimeout()));
                ProxyTunnel.open(transport, proxy, settings.target());
            }
            Socket socket = settings.isTls() ? secure(transport) : transport;
            return new UpstreamConnection(
                    transport, socket, UpstreamSettings.millis(settings.readTimeout()));
        } catch (IOException | RuntimeException failed) {
            transport.close();
            throw failed;
        }
    }

    /** Connects to OpenAI, or to the proxy in front of it. */
    private Socket connect() throws IOException {
        OutboundProxy proxy = settings.proxy();
        if (proxy == null) {
            return connect(settings.host(), settings.port());
        }
        try {
            return connect(proxy.host(), proxy.port());
        } catch (IOException failed) {
            Alarms.raise(
                    LOG,
                    "outbound_proxy_unreachable",
                    "proxy={0} cause={1} remedy=\"check that it runs and that its URL is correct\"",
                    proxy,
                    failed.toString());
            throw failed;
        }
    }

    /** Tries each address of the host, since one of the address families may not be routed. */
    private Socket connect(String host, int port) throws IOException {
        IOException last = new IOException("the host has no address");
        for (InetAddress address : InetAddress.getAllByName(host)) {
            try {
                return connect(new InetSocketAddress(address, port));
            } catch (IOException failed) {
                last = failed;
            }
        }
        throw last;
    }

    private Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            keepAlive(socket);
            socket.connect(address, UpstreamSettings.millis(settings.connectTimeout()));
            return socket;
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    /**
     * Turns TCP keep-alive on: a model may think for long, and a dead connection must be noticed
     * meanwhile.
     */
    private static void keepAlive(Socket socket) throws IOException {
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_SECONDS);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, MOST_PROBES);
        }
    }

    private Socket secure(Socket transport) throws IOException {
        transport.setSoTimeout(UpstreamSettings.millis(settings.connectTimeout()));
        Socket layered = tls.createSocket(transport, settings.host(), settings.port(), true);
        SSLSocket socket = (SSLSocket) layered;
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
