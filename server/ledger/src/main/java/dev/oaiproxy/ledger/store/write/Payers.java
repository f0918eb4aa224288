package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.key.Key;
import java.util.List;

/**
 * The scopes that pay for a call besides everyone, by their numbers.
 *
 * @param group 0 for a key without a group
 * @param member the number of the user within the group; 0 without one
 */
public record Payers(long user, long key, long group, long member) {
    public static Payers of(Key key) {
        Key.Membership in = key.group();
        return in == null
                ? new Payers(key.userNumber(), key.number(), 0, 0)
                : new Payers(key.userNumber(), key.number(), in.group(), in.member());
    }

    /** The same for another user, or the only one that is known. */
    public Payers by(long other) {
        return new Payers(other, key, group, member);
    }

    /** All scopes that pay, from everyone to the key. */
    public List<Long> scopes() {
        return group == 0
                ? List.of(Accounts.EVERYONE, user, key)
                : List.of(Accounts.EVERYONE, group, member, user, key);
    }
}
