package dev.oaiproxy.e2e.attack;

/** One kind of attack, in a form that can be repeated. */
@SuppressWarnings("ImmutableEnumChecker") // Each is a method without state.
enum Attack {
    ENDLESS_LINES(FramingAttacks::endlessLines),
    HIDDEN_REQUESTS(FramingAttacks::hiddenRequests),
    FUZZED_REQUESTS(FramingAttacks::fuzz),
    SLOW_SOCKETS(SlowAttacks::slowSockets),
    PARTIAL_HEADS(SlowAttacks::partialHeads),
    ANNOUNCED_BODIES(MemoryAttacks::announcedBodies),
    UPLOADS(MemoryAttacks::uploads),
    HALF_MESSAGES(MemoryAttacks::halfMessages),
    LONG_STREAMS(MemoryAttacks::streams),
    WRONG_KEYS(FloodAttacks::wrongKeys),
    WRONG_PASSWORDS(FloodAttacks::wrongPasswords),
    HANG_UPS(FloodAttacks::hangUps);

    private final Run run;

    /** How it is done. */
    interface Run {
        Outcome on(AttackTarget attackTarget, Scale scale) throws Exception;
    }

    Attack(Run run) {
        this.run = run;
    }

    Outcome on(AttackTarget attackTarget, Scale scale) throws Exception {
        return run.on(attackTarget, scale);
    }

    /**
     * What came of it.
     *
     * @param tried how often it was tried
     * @param held how often the server did what it should
     */
    record Outcome(long tried, long held) {
        long lost() {
            return tried - held;
        }
    }

    /** How much of it: enough for a small heap, or for the one that the launcher gives. */
    enum Scale {
        SHORT,
        LONG;

        /** One of two numbers. */
        int of(int small, int large) {
            return this == SHORT ? small : large;
        }
    }
}
