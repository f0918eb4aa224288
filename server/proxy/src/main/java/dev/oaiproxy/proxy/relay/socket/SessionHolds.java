package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.quota.FixedHold;
import dev.oaiproxy.proxy.relay.call.Settlement;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import java.lang.System.Logger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The holds of one model in a conversation: spare ones for what may begin, and those of what has
 * begun. What OpenAI begins takes a spare one; what it has ended is charged on its own.
 */
final class SessionHolds {
    private static final Logger LOG = System.getLogger(SessionHolds.class.getName());
    private static final int OK = 200;
    private static final String UNSTATED = "the answer ended without stating its usage";
    private static final String UNTOLD = "the conversation ended before the usage came";

    private final SessionAdmission sessionAdmission;
    private final ModelPrice price;
    private final Deque<Settlement> spare = new ArrayDeque<>();
    private final Map<String, Settlement> begun = new LinkedHashMap<>();
    private FixedHold amount;
    private @Nullable Usd cost;

    /**
     * @param amount what the next holds are to be
     */
    SessionHolds(SessionAdmission sessionAdmission, ModelPrice price, FixedHold amount) {
        this.sessionAdmission = sessionAdmission;
        this.price = price;
        this.amount = amount;
    }

    ModelPrice price() {
        return price;
    }

    /** Whether nothing is held for what could begin. */
    boolean isBare() {
        return spare.isEmpty();
    }

    boolean isOwing() {
        return !begun.isEmpty();
    }

    /**
     * Sees that there are so many spare holds.
     *
     * @return why there are not, or null
     */
    @Nullable Refusal keep(int count) {
        try {
            while (spare.size() < count) {
                spare.addLast(sessionAdmission.hold(price, amount));
            }
            return null;
        } catch (RefusedException e) {
            return e.refusal();
        }
    }

    /**
     * Has what begins from now on held at another amount, each hold raised or lowered in its place.
     * Where that is not granted, all stays as it was.
     *
     * @return why it is not, or null
     */
    @Nullable Refusal resize(FixedHold newAmount) {
        for (Settlement one : spare) {
            Refusal refused = one.resize(newAmount);
            if (refused != null) {
                // Less is never refused.
                spare.forEach(each -> each.resize(amount));
                return refused;
            }
        }
        amount = newAmount;
        return null;
    }

    /**
     * Notes that OpenAI has begun something.
     *
     * @return why nothing could be held for it, or null
     */
    @Nullable Refusal begin(String id) {
        Refusal refused = keep(1);
        Settlement settlement = spare.pollFirst();
        if (settlement != null) {
            begun.put(id, settlement);
        }
        return refused;
    }

    /**
     * Charges what OpenAI has ended, begun or not.
     *
     * @return whether that is durable
     */
    boolean settle(String id, UsageResult result) {
        Settlement settlement = ended(id);
        if (settlement == null) {
            Alarms.raise(LOG, "uncharged", "model={0} reading={1}", price.name(), result);
            return false;
        }
        boolean durable = settlement.settle(result, OK);
        cost = settlement.cost();
        return durable;
    }

    /** Charges what was seen of what OpenAI has ended without stating a usage. */
    boolean settle(String id, Usage seen) {
        Settlement settlement = ended(id);
        return settlement == null
                || settlement.estimate(new UsageResult.Complete(seen), UNSTATED, OK);
    }

    /** What the last thing has cost that was charged by its usage; null before that. */
    @Nullable Usd cost() {
        return cost;
    }

    /** Gives back the hold of what OpenAI has ended without doing anything. */
    boolean release(String id, String reason) {
        Settlement settlement = ended(id);
        return settlement == null || settlement.release(reason, OK);
    }

    private @Nullable Settlement ended(String id) {
        Settlement own = begun.remove(id);
        if (own != null) {
            return own;
        }
        Refusal refused = keep(1);
        return refused == null ? spare.pollFirst() : null;
    }

    /** Ends all holds; what has begun costs them, since nobody knows how much it came to. */
    void end(int asked) {
        end(asked, (settlement, id) -> settlement.estimate(UNTOLD, 0));
    }

    /**
     * Ends all holds where OpenAI has broken off.
     *
     * @param asked for how many spare ones OpenAI was asked to begin something
     * @param seen what was seen of a response that had begun, or of none
     */
    void broken(int asked, Function<@Nullable String, Usage> seen) {
        end(
                asked,
                (settlement, id) ->
                        settlement.estimate(new UsageResult.Complete(seen.apply(id)), UNTOLD, 0));
    }

    private void end(int asked, BiConsumer<Settlement, @Nullable String> ending) {
        for (int i = 0; i < asked && !spare.isEmpty(); i++) {
            ending.accept(spare.removeFirst(), null);
        }
        release(spare);
        begun.forEach((id, settlement) -> ending.accept(settlement, id));
        begun.clear();
    }

    private static void release(Deque<Settlement> holds) {
        holds.forEach(one -> one.release("nothing began on it", 0));
        holds.clear();
    }
}
