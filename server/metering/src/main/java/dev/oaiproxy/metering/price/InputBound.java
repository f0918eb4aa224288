package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.price.book.ImageInput;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.picture.Picture;
import dev.oaiproxy.metering.request.picture.Pictures;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The most tokens that a model reads of a request: those of its text, its pictures and its sounds.
 *
 * @param bounded true if {@code tokens} is a bound of the whole input; otherwise only the limit of
 *     the model is one
 */
public record InputBound(long tokens, boolean bounded) {
    public static InputBound of(ModelPrice price, RequestFacts.Input input) {
        if (!input.bounded() || input.pictures().isEmpty()) {
            return new InputBound(input.bound(), input.bounded());
        }
        OptionalLong pictures = pictures(price, input.pictures());
        return pictures.isEmpty()
                ? new InputBound(input.bound(), false)
                : new InputBound(
                        Math.addExact(
                                input.bound() - input.pictures().bytes(), pictures.getAsLong()),
                        true);
    }

    /**
     * The tokens of pictures and sounds; empty if they have no bound. No price book states the
     * tokens of a picture for models whose requests hold several inputs.
     */
    private static OptionalLong pictures(ModelPrice price, Pictures pictures) {
        if (price.kind().takesManyInputs()) {
            return OptionalLong.empty();
        }
        long sum = pictures.audioTokens();
        if (pictures.counts().isEmpty()) {
            return OptionalLong.of(sum);
        }
        ImageInput images = price.limits().images();
        if (images == null) {
            return OptionalLong.empty();
        }
        for (Map.Entry<Picture, Integer> entry : pictures.counts().entrySet()) {
            OptionalLong one = images.most(entry.getKey());
            if (one.isEmpty()) {
                return one;
            }
            sum = Math.addExact(sum, Math.multiplyExact(one.getAsLong(), entry.getValue()));
        }
        return OptionalLong.of(sum);
    }
}
