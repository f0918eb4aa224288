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

/** The calls of the ledger beside the bill of the stand-in. */
record BillComparison(List<Call> calls, List<SandboxBill.BillEntry> bill) {
    /** What the calls have cost together. */
    Usd spent() {
        return calls.stream().map(BillComparison::cost).reduce(Usd.ZERO, Usd::plus);
    }

    /** What each call has cost that OpenAI has answered to its end; the least first. */
    List<Usd> soundCosts() {
        return costs(ClientRequest::isSound);
    }

    /** What OpenAI takes for each of those; the least first. */
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

    /** Each call that OpenAI has answered to its end is charged, with what it takes for it. */
    void checkSound() {
        assertThat(calls)
                .filteredOn(call -> ClientRequest.isSound(call.model()))
                .allMatch(call -> call.state().equals("charged"));
        assertThat(soundCosts()).isEqualTo(soundBills());
    }

    /**
     * Each that it has failed at costs no more than was held, and streams what was seen of them.
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
            // If each call costs what is taken for it, so does each when both are in order.
            assertThat(costs.get(i)).isGreaterThanOrEqualTo(bills.get(i));
        }
    }

    /** Of calls of which some were cut off: all that OpenAI takes is paid for. */
    void checkPaid() {
        for (Predicate<String> kind :
                List.<Predicate<String>>of(
                        ClientRequest::isSound, ClientRequest::isFailingStream)) {
            assertThat(sum(costs(kind))).isGreaterThanOrEqualTo(sum(bills(kind)));
        }
    }

    /**
     * Each call of whose answer a client saw the head, and which ended as OpenAI says it did, costs
     * no less than OpenAI takes for it.
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

    /** Answers, with their heads, to what OpenAI has answered to its end: each by its ids. */
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
