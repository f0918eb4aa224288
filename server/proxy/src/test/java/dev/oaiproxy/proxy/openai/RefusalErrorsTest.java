package dev.oaiproxy.proxy.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.account.Admission;
import dev.oaiproxy.ledger.key.Secret;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.proxy.connection.FramingFault;
import dev.oaiproxy.proxy.log.LimitedLog;
import dev.oaiproxy.proxy.log.RefusalLog;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.upstream.Headers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Properties of all the server's own errors. */
@Tag("fast")
final class RefusalErrorsTest {
    private static final String SHOULD_RETRY = "x-should-retry";

    private static final Admission.OverQuota OVER =
            new Admission.OverQuota("user:bob", Usd.parse("1"), Usd.parse("1"), Usd.ZERO, null);

    private static final List<Refusal> DENIED =
            List.of(
                    new Refusal.QuotaSpent(OVER, Usd.ZERO),
                    new Refusal.QuotaHeld(OVER),
                    new Refusal.NotAdmitted(
                            new Admission.OverRate("user:bob", "RPM", 1, Duration.ofSeconds(1))),
                    new Refusal.LedgerUnavailable("told by the test"));

    private static final List<Refusal> OTHERS =
            List.of(
                    new Refusal.UnknownKey(true),
                    new Refusal.RevokedKey(Secret.random().id()),
                    new Refusal.ExpiredKey(Secret.random().id()),
                    new Refusal.UnknownPath(),
                    new Refusal.NoHandshake(),
                    new Refusal.WrongMethod(List.of("GET")),
                    new Refusal.Forbidden("told by the test"),
                    new Refusal.NoSuchObject(
                            new ObjectReference("file", ObjectKind.FILE, "file-1")),
                    new Refusal.TooLarge(1),
                    new Refusal.UnknownCoding("br"),
                    new Refusal.NoRoom(),
                    new Refusal.Malformed("told by the test", null),
                    new Refusal.BadLine(1, null, new Refusal.NoRoom()),
                    new Refusal.Crowded(),
                    new Refusal.Unpriced("gpt-1"),
                    new Refusal.UnpricedTier("gpt-1", "flex"),
                    new Refusal.ModelNotAllowed("gpt-1", List.of()),
                    new Refusal.Unreachable(),
                    new Refusal.Broken(true),
                    new Refusal.Broken(false),
                    new Refusal.Redirected(),
                    new Refusal.OperatorTrouble(),
                    new Refusal.NotRecorded());

    private final RefusalErrors refusalErrors =
            new RefusalErrors(
                    new RefusalLog(new LimitedLog(InstantSource.system()), _ -> {}),
                    Optional.empty(),
                    Optional.empty());

    private static Stream<Refusal> refusals() {
        return Stream.concat(OTHERS.stream(), DENIED.stream());
    }

    @Test
    void everyErrorOfTheServersSaysWhetherToTryAgain() {
        Map<String, String> retries = new TreeMap<>();
        Stream.concat(refusals().map(refusalErrors::of), Stream.of(RefusalErrors.notSetUp()))
                .filter(error -> error.status() >= 500)
                .forEach(error -> retries.put(error.code(), shouldRetry(error.headers())));
        Arrays.stream(FramingFault.values())
                .filter(fault -> fault.status() >= 500)
                .forEach(fault -> retries.put(fault.code(), shouldRetry(fault.retry())));

        assertThat(retries)
                .as("what may pass, and has cost nothing, is to be tried again")
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("server_busy", "true"),
                                Map.entry("ledger_unavailable", "true"),
                                Map.entry("upstream_unreachable", "true"),
                                Map.entry("upstream_broken", "false"),
                                Map.entry("upstream_timeout", "false"),
                                Map.entry("upstream_redirected", "false"),
                                Map.entry("upstream_account_problem", "false"),
                                Map.entry("not_recorded", "false"),
                                Map.entry("not_set_up", "false"),
                                Map.entry("method_not_implemented", "false"),
                                Map.entry("transfer_encoding_not_implemented", "false"),
                                Map.entry("http_version_not_supported", "false")));
    }

    private static String shouldRetry(Headers headers) {
        assertThat(headers.all().stream().filter(h -> h.name().equals(SHOULD_RETRY))).hasSize(1);
        return headers.first(SHOULD_RETRY).orElseThrow();
    }

    @Test
    void thoseAreAllTheRefusalsThatThereAre() {
        Stream<Object> all =
                Stream.concat(
                        OTHERS.stream().map(Refusal::getClass),
                        Stream.of(Refusal.NotGranted.class));
        assertThat(all.distinct())
                .containsExactlyInAnyOrder((Object[]) Refusal.class.getPermittedSubclasses());
        assertThat(DENIED.stream().<Object>map(Refusal::getClass))
                .containsExactlyInAnyOrder(
                        (Object[]) Refusal.NotGranted.class.getPermittedSubclasses());
    }

    @Test
    void whatMakesAClientWaitSaysHowLong() {
        assertThat(refusalErrors.of(new Refusal.NoRoom()).headers().first("Retry-After"))
                .contains("5");
        assertThat(FramingFault.FULL.retry().first("Retry-After")).contains("5");
    }

    @Test
    void noErrorOfTheServersIsMadeThatDoesNotSayIt() {
        assertThatThrownBy(() -> new OpenAiError(500, "server_error", "x", null, "x", Headers.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
