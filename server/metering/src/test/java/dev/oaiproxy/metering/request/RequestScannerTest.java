package dev.oaiproxy.metering.request;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.metering.operation.Meter;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.SampleFacts;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class RequestScannerTest {
    @Test
    void readsWhatBearsOnTheCost() {
        String body =
                """
                {"model": "gpt-5.6-sol", "messages": [{"role": "user", "content": "Hi"}],
                 "stream": true,
                 "stream_options": {"include_obfuscation": false, "include_usage": true},
                 "max_completion_tokens": 300, "n": 3, "service_tier": "priority",
                 "prompt_cache_options": {"mode": "explicit", "ttl": "12h"}, "temperature": 0.7}
                """;
        assertThat(scan(body))
                .isEqualTo(
                        new ScanResult.Facts(
                                SampleFacts.chat("gpt-5.6-sol", body.getBytes(UTF_8).length).stream(
                                                true, true)
                                        .input(true, true)
                                        .output(300L, 3)
                                        .tier("priority")
                                        .facts()));
    }

    @Test
    void takesAbsentAndNullAlike() {
        RequestFacts expected = SampleFacts.chat("m", 0).facts();
        assertThat(sameButSize(facts("{\"model\":\"m\"}"))).isEqualTo(expected);
        String nulls =
                """
                {"stream":null,"stream_options":null,"max_tokens":null,"n":null,"messages":null,
                 "max_completion_tokens":null,"service_tier":null,"model":"m",
                 "prompt_cache_options":null}
                """;
        assertThat(sameButSize(facts(nulls))).isEqualTo(expected);
        assertThat(facts(withModel("'stream_options':{'include_usage':null}")).flow().usageWanted())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tools':[{'type':'web_search'}]",
                "'tools':[{'type':'function'},{'name':'x','type':'file_search'}]",
                "'tools':[{'type':7}]"
            })
    void refusesHostedToolsWhoseFeeNoUsageTells(String tools) {
        assertThat(malformed(withModel(tools)).param()).isEqualTo("tools");
    }

    @Test
    void takesTheClientsOwnToolsWhateverTheirSchemasSay() {
        String tools =
                "'tools':[{'type':'function','function':{'parameters':{'type':'web_search'}}},"
                        + "{'type':'custom','custom':{}}]";
        assertThat(facts(withModel(tools)).input().bounded()).isTrue();
    }

    @Test
    void tellsThatTheWebIsToBeSearched() {
        assertThat(facts(withModel("'web_search_options':{}")).tools().searchOptions()).isTrue();
        assertThat(facts(withModel("'web_search_options':null")).tools().searchOptions()).isFalse();
    }

    @Test
    void takesTheLargerOfTwoLimits() {
        assertThat(
                        facts(withModel("'max_tokens':5,'max_completion_tokens':70"))
                                .output()
                                .maxTokens())
                .isEqualTo(70);
        assertThat(
                        facts(withModel("'max_completion_tokens':5,'max_tokens':70"))
                                .output()
                                .maxTokens())
                .isEqualTo(70);
        assertThat(
                        facts(withModel("'max_completion_tokens':0,'max_tokens':null"))
                                .output()
                                .maxTokens())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'messages':[{'role':'user','content':[{'type':'text','text':'type: image_url'}]}]",
                "'messages':[{'role':'assistant','audio':null,'refusal':null,'content':'x'}]",
                "'messages':[{'tool_calls':[{'type':'function'"
                        + ",'function':{'arguments':'{\\'file_id\\':1}'}}]}]",
                "'messages':[{'content':'image_url'}]",
                "'tools':[{'type':'function','function':{'parameters':"
                        + "{'properties':{'file_id':{'type':'file'}}}}}]",
                "'response_format':{'json_schema':{'schema':"
                        + "{'properties':{'image_url':{'type':'string'}}}}}",
                "'audio':{'voice':'alloy','format':'wav'},'modalities':['text','audio']",
                "'prediction':{'type':'content','content':'x'}",
                "'input':[[1,2,3],[4,5]]",
                "'input':['a','b'],'dimensions':256,'encoding_format':'base64'",
            })
    void boundsByItsBytesWhatIsText(String members) {
        assertThat(facts(withModel(members)).input().bounded()).isTrue();
    }

    @Test
    void takesImagesOfAnyLength() {
        String image = "data:image/png;base64," + "A".repeat(200_000);
        for (String url : new String[] {"'" + image + "'", "{'url':'" + image + "'}"}) {
            String content = "[{'type':'image_url','image_url':" + url + "}]";
            String members = "'messages':[{'content':" + content + "}],'file_data':'" + image + "'";
            assertThat(facts(withModel(members)).input().bounded()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'messages':[{'content':[{'type':'im\\u0061ge_url'}]}]",
                "'messages':[{'content':[{'im\\u0061ge_url':{'url':'data:'}}]}]",
                "'messages':[{'content':[{'type':'file','file':{'file_id':'f'}}]}]",
                "'messages':[{'content':[{'type':'hologram','data':'x'}]}]",
                "'messages':[{'content':[{'type':7}]}]",
                "'messages':[{'role':'assistant','audio':{'id':'audio_1'}}]",
                "'input':{'content':{'image_url':'https://x'}}",
                "'file_ids':['f']",
                "'attachments':[{'file_id':'f'}]",
                "'messages':[],'messages':[{'content':[{'type':'file'}]}]",
            })
    void doesNotBoundWhatMayHoldMoreThanItsBytes(String members) {
        assertThat(facts(withModel(members)).input().bounded()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'prompt_cache_options':{'ttl':'30m'} | false",
                "'prompt_cache_options':{'ttl':null} | false",
                "'prompt_cache_options':{} | false",
                "'prompt_cache_options':{'ttl':'12h'} | true",
                "'prompt_cache_options':{'ttl':'7d'} | true",
                "'prompt_cache_options':{'ttl':43200} | true",
                "'messages':[{'prompt_cache_breakpoint':{'ttl':'12h'}}] | true",
                "'tools':[{'type':'function','function':{'ttl':'12h'}}] | false",
            })
    void takesEveryCacheLifetimeButTheShortestAsLong(String members, boolean longLived) {
        assertThat(facts(withModel(members)).input().longCacheWrite()).isEqualTo(longLived);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | model",
                "{'model':null} | model",
                "{'model':''} | model",
                "{'model':4} | model",
                "{'model':['m']} | model",
                "{'model':'m','model':'m'} | model",
                "{'model':'m','mod\\u0065l':'n'} | model",
                "{'model':'m','stream':'true'} | stream",
                "{'model':'m','stream':1} | stream",
                "{'model':'m','stream':true,'stream':false} | stream",
                "{'model':'m','stream_options':true} | stream_options",
                "{'model':'m','stream_options':{'include_usage':1}} | stream_options.include_usage",
                "{'model':'m','stream_options':{'include_usage':true"
                        + ",'includ\\u0065_usage':false}} |"
                        + " stream_options.include_usage",
                "{'model':'m','stream_options':{},'stream_options':{}} | stream_options",
                "{'model':'m','max_tokens':-1} | max_tokens",
                "{'model':'m','max_tokens':1.0} | max_tokens",
                "{'model':'m','max_tokens':'5'} | max_tokens",
                "{'model':'m','max_tokens':3000000000} | max_tokens",
                "{'model':'m','max_completion_tokens':1e3} | max_completion_tokens",
                "{'model':'m','max_completion_tokens':1,'max_completion_tokens':2} |"
                        + " max_completion_tokens",
                "{'model':'m','n':0} | n",
                "{'model':'m','n':129} | n",
                "{'model':'m','n':true} | n",
                "{'model':'m','n':1,'n':1} | n",
                "{'model':'m','service_tier':1} | service_tier",
                "{'model':'m','service_tier':'a','service_tier':'b'} | service_tier",
                "{'model':'m','prompt_cache_options':'12h'} | prompt_cache_options",
            })
    void namesTheParameterThatIsWrong(String body, String param) {
        ScanResult.Malformed malformed = malformed(quoted(body));
        assertThat(malformed.param()).isEqualTo(param);
        assertThat(malformed.message()).contains("'" + param + "'").endsWith(".");
    }

    @Test
    void saysWhatWasExpectedAndWhatCame() {
        assertThat(malformed(quoted("{'model':'m','n':1.5}")))
                .isEqualTo(
                        new ScanResult.Malformed(
                                "Invalid type for 'n': expected an integer, but got a decimal"
                                        + " number instead.",
                                "n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "[{'model':'m'}]",
                "'model'",
                "model=m",
                "{'model':'m'",
                "{'model':'m'}}",
                "{'model':'m'} {}",
                "{'model':'m'} x",
                "{'model':'m',}",
                "{'model':'m','a':01}",
                "{'model':'m','a':NaN}",
                "{'model':'m','a':'\\q'}",
                "{'model':'m','a':'\n'}",
                "{'model':'m'/**/}",
                "{'model':'m' 'a':1}",
                "\ufeff{'model':'m'}",
            })
    void refusesWhatIsNotAJsonObject(String body) {
        assertThat(malformed(quoted(body)).param()).isNull();
    }

    @Test
    void refusesOtherEncodings() {
        String body = "{\"model\":\"m\"}";
        assertThat(RequestScanner.scanJson(Meter.CHAT, body.getBytes(UTF_16LE)))
                .isInstanceOf(ScanResult.Malformed.class);
        assertThat(RequestScanner.scanJson(Meter.CHAT, body.getBytes(UTF_16)))
                .isInstanceOf(ScanResult.Malformed.class);
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        int[][] wrong = {{0xC0, 0xAF}, {0xED, 0xA0, 0x80}, {0xFF}, {0xE2, 0x82}, {0x80}};
        for (int[] bytes : wrong) {
            byte[] body =
                    quoted("{'model':'m','a':'" + "x".repeat(bytes.length) + "'}").getBytes(UTF_8);
            int at = body.length - 2 - bytes.length;
            for (int i = 0; i < bytes.length; i++) {
                body[at + i] = (byte) bytes[i];
            }
            assertThat(RequestScanner.scanJson(Meter.CHAT, body))
                    .as(Arrays.toString(bytes))
                    .isInstanceOf(ScanResult.Malformed.class);
        }
    }

    @Test
    void refusesWhatIsTooDeep() {
        String deep = withModel("'a':" + "[".repeat(100_000) + "]".repeat(100_000));
        assertThat(malformed(deep).param()).isNull();
        String deepObjects =
                withModel("'a':" + "{'a':".repeat(100_000) + "1" + "}".repeat(100_000));
        assertThat(malformed(deepObjects).param()).isNull();
        assertThat(facts(withModel("'a':" + "[".repeat(900) + "]".repeat(900))).model())
                .isEqualTo("m");
    }

    @Test
    void letsBigThingsPassWhereTheyDoNotMatter() {
        assertThat(facts(withModel("'a':" + "9".repeat(50_000))).model()).isEqualTo("m");
        assertThat(facts(withModel("'a':1e" + "9".repeat(300))).model()).isEqualTo("m");
        String text = "\\u00e9\u00e9\ud83d\ude00\\\\".repeat(500_000);
        assertThat(facts(withModel("'messages':[{'content':'" + text + "'}]")).model())
                .isEqualTo("m");
    }

    @Test
    void refusesAModelNameOfAnyLength() {
        assertThat(malformed("{\"model\":\"" + "m".repeat(257) + "\"}").param()).isEqualTo("model");
        assertThat(scan("{\"model\":\"" + "m".repeat(5_000_000) + "\"}"))
                .isInstanceOf(ScanResult.Malformed.class);
        assertThat(facts("{\"model\":\"" + "m".repeat(256) + "\"}").model()).hasSize(256);
    }

    @Test
    void neverQuotesTheBody() {
        for (String body :
                new String[] {"{'model':'m','a':secret}", "secret", "{'model':{'secret':1}}"}) {
            assertThat(malformed(quoted(body)).message()).doesNotContain("secret");
        }
    }

    /** A body with a valid model and these members; JSON is written with single quotes. */
    private static String withModel(String members) {
        return quoted("{'model':'m'," + members + "}");
    }

    private static String quoted(String body) {
        return body.replace('\'', '"');
    }

    private static ScanResult scan(String body) {
        return RequestScanner.scanJson(Meter.CHAT, body.getBytes(UTF_8));
    }

    private static RequestFacts facts(String body) {
        ScanResult result = scan(body);
        assertThat(result).isInstanceOf(ScanResult.Facts.class);
        return ((ScanResult.Facts) result).facts();
    }

    private static ScanResult.Malformed malformed(String body) {
        ScanResult result = scan(body);
        assertThat(result).isInstanceOf(ScanResult.Malformed.class);
        return (ScanResult.Malformed) result;
    }

    private static RequestFacts sameButSize(RequestFacts facts) {
        return SampleFacts.chat(facts.model(), 0).stream(
                        facts.flow().stream(), facts.flow().usageWanted())
                .input(facts.input().bounded(), facts.input().longCacheWrite())
                .output(facts.output().maxTokens(), (int) facts.output().choices())
                .tier(facts.serviceTier())
                .facts();
    }
}
