package dev.oaiproxy.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.oaiproxy.gate.Allowances.Allowance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each rule finds a source that breaks it, and accepts one that does not. */
final class RulesTest {
    @TempDir Path top;

    @Test
    void importsGoOneWayOnly() throws IOException {
        assertThat(references("metering.money", "import dev.oaiproxy.metering.price.Entry;"))
                .containsExactly(Rule.IMPORTS);
        assertThat(references("metering.money", "class A { dev.oaiproxy.metering.price.Entry e; }"))
                .containsExactly(Rule.IMPORTS);
        assertThat(references("ledger.ledger", "import dev.oaiproxy.metering.money.Usd;"))
                .isEmpty();
        assertThat(references("app.boot", "import dev.oaiproxy.proxy.openai.Door;")).isEmpty();
        assertThat(references("metering.usage", "import dev.oaiproxy.metering.money.Unit.Side;"))
                .isEmpty();
    }

    @Test
    void importsInTheSandboxGoOneWayToo() throws IOException {
        assertThat(references("sandbox.chat", "import dev.oaiproxy.sandbox.batch.BatchesHandler;"))
                .containsExactly(Rule.IMPORTS);
        assertThat(references("sandbox.batch", "import dev.oaiproxy.sandbox.chat.ChatHandler;"))
                .isEmpty();
        assertThat(references("sandbox", "import dev.oaiproxy.sandbox.chat.ChatRoutes;")).isEmpty();
        assertThat(references("sandbox.chat", "import dev.oaiproxy.sandbox.SandboxBill;"))
                .isEmpty();
        assertThat(references("sandbox.http", "import io.helidon.webserver.WebServer;")).isEmpty();
    }

    @Test
    void cliAndApiDoNotKnowTheServer() throws IOException {
        assertThat(references("cli.command", "import dev.oaiproxy.app.boot.Wiring;"))
                .containsExactly(Rule.IMPORTS);
        assertThat(references("api", "import dev.oaiproxy.cli.Main;"))
                .containsExactly(Rule.IMPORTS);
        assertThat(references("cli.command", "import dev.oaiproxy.api.Json;")).isEmpty();
    }

    @Test
    void onePlaceKnowsEachOutsideThing() throws IOException {
        assertThat(references("proxy.relay", "import java.sql.Connection;"))
                .containsExactly(Rule.ONE_PLACE);
        assertThat(references("cli", "import java.sql.*;")).containsExactly(Rule.ONE_PLACE);
        assertThat(references("ledger.store", "import java.sql.Connection;")).isEmpty();
        assertThat(references("proxy.upstream", "import io.helidon.webserver.http.HttpRules;"))
                .containsExactly(Rule.ONE_PLACE);
    }

    @Test
    void theClockIsPassedIn() throws IOException {
        assertThat(references("proxy.quota", "class A { Object a = Instant.now(); }"))
                .containsExactly(Rule.CLOCK);
        assertThat(references("proxy.quota", "class A { Object a = Clock.systemUTC(); }"))
                .containsExactly(Rule.CLOCK);
        assertThat(references("proxy.quota", "class A { Object a = Instant.now(clock); }"))
                .isEmpty();
        assertThat(references("sandbox", "class A { Object a = Instant.now(); }")).isEmpty();
        assertThat(references("sandbox.chat", "class A { Object a = Instant.now(); }")).isEmpty();
    }

    @Test
    void moneyIsNeverFloatingPoint() throws IOException {
        assertThat(references("metering.price", "class A { double a; }"))
                .containsExactly(Rule.FLOATING_POINT);
        assertThat(references("metering.price", "class A { Object a = 0.1; }"))
                .containsExactly(Rule.FLOATING_POINT);
        assertThat(references("ledger.store", "class A { Object a = row.getDouble(1); }"))
                .containsExactly(Rule.FLOATING_POINT);
        assertThat(references("metering.usage", "class A { double a; }")).isEmpty();
    }

    @Test
    void nobodyButMainEndsTheProcess() throws IOException {
        assertThat(references("app.boot", "class A { void a() { System.exit(1); } }"))
                .containsExactly(Rule.ONE_EXIT);
        assertThat(references("cli", "class A { void a() { Runtime.getRuntime().halt(1); } }"))
                .containsExactly(Rule.ONE_EXIT);
    }

    @Test
    void whatIsAboutTheWholeProcessRunsAlone() throws IOException {
        String error = "class A { void a() { System.setErr(null); } }";
        assertThat(process(error)).containsExactly(Rule.PROCESS);
        assertThat(process("@Isolated " + error)).isEmpty();
        assertThat(process("class A { Object a = Locale.getDefault(); }")).isEmpty();
        assertThat(process("class A { Object a = Logs.start(); }")).containsExactly(Rule.PROCESS);
        assertThat(process("class A { void a() { Logger.getLogger(\"\").addHandler(null); } }"))
                .contains(Rule.PROCESS);
    }

    @Test
    void sizesAreBounded() throws IOException {
        assertThat(shape("final class A { void a() {" + "\n;".repeat(50) + "} }"))
                .containsExactly(Rule.METHOD_LENGTH);
        assertThat(shape("final class A { void a() {" + "\n;".repeat(49) + "} }")).isEmpty();
        assertThat(shape("//\n".repeat(401))).containsExactly(Rule.FILE_LENGTH);
        assertThat(shape("//" + "x".repeat(99))).containsExactly(Rule.LINE_LENGTH);
        assertThat(shape("final class A { void a(int b, int c, int d, int e, int f) {} }"))
                .containsExactly(Rule.PARAMETERS);
        assertThat(shape("record A(int b, int c, int d, int e, int f) {}")).isEmpty();
        assertThat(shape("record A(int b, int c, int d, int e, int f) { A { b = 1; } }")).isEmpty();
        String seven = "int c,int d,int e,int f,int g,int h,int i";
        assertThat(shape("\nrecord A(int b) {A(" + seven + ") {this(c);}}")).isEmpty();
        assertThat(shape("\nrecord A(int b) {A(" + seven + ",int j) {this(c);}}"))
                .containsExactly(Rule.PARAMETERS);
    }

    @Test
    void packagesAreSmallOrShrink() throws IOException {
        assertThat(sizes(25, Map.of())).isEmpty();
        assertThat(sizes(26, Map.of())).singleElement().asString().contains("26 files, of 25");
        assertThat(sizes(27, Map.of("dev.oaiproxy.big", 27))).isEmpty();
        assertThat(sizes(28, Map.of("dev.oaiproxy.big", 27))).hasSize(1);
        assertThat(sizes(26, Map.of("dev.oaiproxy.big", 27)))
                .singleElement()
                .asString()
                .contains("lower its 27");
        assertThat(sizes(25, Map.of("dev.oaiproxy.big", 27)))
                .singleElement()
                .asString()
                .contains("remove it");
    }

    @Test
    void namesSayWhatAThingDoes() throws IOException {
        assertThat(shape("final class KeyManager {}")).containsExactly(Rule.NAMES);
        assertThat(shape("final class Database {}")).isEmpty();
        assertThat(shape("interface A { int getB(); }")).containsExactly(Rule.NAMES);
        assertThat(shape("final class A { @Override int getB() { return 0; } }")).isEmpty();
        assertThat(shape("class A {}")).containsExactly(Rule.OPEN_CLASS);
    }

    @Test
    void noFileNamesAMachine() throws IOException {
        Files.writeString(top.resolve("notes.md"), "fine\nsee /" + "root/x\n");
        assertThat(new MachineRules(new Repository(top)).check())
                .extracting(Finding::toString)
                .singleElement()
                .asString()
                .startsWith("notes.md:2: names one machine's path");
    }

    @Test
    void anAllowanceThatNothingNeedsIsRefused() {
        Finding finding = new Finding(Rule.CLOCK, "A.java", 1, "mend it");
        Set<Allowance> allowed = Set.of(new Allowance(Rule.CLOCK, "A.java"));
        assertThat(Allowances.unsettled(Rule.CLOCK, List.of(finding), allowed)).isEmpty();
        assertThat(Allowances.unsettled(Rule.CLOCK, List.of(finding), Set.of())).hasSize(1);
        assertThat(Allowances.unsettled(Rule.CLOCK, List.of(), allowed))
                .singleElement()
                .asString()
                .startsWith("nothing needs this");
    }

    @Test
    void aRetiredWordStaysAway() throws IOException {
        assertThat(words("class Turnstile {}"))
                .singleElement()
                .asString()
                .contains("Turnstile is retired: call it InFlightCalls");
        assertThat(words("class InFlightCalls {}")).isEmpty();
    }

    @Test
    void aNameIsSharedByTwoTypesAtTheMost() throws IOException {
        String three = "class A { class X {} class B { class X {} } class C { class X {} } }";
        assertThat(words(three)).singleElement().asString().contains("3 types");
        assertThat(words("class A { class X {} class B { class X {} } }")).isEmpty();
    }

    private List<Finding> words(String code) throws IOException {
        return Glossary.check(List.of(source("app.boot", code)));
    }

    private List<Finding> sizes(int files, Map<String, Integer> tooLarge) throws IOException {
        Source one = source("big", "");
        return PackageSizes.check(Collections.nCopies(files, one), tooLarge);
    }

    private List<Rule> references(String name, String code) throws IOException {
        return rules(ReferenceRules.check(source(name, code)));
    }

    private List<Rule> process(String code) throws IOException {
        return rules(ProcessRules.check(source("app.boot", code)));
    }

    private List<Rule> shape(String code) throws IOException {
        return rules(ShapeRules.check(source("app.boot", code)).findings());
    }

    private static List<Rule> rules(List<Finding> findings) {
        return findings.stream().map(Finding::rule).toList();
    }

    private Source source(String name, String code) throws IOException {
        Path folder = Files.createDirectories(top.resolve("server/app/src/main/java"));
        Files.writeString(folder.resolve("A.java"), "package dev.oaiproxy." + name + "; " + code);
        return new Repository(top).sources().getFirst();
    }
}
