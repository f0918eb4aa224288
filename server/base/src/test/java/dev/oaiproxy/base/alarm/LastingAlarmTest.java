package dev.oaiproxy.base.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
final class LastingAlarmTest {
    private static final System.Logger LOG = System.getLogger(LastingAlarmTest.class.getName());

    @Test
    void isRaisedOnceWhileItsConditionLasts() {
        LastingAlarm alarm = new LastingAlarm(LOG, "lasting_test");
        assertThat(alarm.text()).isEmpty();
        alarm.raise("the file is gone");
        alarm.raise("the file is gone");
        assertThat(alarm.text()).contains("the file is gone");
        assertThat(Alarms.counts()).containsEntry("lasting_test", 1L);
        alarm.raise("the file is another one");
        assertThat(Alarms.counts()).containsEntry("lasting_test", 2L);
        alarm.clear();
        assertThat(alarm.text()).isEmpty();
        alarm.raise("the file is another one");
        assertThat(Alarms.counts()).containsEntry("lasting_test", 3L);
    }
}
