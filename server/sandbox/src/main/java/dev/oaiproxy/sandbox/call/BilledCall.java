package dev.oaiproxy.sandbox.call;

import dev.oaiproxy.sandbox.Directives;
import dev.oaiproxy.sandbox.InjectedFault;
import dev.oaiproxy.sandbox.SandboxBill;
import dev.oaiproxy.sandbox.SandboxBill.CallEnd;
import dev.oaiproxy.sandbox.SandboxBill.ServedUsage;
import dev.oaiproxy.sandbox.SandboxBill.TokenCounts;
import dev.oaiproxy.sandbox.http.ApiError;
import dev.oaiproxy.sandbox.http.HttpExchange;
import java.util.List;
import java.util.Optional;

/** A chargeable call, which enters itself on the bill when it ends. */
public record BilledCall(
        HttpExchange exchange, SandboxBill bill, String operation, boolean stream) {
    /** Bills the tokens of a model. */
    public void charge(String model, String tier, TokenCounts tokens, CallEnd ending) {
        charge(new ServedUsage(model, tier, tokens, List.of()), ending);
    }

    /** Bills the usage of a model and its tools. */
    public void charge(ServedUsage served, CallEnd ending) {
        note(served, 200, ending);
    }

    public void refuse(String model, ApiError problem) {
        note(ServedUsage.nothing(model), problem.status(), CallEnd.REFUSED);
        exchange.refuse(problem);
    }

    /**
     * Fails the call if the directives ask for a failure before any output; returns false
     * otherwise.
     */
    public boolean failsEarly(String model, Directives directives) {
        if (directives.fault() == InjectedFault.CLOSE) {
            note(ServedUsage.nothing(model), 0, CallEnd.BROKEN);
            throw exchange.abort();
        }
        Optional<ApiError> problem = problem(directives.fault(), model);
        problem.ifPresent(found -> refuse(model, found));
        return problem.isPresent();
    }

    private Optional<ApiError> problem(InjectedFault fault, String model) {
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

    private void note(ServedUsage served, int status, CallEnd ending) {
        bill.add(
                new SandboxBill.BillEntry(
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
