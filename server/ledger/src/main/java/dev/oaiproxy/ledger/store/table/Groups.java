package dev.oaiproxy.ledger.store.table;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.GroupSettings;
import dev.oaiproxy.ledger.store.connection.ReaderThreads;
import dev.oaiproxy.ledger.store.sql.Tx;
import dev.oaiproxy.ledger.store.write.AccountWriter;
import dev.oaiproxy.ledger.store.write.Writer;
import dev.oaiproxy.metering.money.Usd;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The groups of users. Neither a group nor a member is ever deleted, since calls are booked on
 * them: a removed one is switched off, and its keys are refused from the next call on.
 */
public record Groups(Writer writer, ReaderThreads readerThreads, AccountWriter accounts) {
    /** The most groups that a user can be in. */
    public static final int MOST_OF_USER = 50;

    private static final String SELECT =
            """
            SELECT g.id, g.name, g.created_ms, g.member_limit_nanos, g.member_period, a.active,
                (SELECT COUNT(*) FROM group_members m JOIN accounts ma ON ma.id = m.id
                    WHERE m.group_id = g.id AND ma.active = 1) AS members,
                (SELECT COUNT(*) FROM api_keys k JOIN accounts ka ON ka.id = k.id
                    WHERE k.group_id = g.id AND ka.active = 1) AS live_keys
            FROM user_groups g JOIN accounts a ON a.id = g.id
            """;

    private static final String MEMBERS =
            """
            SELECT u.name, m.created_ms, a.active,
                (SELECT COUNT(*) FROM api_keys k JOIN accounts ka ON ka.id = k.id
                    WHERE k.member_id = m.id AND ka.active = 1) AS live_keys
            FROM group_members m JOIN users u ON u.id = m.user_id JOIN accounts a ON a.id = m.id
                JOIN user_groups g ON g.id = m.group_id
            WHERE g.name = ? ORDER BY u.name
            """;

    private static final String INSERT =
            """
            INSERT INTO user_groups (id, name, created_ms, member_limit_nanos, member_period)
            VALUES (?, ?, ?, ?, ?)
            """;

    private static final String INSERT_MEMBER =
            "INSERT INTO group_members (id, group_id, user_id, created_ms) VALUES (?, ?, ?, ?)";

    private static final String FIND_MEMBER =
            "SELECT id FROM group_members WHERE group_id = ? AND user_id = ?";

    private static final String ACTIVE = "SELECT active FROM accounts WHERE id = ?";
    private static final String SWITCH = "UPDATE accounts SET active = ? WHERE id = ?";

    private static final String GROUPS_OF =
            """
            SELECT COUNT(*) FROM group_members m JOIN accounts a ON a.id = m.id
            WHERE m.user_id = ? AND a.active = 1
            """;

    /**
     * A group.
     *
     * @param active false when it is removed
     * @param members how many there are that were not removed
     * @param keys how many there are that were not revoked
     */
    public record Group(
            long id,
            String name,
            Instant createdAt,
            AccountLimits memberLimits,
            boolean active,
            long members,
            long keys) {}

    /** A user in a group; not active when removed from it. */
    public record Member(String user, Instant addedAt, boolean active, long keys) {}

    /** All groups, in the order in which they were made. */
    public List<Group> list() {
        return readerThreads.list(SELECT + " ORDER BY g.id", Groups::read);
    }

    public Optional<Group> find(String name) {
        return readerThreads.read(tx -> find(tx, name));
    }

    /** The members of a group, also removed ones, by their names. */
    public List<Member> members(String group) {
        return readerThreads.list(
                MEMBERS,
                row ->
                        new Member(
                                row.getString(1),
                                Instant.ofEpochMilli(row.getLong(2)),
                                row.getInt(3) == 1,
                                row.getLong(4)),
                group);
    }

    /**
     * Makes a group.
     *
     * @throws IllegalArgumentException when there is or was one of that name
     */
    public Group create(GroupSettings settings, Actor actor) {
        return writer.write(
                tx -> {
                    Optional<Group> known = find(tx, settings.name());
                    if (known.isPresent()) {
                        throw new IllegalArgumentException(
                                known.get().active()
                                        ? "there is a group " + settings.name() + " already"
                                        : "a group %s was removed, and its name stays with it"
                                                .formatted(settings.name()));
                    }
                    long id = AccountWriter.nextId(tx);
                    AccountLimits each = settings.memberLimits();
                    accounts.open(tx, id, Scope.group(settings.name()), settings.limits());
                    tx.update(
                            INSERT,
                            id,
                            settings.name(),
                            accounts.clock().millis(),
                            each.spend() == null ? Account.NO_LIMIT : each.spend().nanos(),
                            each.period().code());
                    note(tx, actor, event("group.create", settings.name(), settings.toString()));
                    return find(tx, settings.name()).orElseThrow();
                });
    }

    /**
     * Adds users to a group, all or none; makes those who are new. A removed one is back with what
     * was spent, and the keys that were not revoked work again.
     *
     * @return false when there is no such group
     * @throws IllegalArgumentException when a user would be in too many groups
     */
    public boolean add(String group, List<String> users, Actor actor) {
        return writer.write(
                tx -> {
                    Optional<Group> found = find(tx, group).filter(Group::active);
                    if (found.isPresent()) {
                        for (String user : users) {
                            add(tx, found.get(), user);
                        }
                        note(tx, actor, event("group.add", group, String.join(" ", users)));
                    }
                    return found.isPresent();
                });
    }

    private void add(Tx tx, Group group, String name) throws SQLException {
        long user = new Users(tx, accounts).make(name);
        long known = tx.number(FIND_MEMBER, group.id(), user);
        if (known != 0 && tx.number(ACTIVE, known) == 1) {
            return;
        }
        if (tx.number(GROUPS_OF, user) >= MOST_OF_USER) {
            throw new IllegalArgumentException(
                    "%s is in %d groups, which is the most".formatted(name, MOST_OF_USER));
        }
        if (known != 0) {
            tx.update(SWITCH, 1, known);
            return;
        }
        long id = AccountWriter.nextId(tx);
        accounts.open(tx, id, Scope.member(group.name(), name), group.memberLimits());
        tx.update(INSERT_MEMBER, id, group.id(), user, accounts.clock().millis());
    }

    /**
     * The membership for a new key; makes its user a member who was never one.
     *
     * @throws IllegalArgumentException when there is no such group, or the user was removed from it
     */
    Key.Membership membership(Tx tx, String group, String user) throws SQLException {
        Group found =
                find(tx, group)
                        .filter(Group::active)
                        .orElseThrow(
                                () -> new IllegalArgumentException("there is no group " + group));
        long userId = new Users(tx, accounts).make(user);
        long known = tx.number(FIND_MEMBER, found.id(), userId);
        if (known != 0 && tx.number(ACTIVE, known) == 0) {
            throw new IllegalArgumentException(
                    "%s was removed from %s; add the user to the group again"
                            .formatted(user, group));
        }
        if (known == 0) {
            add(tx, found, user);
            known = tx.number(FIND_MEMBER, found.id(), userId);
        }
        return new Key.Membership(found.id(), group, known);
    }

    /**
     * Removes users from a group, all or none: their keys of this group are refused from the next
     * call on. Calls under way end as they would.
     *
     * @return false when there is no such group
     * @throws IllegalArgumentException when one of them is no member
     */
    public boolean remove(String group, List<String> users, Actor actor) {
        return writer.write(
                tx -> {
                    Optional<Group> found = find(tx, group);
                    if (found.isPresent()) {
                        for (String user : users) {
                            remove(tx, found.get(), user);
                        }
                        note(tx, actor, event("group.remove", group, String.join(" ", users)));
                    }
                    return found.isPresent();
                });
    }

    private void remove(Tx tx, Group group, String user) throws SQLException {
        long userId = new Users(tx, accounts).find(user);
        long member = tx.number(FIND_MEMBER, group.id(), userId);
        if (member == 0 || tx.number(ACTIVE, member) == 0) {
            throw new IllegalArgumentException(user + " is not a member of " + group.name());
        }
        tx.update(SWITCH, 0, member);
    }

    /**
     * Removes a whole group: all its keys are refused from the next call on.
     *
     * @return false when there is no such group
     */
    public boolean delete(String group, Actor actor) {
        return writer.write(
                tx -> {
                    Optional<Group> found = find(tx, group).filter(Group::active);
                    if (found.isPresent()) {
                        tx.update(SWITCH, 0, found.get().id());
                        note(tx, actor, event("group.delete", group, "removed"));
                    }
                    return found.isPresent();
                });
    }

    private void note(Tx tx, Actor actor, AdminEvents.Event event) throws SQLException {
        AdminEvents.add(tx, accounts.clock().instant(), actor, event);
    }

    private static AdminEvents.Event event(String action, String group, String after) {
        return new AdminEvents.Event(action, Scope.group(group), "", after);
    }

    private static Optional<Group> find(Tx tx, String name) throws SQLException {
        return tx.first(SELECT + " WHERE g.name = ?", Groups::read, name);
    }

    private static Group read(ResultSet row) throws SQLException {
        long limit = row.getLong(4);
        return new Group(
                row.getLong(1),
                row.getString(2),
                Instant.ofEpochMilli(row.getLong(3)),
                new AccountLimits(
                        limit == Account.NO_LIMIT ? null : Usd.ofNanos(limit),
                        QuotaPeriod.coded(row.getInt(5)),
                        null,
                        null,
                        null),
                row.getInt(6) == 1,
                row.getLong(7),
                row.getLong(8));
    }
}
