package dev.oaiproxy.metering.request;

import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.facts.Surcharge;
import dev.oaiproxy.metering.request.facts.Surcharge.Source;
import dev.oaiproxy.metering.request.field.ToolList;
import dev.oaiproxy.metering.request.field.ToolReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The hosted tools from earlier items of a user. OpenAI keeps items. It offers their tools to the
 * model in every response that continues from them, although the new request does not name the
 * tools.
 *
 * @param user the user's number
 * @param known the recorded ids of the tools
 */
public record ItemTools(long user, Set<String> known) {
    private static final int LONGEST = 128;
    private static final String IMAGE = "image:";

    public ItemTools {
        known = Set.copyOf(known);
    }

    /** The tools that are not yet recorded as objects of the user. */
    public List<ObjectReference> unknown(List<Surcharge> tools) {
        return tools.stream()
                .map(this::id)
                .filter(id -> !known.contains(id) && isName(id))
                .map(id -> new ObjectReference("tools", ObjectKind.TOOL, id))
                .toList();
    }

    /**
     * True for an id that can be recorded. A model with any other name has no price, so its call is
     * refused.
     */
    private static boolean isName(String id) {
        return id.length() <= LONGEST && id.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private String id(Surcharge tool) {
        String text =
                switch (tool) {
                    case Surcharge.Run run -> image(run);
                    case Surcharge.Author author -> author.row();
                    case Surcharge.Units units -> units.row();
                    case Surcharge.Tokens _, Surcharge.Compaction _ -> tool.row();
                };
        return prefix() + text;
    }

    /**
     * The id of an image tool. It needs no author, because {@link ToolList} refuses one in an item.
     */
    private static String image(Surcharge.Run run) {
        String pictures = run.pictures() == 1 ? "" : "x" + run.pictures();
        return IMAGE + run.moreOutput() + pictures + ":" + run.row();
    }

    private String prefix() {
        return "tool:" + user + ":";
    }

    /**
     * The facts of a request that may also reach these tools. A tool that the request names itself
     * takes precedence over a recorded one of the same kind.
     */
    public ScanResult addedTo(RequestFacts facts) {
        List<Surcharge> reach = new ArrayList<>(facts.tools().reach());
        Set<Object> named = Set.copyOf(reach.stream().map(Surcharge::kind).toList());
        for (Surcharge tool : known.stream().map(this::tool).toList()) {
            if (named.contains(tool.kind())) {
                continue;
            }
            for (Surcharge other : reach) {
                if (other.kind().equals(tool.kind()) && !other.row().equals(tool.row())) {
                    return new ScanResult.Malformed(
                            ("Your earlier items bring '%s' and '%s', and this proxy cannot tell"
                                            + " which of them OpenAI would run; put one of them in"
                                            + " 'tools'.")
                                    .formatted(other.row(), tool.row()),
                            "tools");
                }
            }
            reach.add(tool);
        }
        RequestFacts.Tools tools = facts.tools();
        return new ScanResult.Facts(
                facts.with(
                        new RequestFacts.Tools(
                                tools.calls(), tools.searchOptions(), reach, tools.carried())));
    }

    private Surcharge tool(String id) {
        String text = id.substring(prefix().length());
        if (text.startsWith(IMAGE)) {
            int row = text.indexOf(':', IMAGE.length());
            String[] counts = text.substring(IMAGE.length(), row).split("x", -1);
            long pictures = counts.length == 1 ? 1 : Long.parseLong(counts[1]);
            String model = text.substring(row + 1);
            return new Surcharge.Run(model, pictures, Long.parseLong(counts[0]), null);
        }
        if (text.startsWith("tool:web_search")) {
            return ToolList.search(text, "high");
        }
        if (text.startsWith("tool:file_search")) {
            return ToolList.fileSearch(ToolReader.MOST_RESULTS);
        }
        return text.startsWith("tool:container:")
                ? ToolList.session(text)
                : new Surcharge.Tokens(
                        text, text.equals("tool:mcp") ? Source.OUTSIDE : Source.REQUEST);
    }
}
