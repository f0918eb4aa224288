package dev.oaiproxy.sandbox.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.SplittableRandom;

/** An embedding of the requested dimensions and length 1, always the same for the same text. */
@SuppressWarnings("ArrayRecordComponent") // It exists for one response and is never compared.
record EmbeddingVector(float[] values) {
    static EmbeddingVector of(String text, int dimensions) {
        SplittableRandom random = new SplittableRandom(text.hashCode());
        double[] raw = random.doubles(dimensions, -1, 1).toArray();
        double square = 0;
        for (double value : raw) {
            square += value * value;
        }
        float[] values = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            values[i] = (float) (raw[i] / Math.sqrt(square));
        }
        return new EmbeddingVector(values);
    }

    JsonNode floats() {
        ArrayNode array = JsonNodeFactory.instance.arrayNode(values.length);
        for (float value : values) {
            array.add(value);
        }
        return array;
    }

    /** The numbers in little-endian order, as OpenAI encodes them. */
    JsonNode base64() {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return JsonNodeFactory.instance.textNode(Base64.getEncoder().encodeToString(bytes.array()));
    }
}
