package dev.oaiproxy.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of the admin API about one quota among those of a scope, below {@link
 * AdminApi#QUOTAS}. A quota is named by its period and its models; there is one for each. All of
 * them give a {@link AdminApi.Page} of {@link AdminApi.Quota}, the quotas of the scope.
 *
 * <ul>
 *   <li>PUT {@link QuotaOrder} {@code /{scope}} sets a quota: changes the one of that name, or
 *       gives the scope another one.
 *   <li>DELETE {@code /{scope}?period=&models=} removes a quota.
 *   <li>POST {@link Raise} {@code /{scope}/raises} raises a quota for a while.
 * </ul>
 */
public final class QuotaApi {
    /** The end of the path of raises. */
    public static final String RAISES = "/raises";

    private QuotaApi() {}

    /**
     * A quota to set.
     *
     * @param limitUsd the most that may be spent in a period
     * @param period {@code total}, {@code hour}, {@code day}, {@code week} or {@code month}; null
     *     for total
     * @param models globs of the models that it is about; null for all
     */
    public record QuotaOrder(
            String limitUsd, @Nullable String period, @Nullable List<String> models) {}

    /**
     * A temporary raise, in place of an earlier one.
     *
     * @param addUsd what is added to the limit
     * @param until when it ends, by itself
     * @param period of the quota; null for the only one of the scope
     * @param models of the quota; null for all
     */
    public record Raise(
            String addUsd, String until, @Nullable String period, @Nullable List<String> models) {}
}
