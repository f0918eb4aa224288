package dev.oaiproxy.app.admin;

import dev.oaiproxy.api.AdminApi.Page;
import dev.oaiproxy.api.GroupApi.Group;
import dev.oaiproxy.api.GroupApi.GroupDetail;
import dev.oaiproxy.api.GroupApi.GroupRequest;
import dev.oaiproxy.api.GroupApi.Member;
import dev.oaiproxy.api.GroupApi.UserNames;
import dev.oaiproxy.ledger.account.AccountBalance;
import dev.oaiproxy.ledger.account.AccountLimits;
import dev.oaiproxy.ledger.account.QuotaPeriod;
import dev.oaiproxy.ledger.account.Scope;
import dev.oaiproxy.ledger.ledger.GroupSettings;
import dev.oaiproxy.ledger.store.table.Groups;
import dev.oaiproxy.ledger.store.table.Quotas;
import dev.oaiproxy.metering.money.Usd;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes and shows groups, and says who is in them. */
final class GroupsHandler {
    private static final int MOST_AT_ONCE = 1_000;

    private final Groups groups;
    private final Quotas quotas;

    GroupsHandler(Groups groups, Quotas quotas) {
        this.groups = groups;
        this.quotas = quotas;
    }

    void list(AdminRequest request) {
        request.allowParameters();
        List<Group> data = groups.list().stream().map(this::view).toList();
        request.send(new Page<>(data, null));
    }

    void create(AdminRequest request) {
        GroupRequest order = request.body(GroupRequest.class);
        if (order.name() == null) {
            throw ProblemException.badRequest("name is missing");
        }
        String memberPeriod = order.memberPeriod() == null ? order.period() : order.memberPeriod();
        GroupSettings settings =
                new GroupSettings(
                        KeysHandler.userName(order.name()),
                        limits(order.quotaUsd(), order.period()),
                        limits(order.memberQuotaUsd(), memberPeriod));
        request.send(201, view(groups.create(settings, request.actor())));
    }

    void show(AdminRequest request) {
        request.send(detail(name(request)));
    }

    void delete(AdminRequest request) {
        String name = name(request);
        if (!groups.delete(name, request.actor())) {
            throw noSuchGroup(name);
        }
        request.send(view(find(name)));
    }

    void addMembers(AdminRequest request) {
        String name = name(request);
        List<String> users = request.body(UserNames.class).users();
        if (users == null || users.isEmpty() || users.size() > MOST_AT_ONCE) {
            throw ProblemException.badRequest("users must be 1 to " + MOST_AT_ONCE + " names");
        }
        List<String> names = users.stream().map(KeysHandler::userName).distinct().toList();
        if (!groups.add(name, names, request.actor())) {
            throw noSuchGroup(name);
        }
        request.send(detail(name));
    }

    void removeMember(AdminRequest request) {
        String name = name(request);
        List<String> user = List.of(KeysHandler.userName(request.segment("user")));
        if (!groups.remove(name, user, request.actor())) {
            throw noSuchGroup(name);
        }
        request.send(detail(name));
    }

    private static AccountLimits limits(@Nullable String usd, @Nullable String period) {
        return new AccountLimits(
                usd == null ? null : Usd.parse(usd),
                period == null ? QuotaPeriod.TOTAL : QuotaPeriod.labelled(period),
                null,
                null,
                null);
    }

    private GroupDetail detail(String name) {
        Group group = view(find(name));
        List<Member> members = groups.members(name).stream().map(one -> view(name, one)).toList();
        return new GroupDetail(group, QuotasHandler.views(quotas.of(Scope.group(name))), members);
    }

    private Group view(Groups.Group group) {
        Usd each = group.memberLimits().spend();
        return new Group(
                group.name(),
                state(group.active()),
                group.createdAt().toString(),
                group.members(),
                group.keys(),
                each == null ? null : each.toString(),
                group.memberLimits().period().label(),
                QuotasHandler.view(balance(Scope.group(group.name()))));
    }

    private Member view(String group, Groups.Member member) {
        return new Member(
                member.user(),
                state(member.active()),
                member.addedAt().toString(),
                member.keys(),
                QuotasHandler.view(balance(Scope.member(group, member.user()))));
    }

    private AccountBalance balance(String scope) {
        return quotas.find(scope)
                .orElseThrow(() -> new IllegalStateException(scope + " has no account"));
    }

    private static String state(boolean active) {
        return active ? "active" : "removed";
    }

    private static String name(AdminRequest request) {
        return KeysHandler.userName(request.segment("name"));
    }

    private Groups.Group find(String name) {
        return groups.find(name).orElseThrow(() -> noSuchGroup(name));
    }

    private static ProblemException noSuchGroup(String name) {
        return ProblemException.notFound(
                "no group " + name + "; 'oaiproxy group list' shows all of them");
    }
}
