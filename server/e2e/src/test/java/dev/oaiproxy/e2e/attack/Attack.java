package dev.oaiproxy.e2e.attack;

/** One kind of attack, which can be repeated. */
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

    /** The attack itself. */
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
     * The result.
     *
     * @param tried the number of tries
     * @param held the number of tries that the server withstood
     */
    record Outcome(long tried, long held) {
        long lost() {
            return tried - held;
        }
    }

    /** The size of the attack: for a small heap, or for the launcher's default heap. */
    enum Scale {
        SHORT,
        LONG;

        /** The number for this scale. */
        int of(int small, int large) {
            return this == SHORT ? small : large;
        }
    }
}
