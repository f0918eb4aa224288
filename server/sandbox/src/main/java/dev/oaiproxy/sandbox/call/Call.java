package dev.oaiproxy.sandbox.call;

import dev.oaiproxy.sandbox.Bill;
import dev.oaiproxy.sandbox.Bill.Ending;
import dev.oaiproxy.sandbox.Bill.Extra;
import dev.oaiproxy.sandbox.Bill.Tokens;
import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.Fault;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.List;
import java.util.Optional;

/** A call that costs something, and how it gets onto the bill. */
public record Call(HttpExchange exchange, Bill bill, String operation, boolean stream) {
    /** Notes what a model has made. */
    public void charge(String model, String tier, Tokens tokens, Ending ending) {
        charge(new Served(model, tier, tokens, List.of()), ending);
    }

    /** Notes what a model and its tools have made. */
    public void charge(Served served, Ending ending) {
        note(served, 200, ending);
    }

    public void refuse(String model, ApiError problem) {
        note(Served.nothing(model), problem.status(), Ending.REFUSED);
        exchange.refuse(problem);
    }

    /** Fails as told before anything is made; false when nothing was told. */
    public boolean failsEarly(String model, Directives directives) {
        if (directives.fault() == Fault.CLOSE) {
            note(Served.nothing(model), 0, Ending.BROKEN);
            throw exchange.hangUp();
        }
        Optional<ApiError> problem = problem(directives.fault(), model);
        problem.ifPresent(found -> refuse(model, found));
        return problem.isPresent();
    }

    private Optional<ApiError> problem(Fault fault, String model) {
        return switch (fault) {
            case RATE_LIMIT -> Optional.of(ApiError.rateLimit(model));
            case SERVER_ERROR -> Optional.of(ApiError.serverError());
            case OVERLOADED -> Optional.of(ApiError.overloaded());
            case QUOTA -> Optional.of(ApiError.quota());
            case ERROR_EVENT -> stream ? Optional.empty() : Optional.of(ApiError.serverError());
            case NONE,
                    CLOSE,
                    CUT,
                    STALL,
                    NO_USAGE,
                    BAD_USAGE,
                    NEGATIVE_USAGE,
                    FAILED,
                    FAILED_NO_USAGE ->
                    Optional.empty();
        };
    }

    /** What a call consumed, and at which tier. */
    public record Served(String model, String tier, Tokens tokens, List<Extra> extras) {
        public static Served nothing(String model) {
            return new Served(model, "", Tokens.NONE, List.of());
        }
    }

    private void note(Served served, int status, Ending ending) {
        bill.add(
                new Bill.Entry(
                        exchange.requestId(),
                        operation,
                        served.model(),
                        served.tier(),
                        served.tokens(),
                        served.extras(),
                        stream,
                        status,
                        ending));
    }
}
