package dev.oaiproxy.base;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Files of the repository, for the tests of all modules. */
public final class Checkout {
    private Checkout() {}

    /** The top folder of the repository. */
    public static Path top() {
        Path top = Path.of("").toAbsolutePath();
        while (!Files.exists(top.resolve("sample.env"))) {
            top = Objects.requireNonNull(top.getParent(), "no sample.env above this module");
        }
        return top;
    }

    /**
     * A file or folder.
     *
     * @param path from the top of the repository, with slashes
     */
    public static Path file(String path) {
        return top().resolve(path);
    }
}
