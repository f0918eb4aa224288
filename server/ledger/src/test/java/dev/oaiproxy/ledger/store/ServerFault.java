package dev.oaiproxy.ledger.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A passing fault of a database server, or of the connection to it. */
public enum ServerFault {
    /** The server stops, and starts again on the same folder. */
    STOPPED(false, true) {
        @Override
        public void begin(FaultTarget faultTarget) throws Exception {
            faultTarget.server().halt();
        }

        @Override
        public void end(FaultTarget faultTarget) throws Exception {
            faultTarget.server().resume();
        }
    },

    /** Its processes are suspended, and their connections with them. */
    FROZEN(false, true) {
        @Override
        public void begin(FaultTarget faultTarget) throws Exception {
            faultTarget.server().signal("STOP");
        }

        @Override
        public void end(FaultTarget faultTarget) throws Exception {
            faultTarget.server().signal("CONT");
        }
    },

    /** Nothing comes through; connections stay open. */
    SILENT(true, false) {
        @Override
        public void begin(FaultTarget faultTarget) {
            faultTarget.faultyLink().silence(true);
        }

        @Override
        public void end(FaultTarget faultTarget) {
            faultTarget.faultyLink().silence(false);
        }
    },

    /** Every answer takes a second and a half: a call waits for three of them, and not so long. */
    SLOW(true, false) {
        @Override
        public void begin(FaultTarget faultTarget) {
            faultTarget.faultyLink().delay(1500);
        }

        @Override
        public void end(FaultTarget faultTarget) {
            faultTarget.faultyLink().delay(0);
        }
    },

    /** All connections die, and the new server under its address is read-only at first. */
    FAILED_OVER(true, true) {
        @Override
        public void begin(FaultTarget faultTarget) {
            faultTarget.faultyLink().cut();
            faultTarget.server().readOnly(true);
            faultTarget.faultyLink().mend();
        }

        @Override
        public void end(FaultTarget faultTarget) {
            faultTarget.server().readOnly(false);
        }
    };

    private final boolean onTheWay;
    private final boolean ofServer;

    /**
     * @param onTheWay true for a fault of the link, which harms only clients that use it
     * @param ofServer true for a fault of the server itself
     */
    ServerFault(boolean onTheWay, boolean ofServer) {
        this.onTheWay = onTheWay;
        this.ofServer = ofServer;
    }

    /**
     * The target of a fault.
     *
     * @param own the server, if it may be harmed
     */
    public record FaultTarget(FaultyLink faultyLink, @Nullable OwnServer own) {
        OwnServer server() {
            return Objects.requireNonNull(own, "others use this server");
        }
    }

    /** True for a fault of the server itself, which nobody else may then use. */
    public boolean isOfServer() {
        return ofServer;
    }

    /** The host and port by which a client is exposed to the fault. */
    public String host(FaultTarget faultTarget) {
        return onTheWay ? faultTarget.faultyLink().host() : faultTarget.server().host();
    }

    public abstract void begin(FaultTarget faultTarget) throws Exception;

    public abstract void end(FaultTarget faultTarget) throws Exception;
}
