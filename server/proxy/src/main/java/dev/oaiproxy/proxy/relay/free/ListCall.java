package dev.oaiproxy.proxy.relay.free;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.oaiproxy.base.budget.ByteBudget.Use;
import dev.oaiproxy.base.budget.HeldBytes;
import dev.oaiproxy.base.budget.Lease;
import dev.oaiproxy.base.budget.NoRoomException;
import dev.oaiproxy.ledger.key.Key;
import dev.oaiproxy.metering.object.ObjectKind;
import dev.oaiproxy.metering.object.ObjectReference;
import dev.oaiproxy.proxy.relay.exchange.ClientExchange;
import dev.oaiproxy.proxy.relay.exchange.ClientGoneException;
import dev.oaiproxy.proxy.relay.exchange.ProxyHeaders;
import dev.oaiproxy.proxy.relay.exchange.ProxyRequest;
import dev.oaiproxy.proxy.relay.exchange.Refusal;
import dev.oaiproxy.proxy.relay.exchange.RefusedException;
import dev.oaiproxy.proxy.relay.exchange.UpstreamErrors;
import dev.oaiproxy.proxy.relay.plan.Plan;
import dev.oaiproxy.proxy.upstream.Headers;
import dev.oaiproxy.proxy.upstream.Upstream;
import dev.oaiproxy.proxy.upstream.UpstreamException;
import dev.oaiproxy.proxy.upstream.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One of OpenAI's lists, reduced to one user's objects. The database decides the objects of the
 * list and their order ({@link ListCollector}). Their bodies come from the project's list, page by
 * page as long as its pages have objects of the user; the other bodies are requested by id.
 * Elements are passed on byte for byte.
 */
public final class ListCall {
    private static final int MOST_PAGES = 100;

    /** The most pages in a row without an object of the user. The rest is then requested by id. */
    private static final int MOST_BARREN_PAGES = 5;

    /** The most objects that are requested by id; the client gets the others with its next page. */
    private static final int MOST_SINGLE = 100;

    private static final int NOT_FOUND = 404;
    private static final int LARGEST_PAGE = 32 << 20;
    private static final long COPIES = 4;
    private static final int STANDARD = 20;
    private static final int STANDARD_FILES = 10_000;
    private static final Headers JSON = Headers.of("Content-Type", "application/json");

    private final Upstream upstream;
    private final ProxyRequest request;
    private final Plan.Listed plan;
    private final ClientExchange client;
    private Headers headers = JSON;

    public ListCall(
            Upstream upstream, ProxyRequest request, Plan.Listed plan, ClientExchange client) {
        this.upstream = upstream;
        this.request = request;
        this.plan = plan;
        this.client = client;
    }

    public void run() throws ClientGoneException {
        try {
            if (plan.kind() == ObjectKind.MODEL) {
                models();
            } else {
                int most = plan.kind() == ObjectKind.FILE ? STANDARD_FILES : STANDARD;
                own(ListQuery.of(request.query(), most));
            }
        } catch (ErrorPassedOnException answered) {
            // The client has received OpenAI's error instead of the list.
        } catch (UpstreamException e) {
            client.refuse(UpstreamErrors.refusal(e));
        } catch (IOException notAList) {
            client.refuse(new Refusal.Broken(false));
        }
    }

    /** An error of OpenAI was passed on instead of the list. */
    private static final class ErrorPassedOnException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private void models() throws IOException, ClientGoneException {
        Key key = plan.key();
        List<ListPage.Element> allowed =
                page(request, null).elements().stream()
                        .filter(one -> plan.ownership().owns(key, ObjectKind.MODEL, one.id()))
                        .filter(one -> plan.models().has(one.id()))
                        .map(this::described)
                        .toList();
        send(allowed, "");
    }

    private ListPage.Element described(ListPage.Element model) {
        byte[] json = plan.models().described(model.id(), model.json());
        return new ListPage.Element(model.id(), json);
    }

    private void own(ListQuery query) throws IOException, ClientGoneException {
        for (ObjectReference cursor : cursors(query)) {
            if (!plan.ownership().owns(plan.key(), cursor.kind(), cursor.id())) {
                throw new RefusedException(new Refusal.NoSuchObject(cursor));
            }
        }
        SequencedMap<String, Long> own = plan.ownership().listed(plan.key(), plan.kind());
        ListCollector listCollector =
                new ListCollector(
                        query,
                        query.isAscending(plan.kind()) ? own.reversed() : own,
                        request.lease());
        walk(query, listCollector);
        fetchRest(query, listCollector);
        finish(listCollector);
    }

    /** Reads OpenAI's list while its pages have objects of the user. */
    private void walk(ListQuery query, ListCollector listCollector)
            throws IOException, ClientGoneException {
        String start = listCollector.start();
        String from = start;
        int barren = 0;
        for (int pages = 0; pages < MOST_PAGES && barren < MOST_BARREN_PAGES; pages++) {
            if (listCollector.isDone()) {
                break;
            }
            ListPage page = page(request.withQuery(query.page(ListQuery.PAGE, from)), from);
            barren = listCollector.add(page) ? 0 : barren + 1;
            String last = page.elements().isEmpty() ? "" : page.elements().getLast().id();
            if (page.isLast()) {
                if (start == null) {
                    listCollector.sawWholeList();
                }
                return;
            }
            if (last.isEmpty() || last.equals(from)) {
                return;
            }
            from = last;
        }
        listCollector.leaveOutFiltered();
    }

    /** Requests by id the user's objects that the project's list did not show. */
    private void fetchRest(ListQuery query, ListCollector listCollector)
            throws IOException, ClientGoneException {
        int asked = 0;
        for (String id = listCollector.missing(); id != null; id = listCollector.missing()) {
            if (asked >= MOST_SINGLE && !listCollector.isEmpty()) {
                listCollector.cut();
                return;
            }
            asked++;
            byte[] json = object(id);
            if (json.length > 0 && query.covers(json)) {
                listCollector.put(new ListPage.Element(id, json));
            } else {
                listCollector.leaveOut(id);
            }
        }
    }

    private List<ObjectReference> cursors(ListQuery query) {
        List<ObjectReference> cursors = new ArrayList<>();
        if (query.after() != null) {
            cursors.add(new ObjectReference("after", plan.kind(), query.after()));
        }
        if (query.before() != null) {
            cursors.add(new ObjectReference("before", plan.kind(), query.before()));
        }
        return cursors;
    }

    private void finish(ListCollector listCollector) throws ClientGoneException {
        List<ListPage.Element> part = listCollector.part();
        for (ListPage.Element element : part) {
            if (!plan.recorder().record(ByteBuffer.wrap(element.json()))) {
                throw new RefusedException(new Refusal.NotRecorded());
            }
        }
        String first = part.isEmpty() ? "null" : quoted(part.getFirst().id());
        String last = part.isEmpty() ? "null" : quoted(part.getLast().id());
        send(
                part,
                ",\"first_id\":%s,\"last_id\":%s,\"has_more\":%s"
                        .formatted(first, last, listCollector.hasMore()));
    }

    private static String quoted(String id) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(id)) + '"';
    }

    /** Reads a page. The page after a deleted object is empty. */
    private ListPage page(ProxyRequest page, @Nullable String after)
            throws IOException, ClientGoneException {
        try (Lease lease = request.lease().another()) {
            byte[] whole = read(page, lease, after == null ? "" : after);
            if (whole.length == 0) {
                return new ListPage(List.of(), false);
            }
            // The elements are copies, and each has an entry in the list.
            lease.require(Use.RESPONSE, 2L * whole.length);
            return ListPage.of(whole);
        }
    }

    /** Reads one object; empty when it is gone. */
    private byte[] object(String id) throws IOException, ClientGoneException {
        try (Lease lease = request.lease().another()) {
            return read(request.at(id), lease, id);
        }
    }

    /**
     * @param id the id of an object that may be gone, or an empty text
     */
    private byte[] read(ProxyRequest what, Lease lease, String id)
            throws IOException, ClientGoneException {
        try (UpstreamResponse response = upstream.send(ProxyHeaders.request(what, new byte[0]))) {
            UpstreamErrors.requireUsable(response);
            if (response.status() == NOT_FOUND && !id.isEmpty()) {
                plan.ownership().forgetOld(id);
                return new byte[0];
            }
            if (UpstreamErrors.isError(response)) {
                client.begin(response.status(), ProxyHeaders.headers(response));
                ProxyHeaders.copy(response, client);
                throw new ErrorPassedOnException();
            }
            headers = ProxyHeaders.headers(response).filter(name -> !isOfTheBytes(name));
            return whole(response, lease);
        }
    }

    private static boolean isOfTheBytes(String header) {
        return header.equalsIgnoreCase("content-length") || header.equalsIgnoreCase("etag");
    }

    /** Reads a body; its memory is given back when the lease is closed. */
    private static byte[] whole(UpstreamResponse response, Lease lease) throws IOException {
        HeldBytes body = new HeldBytes(lease, Use.RESPONSE);
        byte[] buffer = new byte[ProxyHeaders.BUFFER_BYTES];
        for (int n = response.read(buffer); n >= 0; n = response.read(buffer)) {
            if (!body.add(buffer, 0, n)) {
                throw new NoRoomException();
            }
            if (body.size() > LARGEST_PAGE) {
                throw new IOException("OpenAI's page is larger than " + LARGEST_PAGE + " bytes");
            }
        }
        return body.demand();
    }

    private void send(List<ListPage.Element> elements, String rest) throws ClientGoneException {
        long size = elements.stream().mapToLong(element -> element.json().length).sum();
        // Memory for the growing buffer, its final array, and the copy that is written.
        request.lease().require(Use.RESPONSE, COPIES * size);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes("{\"object\":\"list\",\"data\":[".getBytes(UTF_8));
        for (int i = 0; i < elements.size(); i++) {
            body.writeBytes((i == 0 ? "" : ",").getBytes(UTF_8));
            body.writeBytes(elements.get(i).json());
        }
        body.writeBytes(("]" + rest + "}").getBytes(UTF_8));
        client.begin(200, headers);
        client.write(ByteBuffer.wrap(body.toByteArray()));
        client.finish();
    }
}
