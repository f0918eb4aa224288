package dev.oaiproxy.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.Program;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@Tag("server")
final class SandboxProgramTest {
    @Test
    void isFoundByItsName() {
        assertThat(ServiceLoader.load(Program.class))
                .filteredOn(program -> program.name().equals("sandbox"))
                .singleElement()
                .isInstanceOf(SandboxProgram.class);
    }

    @Test
    void saysWhereItListensAndRunsUntilItIsStopped() throws Exception {
        PipedInputStream pipe = new PipedInputStream();
        PrintStream out = new PrintStream(new PipedOutputStream(pipe), true);
        Program program = new SandboxProgram(out);
        FutureTask<Integer> running =
                new FutureTask<>(() -> program.run(Map.of("sandbox.api-key", "sk-mine")));
        Thread thread = Thread.ofPlatform().start(running);
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8))) {
            String line = said.readLine();
            assertThat(line).matches("sandbox listening on http://127\\.0\\.0\\.1:[0-9]+/v1");
            assertThat(status(line.substring(line.indexOf("http")))).isEqualTo(200);
            thread.interrupt();
            assertThat(running.get()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"sandbox.prot,1", "sandbox.port,65536", "sandbox.delay,fast"})
    void refusesSettingsThatItDoesNotUnderstand(String path, String value) {
        assertThat(new SandboxProgram().run(Map.of(path, value))).isEqualTo(2);
    }

    private static int status(String base) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(base + "/models"))
                            .header("Authorization", "Bearer sk-mine")
                            .build();
            return http.send(request, BodyHandlers.discarding()).statusCode();
        }
    }
}
