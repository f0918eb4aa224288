package dev.oaiproxy.e2e.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.errors.OpenAIServiceException;
import dev.oaiproxy.base.Eventually;
import dev.oaiproxy.e2e.fixture.ProxyFixture;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every service of the official SDK is used through the proxy, with ids that were created through
 * it, or is refused by design. A new service of a new SDK version fails here.
 */
@Tag("server")
@Timeout(120)
final class SdkServicesTest {
    private static final String SERVICES = "com.openai.services.blocking.";

    /** Services that the proxy refuses; docs/operations.md gives the reasons. */
    private static final List<String> REFUSED =
            List.of(
                    "admin",
                    "audio().voice",
                    "beta().agents",
                    "beta().assistants",
                    "beta().chatkit",
                    "beta().realtime",
                    "beta().threads",
                    "contentProvenanceChecks",
                    "evals",
                    "fineTuning().alpha",
                    "fineTuning().checkpoints",
                    "live",
                    "realtime().calls",
                    "realtime().translations",
                    "safety",
                    "videos",
                    "webhooks");

    /** Services without requests, and aliases below /beta. */
    private static final Set<String> NONE =
            Set.of(
                    "audio",
                    "beta",
                    "beta().responses",
                    "beta().responses().inputItems",
                    "beta().responses().inputTokens",
                    "chat",
                    "fineTuning",
                    "fineTuning().methods",
                    "graders",
                    "graders().graderModels",
                    "realtime");

    @TempDir Path home;

    private ProxyFixture proxyFixture;
    private OpenAIClient sdk;

    @BeforeEach
    void start() {
        proxyFixture = ProxyFixture.in(home, Map.of("OAIPROXY_FINE_TUNING_ALLOW", "true"));
        sdk = proxyFixture.site().sdk(proxyFixture.bob().secret());
    }

    @AfterEach
    void stop() {
        proxyFixture.close();
    }

    @Test
    void areOffered() throws IOException {
        Map<String, SdkServiceCalls.Step> steps = new SdkServiceCalls(sdk, home).all();
        for (Map.Entry<String, SdkServiceCalls.Step> step : steps.entrySet()) {
            assertThat(succeeds(step.getValue())).as(step.getKey()).isEmpty();
        }
        Set<String> rest = new TreeSet<>(services().keySet());
        rest.removeAll(steps.keySet());
        rest.removeAll(NONE);
        rest.removeIf(SdkServicesTest::isRefused);
        assertThat(rest).as("neither used nor refused").isEmpty();
        Eventually.ask(
                () -> proxyFixture.site().operator().quota("user:bob").heldUsd(), "0.00"::equals);
    }

    @Test
    void areRefusedWhereTheyCannotBeMetered() throws Exception {
        int refused = 0;
        for (Map.Entry<String, Object> service : services().entrySet()) {
            if (isRefused(service.getKey())) {
                refused += assertRefused(service.getKey(), service.getValue());
            }
        }
        assertThat(refused).isGreaterThan(REFUSED.size());
        assertThat(proxyFixture.site().openAi().bill().entries()).isEmpty();
    }

    private static boolean isRefused(String service) {
        return REFUSED.stream().anyMatch(service::startsWith);
    }

    private static String succeeds(SdkServiceCalls.Step step) throws IOException {
        try {
            step.take();
            return "";
        } catch (OpenAIServiceException e) {
            return e.statusCode() + " " + e.getMessage();
        }
    }

    /** Calls the methods that need only ids, and returns their number. */
    private static int assertRefused(String name, Object service) throws Exception {
        int called = 0;
        for (Method method : interfaceOf(service).getMethods()) {
            boolean ids = Stream.of(method.getParameterTypes()).allMatch(String.class::equals);
            boolean local = method.getName().matches("with.*|unwrap|.*Signature");
            boolean asks = ids && !local && !isService(method.getReturnType());
            if (asks && method.getParameterCount() <= 1) {
                Object[] nobody = new Object[method.getParameterCount()];
                Arrays.fill(nobody, "nobody");
                called += told(name + "." + method.getName(), method, service, nobody);
            }
        }
        return called;
    }

    private static int told(String name, Method method, Object service, Object[] ids)
            throws IllegalAccessException {
        try {
            Object answer = method.invoke(service, ids);
            throw new AssertionError(name + " is not refused: " + answer);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof OpenAIServiceException refusal) {
                assertThat(refusal.statusCode()).as(name).isIn(403, 404);
                return 1;
            }
            // The SDK itself requires more than an id.
            return 0;
        }
    }

    /** All services by the path to them, such as {@code chat().completions}. */
    private Map<String, Object> services() {
        Map<String, Object> found = new TreeMap<>();
        walk(sdk, OpenAIClient.class, "", found);
        return found;
    }

    private static void walk(Object from, Class<?> type, String way, Map<String, Object> found) {
        for (Method method : type.getMethods()) {
            if (method.getParameterCount() == 0 && isService(method.getReturnType())) {
                String name = way + method.getName();
                try {
                    Object service = method.invoke(from);
                    found.put(name, service);
                    walk(service, method.getReturnType(), name + "().", found);
                } catch (ReflectiveOperationException impossible) {
                    throw new LinkageError(method.toString(), impossible);
                }
            }
        }
    }

    private static boolean isService(Class<?> type) {
        return type.getName().startsWith(SERVICES) && !type.getName().contains("$");
    }

    private static Class<?> interfaceOf(Object service) {
        return service.getClass().getInterfaces()[0];
    }
}
