package dev.oaiproxy.api;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The paths and bodies of the admin API, {@code /admin/v1}.
 *
 * <p>JSON names are the snake_case of the record components (see {@link Json}); unknown members are
 * refused. Money is a string of decimal dollars; times are RFC 3339 strings in UTC, to the
 * millisecond. An answer with an error is an {@link Problem} of type {@code
 * application/problem+json}.
 */
public final class AdminApi {
    public static final String ROOT = "/admin/v1";

    /**
     * POST {@link SetupRequest}, from loopback only and until it is done, without authentication.
     */
    public static final String SETUP = ROOT + "/setup";

    /** GET {@link Status}. */
    public static final String STATUS = ROOT + "/status";

    /** GET {@link Page} of {@link User}. */
    public static final String USERS = ROOT + "/users";

    /**
     * GET {@link Page} of {@link Key} ({@code ?user=&all=true}, revoked ones only with all); POST
     * {@link KeyRequest} gives 201 {@link CreatedKey}; GET or DELETE (revoke) {@code /{public id}}
     * gives {@link Key}.
     */
    public static final String KEYS = ROOT + "/keys";

    /**
     * GET {@link Page} of {@link Quota} ({@code ?scope=&user=}; of a user all that bind the user's
     * calls); GET or PATCH {@link QuotaChange} {@code /{scope}} gives the scope's first {@link
     * Quota}; what else there is says {@link QuotaApi}. A scope is {@code everyone}, {@code
     * group:NAME}, {@code member:GROUP/USER}, {@code user:NAME} or {@code key:PUBLIC_ID}.
     */
    public static final String QUOTAS = ROOT + "/quotas";

    /** GET {@link Usage} ({@code ?since=&until=&by=user,model&user=&group=&key=&model=&holds=}). */
    public static final String USAGE = ROOT + "/usage";

    /**
     * GET {@link Page} of {@link Call}, newest first ({@code ?user=&group=&key=&model=&
     * state=&over_hold=&limit=&after=}; {@code after} is the {@code next} of the page before); GET
     * {@code /{id}} gives {@link CallDetail}; POST {@link Adjustment} {@code /{id}/adjustments}
     * gives {@link Call}, the correcting row.
     */
    public static final String CALLS = ROOT + "/calls";

    /** GET {@link PriceList} ({@code ?model=}). */
    public static final String PRICES = ROOT + "/prices";

    /** GET {@link AuditReport}. */
    public static final String AUDIT = ROOT + "/audit";

    /**
     * GET {@link Page} of {@link AdminEvent}, newest first ({@code
     * ?actor=&action=&subject=&since=&until=&limit=&after=}). The action {@code key} is that of all
     * that begin with {@code key.}.
     */
    public static final String EVENTS = ROOT + "/events";

    private AdminApi() {}

    /** A page of a list, and the {@code after} of the next one; null at the end. */
    public record Page<T>(List<T> data, @Nullable String next) {}

    /** RFC 9457. */
    public record Problem(String type, String title, int status, String detail) {}

    /** The file that a set-up wrote, and the database that it uses. */
    public record SetupResult(String envFile, String database) {}

    /**
     * The state of the server.
     *
     * @param pricesRefused the error of a price file that was refused; null when there is none
     * @param node the node that answered
     * @param nodes the servers on the same database
     * @param nodesDiffer what they should have the same and do not, null when there is nothing
     */
    public record Status(
            String version,
            String state,
            String startedAt,
            String database,
            String upstream,
            String priceVersion,
            @Nullable String pricesRefused,
            long callsInFlight,
            long keys,
            long users,
            String spentUsd,
            String heldUsd,
            int node,
            List<Node> nodes,
            @Nullable String nodesDiffer) {}

    /**
     * A server among those on one database.
     *
     * @param number 0 to 1023; another server may have had it before
     * @param state {@code alive}, or {@code gone} until its calls have been ended
     * @param process its host and the number of its process there
     * @param settings a digest of the settings that should be the same everywhere
     * @param seenAt its last sign of life
     * @param clockBehindMs by how much its machine's clock is behind the database's, below 0 when
     *     it is ahead; the database's counts
     * @param callsHeld its calls that have not ended, also those that OpenAI works on
     */
    public record Node(
            int number,
            String state,
            String process,
            String version,
            String priceVersion,
            String settings,
            String startedAt,
            String seenAt,
            long clockBehindMs,
            long callsHeld) {}

    /** A person or program that calls are charged to. */
    public record User(String name, String state, String createdAt, long keys, String spentUsd) {}

    /**
     * An order for a new key.
     *
     * @param user its user, who is created when new
     * @param quotaUsd the most that may be spent with it in a period; null for no limit of its own
     * @param period {@code total}, {@code hour}, {@code day}, {@code week} or {@code month}; null
     *     for total
     * @param name a label such as {@code laptop}
     * @param expiresAt when it stops working, or null for never
     * @param models globs of the models that it may use, or null for all
     * @param rpm requests a minute, or null for no limit
     * @param tpm tokens a minute, or null for no limit
     * @param parallel calls at once, or null for no limit
     * @param group the group that it belongs to for as long as it lives, or null
     */
    public record KeyRequest(
            String user,
            @Nullable String quotaUsd,
            @Nullable String period,
            @Nullable String name,
            @Nullable String expiresAt,
            @Nullable List<String> models,
            @Nullable Long rpm,
            @Nullable Long tpm,
            @Nullable Long parallel,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String group) {}

    /**
     * A new key. This is the one time that {@code secret} is shown.
     *
     * @param baseUrl what its user gives to a client as base URL, null when the server has no
     *     public address
     */
    public record CreatedKey(String secret, Key key, @Nullable String baseUrl) {
        @Override
        public String toString() {
            return "CreatedKey[" + key.id() + "]";
        }
    }

    /**
     * A key, without its secret.
     *
     * @param id the public part that logs and tables name it by
     * @param state {@code active}, {@code revoked} or {@code expired}
     */
    public record Key(
            String id,
            String user,
            @Nullable String name,
            String state,
            String createdAt,
            @Nullable String expiresAt,
            List<String> models,
            Quota quota,
            @Nullable String group) {}

    /**
     * A limit, and what is spent and held of it.
     *
     * @param scope as in {@link #QUOTAS}
     * @param limitUsd the limit with its raise, null for no limit
     * @param remainingUsd limit - spent - held, null when there is no limit
     * @param resetsAt when the period ends, null for {@code total}
     * @param models globs of the models that it is about; empty for all
     * @param raiseUsd the part of the limit that ends at {@code raiseUntil}; null for none
     */
    public record Quota(
            String scope,
            @Nullable String limitUsd,
            String period,
            String spentUsd,
            String heldUsd,
            @Nullable String remainingUsd,
            @Nullable String resetsAt,
            @Nullable Long rpm,
            @Nullable Long tpm,
            @Nullable Long parallel,
            List<String> models,
            @Nullable String raiseUsd,
            @Nullable String raiseUntil) {}

    /**
     * A change of the first quota of a scope; what is null stays.
     *
     * @param limitUsd the new limit, or {@code none}
     * @param addUsd what to add to the limit (may be negative); not together with limitUsd
     */
    public record QuotaChange(
            @Nullable String limitUsd,
            @Nullable String addUsd,
            @Nullable String period,
            @Nullable Long rpm,
            @Nullable Long tpm,
            @Nullable Long parallel) {}

    /** Usage between two times, and its sum; {@code by} names the groupings of the rows. */
    public record Usage(
            String since,
            String until,
            List<String> by,
            List<UsageRow> data,
            UsageRow total,
            @Nullable String next) {
        /** Puts the names of each row in the order of {@code by}, which JSON does not keep. */
        public Usage {
            List<String> names = List.copyOf(by);
            by = names;
            data = data.stream().map(row -> row.ordered(names)).toList();
        }
    }

    /**
     * One group's usage. In JSON the names and values of the group are members of the row itself,
     * beside the figures.
     *
     * @param group a value for each name in {@code by}, in its order
     * @param heldUsd the sum of the holds; null where it was not requested
     */
    public record UsageRow(
            @JsonAnyGetter @JsonAnySetter Map<String, String> group,
            long calls,
            long inputTokens,
            long cachedTokens,
            long outputTokens,
            String costUsd,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String heldUsd) {
        public UsageRow {
            group = Collections.unmodifiableMap(new LinkedHashMap<>(group));
        }

        UsageRow ordered(List<String> names) {
            Map<String, String> ordered = new LinkedHashMap<>();
            names.forEach(name -> ordered.put(name, group.getOrDefault(name, "")));
            return new UsageRow(
                    ordered, calls, inputTokens, cachedTokens, outputTokens, costUsd, heldUsd);
        }
    }

    /**
     * A call, one row of the ledger.
     *
     * @param state {@code held}, {@code charged}, {@code released}, {@code estimated} or {@code
     *     adjusted} (a correction of another row)
     * @param reason the reason of its end, where there is one
     */
    public record Call(
            String id,
            String at,
            String user,
            String key,
            String operation,
            String model,
            String state,
            @Nullable String reason,
            long inputTokens,
            long outputTokens,
            String heldUsd,
            String costUsd,
            String priceVersion,
            @Nullable String group) {}

    /**
     * One term of a charge: {@code quantity} x {@code rateUsd} / {@code per} = {@code costUsd}.
     *
     * @param costUsd exact and not rounded; only the sum is
     */
    public record ChargeLine(
            String unit, long quantity, String rateUsd, long per, String costUsd) {}

    /**
     * A call with all that is known of it.
     *
     * @param tier the service tier that it was priced at
     * @param status the HTTP status of OpenAI's answer, 0 when there was none
     * @param adjusts the call that this row corrects, or null
     * @param request the body of the request as text, null when it was not kept
     * @param response the body of the answer as text, null when it was not kept
     */
    public record CallDetail(
            Call call,
            String tier,
            int status,
            @Nullable String endedAt,
            @Nullable String adjusts,
            List<ChargeLine> lines,
            @Nullable String request,
            boolean requestCut,
            @Nullable String response,
            boolean responseCut) {}

    /** A signed correction of a call's cost, with its reason. */
    public record Adjustment(String usd, String why) {}

    /**
     * The price book in force.
     *
     * @param refused the error of a price file that was refused; null when there is none
     */
    public record PriceList(String version, @Nullable String refused, List<Price> data) {}

    /**
     * A model's rates from one date.
     *
     * @param from the first moment of these rates, null for always
     * @param until the moment they ended, null while they hold
     * @param rates by tier ({@code standard}, {@code batch}, {@code flex}, {@code priority}...)
     */
    public record Price(
            String model,
            List<String> aliases,
            String kind,
            @Nullable String from,
            @Nullable String until,
            @Nullable Long contextWindow,
            @Nullable Long maxOutputTokens,
            List<TierRates> rates,
            List<String> sources) {}

    /**
     * The rates of one tier.
     *
     * @param aboveInputTokens the step beyond which these rates hold for the whole call; 0 for the
     *     ordinary ones
     */
    public record TierRates(String tier, long aboveInputTokens, List<Rate> rates) {}

    /** The rate of one unit: {@code usd} for {@code per} of it. */
    public record Rate(String unit, String usd, long per) {}

    /**
     * A change that an administrator made.
     *
     * @param source the address that it came from
     * @param action such as {@code key.create}
     */
    public record AdminEvent(
            String at,
            String actor,
            String source,
            String action,
            String subject,
            String before,
            String after) {}

    /** The outcome of checking the books. */
    public record AuditReport(
            boolean balanced,
            long calls,
            long accounts,
            String chargedUsd,
            List<AuditFinding> findings) {}

    /** A difference in the books. */
    public record AuditFinding(String rule, String where, String expected, String found) {}
}
