package dev.oaiproxy.ledger.account;

/** Names a quota among those of its scope: there is one for each period and list of models. */
public record QuotaName(QuotaPeriod period, ModelGlobs models) {
    /** For all time and all models. */
    public static final QuotaName PLAIN = new QuotaName(QuotaPeriod.TOTAL, ModelGlobs.ALL);

    /** In words, such as {@code month, gpt-*-pro}. */
    @Override
    public String toString() {
        return period.label() + (models.globs().isEmpty() ? "" : ", " + models);
    }
}
