package dev.oaiproxy.metering.request;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The conversion of chats to the input of a response. JSON is written with single quotes. */
@Tag("fast")
class ChatAsResponseInputTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'messages':[] | 'input':[]",
                "'messages':[{'role':'system','content':'a'},{'content':'b','role':'user'}]"
                        + " | 'input':[{'type':'message','role':'system','content':'a'},"
                        + "{'type':'message','role':'user','content':'b'}]",
                "'messages':[{'role':'user','content':[{'type':'text','text':'a\\n'},"
                        + "{'type':'image_url','image_url':{'url':'data:x','detail':'low'}},"
                        + "{'file':{'file_data':'data:y','filename':'f'},'type':'file'}]}]"
                        + " | 'input':[{'type':'message','role':'user','content':["
                        + "{'type':'input_text','text':'a\\n'},"
                        + "{'type':'input_image','image_url':'data:x','detail':'low'},"
                        + "{'file_data':'data:y','filename':'f','type':'input_file'}]}]",
                "'messages':[{'role':'assistant','content':null,'refusal':null,'tool_calls':["
                        + "{'id':'c','type':'function','function':{'name':'f','arguments':'{}'}}]},"
                        + "{'role':'tool','tool_call_id':'c',"
                        + "'content':[{'type':'text','text':'r'}]}]"
                        + " | 'input':[{'type':'function_call','call_id':'c','name':'f',"
                        + "'arguments':'{}'},{'type':'function_call_output','call_id':'c',"
                        + "'output':[{'type':'input_text','text':'r'}]}]",
                "'messages':[{'role':'assistant','content':[{'type':'text','text':'a'}]}]"
                        + " | 'input':[{'type':'message','role':'assistant','content':["
                        + "{'type':'output_text','text':'a'}]}]",
                "'tools':[{'type':'function','function':{'name':'f','parameters':{'a':[1]}}}]"
                        + " | 'tools':[{'type':'function','name':'f','parameters':{'a':[1]},"
                        + "'strict':false}]",
                "'tools':[{'function':{'strict':true,'name':'f'},'type':'function'}],"
                        + "'tool_choice':'auto','parallel_tool_calls':false"
                        + " | 'tools':[{'strict':true,'name':'f','type':'function'}],"
                        + "'tool_choice':'auto','parallel_tool_calls':false",
                "'response_format':{'type':'json_schema','json_schema':{'name':'s','schema':{}}}"
                        + " | 'text':{'format':{'type':'json_schema','name':'s','schema':{}}}",
                "'verbosity':'low','reasoning_effort':'high'"
                        + " | 'text':{'verbosity':'low'},'reasoning':{'effort':'high'}",
                "'n':3,'stream':true,'max_completion_tokens':5,'stop':['a'],'audio':null | ''",
            })
    void writesTheInputOfAResponse(String chat, String response) throws Exception {
        String rest = response.equals("''") ? "" : "," + response;
        assertThat(tree(written(chat).orElseThrow()))
                .isEqualTo(JSON.readTree(("{'model':'m'" + rest + "}").replace('\'', '"')));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'anything':1",
                "'web_search_options':{}",
                "'prediction':{'type':'content','content':'x'}",
                "'functions':[]",
                "'tool_choice':{'type':'function','function':{'name':'f'}}",
                "'verbosity':'low','response_format':{'type':'text'}",
                "'tools':[{'type':'custom','custom':{'name':'f'}}]",
                "'tools':[{'type':'function','function':{'type':'x'}}]",
                "'messages':'x'",
                "'messages':['x']",
                "'messages':[],'messages':[]",
                "'messages':[{'content':'x'}]",
                "'messages':[{'role':'function','name':'f','content':'x'}]",
                "'messages':[{'role':'user','name':'bob','content':'x'}]",
                "'messages':[{'role':'user','content':'x','content':'y'}]",
                "'messages':[{'role':'user','content':[['x']]}]",
                "'messages':[{'role':'user','content':[{'type':'refusal','refusal':'x'}]}]",
                "'messages':[{'role':'user','content':[{'type':'input_audio','input_audio':{}}]}]",
                "'messages':[{'role':'user','content':[{'type':'image_url','image_url':'x'}]}]",
                "'messages':[{'role':'user','content':[{'type':'text','text':'x','more':1}]}]",
                "'messages':[{'role':'user','content':[{'type':'file','file':{'url':'x'}}]}]",
                "'messages':[{'role':'user','content':'x','tool_calls':[]}]",
                "'messages':[{'role':'assistant','audio':{'id':'a'}}]",
                "'messages':[{'role':'assistant','refusal':'no'}]",
                "'messages':[{'role':'assistant','tool_calls':[{'type':'custom'}]}]",
                "'messages':[{'role':'tool','name':'f','content':'x'}]",
            })
    void writesNothingThatMayBeReadInAnotherWay(String chat) {
        assertThat(written(chat)).isEmpty();
    }

    @Test
    void keepsFilesOfAnyLengthAsTheyAre() throws Exception {
        String data = "data:application/pdf;base64," + "\\/A".repeat(100_000);
        String chat =
                "'messages':[{'role':'user','content':["
                        + "{'type':'file','file':{'file_data':'DATA'}}]}]";
        String written = new String(written(chat.replace("DATA", data)).orElseThrow(), UTF_8);
        assertThat(written).contains("\"" + data + "\"");
    }

    @Test
    void endsOnWhateverItIsGiven() {
        long seed = System.nanoTime();
        System.out.println("ChatInputTest seed " + seed);
        Random random = new Random(seed);
        byte[] good =
                """
                {"model":"m","messages":[{"role":"user","content":[
                {"type":"text","text":"a\\"b"}]}],
                "tools":[{"type":"function","function":{"name":"f"}}]}"""
                        .getBytes(UTF_8);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bad = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            bad[random.nextInt(bad.length)] = (byte) "{}[]\",:\\ax".charAt(random.nextInt(10));
            assertThat(ChatAsResponseInput.asResponse(bad)).as("seed %d", seed).isNotNull();
        }
    }

    private static Optional<byte[]> written(String members) {
        String chat = ("{'model':'m'," + members + "}").replace('\'', '"');
        return ChatAsResponseInput.asResponse(chat.getBytes(UTF_8));
    }

    private static Object tree(byte[] json) throws JsonProcessingException {
        return JSON.readTree(new String(json, UTF_8));
    }
}
