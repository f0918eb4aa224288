package dev.oaiproxy.metering.price;

import static dev.oaiproxy.metering.price.Tier.FLEX;
import static dev.oaiproxy.metering.price.Tier.PRIORITY;
import static dev.oaiproxy.metering.price.Tier.STANDARD;
import static dev.oaiproxy.metering.price.Tier.ULTRAFAST;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TierTest {
    @Test
    void readsTheTierOfAnAnswer() {
        for (String name : new String[] {null, "default", "standard", "auto", "scale"}) {
            assertThat(Tier.served(name)).contains(STANDARD);
        }
        assertThat(Tier.served("fast")).contains(PRIORITY);
        assertThat(Tier.served("priority")).contains(PRIORITY);
        assertThat(Tier.served("flex")).contains(FLEX);
        assertThat(Tier.served("ultrafast")).contains(ULTRAFAST);
        assertThat(Tier.served("background_2h")).contains(Tier.BACKGROUND_2H);
        assertThat(Tier.served("warp")).isEmpty();
    }

    @Test
    void countsOnThePriorityTierUnlessTheRequestRulesItOut() {
        assertThat(Tier.reachable(null)).containsExactlyInAnyOrder(STANDARD, PRIORITY);
        assertThat(Tier.reachable("auto")).containsExactlyInAnyOrder(STANDARD, PRIORITY);
        assertThat(Tier.reachable("priority")).containsExactlyInAnyOrder(STANDARD, PRIORITY);
        assertThat(Tier.reachable("default")).containsExactly(STANDARD);
        assertThat(Tier.reachable("flex")).containsExactlyInAnyOrder(STANDARD, FLEX);
        assertThat(Tier.reachable("warp")).containsExactlyInAnyOrder(Tier.values());
    }
}
