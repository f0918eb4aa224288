package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.api.AdminApi.Quota;
import dev.oaiproxy.api.AdminApi.QuotaChange;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.store.table.Quotas;
import dev.oaiproxy.metering.money.Usd;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Shows and changes quotas. */
final class QuotasHandler {
    private final Quotas quotas;

    QuotasHandler(Quotas quotas) {
        this.quotas = quotas;
    }

    void list(AdminRequest request) {
        request.allowParameters("scope");
        String scope = request.parameter("scope").map(QuotasHandler::scope).orElse(null);
        List<Quota> data =
                quotas.list().stream()
                        .filter(balance -> scope == null || balance.scope().equals(scope))
                        .map(QuotasHandler::view)
                        .toList();
        request.send(new Page<>(data, null));
    }

    void show(AdminRequest request) {
        String scope = scope(request.segment("scope"));
        request.send(view(quotas.find(scope).orElseThrow(() -> noSuchScope(scope))));
    }

    void change(AdminRequest request) {
        String scope = scope(request.segment("scope"));
        QuotaChange change = request.body(QuotaChange.class);
        if (change.limitUsd() != null && change.addUsd() != null) {
            throw ProblemException.badRequest("give limit_usd or add_usd, not both");
        }
        AccountBalance after =
                quotas.change(scope, limits -> changed(limits, change), request.actor())
                        .orElseThrow(() -> noSuchScope(scope));
        request.send(view(after));
    }

    static Quota view(AccountBalance balance) {
        AccountLimits limits = balance.limits();
        return new Quota(
                balance.scope(),
                text(limits.spend()),
                limits.period().label(),
                balance.spent().toString(),
                balance.held().toString(),
                text(balance.remaining()),
                text(balance.resetsAt()),
                limits.requestsPerMinute(),
                limits.tokensPerMinute(),
                limits.parallel());
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

    private static String scope(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static ProblemException noSuchScope(String scope) {
        return ProblemException.notFound(
                "no quota of " + scope + "; scopes are everyone, user:NAME and key:PUBLIC_ID");
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
