package dev.oaiproxy.sandbox.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Jackson with the stand-in's settings. */
public final class JsonObjects {
    public static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private JsonObjects() {}

    public static ObjectNode newObject() {
        return JsonNodeFactory.instance.objectNode();
    }
}
