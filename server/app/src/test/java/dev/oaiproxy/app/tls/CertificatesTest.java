package dev.oaiproxy.app.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.oaiproxy.base.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates and keys that are accepted, and the reload of a changed pair. */
@Tag("fast")
final class CertificatesTest {
    @TempDir Path folder;

    private CertificateFiles files;

    @BeforeEach
    void name() {
        files = new CertificateFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    }

    private TestCertificate made(String algorithm) {
        TestCertificate made = TestCertificate.make(algorithm);
        made.write(files.certificate(), files.key());
        return made;
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void readsAKeyOfEachAlgorithm(String algorithm) {
        made(algorithm);
        assertThat(files.read().subject()).isEqualTo("CN=localhost");
        assertThat(files.read().expires()).isAfter(files.read().begins());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void readsAKeyInItsOlderForm(String algorithm) throws IOException {
        TestCertificate made = made(algorithm);
        String parameters = "-----BEGIN EC PARAMETERS-----\nBggq\n-----END EC PARAMETERS-----\n";
        Files.writeString(files.key(), parameters + made.olderKeyPem());
        assertThat(files.read().subject()).isEqualTo("CN=localhost");
    }

    @Test
    void refusesTheKeyOfAnotherCertificate() throws IOException {
        made("EC");
        Files.writeString(files.key(), TestCertificate.make("EC").keyPem());
        assertThatThrownBy(files::read)
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("is not the key of the first certificate");
    }

    @Test
    void refusesAKeyOfAnotherAlgorithmThanTheCertificate() throws IOException {
        made("EC");
        Files.writeString(files.key(), TestCertificate.make("RSA").keyPem());
        assertThatThrownBy(files::read)
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("is no readable EC key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n"
                        + "-----END RSA PRIVATE KEY-----"
            })
    void saysHowToDecryptAKey(String pem) throws IOException {
        made("EC");
        Files.writeString(files.key(), pem);
        assertThatThrownBy(files::read)
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("openssl pkey -in " + files.key());
    }

    @Test
    void quotesNothingOfAFileThatIsNoKey() throws IOException {
        made("EC");
        Files.writeString(files.key(), "password=hunter2");
        assertThatThrownBy(files::read)
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("has no private key in PEM")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void refusesCertificatesThatAreNoChain() throws IOException {
        TestCertificate made = made("EC");
        String other = TestCertificate.make("EC").certificatePem();
        Files.writeString(files.certificate(), made.certificatePem() + other);
        assertThatThrownBy(files::read)
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("put the server's certificate first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"})
    void refusesAFileThatIsNoCertificate(String content) throws IOException {
        made("EC");
        Files.writeString(files.certificate(), content);
        assertThatThrownBy(files::read)
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(files.certificate() + " has no certificate");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(files::read)
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void takesAChangedPair() {
        made("EC");
        try (Certificates certificates = Certificates.open(files)) {
            var before = certificates.current();
            certificates.look();
            assertThat(certificates.current()).isSameAs(before);
            made("RSA");
            certificates.look();
            assertThat(certificates.current()).isNotSameAs(before);
        }
    }

    @Test
    void keepsThePairInForceUntilBothFilesFit() throws IOException {
        made("EC");
        try (Certificates certificates = Certificates.open(files)) {
            var before = certificates.current();
            TestCertificate fresh = TestCertificate.make("EC");
            Files.writeString(files.certificate(), fresh.certificatePem());
            certificates.look();
            assertThat(certificates.current()).isSameAs(before);
            Files.writeString(files.key(), fresh.keyPem());
            certificates.look();
            assertThat(certificates.current()).isNotSameAs(before);
        }
    }
}
