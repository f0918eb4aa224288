package dev.oaiproxy.proxy.relay.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a usage; a bar in the text marks the brace that ends it. */
@Tag("fast")
final class UsageEndFinderTest {
    /** Asserts that it ends at the same place in one piece and byte by byte. */
    private static void assertEnds(UsageEndFinder whole, UsageEndFinder pieces, String marked) {
        int bar = marked.indexOf('|');
        byte[] text = marked.replace("|", "").getBytes(StandardCharsets.UTF_8);
        assertThat(whole.end(text, 0, text.length)).as(marked).isEqualTo(bar);
        int last = -1;
        for (int at = 0; at < text.length; at++) {
            last = Math.max(last, pieces.end(text, at, at + 1));
        }
        assertThat(last).as(marked).isEqualTo(bar);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'a':1,'usage':{'in':1|},'b':{}}",
                "{'usage':{'details':{'x':1},'y':[{}]|},'z':'}'}",
                "{ 'usage' : {  |} }",
                "{'usage':{'a':1},'x':1,'usage':{'a':2|}}",
                "{'text':'{usage:{}}','usage':{'s':'}\\\"}'|}}",
                "{'usage':null}",
                "{'usage':3}",
                "{'a':{'usage':{'b':1}}}",
                "{'a':[{'usage':{}}]}",
                "{'response':{'usage':{'b':1}}}",
                "{'a':'usage','b':{}}",
                "{'usages':{}}",
                "not JSON: {",
                "'usage':{}"
            })
    void isFoundAtTheTopOfAnObject(String marked) {
        String text = marked.replace('\'', '"');
        assertEnds(UsageEndFinder.ofJson(), UsageEndFinder.ofJson(), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {'usage':{'a':1|}}\n\ndata: [DONE]\n\n",
                "event: response.completed\ndata: {'response':{'usage':{'a':1|},'user':null}}\n\n",
                "data: {'usage':null}\n\ndata: {'x':[],'usage':{'a':1|}}\r\n\r\n",
                "data: {'broken\n\ndata: {'usage':{|}}\n\n",
                "data: {'item':{'usage':{'a':1}}}\n\n",
                "data: {'response':{'a':{'usage':{}}}}\n\n",
                ": {'usage\n\n"
            })
    void isFoundInEvents(String marked) {
        String text = marked.replace('\'', '"');
        assertEnds(UsageEndFinder.ofEvents(), UsageEndFinder.ofEvents(), text);
    }

    @Test
    void tellsOneWithoutMembers() {
        UsageEndFinder scanner = UsageEndFinder.ofJson();
        byte[] none = "{\"usage\":{ }}".getBytes(StandardCharsets.UTF_8);
        assertThat(scanner.end(none, 0, none.length)).isPositive();
        assertThat(scanner.member("1")).startsWith("\"cost");
        UsageEndFinder other = UsageEndFinder.ofJson();
        byte[] some = "{\"usage\":{\"a\":{}}}".getBytes(StandardCharsets.UTF_8);
        assertThat(other.end(some, 0, some.length)).isPositive();
        assertThat(other.member("1")).startsWith(",");
    }

    @Test
    void anEventOfASocketMayHaveManyLinesAndLetters() {
        String event = "{\"text\":\"\u20ac \ud83d\ude00\",\n\"response\":{\n\"usage\":{\"a\":1}}}";
        assertThat(UsageEndFinder.withCost(event, "0.1"))
                .isEqualTo(event.replace("1}", "1,\"cost_usd\":\"0.1\"}"));
        assertThat(UsageEndFinder.withCost("{\"usage\":{}}", "0"))
                .isEqualTo("{\"usage\":{\"cost_usd\":\"0\"}}");
        assertThat(UsageEndFinder.withCost("{\"item\":{\"usage\":{}}}", "0"))
                .doesNotContain("cost");
    }
}
