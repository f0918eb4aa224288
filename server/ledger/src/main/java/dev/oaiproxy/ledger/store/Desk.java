package dev.oaiproxy.ledger.store;

import java.time.InstantSource;

/** What every part of the store that administrators use works with. */
record Desk(Writer writer, Readers readers, Accounts accounts, Trail trail, InstantSource clock) {}
