package dev.oaiproxy.metering.price.book;

import dev.oaiproxy.metering.request.picture.Picture;
import dev.oaiproxy.metering.request.picture.Picture.Detail;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The number of tokens that a model counts for a picture. */
public sealed interface ImageInput {
    /**
     * The most tokens of a picture.
     *
     * @return nothing if they have no bound
     */
    OptionalLong most(Picture picture);

    /** The notation in the price book. */
    String label();

    /**
     * Tokens by tiles. A picture is scaled down to fit 2048 x 2048 pixels, then to a shorter side
     * of 768, and is covered with squares of 512. Smaller pictures are not enlarged.
     *
     * @param base the tokens of any picture; a picture of low detail has no others
     * @param tile the tokens of each square
     */
    record Tiles(long base, long tile) implements ImageInput {
        private static final long LONGEST = 2_048;
        private static final long SHORTEST = 768;
        private static final long SIDE = 512;
        private static final long MOST = 8;

        @Override
        public OptionalLong most(Picture picture) {
            if (picture.detail() == Detail.LOW) {
                return OptionalLong.of(base);
            }
            long tiles = picture.isMeasured() ? tiles(picture) : MOST;
            return OptionalLong.of(base + tile * tiles);
        }

        private static long tiles(Picture picture) {
            long one = Math.min(picture.width(), picture.height());
            long other = Math.max(picture.width(), picture.height());
            if (one > SHORTEST) {
                other = Math.ceilDiv(other * SHORTEST, one);
            }
            long across = Math.ceilDiv(Math.min(one, SHORTEST), SIDE);
            return across * Math.ceilDiv(Math.min(other, LONGEST), SIDE);
        }

        @Override
        public String label() {
            return "{base: %d, tile: %d}".formatted(base, tile);
        }
    }

    /**
     * Tokens by patches. A picture is covered with squares of 32 pixels.
     *
     * @param patch the tokens of each square
     * @param most the most squares of a picture by its detail; larger pictures are scaled down
     * @param refusedAbove the number of squares above which OpenAI refuses a picture; 0 if there is
     *     none
     */
    record Patches(BigDecimal patch, Map<Detail, Long> most, long refusedAbove)
            implements ImageInput {
        /** The limit of a detail at which pictures keep their size. */
        static final long ANY = Long.MAX_VALUE;

        private static final long SIDE = 32;

        public Patches {
            most = Map.copyOf(most);
        }

        @Override
        public OptionalLong most(Picture picture) {
            long allowed = allowed(picture.detail());
            if (picture.isMeasured()) {
                long squares =
                        Math.ceilDiv(picture.width(), SIDE) * Math.ceilDiv(picture.height(), SIDE);
                return OptionalLong.of(tokens(Math.min(squares, allowed)));
            }
            long squares = allowed == ANY ? refusedAbove : allowed;
            return squares == 0 ? OptionalLong.empty() : OptionalLong.of(tokens(squares));
        }

        /** A model may treat a detail that it does not know as any other detail. */
        private long allowed(Detail detail) {
            Long listed = most.get(detail);
            return listed == null ? largest(most.values()) : listed;
        }

        private static long largest(Collection<Long> values) {
            return values.stream().mapToLong(Long::longValue).max().orElse(ANY);
        }

        /**
         * The tokens of squares, plus one, since OpenAI's bill may differ by one from its own
         * formula.
         */
        private long tokens(long squares) {
            BigDecimal exact = patch.multiply(BigDecimal.valueOf(squares));
            return exact.setScale(0, RoundingMode.CEILING).longValueExact() + 1;
        }

        @Override
        public String label() {
            String levels =
                    Detail.NAMED.stream()
                            .filter(most::containsKey)
                            .map(detail -> ", " + detail.label() + ": " + number(detail))
                            .collect(Collectors.joining());
            String refused = refusedAbove == 0 ? "" : ", refused_above: " + refusedAbove;
            return "{patch: " + patch.toPlainString() + levels + refused + "}";
        }

        private String number(Detail detail) {
            long squares = Objects.requireNonNull(most.get(detail));
            return squares == ANY ? ImageInputReader.ANY : Long.toString(squares);
        }
    }
}
