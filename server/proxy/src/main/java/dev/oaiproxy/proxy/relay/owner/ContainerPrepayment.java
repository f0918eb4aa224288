package dev.oaiproxy.proxy.relay.owner;

import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.store.sql.StoreException;
import dev.oaiproxy.proxy.quota.Grant;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.storagebilling.ContainerUse;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import java.util.Optional;
import java.util.Set;

/** Has the containers that a call uses paid for, before it does. */
public final class ContainerPrepayment {
    private final ContainerUse containers;

    public ContainerPrepayment(ContainerUse containers) {
        this.containers = containers;
    }

    /** Why a key may not use containers now. */
    public Optional<Refusal> objection(Key key, Set<String> ids) {
        return ids.stream().map(id -> objection(key, id)).flatMap(Optional::stream).findFirst();
    }

    private Optional<Refusal> objection(Key key, String id) {
        try {
            return switch (containers.begin(id, key)) {
                case ContainerUse.Answer.Open _ -> Optional.empty();
                case ContainerUse.Answer.Denied denied ->
                        Optional.of(new Refusal.NotGranted(denied.why()));
                case ContainerUse.Answer.Unpriced unpriced ->
                        Optional.of(new Refusal.Unpriced(unpriced.row()));
            };
        } catch (StoreException e) {
            return Optional.of(new Refusal.NotGranted(new Grant.Unavailable(e.toString())));
        } catch (UpstreamException e) {
            return Optional.of(UpstreamErrors.refusal(e));
        }
    }
}
