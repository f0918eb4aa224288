package dev.oaiproxy.metering.price.book;

import static dev.oaiproxy.metering.price.book.ServiceTier.FLEX;
import static dev.oaiproxy.metering.price.book.ServiceTier.PRIORITY;
import static dev.oaiproxy.metering.price.book.ServiceTier.STANDARD;
import static dev.oaiproxy.metering.price.book.ServiceTier.ULTRAFAST;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
class ServiceTierTest {
    @Test
    void readsTheTierOfAnAnswer() {
        for (String name : new String[] {null, "default", "standard", "auto", "scale"}) {
            assertThat(ServiceTier.served(name)).contains(STANDARD);
        }
        assertThat(ServiceTier.served("fast")).contains(PRIORITY);
        assertThat(ServiceTier.served("priority")).contains(PRIORITY);
        assertThat(ServiceTier.served("flex")).contains(FLEX);
        assertThat(ServiceTier.served("ultrafast")).contains(ULTRAFAST);
        assertThat(ServiceTier.served("background_2h")).contains(ServiceTier.BACKGROUND_2H);
        assertThat(ServiceTier.served("warp")).isEmpty();
    }

    @Test
    void countsOnThePriorityTierUnlessTheRequestRulesItOut() {
        assertThat(ServiceTier.reachable(null)).containsExactlyInAnyOrder(STANDARD, PRIORITY);
        assertThat(ServiceTier.reachable("auto")).containsExactlyInAnyOrder(STANDARD, PRIORITY);
        assertThat(ServiceTier.reachable("priority")).containsExactlyInAnyOrder(STANDARD, PRIORITY);
        assertThat(ServiceTier.reachable("default")).containsExactly(STANDARD);
        assertThat(ServiceTier.reachable("flex")).containsExactlyInAnyOrder(STANDARD, FLEX);
        assertThat(ServiceTier.reachable("warp")).containsExactlyInAnyOrder(ServiceTier.values());
    }
}
