package dev.oaiproxy.e2e.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.base.Checkout;
import dev.oaiproxy.e2e.recorded.RandomExchange.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The charge for any usage is the price of the price book, to the nano-dollar, by a calculation
 * that shares no code with the server.
 */
@Tag("server")
@Tag("slow")
@Timeout(240)
final class RandomUsagesTest {
    private static final int ROUNDS = 520;
    private static final Path BOOK = Checkout.file("config/prices.yaml");

    @TempDir private static Path home;

    private static ReplayFixture replay;
    private static Map<String, RecordedExchange> exchanges;

    @BeforeAll
    static void start() {
        replay = new ReplayFixture(home, Map.of());
        exchanges =
                RecordedExchange.all().stream()
                        .collect(Collectors.toMap(RecordedExchange::name, Function.identity()));
    }

    @AfterAll
    static void stop() {
        replay.close();
    }

    @Test
    void costWhatTheBookSays() {
        long seed = Long.getLong("oaiproxy.seed", new Random().nextLong());
        System.out.println("RandomUsagesTest: -Doaiproxy.seed=" + seed);
        LocalDate today = LocalDate.ofInstant(replay.site().clock().instant(), ZoneOffset.UTC);
        PaperPrices prices = new PaperPrices(BOOK, today.toString());
        Random random = new Random(seed);
        List<Kind> kinds = List.of(Kind.values());
        Map<String, Integer> calls = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            Kind kind = kinds.get(round % kinds.size());
            RandomExchange randomExchange = new RandomExchange(kind, prices, random);
            List<Call> ended = play(randomExchange);
            assertThat(costs(ended))
                    .as("seed %d, round %d: %s", seed, round, randomExchange)
                    .isEqualTo(randomExchange.costs().stream().sorted().toList());
            ended.forEach(call -> calls.merge(call.operation(), 1, Integer::sum));
        }
        System.out.println("RandomUsagesTest: " + calls);
        assertThat(calls.values().stream().mapToInt(Integer::intValue).sum())
                .isGreaterThanOrEqualTo(500);
    }

    private static List<Call> play(RandomExchange randomExchange) {
        RecordedExchange recorded = randomExchange.of(exchanges.get(randomExchange.exchange()));
        return replay.play(
                        recorded,
                        (_, answer) ->
                                assertThat(answer.statusCode())
                                        .as(
                                                "%s: %s",
                                                randomExchange, MessageBody.text(answer.body()))
                                        .isEqualTo(200))
                .ended();
    }

    private static List<BigDecimal> costs(List<Call> calls) {
        List<BigDecimal> costs = new ArrayList<>();
        for (Call call : calls) {
            assertThat(call.state()).as("%s", call).isEqualTo("charged");
            costs.add(new BigDecimal(call.costUsd()).setScale(9, RoundingMode.UNNECESSARY));
        }
        return costs.stream().sorted().toList();
    }
}
