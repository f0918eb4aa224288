package dev.oaiproxy.sandbox.model;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the stand-in has to say: the same words for all, each of them one token. */
public final class CannedText {
    private static final String TEXT =
            " This| is| the| voice| of| a| small| machine| that| says| what| it| has| to| say| and"
                    + "| then| says| more|,| one| word| at| the| time|,| as| long| as| you| pay|.";

    private static final List<String> ALL = List.of(TEXT.split("\\|", -1));

    private CannedText() {}

    /** The n-th token of an answer; it starts anew with a space, or two would become one. */
    public static String token(int index) {
        return index == 0 ? ALL.getFirst().strip() : ALL.get(index % ALL.size());
    }

    public static String first(int count) {
        return IntStream.range(0, count).mapToObj(CannedText::token).collect(Collectors.joining());
    }
}
