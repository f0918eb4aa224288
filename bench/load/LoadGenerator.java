import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code load.c} against a target, and tells the report when calls have failed. */
final class LoadGenerator {
    private final Report report;

    LoadGenerator(Report report) {
        this.report = report;
    }

    /**
     * Starts it.
     *
     * @param amount seconds, or the number of calls in the mode {@code calls}
     * @param more the rate in the mode {@code open}
     */
    Process begin(Target target, Load load, double amount, String... more) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Benchmark.WORK.resolve("load").toString());
        command.add(load.mode());
        command.add(Integer.toString(target.port()));
        command.add(Integer.toString(load.connections()));
        command.add(Double.toString(amount));
        command.add(Benchmark.WORK.resolve(load.body()).toString());
        command.add(target.keys().toString());
        command.addAll(List.of(more));
        command.addAll(target.headers());
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Runs it, and answers what it counted. */
    JsonNode run(Target target, Load load, double amount, String... more) throws Exception {
        return finish(begin(target, load, amount, more), target);
    }

    /** Waits for its end, and answers what it counted. */
    JsonNode finish(Process process, Target target) throws Exception {
        JsonNode done = Target.JSON.readTree(process.getInputStream().readAllBytes());
        process.waitFor();
        if (!done.has("answers")) {
            throw new IOException(target.name() + ": the load generator has ended early");
        }
        if (done.get("failed").asLong() + done.get("broken").asLong() > 0
                || done.get("answers").asLong() == 0) {
            String what = target.name() + ": " + done;
            if (target.isOurs()) {
                report.fault(what);
            } else {
                report.remark(what);
            }
        }
        return done;
    }

    /**
     * How calls are made.
     *
     * @param mode one of {@code load.c}
     * @param connections or streams
     * @param body a file with the request
     */
    record Load(String mode, int connections, String body) {}
}
