package dev.oaiproxy.metering.operation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.operation.Operation.Free;
import dev.oaiproxy.metering.operation.Operation.Metered;
import dev.oaiproxy.metering.operation.Operation.Refused;
import dev.oaiproxy.metering.operation.Operation.Treatment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("fast")
class CatalogueTest {
    private final Catalogue catalogue = Catalogue.bundled(Set.of());

    @Test
    void metersWhatIsBilled() {
        assertThat(treatment("POST", "/chat/completions")).isEqualTo(new Metered(Meter.CHAT));
        assertThat(treatment("POST", "/embeddings")).isEqualTo(new Metered(Meter.EMBEDDINGS));
        assertThat(treatment("POST", "/vector_stores/vs_1/search"))
                .isEqualTo(new Metered(Meter.SEARCH));
    }

    @Test
    void letsModelsPassFreely() {
        assertThat(treatment("GET", "/models")).isEqualTo(new Free());
        assertThat(treatment("GET", "/models/gpt-4o")).isEqualTo(new Free());
        assertThat(treatment("GET", "/models/ft:gpt-4o-mini:acme::a1")).isEqualTo(new Free());
    }

    @Test
    void saysWhoseObjectsAnOperationIsAbout() {
        Operation content = found("GET", "/vector_stores/vs_1/files/file-2/content");
        assertThat(content.subjects().owned()).isEqualTo(ObjectKind.VECTOR_STORE);
        assertThat(content.idIn("/vector_stores/vs_1/files/file-2/content")).isEqualTo("vs_1");
        assertThat(content.isOfTheObjectItself()).isFalse();

        assertThat(found("DELETE", "/files/file-2").isOfTheObjectItself()).isTrue();
        assertThat(found("POST", "/files").subjects().created()).isEqualTo(ObjectKind.FILE);
        assertThat(found("GET", "/batches").subjects().listed()).isEqualTo(ObjectKind.BATCH);
        assertThat(found("POST", "/vector_stores").subjects().storage()).isTrue();
    }

    @Test
    void opensSocketsOnlyAsSockets() {
        assertThat(catalogue.socket("/realtime"))
                .isInstanceOfSatisfying(
                        OperationMatch.Found.class,
                        match ->
                                assertThat(match.operation().treatment())
                                        .isEqualTo(new Metered(Meter.REALTIME)));
        assertThat(catalogue.match("WS", "/realtime")).isEqualTo(new OperationMatch.Unknown());
        assertThat(catalogue.match("GET", "/realtime")).isEqualTo(new OperationMatch.Unknown());
        assertThat(catalogue.match("WS", "/responses"))
                .isEqualTo(new OperationMatch.WrongMethod(List.of("POST")));
        assertThat(catalogue.socket("/files")).isInstanceOf(OperationMatch.WrongMethod.class);
    }

    @Test
    void refusesFineTuningUntilItsSettingIsOn() {
        assertThat(treatment("POST", "/fine_tuning/jobs"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.why()).contains("fine-tuning.allow"));
        Catalogue allowing = Catalogue.bundled(Set.of("fine-tuning.allow"));
        assertThat(((OperationMatch.Found) allowing.match("POST", "/fine_tuning/jobs")).operation())
                .extracting(Operation::treatment)
                .isEqualTo(new Metered(Meter.FINE_TUNING));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /organization",
        "GET, /organization/costs",
        "POST, /organization/projects/p1/api_keys",
        "BREW, /organization/usage/completions",
        "GET, /projects/p1/users",
        "DELETE, /models/gpt-4o",
        "POST, /realtime/translations/client_secrets",
        "POST, /realtime/calls/c1/accept",
        "POST, /chatkit/sessions",
        "GET, /agents/a1",
        "POST, /threads",
        "POST, /images/variations",
        "POST, /fine_tuning/jobs/ftjob-1/resume",
        "GET, /vector_stores/vs_1/search",
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
        "POST, /models, GET",
        "PUT, /moderations, POST",
        "HEAD, /models, GET",
        "post, /embeddings, POST",
    })
    void namesTheMethodsThatAPathHas(String method, String path, String allowed) {
        assertThat(catalogue.match(method, path))
                .isEqualTo(new OperationMatch.WrongMethod(List.of(allowed)));
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
        assertThat(catalogue.match("GET", path)).isEqualTo(new OperationMatch.Unknown());
        assertThat(catalogue.match("POST", path)).isEqualTo(new OperationMatch.Unknown());
    }

    @Test
    void doesNotReadAPathOfAnyLength() {
        assertThat(catalogue.match("GET", "/models/" + "a".repeat(2000)))
                .isEqualTo(new OperationMatch.Unknown());
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
                "{POST /a: meter telepathy}",
                "{/a: free}",
                "{get /a: free}",
                "{GET a: free}",
                "{GET /a: ''}",
                "{GET /a: gratis}",
                "{GET /a: 'free, meter chat'}",
                "{GET /a: 'free, free'}",
                "{GET /a: 'free, creates havoc'}",
                "{GET /a: 'free, accrues interest'}",
                "{GET /a: 'free, if it.rains'}",
                "{'GET /a/{b_id}': free}",
            })
    void refusesAFileThatDoesNotSayWhatIsDone(String allowed) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(allowed, "[]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{operations: [GET /a]}]", "[{why: ' ', operations: [GET /a]}]"})
    void refusesAFileThatDoesNotSayWhy(String refused) {
        assertThatIllegalArgumentException().isThrownBy(() -> read("{}", refused));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{POST /a: free, POST /a: meter chat}", "[]", "{}, al: {}"})
    void refusesAFileOfAnotherShape(String allowed) {
        assertThatThrownBy(() -> read(allowed, "[]")).isInstanceOf(IOException.class);
    }

    private static List<Operation> read(String allowed, String refused) throws IOException {
        String yaml =
                "{variables: {}, settings: {}, allowed: %s, refused: %s}"
                        .formatted(allowed, refused);
        return OperationsFile.read(new ByteArrayInputStream(yaml.getBytes(UTF_8)))
                .operations(Set.of());
    }

    private Treatment treatment(String method, String path) {
        return found(method, path).treatment();
    }

    private Operation found(String method, String path) {
        OperationMatch operationMatch = catalogue.match(method, path);
        assertThat(operationMatch).isInstanceOf(OperationMatch.Found.class);
        return ((OperationMatch.Found) operationMatch).operation();
    }

    private static Operation operation(String method, String path, Treatment treatment) {
        return new Operation(
                method, path, treatment, Operation.Subjects.NONE, Operation.BodyRule.USUAL);
    }

    private static OperationMatch found(String method, String path, Treatment treatment) {
        return new OperationMatch.Found(operation(method, path, treatment));
    }
}
