package dev.oaiproxy.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code .env} file: lines of {@code KEY=value}, among comments and lines that mean nothing to us
 * and are kept as they are.
 *
 * <p>Also understood: {@code export KEY=value}, spaces around the {@code =}, values in single or
 * double quotes, and {@code # comment} behind a value. Of a key that is there twice, the last one
 * counts.
 */
public final class EnvFile {
    private final List<EnvLine> lines;

    private EnvFile(List<EnvLine> lines) {
        this.lines = List.copyOf(lines);
    }

    /** The file at a path; one that does not exist is empty. */
    public static EnvFile read(Path path) throws IOException {
        return Files.exists(path) ? parse(Files.readString(path)) : new EnvFile(List.of());
    }

    /** The file with this text. */
    public static EnvFile parse(String text) {
        return new EnvFile(text.lines().map(EnvLine::parse).toList());
    }

    /** The values by their keys, in the order of the file. */
    public Map<String, String> values() {
        var values = new LinkedHashMap<String, String>();
        for (EnvLine line : lines) {
            line.entry().ifPresent(entry -> values.put(entry.key(), entry.value()));
        }
        return Collections.unmodifiableMap(values);
    }

    /**
     * This file with other values: keys that it has keep their line, and the whole line where the
     * value is the same; new keys follow at the end.
     *
     * @throws IllegalArgumentException when a key is no variable name or a value has a line break
     */
    public EnvFile with(Map<String, String> changes) {
        var result = new ArrayList<>(lines);
        changes.forEach((key, value) -> put(result, key, value));
        return new EnvFile(result);
    }

    /**
     * Writes the file with mode 0600 from its first byte, durably, and in one step: a reader sees
     * the old file or the new one. A symbolic link stays one.
     */
    public void write(Path path) throws IOException {
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path folder = target.resolveSibling(".").normalize();
        Path draft = Files.createTempFile(folder, ".env-", ".new", ownerOnly(folder));
        try {
            writeDurably(draft);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(draft);
        }
        sync(folder);
    }

    /** The text as it is written. It holds secrets. */
    public String text() {
        var text = new StringBuilder();
        lines.forEach(line -> text.append(line.text()).append('\n'));
        return text.toString();
    }

    /** The keys only, for the values are secrets. */
    @Override
    public String toString() {
        return "EnvFile" + values().keySet();
    }

    private static void put(List<EnvLine> lines, String key, String value) {
        int last = -1;
        for (int i = 0; i < lines.size(); i++) {
            Optional<EnvLine.Assignment> entry = lines.get(i).entry();
            last = entry.isPresent() && entry.get().key().equals(key) ? i : last;
        }
        if (last < 0) {
            lines.add(EnvLine.of(key, value));
        } else if (!lines.get(last).entry().orElseThrow().value().equals(value)) {
            lines.set(last, lines.get(last).with(value));
        }
    }

    private void writeDurably(Path draft) throws IOException {
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
        if (!Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            return new FileAttribute<?>[0];
        }
        var mode = PosixFilePermissions.fromString("rw-------");
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)};
    }

    /** Flushes the folder: without that, a power cut could undo the rename. */
    private static void sync(Path folder) throws IOException {
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
