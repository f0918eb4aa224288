package dev.oaiproxy.metering.price.book;

import java.net.URI;
import java.util.regex.Pattern;

/**
 * The setting for OpenAI's surcharge on regional hosts. The price book states it for each model.
 */
public enum RegionalUplift {
    /** The host of OpenAI decides. */
    AUTO,
    ON,
    OFF;

    // Any region, including one that is not known yet, so that a new one is not undercharged.
    private static final Pattern REGIONAL =
            Pattern.compile("[a-z0-9-]+\\.api\\.openai\\.com", Pattern.CASE_INSENSITIVE);

    public boolean appliesTo(URI openAi) {
        return switch (this) {
            case AUTO -> openAi.getHost() != null && REGIONAL.matcher(openAi.getHost()).matches();
            case ON -> true;
            case OFF -> false;
        };
    }
}
