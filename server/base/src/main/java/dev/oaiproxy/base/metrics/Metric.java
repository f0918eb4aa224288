package dev.oaiproxy.base.metrics;

import java.util.List;
import java.util.Locale;

/** A metric of the server: its name for Prometheus, its labels, and its description. */
public enum Metric {
    CALLS(
            "oaiproxy_calls_total",
            Type.COUNTER,
            "operation model state code",
            "calls that have ended; code is the status of OpenAI's response, 0 without one"),
    COST(
            "oaiproxy_cost_usd_total",
            Type.COUNTER,
            "model operation tier",
            "US dollars charged, estimates included; corrections by operators are not"),
    ESTIMATED(
            "oaiproxy_estimated_usd_total",
            Type.COUNTER,
            "",
            "US dollars of that which were charged because the cost could not be known"),
    HOLDS(
            "oaiproxy_hold_usd_total",
            Type.COUNTER,
            "model operation",
            "US dollars that were held for the calls that were charged"),
    ABOVE_HOLD(
            "oaiproxy_above_hold_total",
            Type.COUNTER,
            "model operation",
            "calls that were charged more than was held for them"),
    TOKENS(
            "oaiproxy_tokens_total",
            Type.COUNTER,
            "model kind",
            "tokens charged, by kind: input, cached_input or output"),
    HELD(
            "oaiproxy_held_usd",
            Type.GAUGE,
            "",
            "US dollars held by open calls, over all servers on the database"),
    IN_FLIGHT("oaiproxy_calls_in_flight", Type.GAUGE, "", "calls in flight"),
    REFUSED(
            "oaiproxy_refused_total",
            Type.COUNTER,
            "reason",
            "requests refused by this server; the reason is the code of the error"),
    CLAMPED(
            "oaiproxy_clamped_total",
            Type.COUNTER,
            "",
            "calls whose output was limited so that they fit into their quota"),
    DRAINED(
            "oaiproxy_drained_total",
            Type.COUNTER,
            "end",
            "responses whose client had left: read to the end, cut short, or not read on"),
    COMMIT(
            "oaiproxy_commit_seconds",
            Type.HISTOGRAM,
            "",
            "time that a commit to the database took, whose calls waited for it together"),
    WRITER_QUEUE(
            "oaiproxy_writer_queue",
            Type.GAUGE,
            "",
            "pieces of work that wait for the next commit"),
    SPOOL(
            "oaiproxy_spool_entries",
            Type.GAUGE,
            "",
            "ends of calls that wait in the spool file for the database"),
    BYTES(
            "oaiproxy_bytes_held",
            Type.GAUGE,
            "",
            "bytes that are held in memory for clients and about their calls"),
    BYTES_LIMIT("oaiproxy_bytes_limit", Type.GAUGE, "", "the most bytes that may be held so"),
    BYTES_REFUSED(
            "oaiproxy_bytes_refused_total",
            Type.COUNTER,
            "use",
            "how often bytes for a use did not fit"),
    CONNECTIONS("oaiproxy_connections", Type.GAUGE, "", "connections of clients that are open"),
    CONNECTIONS_CUT(
            "oaiproxy_connections_cut_total",
            Type.COUNTER,
            "reason",
            "connections that the server has ended because their clients were slow, too many or"
                    + " spoke no HTTP"),
    ALARM(
            "oaiproxy_alarm_total",
            Type.COUNTER,
            "alarm",
            "alarms in the log; what to do about each is in alarms.md"),
    LOG_LINES_DROPPED(
            "oaiproxy_log_lines_dropped_total",
            Type.COUNTER,
            "",
            "lines that are missing in the log because it was written too slowly"),
    TASK_AGE(
            "oaiproxy_task_age_seconds",
            Type.GAUGE,
            "task",
            "seconds since the last successful round of a periodic task"),
    UPSTREAM(
            "oaiproxy_upstream_seconds",
            Type.HISTOGRAM,
            "phase",
            "time until OpenAI's response began (head), of its body (body), or until none came"
                    + " (failed)");

    /** The kind of its number. */
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM;

        /** The name in Prometheus. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final String title;
    private final Type type;
    private final String labels;
    private final String help;

    Metric(String title, Type type, String labels, String help) {
        this.title = title;
        this.type = type;
        this.labels = labels;
        this.help = help;
    }

    /** Its name for Prometheus. */
    public String title() {
        return title;
    }

    public Type type() {
        return type;
    }

    /** The names of its labels. */
    public List<String> labels() {
        return labels.isEmpty() ? List.of() : List.of(labels.split(" ", -1));
    }

    /** The description for Prometheus. */
    public String help() {
        return help;
    }
}
