package dev.oaiproxy.proxy.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.operation.Catalogue;
import dev.oaiproxy.metering.operation.OpenAiOperations;
import dev.oaiproxy.metering.operation.Operation;
import dev.oaiproxy.metering.operation.OperationMatch;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two users on every operation: neither can access the other's objects. */
@Tag("database")
final class TenantsTest {
    private static final Catalogue CATALOGUE = Catalogue.bundled(Set.of("fine-tuning.allow"));

    @TempDir Path folder;
    private final ListingOpenAi shelf =
            new ListingOpenAi(
                    Stream.of(ObjectKind.values())
                            .flatMap(kind -> Stream.of("of-ann-" + kind, "of-eve-" + kind))
                            .toList());
    private RelayFixture relayFixture;
    private Secret ann;
    private Secret eve;

    @BeforeEach
    void open() {
        relayFixture = new RelayFixture(folder, shelf.played());
        ann = relayFixture.keyFor("ann");
        eve = relayFixture.keyFor("eve");
    }

    @AfterEach
    void close() {
        relayFixture.close();
    }

    /** A relayed operation, and a request for it. */
    private record Case(Operation operation, OpenAiOperations.Row row) {
        String request() {
            return row.method() + " " + row.example();
        }

        String id() {
            return operation.idIn(row.example());
        }

        ObjectKind owned() {
            return Objects.requireNonNull(operation.subjects().owned());
        }

        boolean isFree() {
            return operation.treatment() instanceof Operation.Free;
        }
    }

    private static List<Case> passedOn() {
        return OpenAiOperations.rows().stream()
                .filter(row -> !row.isSocket())
                .map(row -> new Case(operation(row), row))
                .filter(one -> !(one.operation.treatment() instanceof Operation.Refused))
                .toList();
    }

    private static Operation operation(OpenAiOperations.Row row) {
        return ((OperationMatch.Found) CATALOGUE.match(row.method(), row.example())).operation();
    }

    private static List<Case> owned() {
        return passedOn().stream()
                .filter(one -> one.operation.subjects().owned() != null)
                .filter(one -> one.operation.subjects().owned() != ObjectKind.MODEL)
                .toList();
    }

    @Test
    void noOperationReachesWhatIsAnothers() {
        assertThat(owned()).hasSizeGreaterThan(50);
        for (Case one : owned()) {
            relayFixture.give(ann, one.owned(), one.id());
            assertThat(relayFixture.call(eve, one.request(), "").refusal)
                    .as(one.request())
                    .isInstanceOfSatisfying(
                            Refusal.NoSuchObject.class,
                            none -> assertThat(none.reference().id()).isEqualTo(one.id()));
        }
        assertThat(shelf.asked()).isEmpty();
    }

    @Test
    void everyOperationReachesWhatIsOnesOwnWithWhicheverKey() {
        Secret second = relayFixture.keyFor("ann");
        for (Case one : owned()) {
            relayFixture.give(ann, one.owned(), one.id());
            Refusal refusal = relayFixture.call(second, one.request(), "").refusal;
            if (one.isFree()) {
                assertThat(refusal).as(one.request()).isNull();
                assertThat(shelf.asked()).as(one.request()).contains(one.request());
            } else {
                assertThat(refusal instanceof Refusal.NoSuchObject).as(one.request()).isFalse();
            }
        }
    }

    @Test
    void noRequestUsesWhatIsAnothers() {
        relayFixture.give(ann, ObjectKind.FILE, "of-ann");
        for (Case one : passedOn()) {
            if (one.row.method().equals("POST")) {
                ObjectKind kind = one.operation.subjects().owned();
                if (kind != null) {
                    relayFixture.give(eve, kind, one.id());
                }
                ObjectReference.KINDS.keySet().forEach(name -> assertUseIsRefused(one, name));
            }
        }
        assertThat(shelf.asked()).isEmpty();
    }

    private void assertUseIsRefused(Case one, String name) {
        for (String value : List.of("\"of-ann\"", "[\"of-ann\"]", "[[\"x\"],[\"of-ann\"]]")) {
            String body =
                    """
                    {"model":"gpt-4o-mini","input":"x","messages":[{"role":"user","content":"x"}],
                    "tools":[{"type":"function","a":[{"%s":%s}]}]}\
                    """
                            .formatted(name, value);
            Refusal refusal = relayFixture.call(eve, one.request(), body).refusal;
            assertThat(refusal).as(one.request() + name).isNotNull();
            if (one.isFree()) {
                assertThat(refusal).isInstanceOf(Refusal.NoSuchObject.class);
            }
        }
    }

    @Test
    void whatIsMadeIsItsMakersAlone() {
        for (Case one : passedOn()) {
            ObjectKind made = one.operation.subjects().created();
            if (made != null && one.isFree()) {
                String id = idIn(relayFixture.call(ann, one.request(), "").text());
                assertThat(relayFixture.isOwned(id)).as(one.request()).isTrue();
                String itself = "GET " + one.row.example() + "/" + id;
                if (CATALOGUE.match("GET", one.row.example() + "/" + id)
                        instanceof OperationMatch.Found) {
                    assertThat(relayFixture.call(ann, itself, "").refusal).isNull();
                    assertThat(relayFixture.call(eve, itself, "").refusal)
                            .isInstanceOf(Refusal.NoSuchObject.class);
                }
            }
        }
    }

    private static String idIn(String text) {
        return text.replaceAll("\\{\"id\":\"(.*)\"}", "$1");
    }

    @Test
    void noListShowsWhatIsAnothers() {
        List<Case> lists =
                passedOn().stream()
                        .filter(one -> one.operation.subjects().listed() != null)
                        .filter(one -> one.operation.subjects().listed() != ObjectKind.MODEL)
                        .toList();
        assertThat(lists).hasSize(7);
        for (Case one : lists) {
            ObjectKind kind = Objects.requireNonNull(one.operation.subjects().listed());
            relayFixture.give(ann, kind, "of-ann-" + kind);
            relayFixture.give(eve, kind, "of-eve-" + kind);
            assertThat(relayFixture.call(eve, one.request(), "").text())
                    .as(one.request())
                    .contains("of-eve-" + kind)
                    .doesNotContain("of-ann");
        }
    }
}
