import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What was measured: one table of medians, ratios first, a file of all figures, and a chart. */
final class Report {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    /** Sections, targets and figures; a value for each round. */
    private final Map<String, Map<String, Map<String, List<Double>>>> figures =
            new LinkedHashMap<>();

    /** What the ratios of a section are made of. */
    private final Map<String, Ratio> ratios = new LinkedHashMap<>();

    private final List<String> faults = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Map<String, Object> run = new LinkedHashMap<>();
    private final LocalDateTime begun = LocalDateTime.now();

    /** A figure beside that of another target: its multiple, or for latency what is added to it. */
    private record Ratio(String figure, String base) {
        boolean isDifference() {
            return base.equals("direct");
        }
    }

    void begin(List<String> options, List<String> parts) throws Exception {
        run.put("begun", begun.truncatedTo(ChronoUnit.SECONDS).toString());
        run.put("options", options);
        run.put("parts", parts);
        run.put("processors", Runtime.getRuntime().availableProcessors());
        run.put("processor", Machine.processor());
        run.put("java", System.getProperty("java.runtime.version"));
        run.put("kernel", System.getProperty("os.version"));
        run.put("commit", commit());
        run.put("flush_ms", Machine.flushMillis(Benchmark.WORK));
        double load = Machine.load();
        run.put("load_at_begin", load);
        if (load > 1) {
            remark("others use this machine: its load was %.1f at the beginning".formatted(load));
        }
    }

    private static String commit() {
        try {
            return Benchmark.finish(List.of("git", "describe", "--always", "--dirty")).strip();
        } catch (Exception notFromGit) {
            return "";
        }
    }

    /** Names the figure whose ratio to that of another target comes first in the table. */
    void section(String section, String figure, String base) {
        ratios.put(section, new Ratio(figure, base));
    }

    /** The figures of a target, for {@link #add}. */
    Map<String, List<Double>> of(String section, String target) {
        return figures.computeIfAbsent(section, _ -> new LinkedHashMap<>())
                .computeIfAbsent(target, _ -> new LinkedHashMap<>());
    }

    static void add(Map<String, List<Double>> figures, String figure, double value) {
        figures.computeIfAbsent(figure, _ -> new ArrayList<>()).add(value);
    }

    void note(String section, String target, String figure, double value) {
        add(of(section, target), figure, value);
    }

    /** Says what goes on. */
    void progress(String what, String target, String found) {
        System.out.printf(
                "%s  %-46s %-28s %s%n", LocalTime.now().format(CLOCK), what, target, found);
    }

    /** Something that must not happen in a run. */
    void fault(String what) {
        System.out.println("FAULT: " + what);
        faults.add(what);
    }

    /** Something that a reader of the figures should know. */
    void remark(String what) {
        System.out.println("note: " + what);
        remarks.add(what);
    }

    boolean passes() {
        return faults.isEmpty();
    }

    /** Prints the table, and writes the files. */
    void end(Path folder) throws IOException {
        run.put("load_at_end", Machine.load());
        run.put("seconds", begun.until(LocalDateTime.now(), ChronoUnit.SECONDS));
        System.out.println();
        figures.keySet().forEach(this::print);
        Files.createDirectories(folder);
        String name = begun.format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmm"));
        Path file = folder.resolve(name + ".json");
        Target.JSON.enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all());
        System.out.println("written: " + file);
        if (Chart.isPossible(this)) {
            Path chart = folder.resolve("latest.svg");
            Files.writeString(chart, new Chart(this).svg(begun.toLocalDate()));
            System.out.println("written: " + chart);
        }
        remarks.forEach(remark -> System.out.println("note: " + remark));
        faults.forEach(fault -> System.out.println("FAULT: " + fault));
        System.out.println(passes() ? "passed" : "FAILED");
    }

    private Map<String, Object> all() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("run", run);
        all.put("faults", faults);
        all.put("remarks", remarks);
        Map<String, Map<String, Double>> found = new LinkedHashMap<>();
        for (String section : ratios.keySet()) {
            for (String target : figures.getOrDefault(section, Map.of()).keySet()) {
                double ratio = ratio(section, target);
                if (Double.isFinite(ratio)) {
                    found.computeIfAbsent(caption(section), _ -> new LinkedHashMap<>())
                            .put(target, Math.rint(ratio * 100) / 100);
                }
            }
        }
        all.put("ratios", found);
        all.put("figures", figures);
        return all;
    }

    private String caption(String section) {
        Ratio ratio = ratios.get(section);
        return ratio.isDifference()
                ? "%s, %s added".formatted(section, ratio.figure)
                : "%s, %s times %s".formatted(section, ratio.figure, ratio.base);
    }

    private double ratio(String section, String target) {
        Ratio ratio = ratios.get(section);
        if (ratio == null) {
            return Double.NaN;
        }
        double value = median(section, target, ratio.figure);
        double base = median(section, ratio.base, ratio.figure);
        return ratio.isDifference() ? value - base : value / base;
    }

    private void print(String section) {
        Map<String, Map<String, List<Double>>> targets = figures.get(section);
        Set<String> columns = new LinkedHashSet<>();
        targets.values().forEach(found -> columns.addAll(found.keySet()));
        Ratio ratio = ratios.get(section);
        String first =
                ratio == null
                        ? ""
                        : ratio.isDifference() ? "+ ms" : "x " + ratio.base.replace("java ", "");
        System.out.printf("%-30s %8s", section, first);
        columns.forEach(column -> System.out.printf(" %9s", column));
        System.out.println();
        for (String target : targets.keySet()) {
            System.out.printf("  %-28s %8s", target, number(ratio(section, target)));
            columns.forEach(
                    column -> System.out.printf(" %9s", number(median(section, target, column))));
            System.out.println();
        }
        System.out.println();
    }

    private static String number(double value) {
        return Double.isNaN(value)
                ? ""
                : String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.2f" : "%.0f", value);
    }

    double median(String section, String target, String figure) {
        List<Double> values =
                figures
                        .getOrDefault(section, Map.of())
                        .getOrDefault(target, Map.of())
                        .getOrDefault(figure, List.of())
                        .stream()
                        .sorted()
                        .toList();
        return values.isEmpty() ? Double.NaN : values.get((values.size() - 1) / 2);
    }
}
