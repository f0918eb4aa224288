package dev.oaiproxy.api;

import dev.oaiproxy.api.AdminApi.Quota;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The path and bodies of the admin API about groups. */
public final class GroupApi {
    /**
     * GET {@link AdminApi.Page} of {@link Group}; POST {@link GroupRequest} gives 201 {@link
     * Group}; GET {@code /{name}} gives {@link GroupDetail}; DELETE {@code /{name}} removes a group
     * and gives it. POST {@link UserNames} {@code /{name}/members} adds users, DELETE {@code
     * /{name}/members/{user}} removes one; both give {@link GroupDetail}.
     */
    public static final String GROUPS = AdminApi.ROOT + "/groups";

    public static final String MEMBERS = "/members";

    private GroupApi() {}

    /**
     * An order for a new group.
     *
     * @param quotaUsd the most that all its calls may spend in a period; null for no limit
     * @param period of that quota; null for total
     * @param memberQuotaUsd the most that each new member may spend in the group; null for no limit
     * @param memberPeriod of that quota; null for that of the group
     */
    public record GroupRequest(
            String name,
            @Nullable String quotaUsd,
            @Nullable String period,
            @Nullable String memberQuotaUsd,
            @Nullable String memberPeriod) {}

    /**
     * A group.
     *
     * @param state {@code active} or {@code removed}
     * @param members without removed ones
     * @param keys without revoked ones
     * @param quota its first quota
     */
    public record Group(
            String name,
            String state,
            String createdAt,
            long members,
            long keys,
            @Nullable String memberQuotaUsd,
            String memberPeriod,
            Quota quota) {}

    /**
     * A user in a group.
     *
     * @param state {@code active} or {@code removed}
     * @param quota the first quota of the user within the group
     */
    public record Member(String user, String state, String addedAt, long keys, Quota quota) {}

    /** A group with its people, and all quotas of the group. */
    public record GroupDetail(Group group, List<Quota> quotas, List<Member> members) {}

    /** Users to add. */
    public record UserNames(List<String> users) {}
}
