package dev.oaiproxy.server.store;

/** What can befall a server, or the way to it, and pass again. */
enum Trouble {
    /** It is stopped, and started again on the same folder. */
    STOPPED(false) {
        @Override
        void begin(Patient patient) throws Exception {
            patient.server().halt();
        }

        @Override
        void end(Patient patient) throws Exception {
            patient.server().resume();
        }
    },

    /** Its processes stand still, and their connections with them. */
    FROZEN(false) {
        @Override
        void begin(Patient patient) throws Exception {
            patient.server().signal("STOP");
        }

        @Override
        void end(Patient patient) throws Exception {
            patient.server().signal("CONT");
        }
    },

    /** Nothing comes through, and nobody is told. */
    SILENT(true) {
        @Override
        void begin(Patient patient) {
            patient.cable().silence(true);
        }

        @Override
        void end(Patient patient) {
            patient.cable().silence(false);
        }
    },

    /** Every answer takes half a second. */
    SLOW(true) {
        @Override
        void begin(Patient patient) {
            patient.cable().delay(500);
        }

        @Override
        void end(Patient patient) {
            patient.cable().delay(0);
        }
    },

    /**
     * All connections die, and whoever answers under its address may not be written to at first.
     */
    FAILED_OVER(true) {
        @Override
        void begin(Patient patient) {
            patient.cable().cut();
            patient.server().readOnly(true);
            patient.cable().mend();
        }

        @Override
        void end(Patient patient) {
            patient.server().readOnly(false);
        }
    };

    private final boolean onTheWay;

    Trouble(boolean onTheWay) {
        this.onTheWay = onTheWay;
    }

    /** Whom it befalls. */
    record Patient(TestServer server, Cable cable) {}

    /** Where somebody connects whom it is to befall. */
    String host(Patient patient) {
        return onTheWay ? patient.cable().host() : patient.server().host();
    }

    abstract void begin(Patient patient) throws Exception;

    abstract void end(Patient patient) throws Exception;
}
