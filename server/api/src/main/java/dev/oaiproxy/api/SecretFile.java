package dev.oaiproxy.api;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A secret in a file of its own, as container platforms provide it: what {@code X} would hold is in
 * the file that {@code X_FILE} names.
 */
public final class SecretFile {
    /** The suffix of a variable that names a file. */
    public static final String SUFFIX = "_FILE";

    private static final long MOST_BYTES = 64 << 10;

    private SecretFile() {}

    /**
     * Reads a secret, without the line ends behind it.
     *
     * @param variable the variable that names the file, for errors
     * @param folder where a relative path begins
     * @throws IOException when there is none; its message says why, and what to do
     */
    public static String read(String variable, Path folder, String path) throws IOException {
        Path file = folder.resolve(path);
        if (!Files.exists(file)) {
            throw new IOException(variable + " names a file that does not exist; mend the path");
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new IOException(
                    variable + " names a file that cannot be read; make it readable for this user");
        }
        String secret = text(variable, file).replaceFirst("[\r\n]+$", "");
        if (secret.isEmpty() || secret.contains("\n")) {
            throw new IOException(
                    variable + " names a file that is not one line; write just the secret into it");
        }
        return secret;
    }

    private static String text(String variable, Path file) throws IOException {
        try {
            return Files.size(file) > MOST_BYTES ? "" : Files.readString(file);
        } catch (AccessDeniedException | CharacterCodingException e) {
            throw new IOException(variable + " names a file that is no text", e);
        }
    }
}
