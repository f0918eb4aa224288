package dev.oaiproxy.metering.usage.object;

import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.money.Usage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The calls of billed tools among the items of a response. */
public final class BilledToolCalls {
    private static final Set<String> FREE_ACTIONS = Set.of("open_page", "find_in_page", "find");

    private static final String SVG = "svg_usage.";

    private final Set<String> containers = new HashSet<>();

    /** Containers that the request names, which were charged when they were created. */
    private final Set<String> named = new HashSet<>();

    private long items;
    private long webSearches;
    private long fileSearches;
    private boolean images;
    private final List<Usage> svgs = new ArrayList<>();
    private @Nullable String svgFault;

    /** Takes the texts of one item by their paths inside it. */
    void take(Map<String, String> item) {
        items++;
        switch (item.getOrDefault("type", "")) {
            // A search with an unreadable action is billed. Only actions that are known to be free
            // are not.
            case "web_search_call" ->
                    webSearches +=
                            FREE_ACTIONS.contains(item.getOrDefault("action.type", "")) ? 0 : 1;
            case "file_search_call" -> fileSearches++;
            case "code_interpreter_call" -> containers.add(container(item.get("container_id")));
            case "shell_call" -> shell(item);
            case "image_generation_call" -> {
                images = true;
                svg(item);
            }
            default -> {}
        }
    }

    /** Adds the usage of the model that wrote an image as SVG, beside the image model. */
    private void svg(Map<String, String> item) {
        if (item.keySet().stream().noneMatch(name -> name.startsWith(SVG))) {
            return;
        }
        String model = item.get(SVG + "model");
        long input = count(item.get(SVG + "input_tokens"));
        long output = count(item.get(SVG + "output_tokens"));
        if (model == null || input < 0 || output < 0) {
            svgFault = "svg_usage is not the usage of a model";
        } else {
            svgs.add(new Usage(model, null, Map.of(Unit.INPUT, input, Unit.OUTPUT, output)));
        }
    }

    private static long count(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,9}") ? Long.parseLong(text) : -1;
    }

    private void shell(Map<String, String> item) {
        if (!"local".equals(item.get("environment.type"))) {
            String direct = item.get("container_id");
            String inside = item.get("environment.container_id");
            containers.add(container(direct == null ? inside : direct));
        }
    }

    /** The id of a container. Calls without one are assumed to share a container. */
    private static String container(@Nullable String id) {
        return id == null ? "" : id;
    }

    void exempt(String container) {
        named.add(container);
    }

    /** Adds the calls of another item of the same response. */
    public void add(BilledToolCalls item) {
        items += item.items;
        webSearches += item.webSearches;
        fileSearches += item.fileSearches;
        images |= item.images;
        svgs.addAll(item.svgs);
        svgFault = svgFault == null ? item.svgFault : svgFault;
        containers.addAll(item.containers);
    }

    public boolean hasItems() {
        return items > 0;
    }

    long webSearches() {
        return webSearches;
    }

    long fileSearches() {
        return fileSearches;
    }

    boolean images() {
        return images;
    }

    /** The usages of models that wrote images as SVG, one per image. */
    List<Usage> svgs() {
        return List.copyOf(svgs);
    }

    /** The problem with one of those usages, or null. */
    @Nullable String svgFault() {
        return svgFault;
    }

    /** The number of opened containers that have not been charged. */
    long containers(BilledToolCalls naming) {
        return containers.stream().filter(id -> !naming.named.contains(id)).count();
    }
}
