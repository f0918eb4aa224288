package dev.oaiproxy.cli.distribution;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Random;

/** A request, and a check for a complete response. */
record RandomRequest(String path, String body, boolean stream) {
    private static final int MOST_TOKENS = 60;

    static RandomRequest random(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> embedding();
            case 1, 2 -> chat(random, "");
            case 3 -> chat(random, ",\"stream\":true");
            default -> chat(random, ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
        };
    }

    private static RandomRequest embedding() {
        String body = "{\"model\":\"text-embedding-3-small\",\"input\":\"one of many texts\"}";
        return new RandomRequest("/embeddings", body, false);
    }

    private static RandomRequest chat(Random random, String more) {
        String body =
                """
                {"model":"gpt-4o-mini","messages":[{"role":"user",
                 "content":"Count. [[tokens=%d delay=%dms]]"}]%s}"""
                        .formatted(random.nextInt(1, MOST_TOKENS), random.nextInt(3), more);
        return new RandomRequest("/chat/completions", body, !more.isEmpty());
    }

    /** True if the response is complete, however the connection ended. */
    boolean isWhole(String answer) {
        if (stream) {
            return answer.contains("data: [DONE]\n");
        }
        try {
            return DistributionFixture.JSON.readTree(answer).has("usage");
        } catch (JsonProcessingException cut) {
            return false;
        }
    }
}
