package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.UpstreamRequest;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * What a call costs on its way, counted and not timed. A bound that is broken is a regression of
 * docs/performance.md.
 */
@Tag("database")
@Isolated("it counts what the whole process does")
final class HotPathTest {
    private static final int CALLS = 200;
    private static final int WARM_UP = 300;

    /** Compiled code allocates less than interpreted code, which these bounds allow for. */
    private static final long MOST_BYTES_A_CALL = 90_000;

    private static final long MOST_BYTES_AN_EVENT = 2_200;
    private static final int MOST_STATEMENTS_A_CALL = 13;

    private static final Headers STREAM = Headers.of("Content-Type", "text/event-stream");
    private static final String ANSWER =
            """
            {"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o-mini","choices":[\
            {"index":0,"message":{"role":"assistant","content":"It is Paris, on the Seine."},\
            "finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":9,\
            "total_tokens":29,"prompt_tokens_details":{"cached_tokens":0}}}\
            """;
    private static final String EVENT =
            """
            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4o-mini",\
            "choices":[{"index":0,"delta":{"content":" word"},"finish_reason":null}],"usage":null}

            """;
    private static final String LAST_EVENTS =
            """
            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-4o-mini",\
            "choices":[],"usage":{"prompt_tokens":20,"completion_tokens":9,"total_tokens":29}}

            data: [DONE]

            """;

    /** The format of the program's log is not that of tests. */
    private static final Logger LOG = Logger.getLogger("dev.oaiproxy");

    @TempDir Path folder;
    private RelayFixture relayFixture;
    private Secret key;
    private volatile int events;

    @BeforeEach
    void open() {
        LOG.setLevel(Level.WARNING);
        relayFixture = new RelayFixture(folder, new ScriptedOpenAi(this::answer));
        key = relayFixture.keyFor("ann");
    }

    @AfterEach
    void close() {
        relayFixture.close();
        LOG.setLevel(null);
    }

    private UpstreamResponse answer(UpstreamRequest request) {
        if (events == 0) {
            return ScriptedOpenAi.answer(200, ScriptedOpenAi.JSON, ANSWER);
        }
        String[] parts = new String[events + 1];
        Arrays.fill(parts, EVENT);
        parts[events] = LAST_EVENTS;
        return ScriptedOpenAi.answer(200, STREAM, parts);
    }

    private void calls(int count) {
        String body =
                """
                {"model":"gpt-4o-mini","max_completion_tokens":300,"user":"u",%s"messages":[\
                {"role":"system","content":"You are a helpful assistant."},\
                {"role":"user","content":"What is the capital of France?"}]}\
                """
                        .formatted(events == 0 ? "" : "\"stream\":true,");
        for (int i = 0; i < count; i++) {
            assertThat(relayFixture.call(key, "POST /chat/completions", body).whole).isTrue();
        }
    }

    private long bytesAllocated(int count) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getTotalThreadAllocatedBytes();
        calls(count);
        return threads.getTotalThreadAllocatedBytes() - before;
    }

    /** The calls of these methods while calls are relayed, with their stacks. */
    private List<RecordedEvent> traced(String methods) throws IOException {
        Path file = folder.resolve("trace.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.MethodTrace").with("filter", methods).withStackTrace();
            recording.start();
            calls(CALLS);
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file);
    }

    private static boolean isThreadOfTest(RecordedEvent event) {
        return event.getThread().getJavaThreadId() == Thread.currentThread().threadId();
    }

    @Test
    void aCallAllocatesLittle() {
        calls(WARM_UP);
        assertThat(bytesAllocated(CALLS) / CALLS).isLessThan(MOST_BYTES_A_CALL);
    }

    @Test
    void anEventOfAStreamAllocatesLittle() {
        events = 10;
        calls(WARM_UP);
        long few = bytesAllocated(CALLS / 2);
        events = 110;
        calls(WARM_UP / 2);
        long many = bytesAllocated(CALLS / 2);
        assertThat((many - few) / (CALLS / 2 * 100L)).isLessThan(MOST_BYTES_AN_EVENT);
    }

    @Test
    void aCallUsesNoRegularExpression() throws IOException {
        calls(WARM_UP);
        Set<String> users = new TreeSet<>();
        for (RecordedEvent event :
                traced("java.util.regex.Matcher::<init>;java.util.regex.Pattern::<init>")) {
            event.getStackTrace().getFrames().stream()
                    .map(HotPathTest::name)
                    .filter(name -> !name.startsWith("java."))
                    .limit(3)
                    .reduce((inner, outer) -> inner + " < " + outer)
                    .ifPresent(users::add);
        }
        assertThat(users).filteredOn(user -> !user.contains("RelayFixture")).isEmpty();
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }

    @Test
    void aCallVisitsTheWriterTwiceAndNoReader() throws IOException {
        calls(WARM_UP);
        List<RecordedEvent> visits =
                traced(
                        "dev.oaiproxy.ledger.store.write.PendingWrite::<init>;"
                                + "dev.oaiproxy.ledger.store.connection.ReaderThreads::submit");
        assertThat(visits.stream().filter(HotPathTest::isThreadOfTest)).hasSize(2 * CALLS);
    }

    @Test
    void aCallOnItsOwnCostsFewStatements() throws IOException {
        calls(WARM_UP);
        List<RecordedEvent> statements =
                traced(
                        "dev.oaiproxy.ledger.store.sql.PreparedStatements::list;"
                                + "dev.oaiproxy.ledger.store.sql.PreparedStatements::together;"
                                + "dev.oaiproxy.ledger.store.sql.Tx::claim");
        assertThat(statements.size() / CALLS).isBetween(2, MOST_STATEMENTS_A_CALL);
    }
}
