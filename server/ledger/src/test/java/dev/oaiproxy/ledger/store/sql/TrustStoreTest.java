package dev.oaiproxy.ledger.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.ledger.store.DatabaseCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("fast")
final class TrustStoreTest {
    @TempDir Path folder;

    @Test
    void isMadeOnceAndAgainWhenItIsGone() throws Exception {
        Path pem = DatabaseCertificate.shared().certificate();
        TrustStore first = TrustStore.of(pem);
        assertThat(TrustStore.of(pem)).isEqualTo(first);
        Files.delete(first.path());
        assertThat(TrustStore.of(pem).path()).exists();
    }

    @Test
    void aFileWithoutCertificatesIsToldWithoutWhatIsInIt() throws Exception {
        Path pem = Files.writeString(folder.resolve("key.pem"), "-----BEGIN hunter2\n");
        assertThatThrownBy(() -> TrustStore.of(pem))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(pem.toString())
                .hasMessageNotContaining("hunter2");
    }
}
