package dev.oaiproxy.app.admin;

import static java.util.stream.Collectors.joining;

import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.api.AdminApi.Quota;
import dev.oaiproxy.api.AdminApi.QuotaChange;
import dev.oaiproxy.api.QuotaApi;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.ModelGlobs;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.store.table.Quotas;
import dev.oaiproxy.ledger.store.table.Quotas.ScopedQuota;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows and changes quotas. */
final class QuotasHandler {
    private static final Usd MOST_RAISE = Usd.parse("1000000");

    private final Quotas quotas;
    private final InstantSource clock;

    QuotasHandler(Quotas quotas, InstantSource clock) {
        this.quotas = quotas;
        this.clock = clock;
    }

    void list(AdminRequest request) {
        request.allowParameters("scope", "user");
        String scope = request.parameter("scope").map(Scope::parse).orElse(null);
        String user = request.parameter("user").map(KeysHandler::userName).orElse(null);
        if (scope != null && user != null) {
            throw ProblemException.badRequest("give scope or user, not both");
        }
        List<AccountBalance> found =
                user != null
                        ? quotas.binding(user)
                        : scope != null ? quotas.of(scope) : quotas.list();
        request.send(page(found));
    }

    private static Page<Quota> page(List<AccountBalance> balances) {
        return new Page<>(views(balances), null);
    }

    static List<Quota> views(List<AccountBalance> balances) {
        return balances.stream().map(QuotasHandler::view).toList();
    }

    void show(AdminRequest request) {
        String scope = scope(request);
        request.send(view(quotas.find(scope).orElseThrow(() -> noSuchScope(scope))));
    }

    void change(AdminRequest request) {
        String scope = scope(request);
        QuotaChange change = request.body(QuotaChange.class);
        if (change.limitUsd() != null && change.addUsd() != null) {
            throw ProblemException.badRequest("give limit_usd or add_usd, not both");
        }
        AccountBalance after =
                quotas.change(scope, limits -> changed(limits, change), request.actor())
                        .orElseThrow(() -> noSuchScope(scope));
        request.send(view(after));
    }

    void set(AdminRequest request) {
        QuotaApi.QuotaOrder setting = request.body(QuotaApi.QuotaOrder.class);
        if (setting.limitUsd() == null) {
            throw ProblemException.badRequest("limit_usd is missing");
        }
        String scope = scope(request);
        QuotaName name = name(setting.period(), setting.models());
        Usd limit = Usd.parse(setting.limitUsd());
        if (limit.isNegative()) {
            throw ProblemException.badRequest("a quota cannot be negative: " + limit);
        }
        List<AccountBalance> after =
                quotas.set(new ScopedQuota(scope, name), limit, request.actor());
        if (after.isEmpty()) {
            throw noSuchScope(scope);
        }
        request.send(page(after));
    }

    void remove(AdminRequest request) {
        request.allowParameters("period", "models");
        List<String> models = request.parameter("models").map(QuotasHandler::split).orElse(null);
        ScopedQuota quota = existing(request, request.parameter("period").orElse(null), models);
        List<AccountBalance> after = quotas.remove(quota, request.actor());
        if (after.isEmpty()) {
            throw noSuchQuota(quota);
        }
        request.send(page(after));
    }

    private static List<String> split(String globs) {
        return List.of(globs.split(","));
    }

    void raise(AdminRequest request) {
        QuotaApi.Raise raise = request.body(QuotaApi.Raise.class);
        if (raise.addUsd() == null || raise.until() == null) {
            throw ProblemException.badRequest("a raise needs add_usd and until");
        }
        Usd amount = Usd.parse(raise.addUsd());
        Instant until = end(raise.until());
        if (amount.compareTo(Usd.ZERO) <= 0 || amount.compareTo(MOST_RAISE) > 0) {
            throw ProblemException.badRequest("add_usd must be above 0, up to " + MOST_RAISE);
        }
        ScopedQuota quota = existing(request, raise.period(), raise.models());
        List<AccountBalance> after = quotas.raise(quota, amount, until, request.actor());
        if (after.isEmpty()) {
            throw noSuchQuota(quota);
        }
        request.send(page(after));
    }

    private Instant end(String text) {
        try {
            Instant until = Instant.parse(text);
            if (until.isAfter(clock.instant())) {
                return until;
            }
        } catch (DateTimeParseException e) {
            throw ProblemException.badRequest("until must be like 2027-01-31T00:00:00Z");
        }
        throw ProblemException.badRequest("until has already passed");
    }

    /** A quota that a request names; without a period the only one that can be meant. */
    private ScopedQuota existing(
            AdminRequest request, @Nullable String period, @Nullable List<String> models) {
        String scope = scope(request);
        if (period != null) {
            return new ScopedQuota(scope, name(period, models));
        }
        ModelGlobs globs = ModelGlobs.of(models == null ? List.of() : models);
        List<QuotaName> names =
                quotas.of(scope).stream()
                        .filter(balance -> balance.limits().spend() != null)
                        .map(QuotasHandler::name)
                        .filter(name -> models == null || name.models().equals(globs))
                        .toList();
        if (names.size() > 1) {
            throw ProblemException.badRequest(
                    scope
                            + " has several quotas ("
                            + names.stream().map(QuotaName::toString).collect(joining("; "))
                            + "); name one by its period and models");
        }
        return names.isEmpty()
                ? new ScopedQuota(scope, new QuotaName(QuotaPeriod.TOTAL, globs))
                : new ScopedQuota(scope, names.getFirst());
    }

    private static QuotaName name(AccountBalance balance) {
        return new QuotaName(balance.limits().period(), ModelGlobs.of(balance.models()));
    }

    private static QuotaName name(@Nullable String period, @Nullable List<String> models) {
        return new QuotaName(
                period == null ? QuotaPeriod.TOTAL : QuotaPeriod.labelled(period),
                ModelGlobs.of(models == null ? List.of() : models));
    }

    static Quota view(AccountBalance balance) {
        AccountLimits limits = balance.limits();
        AccountBalance.TemporaryRaise raise = balance.raise();
        return new Quota(
                balance.scope(),
                text(balance.limit()),
                limits.period().label(),
                balance.spent().toString(),
                balance.held().toString(),
                text(balance.remaining()),
                text(balance.resetsAt()),
                limits.requestsPerMinute(),
                limits.tokensPerMinute(),
                limits.parallel(),
                balance.models(),
                raise == null ? null : raise.amount().toString(),
                raise == null ? null : raise.until().toString());
    }

    private static AccountLimits changed(AccountLimits limits, QuotaChange change) {
        return new AccountLimits(
                spend(limits.spend(), change),
                change.period() == null ? limits.period() : QuotaPeriod.labelled(change.period()),
                change.rpm() == null ? limits.requestsPerMinute() : change.rpm(),
                change.tpm() == null ? limits.tokensPerMinute() : change.tpm(),
                change.parallel() == null ? limits.parallel() : change.parallel());
    }

    private static @Nullable Usd spend(@Nullable Usd before, QuotaChange change) {
        if (change.addUsd() != null) {
            if (before == null) {
                throw ProblemException.badRequest(
                        "there is no limit to add to; set one with limit_usd");
            }
            return before.plus(Usd.parse(change.addUsd()));
        }
        if (change.limitUsd() == null) {
            return before;
        }
        return change.limitUsd().equals("none") ? null : Usd.parse(change.limitUsd());
    }

    /** The scope in the path; that of a member has two parts. */
    private static String scope(AdminRequest request) {
        String scope = request.segment("scope");
        return Scope.parse(
                Scope.isMember(Scope.parse(scope)) && scope.indexOf('/') < 0
                        ? scope + "/" + request.segment("user")
                        : scope);
    }

    private static ProblemException noSuchQuota(ScopedQuota quota) {
        return ProblemException.notFound(
                "no quota of " + quota + "; 'oaiproxy quota show' lists all");
    }

    private static ProblemException noSuchScope(String scope) {
        return ProblemException.notFound("no quota of " + scope + "; scopes are " + Scope.FORMS);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
