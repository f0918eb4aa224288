package dev.oaiproxy.ledger.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What can befall a server, or the way to it, and pass again. */
public enum ServerFault {
    /** It is stopped, and started again on the same folder. */
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

    /** Its processes stand still, and their connections with them. */
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

    /** Nothing comes through, and nobody is told. */
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

    /** Every answer takes half a second. */
    SLOW(true, false) {
        @Override
        public void begin(FaultTarget faultTarget) {
            faultTarget.faultyLink().delay(500);
        }

        @Override
        public void end(FaultTarget faultTarget) {
            faultTarget.faultyLink().delay(0);
        }
    },

    /**
     * All connections die, and whoever answers under its address may not be written to at first.
     */
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
     * @param onTheWay whether it befalls those alone who connect by the cable
     * @param ofServer whether it befalls the server itself
     */
    ServerFault(boolean onTheWay, boolean ofServer) {
        this.onTheWay = onTheWay;
        this.ofServer = ofServer;
    }

    /**
     * Whom it befalls.
     *
     * @param own the server, if it may be harmed
     */
    public record FaultTarget(FaultyLink faultyLink, @Nullable OwnServer own) {
        OwnServer server() {
            return Objects.requireNonNull(own, "others use this server");
        }
    }

    /** Whether it befalls the server itself, so that nobody else should use that. */
    public boolean isOfServer() {
        return ofServer;
    }

    /** Where somebody connects whom it is to befall. */
    public String host(FaultTarget faultTarget) {
        return onTheWay ? faultTarget.faultyLink().host() : faultTarget.server().host();
    }

    public abstract void begin(FaultTarget faultTarget) throws Exception;

    public abstract void end(FaultTarget faultTarget) throws Exception;
}
