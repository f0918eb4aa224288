package dev.oaiproxy.e2e.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.e2e.attack.Attack.Outcome;
import dev.oaiproxy.e2e.attack.Attack.Scale;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Denial-of-service attacks by strangers and users, all against one server process with a small
 * heap. {@code -Dattack.scale=long} runs larger attacks against the launcher's default heap.
 */
@Tag("server")
@Tag("slow")
@Timeout(1800)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // Made before the first test.
final class AttackTest {
    private static final Scale SCALE =
            Scale.valueOf(System.getProperty("attack.scale", "short").toUpperCase(Locale.ROOT));

    private AttackTarget attackTarget;

    @BeforeAll
    void start(@TempDir Path home) throws Exception {
        attackTarget = AttackTarget.start(home, SCALE);
    }

    @AfterAll
    void stop() {
        attackTarget.close();
    }

    @ParameterizedTest
    @EnumSource
    void stopsNobodyElse(Attack attack) throws Exception {
        Outcome outcome = attack.on(attackTarget, SCALE);
        System.out.printf(
                Locale.ROOT,
                "%-18s tried %6d  held %6d  lost %6d%n",
                attack.name().toLowerCase(Locale.ROOT),
                outcome.tried(),
                outcome.held(),
                outcome.lost());
        attackTarget.assertWhole();
        assertThat(outcome.lost()).as(() -> AttackTarget.tail(attackTarget.log())).isZero();
        assertThat(attackTarget.servesUser()).isTrue();
    }
}
