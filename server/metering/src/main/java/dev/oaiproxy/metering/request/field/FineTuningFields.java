package dev.oaiproxy.metering.request.field;

import com.fasterxml.jackson.core.JsonToken;
import dev.oaiproxy.metering.money.Unit;
import dev.oaiproxy.metering.request.facts.FineTuning;
import dev.oaiproxy.metering.request.json.MalformedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /fine_tuning/jobs}: billed by the tokens of its file, once per epoch. The number of
 * epochs is read here; the number of tokens depends on the file.
 */
public final class FineTuningFields implements FieldReader {
    private static final int LONGEST_NAME = 64;

    /** OpenAI accepts no more epochs. */
    private static final int MOST_EPOCHS = 50;

    private final BodyReader body;
    private @Nullable Integer epochs;

    public FineTuningFields(BodyReader body) {
        this.body = body;
    }

    @Override
    public boolean read(String name) throws IOException {
        switch (name) {
            case "model" -> body.facts.model = FineTuning.row(body.model(body.once(name)));
            case "training_file" -> body.file(body.once(name));
            case "validation_file" -> body.skip();
            case "hyperparameters" -> hyperparameters(body.once(name));
            case "method" -> method(body.once(name));
            case "integrations" -> integrations();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void hyperparameters(String name) throws IOException {
        for (String member = body.firstMember(name); member != null; member = body.nextMember()) {
            if (member.equals("n_epochs")) {
                body.once("n_epochs");
                epochs =
                        body.in.hasToken(JsonToken.VALUE_STRING)
                                ? null
                                : body.jsonValues.count("n_epochs", 1, MOST_EPOCHS);
            } else {
                body.skip();
            }
        }
    }

    private void method(String name) throws IOException {
        for (String member = body.firstMember(name); member != null; member = body.nextMember()) {
            switch (member) {
                case "type" ->
                        supervised(body.jsonValues.text(body.once("method.type"), LONGEST_NAME));
                case "supervised" -> supervised();
                default -> supervised(body.isNull() ? null : member);
            }
        }
    }

    private static void supervised(@Nullable String type) throws MalformedException {
        if (type != null && !type.equals("supervised")) {
            throw new MalformedException(
                    "This proxy accepts only 'supervised' fine-tuning, because it cannot limit"
                            + " the cost of other methods.",
                    "method");
        }
    }

    private void supervised() throws IOException {
        String name = body.once("method.supervised");
        for (String member = body.firstMember(name); member != null; member = body.nextMember()) {
            if (member.equals("hyperparameters")) {
                hyperparameters(body.once("method.supervised.hyperparameters"));
            } else {
                body.skip();
            }
        }
    }

    private void integrations() throws IOException {
        boolean none =
                body.isNull()
                        || (body.in.hasToken(JsonToken.START_ARRAY)
                                && body.in.nextToken() == JsonToken.END_ARRAY);
        if (!none) {
            throw new MalformedException(
                    "This proxy does not accept integrations of fine-tuning, because they send"
                            + " training data to others.",
                    "integrations");
        }
    }

    @Override
    public void end() throws MalformedException {
        if (body.facts.model == null) {
            throw MalformedException.missing("model");
        }
        if (body.facts.file == null) {
            throw MalformedException.missing("training_file");
        }
        if (epochs == null) {
            throw new MalformedException(
                    "Set 'n_epochs' to a number in 'method.supervised.hyperparameters'; this"
                            + " proxy needs it to hold the cost of the job.",
                    "n_epochs");
        }
        body.facts.choices = 0;
        body.facts.bounded = true;
        body.facts.mayBill(body.facts.model, Unit.TRAINING, epochs);
    }
}
