package dev.oaiproxy.ledger.store.write;

import dev.oaiproxy.ledger.account.Account;
import dev.oaiproxy.ledger.account.ModelGlobs;
import dev.oaiproxy.ledger.account.QuotaName;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.store.sql.Tx;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;

/** Sums what a scope has spent in a period, from the roll-ups. */
record PeriodSums(Tx tx, ZoneId zone) {
    private static final String DAYS =
            "SELECT d.model, SUM(d.cost_nanos) FROM usage_by_day d WHERE d.day >= ?";

    /** Key 0 stands for everyone together. */
    private static final String HOURS =
            "SELECT d.model, SUM(d.cost_nanos) FROM usage_by_hour d"
                    + " WHERE d.hour >= ? AND d.key_id <> 0";

    /**
     * The sum of a period that has not ended.
     *
     * @param first the first account of the scope
     */
    long spent(Account first, QuotaName quota, QuotaPeriod.Interval period) throws SQLException {
        boolean isHour = quota.period() == QuotaPeriod.HOUR;
        long from =
                isHour
                        ? Rollups.hour(period.startMillis())
                        : Instant.ofEpochMilli(period.startMillis())
                                .atZone(zone)
                                .toLocalDate()
                                .toEpochDay();
        String sql = (isHour ? HOURS : DAYS) + " AND " + owner(first.scope()) + " GROUP BY d.model";
        long spent = 0;
        for (long nanos :
                tx.list(
                        sql,
                        row -> matched(quota.models(), row.getString(1), row.getLong(2)),
                        from,
                        first.id())) {
            spent = Math.addExact(spent, nanos);
        }
        return spent;
    }

    private static long matched(ModelGlobs models, String model, long nanos) {
        return models.match(model) ? nanos : 0;
    }

    /** The condition for the rows of a scope with a number. */
    private static String owner(String scope) {
        if (Scope.isGroup(scope)) {
            return "d.key_id IN (SELECT k.id FROM api_keys k WHERE k.group_id = ?)";
        }
        if (Scope.isMember(scope)) {
            return "d.key_id IN (SELECT k.id FROM api_keys k WHERE k.member_id = ?)";
        }
        if (Scope.isUser(scope)) {
            return "d.user_id = ?";
        }
        return Scope.isKey(scope) ? "d.key_id = ?" : Accounts.EVERYONE + " = ?";
    }
}
