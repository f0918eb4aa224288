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

/** A chargeable call, which enters itself on the bill when it ends, also by a refusal. */
public record BilledCall(
        HttpExchange exchange, SandboxBill bill, String operation, boolean stream) {
    public BilledCall {
        exchange.onRefusal(status -> note(ServedUsage.nothing(""), status, CallEnd.REFUSED));
    }

    /** A call that is not streamed. */
    public BilledCall(HttpExchange exchange, SandboxBill bill, String operation) {
        this(exchange, bill, operation, false);
    }

    public void charge(String model, String tier, TokenCounts tokens, CallEnd ending) {
        charge(new ServedUsage(model, tier, tokens, List.of()), ending);
    }

    /** Bills the usage of a model and its tools. */
    public void charge(ServedUsage served, CallEnd ending) {
        note(served, 200, ending);
    }

    public void refuse(ApiError problem) {
        exchange.refuse(problem);
    }

    /** Fails the call if the directives ask for a failure before any output. */
    public void failIfAsked(String model, Directives directives) {
        exchange.onRefusal(status -> note(ServedUsage.nothing(model), status, CallEnd.REFUSED));
        InjectedFault fault = directives.fault();
        if (fault == InjectedFault.CLOSE) {
            note(ServedUsage.nothing(model), 0, CallEnd.BROKEN);
            throw exchange.abort();
        }
        ApiError.throwIf(fault == InjectedFault.ERROR_EVENT && !stream, ApiError.serverError());
        ApiError.injected(fault, model)
                .ifPresent(
                        problem -> {
                            throw problem;
                        });
    }

    private void note(ServedUsage served, int status, CallEnd ending) {
        bill.add(
                new SandboxBill.BillEntry(
                        exchange.requestId(), operation, served, stream, status, ending));
    }
}
