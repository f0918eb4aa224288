package dev.oaiproxy.e2e.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.oaiproxy.api.AdminApi;
import dev.oaiproxy.api.AdminApi.CreatedKey;
import dev.oaiproxy.api.AdminApi.KeyRequest;
import dev.oaiproxy.api.GroupApi;
import dev.oaiproxy.api.GroupApi.GroupRequest;
import dev.oaiproxy.api.QuotaApi;
import dev.oaiproxy.e2e.fixture.HttpTestClient;
import dev.oaiproxy.e2e.fixture.SampleRequests;
import dev.oaiproxy.e2e.fixture.ServerFixture;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Groups and several quotas of a scope, through the admin API and by calls. */
@Tag("server")
@Timeout(120)
final class GroupsTest {
    private static final String ML26 = GroupApi.GROUPS + "/ml26";

    @TempDir Path home;

    private ServerFixture site;

    @BeforeEach
    void start() {
        site = ServerFixture.in(home);
    }

    @AfterEach
    void stop() {
        site.close();
    }

    private CreatedKey keyOf(String user) {
        KeyRequest order =
                new KeyRequest(user, null, null, null, null, null, null, null, null, "ml26");
        return site.operator().createKey(order);
    }

    private void makeGroup(String usd) {
        GroupRequest order = new GroupRequest("ml26", usd, "month", "1", null);
        assertThat(site.operator().post(GroupApi.GROUPS, order).statusCode()).isEqualTo(201);
    }

    private HttpResponse<String> chat(CreatedKey key) {
        return site.web()
                .post(site.v1("/chat/completions"), key.secret(), SampleRequests.json("hello", ""));
    }

    private JsonNode get(String path) {
        return HttpTestClient.json(site.operator().get(path));
    }

    @Test
    void reportsWhatAGroupHasSpent() {
        makeGroup("5");
        CreatedKey bob = keyOf("bob");
        CreatedKey lone = site.operator().createKey("bob", "5");
        assertThat(chat(bob).statusCode()).isEqualTo(200);
        assertThat(chat(lone).statusCode()).isEqualTo(200);
        String cost = site.operator().onlyCallOf(bob).costUsd();

        JsonNode group = get(ML26);
        assertThat(group.at("/group/quota/spent_usd").asText()).isEqualTo(cost);
        assertThat(group.at("/group/members").asInt()).isEqualTo(1);
        assertThat(group.at("/members/0/user").asText()).isEqualTo("bob");
        assertThat(group.at("/members/0/quota/limit_usd").asText()).isEqualTo("1.00");
        assertThat(group.at("/members/0/quota/spent_usd").asText()).isEqualTo(cost);
        JsonNode usage = get(AdminApi.USAGE + "?by=group,user");
        assertThat(usage.at("/data/1/group").asText()).isEqualTo("ml26");
        assertThat(usage.at("/data/1/cost_usd").asText()).isEqualTo(cost);
        assertThat(get(AdminApi.CALLS + "?group=ml26").path("data")).hasSize(1);
        assertThat(get(AdminApi.AUDIT).path("balanced").asBoolean()).isTrue();
    }

    @Test
    void refusesWhatDoesNotFitTheGroupAndNamesIt() {
        makeGroup("0.0001");
        HttpResponse<String> refused = chat(keyOf("bob"));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body())
                .contains("0.0001 of 0.0001 USD is free (group:ml26, a month)")
                .contains("The quota resets at 20");
    }

    @Test
    void refusesTheKeysOfARemovedMemberAndOfARemovedGroup() {
        makeGroup("5");
        CreatedKey bob = keyOf("bob");
        CreatedKey carol = keyOf("carol");
        assertThat(chat(bob).statusCode()).isEqualTo(200);
        assertThat(site.operator().delete(ML26 + "/members/bob").statusCode()).isEqualTo(200);
        assertThat(chat(bob).statusCode()).isEqualTo(401);
        assertThat(chat(carol).statusCode()).isEqualTo(200);
        assertThat(site.operator().delete(ML26).statusCode()).isEqualTo(200);
        assertThat(chat(carol).statusCode()).isEqualTo(401);
        assertThat(get(ML26).at("/group/state").asText()).isEqualTo("removed");
    }

    @Test
    void setsRaisesAndRemovesQuotas() {
        CreatedKey bob = site.operator().createKey("bob", null);
        String path = AdminApi.QUOTAS + "/user:bob";
        set(path, new QuotaApi.QuotaOrder("5", "month", null));
        JsonNode both = set(path, new QuotaApi.QuotaOrder("0.0001", "day", List.of("gpt-4*")));
        assertThat(both.path("data")).hasSize(2);
        assertThat(chat(bob).body())
                .contains("0.0001 of 0.0001 USD is free (user:bob, a day, for gpt-4*)");

        JsonNode me =
                HttpTestClient.json(
                        site.web().get(URI.create(site.address() + "/me"), bob.secret()));
        assertThat(me.path("limits")).hasSize(2);
        assertThat(me.at("/nearest_limit/models/0").asText()).isEqualTo("gpt-4*");

        String until = site.clock().instant().plus(Duration.ofHours(1)).toString();
        QuotaApi.Raise raise = new QuotaApi.Raise("1", until, "day", List.of("gpt-4*"));
        HttpResponse<String> raised = site.operator().post(path + QuotaApi.RAISES, raise);
        assertThat(HttpTestClient.json(raised).at("/data/1/raise_usd").asText()).isEqualTo("1.00");
        assertThat(chat(bob).statusCode()).isEqualTo(200);

        HttpResponse<String> unclear = site.operator().delete(path);
        assertThat(unclear.statusCode()).isEqualTo(400);
        assertThat(unclear.body()).contains("several quotas (month; day, gpt-4*)");
        HttpResponse<String> removed = site.operator().delete(path + "?period=day&models=gpt-4*");
        assertThat(HttpTestClient.json(removed).path("data")).hasSize(1);
        assertThat(get(AdminApi.AUDIT).path("balanced").asBoolean()).isTrue();
    }

    @Test
    void showsEveryQuotaThatBindsAUser() {
        makeGroup("5");
        keyOf("bob");
        keyOf("carol");
        site.operator().createKey("bob", "2");
        JsonNode bound = get(AdminApi.QUOTAS + "?user=bob").path("data");
        assertThat(bound.findValuesAsText("scope"))
                .contains("everyone", "group:ml26", "member:ml26/bob", "user:bob")
                .noneMatch(scope -> scope.contains("carol"))
                .hasSize(6);
        JsonNode member = get(AdminApi.QUOTAS + "/member:ml26/bob");
        assertThat(member.path("limit_usd").asText()).isEqualTo("1.00");
    }

    private JsonNode set(String path, QuotaApi.QuotaOrder setting) {
        HttpResponse<String> answer = site.operator().put(path, setting);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HttpTestClient.json(answer);
    }
}
