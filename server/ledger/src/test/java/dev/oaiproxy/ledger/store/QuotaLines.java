package dev.oaiproxy.ledger.store;

import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.ModelGlobs;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.ledger.Actor;
import dev.oaiproxy.ledger.ledger.GroupSettings;
import dev.oaiproxy.ledger.store.table.Quotas;
import dev.oaiproxy.metering.money.Usd;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The lines of a {@link LedgerPage} about groups, and about several quotas of a scope. */
record QuotaLines(LedgerFixture ledger) {
    private static final Actor ADMIN = new Actor("admin", "test");

    /** Does a line; its scope has the public id of a key already. */
    String act(List<String> words, String scope) {
        return switch (words.get(0)) {
            case "group" -> group(words);
            case "member" -> said(store().groups().add(words.get(1), users(words), ADMIN));
            case "unmember" -> said(store().groups().remove(words.get(1), users(words), ADMIN));
            case "ungroup" -> said(store().groups().delete(words.get(1), ADMIN));
            case "quota" -> quota(words, scope);
            case "unquota" -> told(store().quotas().remove(quotaOf(words, scope), ADMIN));
            case "raise" -> raise(words, scope);
            default -> told(store().quotas().of(scope));
        };
    }

    private String group(List<String> words) {
        AccountLimits each =
                words.contains("each")
                        ? limits(words.subList(words.indexOf("each") + 1, words.size()))
                        : AccountLimits.NONE;
        GroupSettings settings =
                new GroupSettings(words.get(1), limits(words.subList(2, words.size())), each);
        return refused(() -> "members " + store().groups().create(settings, ADMIN).members());
    }

    private static AccountLimits limits(List<String> words) {
        return new AccountLimits(
                words.get(0).equals("none") ? null : Usd.parse(words.get(0)),
                QuotaPeriod.labelled(words.get(1)),
                null,
                null,
                null);
    }

    private String quota(List<String> words, String scope) {
        Usd limit = Usd.parse(words.get(2));
        return refused(
                () -> told(store().quotas().set(quotaOf(named(words), scope), limit, ADMIN)));
    }

    private String raise(List<String> words, String scope) {
        Usd more = Usd.parse(words.get(2));
        Instant until = Instant.parse(words.get(words.indexOf("until") + 1));
        return told(store().quotas().raise(quotaOf(named(words), scope), more, until, ADMIN));
    }

    /** The words without the amount. */
    private static List<String> named(List<String> words) {
        List<String> named = new ArrayList<>(words);
        named.remove(2);
        return named;
    }

    /** {@code VERB SCOPE PERIOD [models GLOB]}. */
    private static Quotas.ScopedQuota quotaOf(List<String> words, String scope) {
        List<String> models =
                words.contains("models")
                        ? List.of(words.get(words.indexOf("models") + 1).split(","))
                        : List.of();
        return new Quotas.ScopedQuota(
                scope, new QuotaName(QuotaPeriod.labelled(words.get(2)), ModelGlobs.of(models)));
    }

    private interface Attempt {
        String run();
    }

    private static String refused(Attempt attempt) {
        try {
            return attempt.run();
        } catch (IllegalArgumentException refused) {
            return "refused: " + refused.getMessage();
        }
    }

    private static String said(boolean done) {
        return done ? "" : "no group";
    }

    private static String told(List<AccountBalance> quotas) {
        return quotas.isEmpty()
                ? "none"
                : quotas.stream().map(QuotaLines::told).collect(Collectors.joining("; "));
    }

    private static String told(AccountBalance quota) {
        String models = quota.models().isEmpty() ? "" : " of " + quota.models().getFirst();
        return quota.spent()
                + "+"
                + quota.held()
                + " of "
                + quota.limit()
                + " a "
                + quota.limits().period().label()
                + models;
    }

    private static List<String> users(List<String> words) {
        return words.subList(2, words.size());
    }

    private Store store() {
        return ledger.store();
    }
}
