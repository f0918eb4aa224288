package dev.oaiproxy.metering.price.book;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The price of every model at every time, according to one version of the price file. Immutable.
 */
public final class PriceBook {
    private static final String FINE_TUNED = "ft:";
    private static final long LARGEST_FILE = 8 << 20;

    private final String version;
    private final @Nullable String imageDefault;
    private final ToolTokens toolTokens;
    private final Index index;

    private PriceBook(
            String version, @Nullable String imageDefault, ToolTokens toolTokens, Index index) {
        this.version = version;
        this.imageDefault = imageDefault;
        this.toolTokens = toolTokens;
        this.index = index;
    }

    /**
     * Reads a price file for calls to OpenAI's global host.
     *
     * @throws PriceBookException if it cannot be read or anything in it is wrong
     */
    public static PriceBook load(Path file) {
        return parse(file, bytes(file), Processing.GLOBAL);
    }

    /** The content of a price file. */
    static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > LARGEST_FILE) {
                throw new PriceBookException(file + " is larger than any price book");
            }
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new PriceBookException(file + " cannot be read: " + unreadable, unreadable);
        }
    }

    /**
     * Parses the content of a price file.
     *
     * @param processing where OpenAI processes the calls
     */
    public static PriceBook parse(Path file, byte[] content, Processing processing) {
        try {
            return read(YamlNode.read(file, new String(content, UTF_8)), processing);
        } catch (JsonProcessingException bad) {
            throw new PriceBookException(file + ": not YAML: " + bad.getMessage(), bad);
        } catch (IOException unreadable) {
            throw new PriceBookException(file + " cannot be read: " + unreadable, unreadable);
        }
    }

    /** The version, which is recorded with each charge. */
    public String version() {
        return version;
    }

    /** The model for image requests that name none. */
    public Optional<String> imageDefault() {
        return Optional.ofNullable(imageDefault);
    }

    /** The tokens that hosted tools are expected to add to a call. */
    public ToolTokens toolTokens() {
        return toolTokens;
    }

    /** The same prices, with holds that cover the most that hosted tools can add to a call. */
    PriceBook strict() {
        return new PriceBook(version, imageDefault, ToolTokens.NONE, index);
    }

    /** The names of all models in the order of the file, including models that are not sold. */
    public Set<String> names() {
        return kinds().keySet();
    }

    /** The kind of each model by name, in the order of the file. */
    public Map<String, ModelKind> kinds() {
        return Collections.unmodifiableMap(index.kinds);
    }

    /** All prices of all times, in the order of the file. */
    public List<ModelPrice> all() {
        return Collections.unmodifiableList(index.all);
    }

    /**
     * The price of a model at a moment, by its exact name or alias. A fine-tuned model ({@code
     * ft:<base>:<org>:<suffix>:<id>}) is found by {@code ft:<base>}. Similar names never match,
     * because a snapshot can cost twice as much as its family.
     */
    public Optional<ModelPrice> find(String model, Instant at) {
        Optional<ModelPrice> exact = named(model, at);
        return exact.isPresent() ? exact : fineTuned(model).flatMap(name -> named(name, at));
    }

    /** The day on which OpenAI shuts a model down. The name matches as in {@link #find}. */
    public Optional<LocalDate> shutdown(String model) {
        LocalDate exact = index.shutdowns.get(model);
        return exact != null
                ? Optional.of(exact)
                : fineTuned(model).flatMap(name -> Optional.ofNullable(index.shutdowns.get(name)));
    }

    private Optional<ModelPrice> named(String name, Instant at) {
        for (ModelPrice price : index.byName.getOrDefault(name, List.of())) {
            if (price.validity().contains(at)) {
                return Optional.of(price);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> fineTuned(String model) {
        int end = model.startsWith(FINE_TUNED) ? model.indexOf(':', FINE_TUNED.length()) : -1;
        return end < 0 ? Optional.empty() : Optional.of(model.substring(0, end));
    }

    private static PriceBook read(YamlNode file, Processing processing) {
        file.allowOnly(Set.of("version", "currency", "image_default", "tool_tokens", "models"));
        String version = file.field("version").as(PriceBook::edition);
        file.field("currency").as(PriceBook::dollars);
        Index index = new Index();
        for (YamlNode node : file.field("models").items()) {
            index.add(PriceReader.read(node, processing));
        }
        String image =
                file.optional("image_default", node -> node.as(it -> drawing(it, index.kinds)));
        ToolTokens tools = file.optional("tool_tokens", ToolTokens::read);
        return new PriceBook(version, image, tools == null ? ToolTokens.NONE : tools, index);
    }

    private static String drawing(String name, Map<String, ModelKind> kinds) {
        if (kinds.get(name) != ModelKind.IMAGE) {
            throw new IllegalArgumentException("no model of the kind image: '" + name + "'");
        }
        return name;
    }

    private static String edition(String text) {
        if (!text.matches("[A-Za-z0-9._-]{1,40}")) {
            throw new IllegalArgumentException("not a version: '" + text + "'");
        }
        return text;
    }

    private static String dollars(String currency) {
        if (!currency.equals("USD")) {
            throw new IllegalArgumentException("the currency must be USD, not '" + currency + "'");
        }
        return currency;
    }

    /**
     * The book while it is read. Names and aliases share one index, so that none has two prices.
     */
    private record Index(
            Map<String, ModelKind> kinds,
            Map<String, LocalDate> shutdowns,
            List<ModelPrice> all,
            Map<String, List<ModelPrice>> byName) {
        Index() {
            this(new LinkedHashMap<>(), new HashMap<>(), new ArrayList<>(), new HashMap<>());
        }

        void add(PriceReader.Model model) {
            if (kinds.putIfAbsent(model.name(), model.modelKind()) != null) {
                throw model.node().wrong("occurs twice");
            }
            end(model.name(), model.shutdown());
            for (ModelPrice price : model.prices()) {
                all.add(price);
                price.aliases().forEach(alias -> end(alias, model.shutdown()));
                claim(price.name(), price, model);
                for (String alias : price.aliases()) {
                    claim(alias, price, model);
                }
            }
        }

        private void end(String name, @Nullable LocalDate day) {
            if (day != null) {
                shutdowns.put(name, day);
            }
        }

        private void claim(String name, ModelPrice price, PriceReader.Model model) {
            List<ModelPrice> claims = byName.computeIfAbsent(name, key -> new ArrayList<>());
            for (ModelPrice other : claims) {
                if (other.validity().overlaps(price.validity())) {
                    throw model.node()
                            .wrong(
                                    "the name %s has two prices at one time; the other is of %s"
                                            .formatted(name, other.name()));
                }
            }
            claims.add(price);
        }
    }
}
