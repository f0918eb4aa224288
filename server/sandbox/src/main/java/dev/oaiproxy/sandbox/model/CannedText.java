package dev.oaiproxy.sandbox.model;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The text of all responses. Each word is one token. */
public final class CannedText {
    private static final String TEXT =
            " This| is| the| voice| of| a| small| machine| that| says| what| it| has| to| say| and"
                    + "| then| says| more|,| one| word| at| the| time|,| as| long| as| you| pay|.";

    private static final List<String> ALL = List.of(TEXT.split("\\|", -1));

    private CannedText() {}

    /**
     * The n-th token of a response. The text repeats with a leading space, because two words would
     * otherwise merge into one token.
     */
    public static String token(int index) {
        return index == 0 ? ALL.getFirst().strip() : ALL.get(index % ALL.size());
    }

    public static String first(int count) {
        return IntStream.range(0, count).mapToObj(CannedText::token).collect(Collectors.joining());
    }
}
