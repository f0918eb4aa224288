package dev.oaiproxy.e2e.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.api.AdminApi.Call;
import dev.oaiproxy.e2e.fixture.ExpectedCosts;
import dev.oaiproxy.metering.money.Usd;
import dev.oaiproxy.sandbox.SandboxBill;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The calls of the ledger compared with the bill of the stand-in. */
record BillComparison(List<Call> calls, List<SandboxBill.BillEntry> bill) {
    /** The total cost of the calls. */
    Usd spent() {
        return calls.stream().map(BillComparison::cost).reduce(Usd.ZERO, Usd::plus);
    }

    /** The costs of the calls that OpenAI completed, in ascending order. */
    List<Usd> soundCosts() {
        return costs(ClientRequest::isSound);
    }

    /** OpenAI's prices of the completed calls, in ascending order. */
    List<Usd> soundBills() {
        return bills(ClientRequest::isSound);
    }

    private List<Usd> costs(Predicate<String> model) {
        return calls.stream()
                .filter(call -> model.test(call.model()))
                .map(BillComparison::cost)
                .sorted()
                .toList();
    }

    private List<Usd> bills(Predicate<String> model) {
        return bill.stream()
                .filter(entry -> model.test(entry.model()))
                .map(entry -> ExpectedCosts.of(List.of(entry)))
                .sorted()
                .toList();
    }

    /** Asserts that each call that OpenAI completed is charged at OpenAI's price. */
    void checkSound() {
        assertThat(calls)
                .filteredOn(call -> ClientRequest.isSound(call.model()))
                .allMatch(call -> call.state().equals("charged"));
        assertThat(soundCosts()).isEqualTo(soundBills());
    }

    /**
     * Asserts that each failed call costs at most its hold, and failed streams the part that was
     * received.
     */
    void checkFailing() {
        assertThat(calls)
                .filteredOn(call -> !ClientRequest.isSound(call.model()))
                .allSatisfy(
                        call -> {
                            assertThat(call.state()).isIn("charged", "estimated", "released");
                            assertThat(cost(call)).isLessThanOrEqualTo(Usd.parse(call.heldUsd()));
                        });
        List<Usd> costs = costs(ClientRequest::isFailingStream);
        List<Usd> bills = bills(ClientRequest::isFailingStream);
        assertThat(costs).hasSameSizeAs(bills);
        for (int i = 0; i < costs.size(); i++) {
            // If each cost is at least its bill, so it is after both lists are sorted.
            assertThat(costs.get(i)).isGreaterThanOrEqualTo(bills.get(i));
        }
    }

    /** Asserts that the charges cover OpenAI's bill although some calls were cut off. */
    void checkPaid() {
        for (Predicate<String> kind :
                List.<Predicate<String>>of(
                        ClientRequest::isSound, ClientRequest::isFailingStream)) {
            assertThat(sum(costs(kind))).isGreaterThanOrEqualTo(sum(bills(kind)));
        }
    }

    /**
     * Asserts that each call whose response head a client received, and which ended as OpenAI says,
     * costs at least OpenAI's price.
     */
    void checkEach(Collection<String> answers) {
        Map<String, Call> byId = byId();
        for (String answer : answers) {
            Call call = answer.startsWith("HTTP/1.1 200") ? byId.get(id(answer)) : null;
            if (call != null
                    && (ClientRequest.isSound(call.model())
                            || ClientRequest.isFailingStream(call.model()))) {
                assertThat(cost(call))
                        .as("%s %s %s", call, billed(answer), answer)
                        .isGreaterThanOrEqualTo(ExpectedCosts.of(billed(answer)));
            }
        }
    }

    private Map<String, Call> byId() {
        return calls.stream().collect(Collectors.toMap(Call::id, Function.identity()));
    }

    private static String id(String answer) {
        return header(answer, "x-oaiproxy-call-id");
    }

    private List<SandboxBill.BillEntry> billed(String answer) {
        String request = header(answer, "x-request-id");
        return bill.stream().filter(entry -> entry.requestId().equals(request)).toList();
    }

    private static Usd sum(List<Usd> amounts) {
        return amounts.stream().reduce(Usd.ZERO, Usd::plus);
    }

    /**
     * Asserts that each response to a completed call is charged; calls are matched by their ids.
     */
    void checkAnswers(Collection<String> answers) {
        Map<String, Call> byId = byId();
        for (String answer : answers) {
            Call call = byId.get(id(answer));
            assertThat(call).as(answer).isNotNull();
            assertThat(call.state()).as("%s %s", call, answer).isEqualTo("charged");
            assertThat(cost(call)).as("%s", call).isEqualTo(ExpectedCosts.of(billed(answer)));
        }
    }

    private static Usd cost(Call call) {
        return Usd.parse(call.costUsd());
    }

    private static String header(String answer, String name) {
        Matcher line = Pattern.compile("(?im)^" + name + ": *(\\S+)").matcher(answer);
        assertThat(line.find()).as(answer).isTrue();
        return line.group(1);
    }
}
