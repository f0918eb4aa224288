package dev.oaiproxy.ledger.store;

import java.time.InstantSource;

/** What every part of the store that administrators use works with. */
record Desk(
        Writer writer,
        ReaderThreads readerThreads,
        Accounts accounts,
        AdminEvents adminEvents,
        InstantSource clock) {}
