package dev.oaiproxy.ledger.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.ModelGlobs;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.GroupSettings;
import dev.oaiproxy.ledger.store.PaperLedger.PaperAccount;
import dev.oaiproxy.ledger.store.table.Quotas;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Has a {@link RandomProgram} use groups and several quotas on a scope. */
final class RandomQuotas {
    private static final Actor ADMIN = new Actor("admin", "test");
    private static final List<String> GROUPS = List.of("ml26", "lab");
    private static final List<String> MODELS = List.of(SampleBills.MODEL, "gpt-6-pro", "o5");
    private static final List<String> GLOBS = List.of("", "gpt-*", "*-pro", "o5");
    private static final long MOST_NANOS = 20_000_000_000L;
    private static final int MOST_OF_SCOPE = 9;

    private final LedgerFixture ledger;
    private final PaperLedger paper;
    private final Random random;
    private final CallScenario callScenario;

    /** The names of the accounts that an administrator has put beyond their limit. */
    private final Set<String> excused;

    RandomQuotas(
            LedgerFixture ledger,
            PaperLedger paper,
            Random random,
            CallScenario callScenario,
            Set<String> excused) {
        this.ledger = ledger;
        this.paper = paper;
        this.random = random;
        this.callScenario = callScenario;
        this.excused = excused;
        if (isOn()) {
            for (String group : GROUPS) {
                AccountLimits limits = limits(QuotaPeriod.MONTH);
                AccountLimits each = limits(QuotaPeriod.DAY);
                ledger.store().groups().create(new GroupSettings(group, limits, each), ADMIN);
                paper.change(paper.account(Scope.group(group)), limits, now());
                memberLimits.add(each);
            }
        }
    }

    private final List<AccountLimits> memberLimits = new ArrayList<>();

    private boolean isOn() {
        return callScenario != CallScenario.ONE_BY_ONE;
    }

    /** A group for a new key of a user, or null. */
    @Nullable String group(String user) {
        if (!isOn() || random.nextInt(3) == 0) {
            return null;
        }
        int chosen = random.nextInt(GROUPS.size());
        String group = GROUPS.get(chosen);
        PaperAccount known = paper.accounts.get(Scope.member(group, user));
        if (known == null) {
            PaperAccount member = paper.account(Scope.member(group, user));
            paper.change(member, memberLimits.get(chosen), now());
        }
        return known == null || known.active ? group : null;
    }

    String model() {
        return isOn() ? any(MODELS) : SampleBills.MODEL;
    }

    /** Changes a quota or a member, or nothing. */
    String some() {
        if (!isOn() || random.nextInt(8) > 0) {
            return "";
        }
        PaperAccount account = any(List.copyOf(paper.accounts.values()));
        return switch (random.nextInt(10)) {
            case 0 -> toggle();
            case 1, 2 -> remove(account);
            case 3, 4 -> raise(account);
            default -> set(account);
        };
    }

    /** Changes the limits of the first account of a scope. */
    LedgerStep<Boolean> change(PaperAccount account, AccountLimits limits) {
        return new LedgerStep<>(
                () -> isChanged(account.scope, limits),
                changed -> {
                    QuotaName name = new QuotaName(limits.period(), ModelGlobs.ALL);
                    boolean isTaken =
                            limits.spend() != null
                                    && paper.further(account.scope).stream()
                                            .anyMatch(other -> other.name().equals(name));
                    assertThat(changed).isEqualTo(!isTaken);
                    if (changed) {
                        paper.change(account, limits, now());
                        excused.add(account.scope);
                    }
                    return "change " + account.scope + " to " + limits;
                });
    }

    private boolean isChanged(String scope, AccountLimits limits) {
        try {
            return ledger.store().quotas().change(scope, before -> limits, ADMIN).isPresent();
        } catch (IllegalArgumentException taken) {
            assertThat(taken).hasMessageContaining("already");
            return false;
        }
    }

    private String set(PaperAccount first) {
        QuotaName name = new QuotaName(period(), ModelGlobs.of(globs()));
        Usd limit = Usd.ofNanos(random.nextLong(MOST_NANOS));
        PaperAccount same = named(first, name);
        excused.add(first.scope);
        boolean takesPlace =
                same == null
                        && first.limits.spend() == null
                        && name.models().equals(ModelGlobs.ALL);
        boolean isFull =
                same == null
                        && !takesPlace
                        && paper.further(first.scope).size() + 1 >= MOST_OF_SCOPE;
        assertThat(isSet(new Quotas.ScopedQuota(first.scope, name), limit)).isEqualTo(!isFull);
        if (takesPlace || same == first) {
            paper.change(first, with(first.limits, limit, name.period()), now());
        } else if (same != null) {
            same.limits = with(AccountLimits.NONE, limit, name.period());
            excused.add(same.scope + " " + name);
        } else if (!isFull) {
            paper.add(first, name, with(AccountLimits.NONE, limit, name.period()), now());
            excused.add(first.scope + " " + name);
        }
        return "set " + first.scope + " (" + name + ") to " + limit;
    }

    private boolean isSet(Quotas.ScopedQuota quota, Usd limit) {
        try {
            List<AccountBalance> after = ledger.store().quotas().set(quota, limit, ADMIN);
            assertThat(after).isNotEmpty();
            return true;
        } catch (IllegalArgumentException full) {
            assertThat(full).hasMessageContaining("which is the most");
            return false;
        }
    }

    private String remove(PaperAccount first) {
        List<PaperAccount> all = limited(first);
        if (all.isEmpty()) {
            return "";
        }
        PaperAccount account = any(all);
        QuotaName name = account.name();
        Quotas.ScopedQuota quota = new Quotas.ScopedQuota(first.scope, name);
        assertThat(ledger.store().quotas().remove(quota, ADMIN)).isNotEmpty();
        if (account == first) {
            paper.change(first, with(first.limits, null, name.period()), now());
            first.raise = 0;
        } else {
            account.active = false;
        }
        return "remove " + first.scope + " (" + name + ")";
    }

    private String raise(PaperAccount first) {
        List<PaperAccount> all = limited(first);
        if (all.isEmpty()) {
            return "";
        }
        PaperAccount account = any(all);
        QuotaName name = account.name();
        Usd amount = Usd.ofNanos(1 + random.nextLong(MOST_NANOS));
        Instant until = ledger.clock().instant().plusSeconds(random.nextInt(100_000));
        Quotas.ScopedQuota quota = new Quotas.ScopedQuota(first.scope, name);
        assertThat(ledger.store().quotas().raise(quota, amount, until, ADMIN)).isNotEmpty();
        account.raise = amount.nanos();
        account.raiseEnds = until.toEpochMilli();
        excused.add(nameOf(account));
        return "raise " + first.scope + " (" + name + ") by " + amount + " until " + until;
    }

    /** Removes a member, or brings one back. */
    private String toggle() {
        List<PaperAccount> members =
                paper.accounts.values().stream().filter(one -> Scope.isMember(one.scope)).toList();
        if (members.isEmpty()) {
            return "";
        }
        PaperAccount member = any(members);
        String group = member.scope.substring("member:".length(), member.scope.indexOf('/'));
        List<String> user = List.of(member.scope.substring(member.scope.indexOf('/') + 1));
        boolean done =
                member.active
                        ? ledger.store().groups().remove(group, user, ADMIN)
                        : ledger.store().groups().add(group, user, ADMIN);
        assertThat(done).isTrue();
        member.active = !member.active;
        return (member.active ? "add " : "remove ") + member.scope;
    }

    /** The accounts of a scope that have a limit. */
    private List<PaperAccount> limited(PaperAccount first) {
        List<PaperAccount> all = new ArrayList<>(paper.further(first.scope));
        if (first.limits.spend() != null) {
            all.add(first);
        }
        return all;
    }

    private @Nullable PaperAccount named(PaperAccount first, QuotaName name) {
        return limited(first).stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The account of a balance. */
    PaperAccount account(AccountBalance balance) {
        QuotaName name = new QuotaName(balance.limits().period(), ModelGlobs.of(balance.models()));
        PaperAccount first = paper.account(balance.scope());
        // A further account always has a limit.
        return balance.limits().spend() == null
                ? first
                : paper.further(balance.scope()).stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst()
                        .orElse(first);
    }

    /** The name of an account among the excused. */
    String nameOf(PaperAccount account) {
        return paper.accounts.containsValue(account)
                ? account.scope
                : account.scope + " " + account.name();
    }

    private List<String> globs() {
        String glob = any(GLOBS);
        return glob.isEmpty() ? List.of() : List.of(glob);
    }

    /** In bursts without hours, which the paper would have to book in the order of the commit. */
    private QuotaPeriod period() {
        QuotaPeriod period = any(List.of(QuotaPeriod.values()));
        return period == QuotaPeriod.HOUR && callScenario == CallScenario.IN_BURSTS
                ? QuotaPeriod.DAY
                : period;
    }

    private AccountLimits limits(QuotaPeriod period) {
        return with(AccountLimits.NONE, Usd.ofNanos(random.nextLong(MOST_NANOS)), period);
    }

    private static AccountLimits with(
            AccountLimits limits, @Nullable Usd spend, QuotaPeriod period) {
        return new AccountLimits(
                spend,
                period,
                limits.requestsPerMinute(),
                limits.tokensPerMinute(),
                limits.parallel());
    }

    private long now() {
        return ledger.clock().millis();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
