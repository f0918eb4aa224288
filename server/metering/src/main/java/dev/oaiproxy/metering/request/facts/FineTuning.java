package dev.oaiproxy.metering.request.facts;

import java.util.regex.Pattern;

/** The names of fine-tuned models. */
public final class FineTuning {
    private static final String FINE_TUNED = "ft:";

    /** The end of a checkpoint's name, after the name of its model. */
    private static final Pattern STEP = Pattern.compile(":ckpt-step-[0-9]+$");

    private FineTuning() {}

    /** The row of the price book with the rate for training a model. */
    public static String row(String model) {
        return isFineTuned(model) ? model : FINE_TUNED + model;
    }

    /** The model of a row: the base model of a training row, otherwise the row's own name. */
    public static String model(String row) {
        boolean price = isFineTuned(row) && row.indexOf(':', FINE_TUNED.length()) < 0;
        return price ? row.substring(FINE_TUNED.length()) : row;
    }

    /** True for a fine-tuned model, which belongs to a user. */
    public static boolean isFineTuned(String model) {
        return model.startsWith(FINE_TUNED);
    }

    /** The model of a checkpoint. Any other model is returned unchanged. */
    public static String withoutStep(String model) {
        return STEP.matcher(model).replaceFirst("");
    }
}
