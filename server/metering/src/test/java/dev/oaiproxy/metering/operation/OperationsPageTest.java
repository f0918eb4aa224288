package dev.oaiproxy.metering.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.base.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fast")
class OperationsPageTest {
    @Test
    void theDocumentSaysWhatTheCatalogueSays() throws IOException {
        Path written = Path.of("target", "operations.md");
        Files.createDirectories(written.getParent());
        Files.writeString(written, new OperationsPage(OperationsFile.bundled()).text());

        assertThat(Checkout.file("docs/operations.md"))
                .as("to mend it: cp server/metering/target/operations.md docs/operations.md")
                .hasSameTextualContentAs(written);
    }
}
