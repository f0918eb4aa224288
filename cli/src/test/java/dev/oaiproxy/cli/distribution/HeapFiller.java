package dev.oaiproxy.cli.distribution;

import static java.util.Objects.requireNonNull;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** An agent that fills the heap of another JVM from within. */
public final class HeapFiller {
    private static final int PIECE = 1 << 20;

    /** The allocated memory; it is never released. */
    private static final List<byte[]> KEPT = new ArrayList<>();

    private HeapFiller() {}

    /** The agent's entry point, in the other JVM. */
    public static void agentmain(String nothing) {
        Thread.ofPlatform().daemon().start(HeapFiller::fill);
    }

    private static void fill() {
        while (true) {
            KEPT.add(new byte[PIECE]);
        }
    }

    /**
     * Fills the heap of a JVM.
     *
     * @param folder the folder for the agent's JAR
     */
    static void fill(long pid, Path folder) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            machine.loadAgent(jar(folder).toString());
            machine.detach();
        } catch (IOException | AgentInitializationException ended) {
            // The heap was full before the response came.
        } catch (AttachNotSupportedException | AgentLoadException e) {
            throw new IOException("the heap of the server cannot be filled", e);
        }
    }

    private static Path jar(Path folder) throws IOException {
        Path jar = folder.resolve("heap-filler.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Agent-Class", HeapFiller.class.getName());
        String name = HeapFiller.class.getName().replace('.', '/') + ".class";
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                InputStream code =
                        requireNonNull(HeapFiller.class.getResourceAsStream("HeapFiller.class"))) {
            out.putNextEntry(new JarEntry(name));
            out.write(code.readAllBytes());
        }
        return jar;
    }
}
