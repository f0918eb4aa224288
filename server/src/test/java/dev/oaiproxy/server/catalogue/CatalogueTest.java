package dev.oaiproxy.server.catalogue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.server.catalogue.Operation.Free;
import dev.oaiproxy.server.catalogue.Operation.Metered;
import dev.oaiproxy.server.catalogue.Operation.Refused;
import dev.oaiproxy.server.catalogue.Operation.Treatment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogueTest {
    private final Catalogue catalogue = Catalogue.bundled();

    @Test
    void metersChatAndEmbeddings() {
        assertThat(treatment("POST", "/chat/completions")).isEqualTo(new Metered(Meter.CHAT));
        assertThat(treatment("POST", "/embeddings")).isEqualTo(new Metered(Meter.EMBEDDINGS));
    }

    @Test
    void letsModelsPassFreely() {
        assertThat(treatment("GET", "/models")).isEqualTo(new Free());
        assertThat(treatment("GET", "/models/gpt-4o")).isEqualTo(new Free());
        assertThat(treatment("GET", "/models/ft:gpt-4o-mini:acme::a1")).isEqualTo(new Free());
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /organization",
        "GET, /organization/costs",
        "POST, /organization/projects/p1/api_keys",
        "BREW, /organization/usage/completions",
        "GET, /projects/p1/users",
        "DELETE, /models/gpt-4o",
        "POST, /realtime/client_secrets",
        "GET, /chat/completions",
        "POST, /chat/completions/c1",
        "GET, /chat/completions/c1/messages",
        "GET, /files/f1/content",
        "POST, /responses",
        "POST, /batches",
    })
    void refusesWithAReasonWhatItKnowsAndDoesNotOffer(String method, String path) {
        assertThat(treatment(method, path))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.why()).matches("[A-Z].* .*\\."));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /embeddings, POST",
        "PUT, /chat/completions, POST",
        "HEAD, /models, GET",
        "POST, /models/gpt-4o, GET",
        "post, /embeddings, POST",
    })
    void namesTheMethodsThatAPathHas(String method, String path, String allowed) {
        assertThat(catalogue.match(method, path))
                .isEqualTo(new Match.WrongMethod(List.of(allowed)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "//",
                "chat/completions",
                "/chat",
                "/chat/completions/",
                "//chat/completions",
                "/chat//completions",
                "/chat/./completions",
                "/models/../chat/completions",
                "/models/..",
                "/models/.",
                "/models/...",
                "/models/",
                "/models/a/b",
                "/Chat/completions",
                "/chat/completion%73",
                "/chat%2Fcompletions",
                "/models/..%2forganization",
                "/models/%2e%2e",
                "/models/gpt;4",
                "/models/gpt 4",
                "/models/a\\b",
                "/models/a\u0000",
                "/models/mod\u00e9l",
                "/models/gpt?x=1",
                "/models/gpt#x",
                "/models/{model}/**",
                "/organization%2fcosts",
                "/nothing/of/the/kind",
            })
    void doesNotKnowWhatIsNotListedOrOddlyWritten(String path) {
        assertThat(catalogue.match("GET", path)).isEqualTo(new Match.Unknown());
        assertThat(catalogue.match("POST", path)).isEqualTo(new Match.Unknown());
    }

    @Test
    void doesNotReadAPathOfAnyLength() {
        assertThat(catalogue.match("GET", "/models/" + "a".repeat(2000)))
                .isEqualTo(new Match.Unknown());
    }

    @Test
    void prefersTheLiteralPathAndTheNamedMethod() {
        Catalogue small =
                new Catalogue(
                        List.of(
                                operation("*", "/a/**", new Refused("below a.")),
                                operation("*", "/a/{x}", new Refused("any x.")),
                                operation("GET", "/a/{x}", new Free()),
                                operation("GET", "/a/b", new Metered(Meter.CHAT))));
        assertThat(small.match("GET", "/a/b"))
                .isEqualTo(found("GET", "/a/b", new Metered(Meter.CHAT)));
        assertThat(small.match("GET", "/a/c")).isEqualTo(found("GET", "/a/{x}", new Free()));
        assertThat(small.match("PUT", "/a/c"))
                .isEqualTo(found("*", "/a/{x}", new Refused("any x.")));
        assertThat(small.match("GET", "/a/c/d"))
                .isEqualTo(found("*", "/a/**", new Refused("below a.")));
        assertThat(small.match("GET", "/a"))
                .isEqualTo(found("*", "/a/**", new Refused("below a.")));
    }

    @Test
    void refusesTheSameOperationTwice() {
        Operation one = operation("GET", "/a", new Free());
        assertThatIllegalArgumentException().isThrownBy(() -> new Catalogue(List.of(one, one)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{metered: {POST /a: telepathy}, free: [], refused: []}",
                "{metered: {/a: chat}, free: [], refused: []}",
                "{metered: {}, free: [get /a], refused: []}",
                "{metered: {}, free: [GET a], refused: []}",
                "{metered: {}, free: [], refused: [{operations: [GET /a]}]}",
                "{metered: {}, free: [], refused: [{why: ' ', operations: [GET /a]}]}",
            })
    void refusesAFileThatDoesNotSayWhatIsDone(String yaml) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(yaml));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{metered: {}, free: [], refused: [], fre: [GET /a]}",
                "{metered: {POST /a: chat, POST /a: embeddings}, free: [], refused: []}",
                "[]",
            })
    void refusesAFileOfAnotherShape(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(IOException.class);
    }

    private static List<Operation> read(String yaml) throws IOException {
        return OperationsFile.read(new ByteArrayInputStream(yaml.getBytes(UTF_8)));
    }

    private Treatment treatment(String method, String path) {
        Match match = catalogue.match(method, path);
        assertThat(match).isInstanceOf(Match.Found.class);
        return ((Match.Found) match).operation().treatment();
    }

    private static Operation operation(String method, String path, Treatment treatment) {
        return new Operation(method, path, treatment);
    }

    private static Match found(String method, String path, Treatment treatment) {
        return new Match.Found(operation(method, path, treatment));
    }
}
