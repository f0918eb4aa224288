package dev.oaiproxy.server.price;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What every model costs at every time, as one edition of the price file says. Immutable. */
public final class PriceBook {
    private static final String FINE_TUNED = "ft:";

    private final String version;
    private final Set<String> names;
    private final List<ModelPrice> all;
    private final Map<String, List<ModelPrice>> byName;

    private PriceBook(
            String version,
            Set<String> names,
            List<ModelPrice> all,
            Map<String, List<ModelPrice>> byName) {
        this.version = version;
        this.names = Collections.unmodifiableSet(names);
        this.all = List.copyOf(all);
        this.byName = byName;
    }

    /**
     * Reads a price file, for calls to OpenAI's global host.
     *
     * @throws PriceBookException when it cannot be read or anything in it is wrong
     */
    public static PriceBook load(Path file) {
        return load(file, false);
    }

    /**
     * Reads a price file.
     *
     * @param regional whether calls go to a regional host, which asks more for tokens
     * @throws PriceBookException when it cannot be read or anything in it is wrong
     */
    public static PriceBook load(Path file, boolean regional) {
        try {
            return parse(file, Files.readAllBytes(file), regional);
        } catch (IOException unreadable) {
            throw new PriceBookException(file + " cannot be read: " + unreadable, unreadable);
        }
    }

    /** Reads what was in a price file. */
    static PriceBook parse(Path file, byte[] content, boolean regional) {
        try {
            return read(Node.read(new StringReader(new String(content, UTF_8))), regional);
        } catch (Node.Malformed bad) {
            throw new PriceBookException(file + ":" + bad.line() + ": " + bad.getMessage(), bad);
        } catch (JsonProcessingException bad) {
            throw new PriceBookException(file + ": not YAML: " + bad.getMessage(), bad);
        } catch (IOException unreadable) {
            throw new PriceBookException(file + " cannot be read: " + unreadable, unreadable);
        }
    }

    /** The edition, which each charge keeps. */
    public String version() {
        return version;
    }

    /** The names of all models, in the order of the file; also of those that are not sold. */
    public Set<String> names() {
        return names;
    }

    /** Every price of every time, in the order of the file. */
    public List<ModelPrice> all() {
        return all;
    }

    /**
     * The price of a model at a moment: by its exact name or alias, or, for a fine-tuned model
     * ({@code ft:<base>:<org>:<suffix>:<id>}), by {@code ft:<base>}. Names that only look alike are
     * never taken: a snapshot can cost twice what its family does.
     */
    public Optional<ModelPrice> find(String model, Instant at) {
        Optional<ModelPrice> exact = named(model, at);
        return exact.isPresent() ? exact : fineTuned(model).flatMap(name -> named(name, at));
    }

    private Optional<ModelPrice> named(String name, Instant at) {
        for (ModelPrice price : byName.getOrDefault(name, List.of())) {
            if (price.term().contains(at)) {
                return Optional.of(price);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> fineTuned(String model) {
        int end = model.startsWith(FINE_TUNED) ? model.indexOf(':', FINE_TUNED.length()) : -1;
        return end < 0 ? Optional.empty() : Optional.of(model.substring(0, end));
    }

    private static PriceBook read(Node root, boolean regional) throws Node.Malformed {
        Fields file = Fields.of(root, "");
        file.allowOnly(Set.of("version", "currency", "models"));
        String version = file.value("version", PriceBook::edition);
        file.value("currency", PriceBook::dollars);
        Index index = new Index(new LinkedHashSet<>(), new ArrayList<>(), new HashMap<>());
        for (Node node : file.items("models")) {
            index.add(PriceReader.read(node, regional));
        }
        return new PriceBook(version, index.names, index.all, index.byName);
    }

    private static String edition(String text) {
        if (!text.matches("[A-Za-z0-9._-]{1,40}")) {
            throw new IllegalArgumentException("not a version: '" + text + "'");
        }
        return text;
    }

    private static String dollars(String currency) {
        if (!currency.equals("USD")) {
            throw new IllegalArgumentException("only USD is known, not '" + currency + "'");
        }
        return currency;
    }

    /** The book while it is read. Names and aliases share one index: none may mean two prices. */
    private record Index(
            Set<String> names, List<ModelPrice> all, Map<String, List<ModelPrice>> byName) {

        void add(PriceReader.Model model) throws Node.Malformed {
            if (!names.add(model.name())) {
                throw new Node.Malformed(model.line(), model.name() + ": stands here twice");
            }
            for (ModelPrice price : model.prices()) {
                all.add(price);
                claim(price.name(), price, model);
                for (String alias : price.aliases()) {
                    claim(alias, price, model);
                }
            }
        }

        private void claim(String name, ModelPrice price, PriceReader.Model model)
                throws Node.Malformed {
            List<ModelPrice> claims = byName.computeIfAbsent(name, key -> new ArrayList<>());
            for (ModelPrice other : claims) {
                if (other.term().overlaps(price.term())) {
                    throw new Node.Malformed(
                            model.line(),
                            "%s: two prices at one time for the name %s; the other is of %s"
                                    .formatted(model.name(), name, other.name()));
                }
            }
            claims.add(price);
        }
    }
}
