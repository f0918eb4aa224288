package dev.oaiproxy.metering.price;

import dev.oaiproxy.metering.price.book.ImageInput;
import dev.oaiproxy.metering.price.book.ModelPrice;
import dev.oaiproxy.metering.request.facts.RequestFacts;
import dev.oaiproxy.metering.request.picture.Picture;
import dev.oaiproxy.metering.request.picture.Pictures;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How many tokens a model reads of what a request holds, at the most: those of its text, and those
 * of its pictures and sounds.
 *
 * @param bounded whether that is all of it; otherwise only what the model can take bounds it
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

    /** No book says what a picture costs where a request holds many inputs. */
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
