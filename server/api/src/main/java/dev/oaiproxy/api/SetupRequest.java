package dev.oaiproxy.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a first set-up, named as the variables of {@code .env}. What is null is left as
 * it is.
 *
 * @param offline true to skip the check of the OpenAI key
 */
public record SetupRequest(
        @Nullable String openaiApiKey,
        @Nullable String dbOption,
        @Nullable String dbType,
        @Nullable String dbModule,
        @Nullable String dbUsername,
        @Nullable String dbPassword,
        @Nullable String dbHost,
        @Nullable String dbName,
        @Nullable String proxyServerUser,
        @Nullable String proxyServerPass,
        @Nullable String oaiproxyTrackingBodies,
        @Nullable String oaiproxyTrackingKeep,
        boolean offline) {
    private static final String OFFLINE = "offline";

    /** A set-up of the values of variables such as {@code DB_TYPE}. */
    public static SetupRequest of(Map<String, String> variables) {
        return read(members(variables).put(OFFLINE, false));
    }

    /** The same without the check of the OpenAI key. */
    public static SetupRequest offline(Map<String, String> variables) {
        return read(members(variables).put(OFFLINE, true));
    }

    private static ObjectNode members(Map<String, String> variables) {
        ObjectNode members = Json.mapper().createObjectNode();
        variables.forEach((name, value) -> members.put(name.toLowerCase(Locale.ROOT), value));
        return members;
    }

    private static SetupRequest read(ObjectNode members) {
        return Json.mapper().convertValue(members, SetupRequest.class);
    }

    /** The values by the names of their variables, without those that are null. */
    public Map<String, String> variables() {
        JsonNode members = Json.mapper().<ObjectNode>valueToTree(this).without(OFFLINE);
        Map<String, String> variables = new LinkedHashMap<>();
        members.properties().stream()
                .filter(member -> !member.getValue().isNull())
                .forEach(
                        member ->
                                variables.put(
                                        member.getKey().toUpperCase(Locale.ROOT),
                                        member.getValue().textValue()));
        return variables;
    }

    @Override
    public String toString() {
        return "SetupRequest[...]";
    }
}
