package dev.oaiproxy.metering.request.facts;

import java.util.regex.Pattern;

/** The names of fine-tuned models. */
public final class FineTuning {
    private static final String FINE_TUNED = "ft:";

    /** The end of a checkpoint's name, after that of its model. */
    private static final Pattern STEP = Pattern.compile(":ckpt-step-[0-9]+$");

    private FineTuning() {}

    /** The row of the price book that has the rate for training on a model. */
    public static String row(String model) {
        return isFineTuned(model) ? model : FINE_TUNED + model;
    }

    /** The model that a row stands for: itself, unless it is only the price of one's training. */
    public static String model(String row) {
        boolean price = isFineTuned(row) && row.indexOf(':', FINE_TUNED.length()) < 0;
        return price ? row.substring(FINE_TUNED.length()) : row;
    }

    /** True if a model is a fine-tuned one, which belongs to a user. */
    public static boolean isFineTuned(String model) {
        return model.startsWith(FINE_TUNED);
    }

    /** The model that a checkpoint is one of; any other model is itself. */
    public static String withoutStep(String model) {
        return STEP.matcher(model).replaceFirst("");
    }
}
