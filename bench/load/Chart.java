import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The picture in the README: bars of the CPU time of a call, one length for one time. */
final class Chart {
    private static final String SMALL = "small chat, 64 connections";
    private static final String PROMPT = "100 KB prompt, 8 connections";
    private static final int WIDTH = 760;
    private static final int LEFT = 206;
    private static final int RIGHT = 150;

    private final Report report;

    Chart(Report report) {
        this.report = report;
    }

    static boolean isPossible(Report report) {
        return Stream.of(SMALL, PROMPT)
                .allMatch(section -> !Double.isNaN(report.median(section, "nginx", "cpu_us")));
    }

    String svg(LocalDate day) {
        StringBuilder bars = new StringBuilder();
        int y = panel(bars, SMALL, "A small chat call, 64 connections", 62);
        y = panel(bars, PROMPT, "A call with a 100 KB prompt, 8 connections", y + 16);
        return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" role="img"
            font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif">
          <title>CPU time of a call through each gateway</title>
          <style>
            .card { fill: #ffffff; stroke: #d8dee4 }
            .ink { fill: #1f2328; font-size: 13px }
            .head { fill: #1f2328; font-size: 17px; font-weight: 600 }
            .sub { fill: #59636e; font-size: 13px }
            .line { stroke: #d8dee4 }
            .ours { fill: #2563eb } .own { font-weight: 600 }
            .peer { fill: #9aa4b2 }
            @media (prefers-color-scheme: dark) {
              .card { fill: #0d1117; stroke: #30363d }
              .ink, .head { fill: #e6edf3 }
              .sub { fill: #9198a1 }
              .line { stroke: #30363d }
              .ours { fill: #4c8dff }
              .peer { fill: #656c76 }
            }
          </style>
          <rect class="card" x="0.5" y="0.5" width="%3$d" height="%4$d" rx="10"/>
          <text class="head" x="22" y="36">CPU time of one call: shorter is better</text>
        %5$s  <text class="sub" x="22" y="%6$d">bench/run, %7$s. Recording, log, hold and charge \
        on disk are on, unless it says otherwise.</text>
        </svg>
        """
                .formatted(WIDTH, y + 42, WIDTH - 1, y + 41, bars, y + 22, day);
    }

    /** Draws the bars of one kind of call, and answers where it ended. */
    private int panel(StringBuilder svg, String section, String title, int top) {
        List<String> targets =
                Stream.of("nginx", "oaiproxy", "oaiproxy, nothing recorded", "Portkey")
                        .filter(name -> !Double.isNaN(report.median(section, name, "cpu_us")))
                        .toList();
        double most =
                targets.stream()
                        .mapToDouble(name -> report.median(section, name, "cpu_us"))
                        .max()
                        .orElse(1);
        double nginx = report.median(section, "nginx", "cpu_us");
        svg.append("  <text class=\"sub\" x=\"22\" y=\"%d\">%s</text>\n".formatted(top, title));
        int y = top + 14;
        int end = y + 28 * targets.size();
        svg.append(
                "  <path class=\"line\" d=\"M%1$d.5 %2$dV%3$d\"/>\n"
                        .formatted(LEFT - 1, y - 2, end - 4));
        for (String name : targets) {
            double micros = report.median(section, name, "cpu_us");
            double width = Math.max(2, micros / most * (WIDTH - LEFT - RIGHT));
            boolean ours = name.startsWith("oaiproxy");
            svg.append(
                    String.format(
                            Locale.ROOT,
                            """
                              <text class="ink%s" x="%d" y="%d" text-anchor="end">%s</text>
                              <rect class="%s" x="%d" y="%d" width="%.1f" height="20" rx="3"/>
                              <text class="ink%s" x="%.1f" y="%d">%s%s</text>
                            """,
                            name.equals("oaiproxy") ? " own" : "",
                            LEFT - 10,
                            y + 15,
                            name.equals("Portkey") ? "Portkey gateway" : name,
                            ours ? "ours" : "peer",
                            LEFT,
                            y,
                            width,
                            name.equals("oaiproxy") ? " own" : "",
                            LEFT + width + 8,
                            y + 15,
                            time(micros),
                            name.equals("nginx") ? "" : times(micros / nginx)));
            y += 28;
        }
        return end;
    }

    private static String time(double micros) {
        return micros < 1000
                ? String.format(Locale.ROOT, "%.0f µs", micros)
                : String.format(Locale.ROOT, "%.1f ms", micros / 1000);
    }

    private static String times(double ratio) {
        String pattern = ratio < 20 ? ", %.1f × nginx" : ", %.0f × nginx";
        return String.format(Locale.ROOT, pattern, ratio);
    }
}
