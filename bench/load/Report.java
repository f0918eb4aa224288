import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What was measured: tables of medians, ratios first, a file of all figures, and a chart. */
final class Report {
    /** Scenario, target and figure; a value for each round. */
    private final Map<String, Map<String, Map<String, List<Double>>>> figures =
            new LinkedHashMap<>();

    private final List<String> faults = new ArrayList<>();
    private final Map<String, Object> machine = new LinkedHashMap<>();

    void machine() throws Exception {
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put("java", System.getProperty("java.runtime.version"));
        machine.put("kernel", System.getProperty("os.version"));
        machine.put(
                "commit", Benchmark.finish(List.of("git", "rev-parse", "--short", "HEAD")).strip());
    }

    void note(String scenario, String target, String figure, double value) {
        figures.computeIfAbsent(scenario, _ -> new LinkedHashMap<>())
                .computeIfAbsent(target, _ -> new LinkedHashMap<>())
                .computeIfAbsent(figure, _ -> new ArrayList<>())
                .add(value);
    }

    /** Something that must not happen in a run. */
    void fault(String what) {
        System.out.println("FAULT: " + what);
        faults.add(what);
    }

    boolean passes() {
        return faults.isEmpty();
    }

    /** Prints a scenario, with the ratio of its first figure to nginx's, or to a Java "hello". */
    void print(String scenario, String main) {
        Map<String, Map<String, List<Double>>> targets = figures.getOrDefault(scenario, Map.of());
        Set<String> columns = new LinkedHashSet<>();
        targets.values().forEach(found -> columns.addAll(found.keySet()));
        String base =
                Stream.of("nginx", "java hello")
                        .filter(targets::containsKey)
                        .findFirst()
                        .orElse("");
        System.out.printf(
                "%n%s%n%-28s %8s",
                scenario, "", base.isEmpty() ? "" : "x " + base.replace("java ", ""));
        columns.forEach(column -> System.out.printf(" %11s", column.replace("_per_", "/")));
        System.out.println();
        double one = median(targets, base, main);
        targets.forEach(
                (target, found) -> {
                    System.out.printf(
                            Locale.ROOT,
                            base.isEmpty() ? "%-28s %8s" : "%-28s %8.2f",
                            target,
                            base.isEmpty() ? "" : median(targets, target, main) / one);
                    columns.forEach(
                            column ->
                                    System.out.printf(
                                            Locale.ROOT,
                                            found.containsKey(column) ? " %11.2f" : " %11s",
                                            found.containsKey(column)
                                                    ? (Object) median(targets, target, column)
                                                    : ""));
                    System.out.println();
                });
    }

    private static double median(
            Map<String, Map<String, List<Double>>> targets, String target, String figure) {
        List<Double> values =
                targets.getOrDefault(target, Map.of()).getOrDefault(figure, List.of()).stream()
                        .sorted()
                        .toList();
        return values.isEmpty() ? Double.NaN : values.get((values.size() - 1) / 2);
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        LocalDateTime now = LocalDateTime.now();
        String name = now.format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmm"));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("machine", machine);
        all.put("faults", faults);
        all.put("figures", figures);
        Path file = folder.resolve(name + ".json");
        Target.JSON.enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
        Path chart = folder.resolve("latest.svg");
        if (figures.containsKey("small chat, 64 connections")) {
            Files.writeString(chart, chart(now));
        }
        System.out.println("\nwritten: " + file + (faults.isEmpty() ? "" : "\nFAILED: " + faults));
    }

    /** Bars of the CPU time of a call, on a scale of decades. */
    private String chart(LocalDateTime now) {
        Map<String, Map<String, List<Double>>> targets = figures.get("small chat, 64 connections");
        StringBuilder svg = new StringBuilder();
        int height = 70 + 34 * targets.size();
        svg.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 %d"
                font-family="sans-serif" font-size="13">
                <style>text{fill:#333}@media(prefers-color-scheme:dark){text{fill:#ddd}}</style>
                <text x="10" y="22" font-size="15">CPU time of one small chat call, microseconds \
                (64 connections, logarithmic)</text>
                """
                        .formatted(height));
        int y = 42;
        double one = median(targets, "nginx", "us_per_call");
        for (String target : targets.keySet()) {
            double micros = median(targets, target, "us_per_call");
            double width = Math.max(4, Math.log10(micros) / 4 * 340);
            String colour = target.startsWith("oaiproxy") ? "#2f6fde" : "#9aa5b1";
            svg.append(
                    String.format(
                            Locale.ROOT,
                            """
                            <text x="10" y="%d">%s</text>
                            <rect x="200" y="%d" width="%.0f" height="20" rx="3" fill="%s"/>
                            <text x="%.0f" y="%d">%.0f (%.1f x nginx)</text>
                            """,
                            y + 15,
                            target,
                            y,
                            width,
                            colour,
                            208 + width,
                            y + 15,
                            micros,
                            micros / one));
            y += 34;
        }
        svg.append(
                """
                <text x="10" y="%d" font-size="11">bench/run, %s, %s processors</text>
                </svg>
                """
                        .formatted(y + 12, now.toLocalDate(), machine.get("processors")));
        return svg.toString();
    }
}
