package dev.oaiproxy.server.relay;

import dev.oaiproxy.server.catalogue.IdWatch;
import dev.oaiproxy.server.catalogue.Reference;
import dev.oaiproxy.server.key.Key;
import dev.oaiproxy.server.store.Objects;
import dev.oaiproxy.server.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What one answer hands out to its user, written down before the user has it. */
final class Claim {
    private static final Logger LOG = System.getLogger(Claim.class.getName());

    private final Objects objects;
    private final Key key;
    private final IdWatch watch;
    private final Set<String> recorded = new HashSet<>();

    Claim(Objects objects, Key key, IdWatch watch) {
        this.objects = objects;
        this.key = key;
        this.watch = watch;
    }

    /**
     * Looks at the next bytes of an answer, which stay as they are.
     *
     * @return false when they hold an id that could not be written down, and must not be sent
     */
    boolean record(ByteBuffer bytes) {
        List<Reference> fresh =
                watch.take(bytes).stream().filter(found -> recorded.add(found.id())).toList();
        return fresh.isEmpty() || record(fresh);
    }

    private boolean record(List<Reference> fresh) {
        try {
            objects.record(fresh, key);
            return true;
        } catch (StoreException e) {
            LOG.log(Level.WARNING, "owner not recorded key={0} cause={1}", key.id(), e.toString());
            return false;
        }
    }
}
