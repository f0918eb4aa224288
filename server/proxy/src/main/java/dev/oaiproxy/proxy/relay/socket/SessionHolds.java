package dev.oaiproxy.proxy.relay.socket;

import dev.oaiproxy.base.alarm.Alarms;
import dev.oaiproxy.metering.money.Usage;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.usage.object.UsageResult;
import dev.oaiproxy.proxy.quota.HoldAmount;
import dev.oaiproxy.proxy.relay.call.Settlement;
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
 * The holds of one model in a session: spare ones for responses or turns that may begin, and one
 * for each that has begun. Each beginning takes a spare hold; each end is charged on its own.
 */
final class SessionHolds {
    private static final Logger LOG = System.getLogger(SessionHolds.class.getName());
    private static final int OK = 200;
    private static final String UNSTATED = "the response ended without stating its usage";
    private static final String UNTOLD = "the session ended before OpenAI stated the usage";

    private final SessionAdmission sessionAdmission;
    private final ModelPrice price;
    private final Deque<Settlement> spare = new ArrayDeque<>();
    private final Map<String, Settlement> begun = new LinkedHashMap<>();
    private HoldAmount amount;
    private @Nullable Usd cost;

    /**
     * @param amount the amount of the next holds
     */
    SessionHolds(SessionAdmission sessionAdmission, ModelPrice price, HoldAmount amount) {
        this.sessionAdmission = sessionAdmission;
        this.price = price;
        this.amount = amount;
    }

    ModelPrice price() {
        return price;
    }

    /** True when there is no spare hold. */
    boolean isBare() {
        return spare.isEmpty();
    }

    boolean isOwing() {
        return !begun.isEmpty();
    }

    /**
     * Adds spare holds until there are {@code count}.
     *
     * @throws RefusedException when one is refused
     */
    void keep(int count) {
        while (spare.size() < count) {
            spare.addLast(sessionAdmission.hold(price, amount));
        }
    }

    /**
     * Changes the amount of the spare and of later holds.
     *
     * @throws RefusedException when one is refused; then all stay as they were
     */
    void resize(HoldAmount newAmount) {
        try {
            spare.forEach(one -> one.resize(newAmount));
        } catch (RefusedException refused) {
            // A smaller amount is never refused.
            spare.forEach(one -> one.resize(amount));
            throw refused;
        }
        amount = newAmount;
    }

    /**
     * Notes that OpenAI has begun a response or turn.
     *
     * @throws RefusedException when nothing can be held for it
     */
    void begin(String id) {
        keep(1);
        begun.put(id, spare.removeFirst());
    }

    /**
     * Charges a response or turn that OpenAI has ended, even if its beginning was not seen.
     *
     * @return false when the charge is not durable
     */
    boolean settle(String id, UsageResult result) {
        Settlement settlement = ended(id);
        if (settlement == null) {
            Alarms.raise(LOG, "uncharged", "model={0} usage={1}", price.name(), result);
            return false;
        }
        boolean durable = settlement.settle(result, OK);
        cost = settlement.cost();
        return durable;
    }

    /** Charges the usage that was seen of a response that ended without a stated usage. */
    boolean settle(String id, Usage seen) {
        Settlement settlement = ended(id);
        return settlement == null
                || settlement.estimate(new UsageResult.Complete(seen), UNSTATED, OK);
    }

    /** The cost of the last charge by usage; null before that. */
    @Nullable Usd cost() {
        return cost;
    }

    /** Releases the hold of a response or turn that OpenAI ended without doing anything. */
    boolean release(String id, String reason) {
        Settlement settlement = ended(id);
        return settlement == null || settlement.release(reason, OK);
    }

    private @Nullable Settlement ended(String id) {
        Settlement own = begun.remove(id);
        if (own != null) {
            return own;
        }
        try {
            keep(1);
            return spare.pollFirst();
        } catch (RefusedException refused) {
            return null;
        }
    }

    /**
     * Ends all holds. Responses or turns that have begun are charged at their holds, since their
     * usage is unknown.
     */
    void end(int asked) {
        end(asked, (settlement, id) -> settlement.estimate(UNTOLD, 0));
    }

    /**
     * Ends all holds after OpenAI broke off.
     *
     * @param asked the number of spare holds that belong to requested responses
     * @param seen the usage that was seen of a response, by its id; null stands for one that has
     *     not begun
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
        holds.forEach(one -> one.release("the hold was not used", 0));
        holds.clear();
    }
}
