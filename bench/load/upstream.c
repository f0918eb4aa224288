/*
 * A fast stand-in for OpenAI's chat completions, for measuring what stands in front of it: one
 * thread, one epoll. It answers at once, or as a stream at a steady rate, and keeps the bill.
 *
 *     upstream PORT EVENTS RATE
 *
 * A request whose body has "stream":true gets EVENTS events, RATE of them a second, each with the
 * time at which it was sent (microseconds of CLOCK_MONOTONIC). GET /bill answers what was asked
 * for since the start, as JSON. Input is billed at a token for four bytes of the body, a picture
 * at 1,105 tokens; output is 30 tokens, or one for each event.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 65536, HEAD_MOST = 65536, TICK_US = 2000 };

struct connection {
    int fd;
    char *in;
    size_t have, room;
    char *out; /* what could not be written yet */
    size_t left;
    int streaming; /* events still to come; 0 for none */
    int64_t next;  /* when the next one is due, in microseconds */
    long input;    /* tokens of the request that is streamed */
};

static struct connection *connections[MOST];
static int streams[MOST], streaming, events = 160, rate = 20, poller;
static long long requests, input_tokens, output_tokens, finished, cut;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void watch(struct connection *c, int writing) {
    struct epoll_event e = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.fd = c->fd};
    epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e);
}

static void forget(struct connection *c) {
    if (c->streaming) {
        cut++;
        for (int i = 0; i < streaming; i++) {
            if (streams[i] == c->fd) {
                streams[i] = streams[--streaming];
                break;
            }
        }
    }
    connections[c->fd] = NULL;
    close(c->fd);
    free(c->in);
    free(c->out);
    free(c);
}

/* Writes, and keeps what does not fit; 0 when the connection is gone. */
static int put(struct connection *c, const char *bytes, size_t size) {
    if (!c->left) {
        ssize_t n = write(c->fd, bytes, size);
        if (n < 0 && errno != EAGAIN) return 0;
        if (n < 0) n = 0;
        bytes += n;
        size -= (size_t)n;
    }
    if (size) {
        c->out = realloc(c->out, c->left + size);
        memcpy(c->out + c->left, bytes, size);
        c->left += size;
        watch(c, 1);
    }
    return 1;
}

static int chunk(struct connection *c, const char *data, int size) {
    char piece[2048];
    int n = snprintf(piece, sizeof piece, "%x\r\n", size);
    memcpy(piece + n, data, (size_t)size);
    memcpy(piece + n + size, "\r\n", 2);
    return put(c, piece, (size_t)(n + size + 2));
}

#define CHUNK_HEAD                                                                                 \
    "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000," \
    "\"model\":\"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\","                           \
    "\"system_fingerprint\":\"fp_bench0001\",\"choices\":["

static int event(struct connection *c) {
    char data[1024];
    int n;
    if (c->streaming > 1) {
        n = snprintf(data, sizeof data,
                     CHUNK_HEAD "{\"index\":0,\"delta\":{\"content\":\" t%lld;\"},\"logprobs\":null,"
                                "\"finish_reason\":null}],\"usage\":null,"
                                "\"obfuscation\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}\n\n",
                     (long long)now());
        return chunk(c, data, n);
    }
    n = snprintf(data, sizeof data,
                 CHUNK_HEAD "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}"
                            "],\"usage\":null}\n\n");
    if (!chunk(c, data, n)) return 0;
    n = snprintf(data, sizeof data,
                 CHUNK_HEAD "],\"usage\":{\"prompt_tokens\":%ld,\"completion_tokens\":%d,"
                            "\"total_tokens\":%ld}}\n\ndata: [DONE]\n\n",
                 c->input, events, c->input + events);
    return chunk(c, data, n) && put(c, "0\r\n\r\n", 5);
}

static void tick(void) {
    int64_t t = now();
    for (int i = 0; i < streaming; i++) {
        struct connection *c = connections[streams[i]];
        int whole = 1;
        while (whole && c->streaming && c->next <= t) {
            whole = event(c);
            c->next += 1000000 / rate;
            if (whole && --c->streaming == 0) {
                finished++;
                output_tokens += events;
                input_tokens += c->input;
                requests++;
            }
        }
        if (!whole) {
            forget(c);
            i--;
        } else if (!c->streaming) {
            streams[i--] = streams[--streaming];
        }
    }
}

static int answer(struct connection *c, const char *head, const char *body, size_t size) {
    char out[2048], json[1024];
    int n;
    if (!strncmp(head, "GET /bill", 9)) {
        n = snprintf(json, sizeof json,
                     "{\"requests\":%lld,\"input\":%lld,\"output\":%lld,\"streams\":%lld,\"cut\":%lld}",
                     requests, input_tokens, output_tokens, finished, cut);
    } else if (!strncmp(head, "GET ", 4)) {
        n = snprintf(json, sizeof json, "{\"object\":\"list\",\"data\":[]}");
    } else {
        long tokens = memmem(body, size, "\"image_url\"", 11) ? 1105 + 10 : (long)(size / 4);
        if (memmem(body, size, "\"stream\":true", 13)) {
            static const char start[] =
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                "x-request-id: req_bench\r\nTransfer-Encoding: chunked\r\n\r\n";
            c->input = tokens;
            c->streaming = events;
            c->next = now();
            streams[streaming++] = c->fd;
            return put(c, start, sizeof start - 1);
        }
        requests++;
        input_tokens += tokens;
        output_tokens += 30;
        n = snprintf(json, sizeof json,
                     "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1700000000,"
                     "\"model\":\"gpt-4o-mini-2024-07-18\",\"choices\":[{\"index\":0,\"message\":{"
                     "\"role\":\"assistant\",\"content\":\"The capital of France is Paris, which lies on"
                     " the Seine and has been the seat of its government for most of a thousand years."
                     "\",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":"
                     "\"stop\"}],\"usage\":{\"prompt_tokens\":%ld,\"completion_tokens\":30,"
                     "\"total_tokens\":%ld,\"prompt_tokens_details\":{\"cached_tokens\":0},"
                     "\"completion_tokens_details\":{\"reasoning_tokens\":0}},"
                     "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_bench0001\"}",
                     tokens, tokens + 30);
    }
    n = snprintf(out, sizeof out,
                 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: req_bench\r\n"
                 "Content-Length: %d\r\n\r\n%s",
                 n, json);
    return put(c, out, (size_t)n);
}

/* The size of a chunked body that is all there, in its place; -1 while more has to come. */
static ssize_t unchunk(char *body, size_t have, size_t *used) {
    size_t at = 0, size = 0;
    for (;;) {
        char *end = memmem(body + at, have - at, "\r\n", 2);
        if (!end) return -1;
        size_t next = strtoul(body + at, NULL, 16), data = (size_t)(end + 2 - body);
        if (have < data + next + 2) return -1;
        if (!next) {
            *used = data + 2;
            return (ssize_t)size;
        }
        memmove(body + size, body + data, next);
        size += next;
        at = data + next + 2;
    }
}

/* Answers the requests that are there; 0 when the connection has to be closed. */
static int serve(struct connection *c) {
    for (;;) {
        char *end = c->have ? memmem(c->in, c->have < HEAD_MOST ? c->have : HEAD_MOST, "\r\n\r\n", 4)
                            : NULL;
        if (!end) return c->have < HEAD_MOST;
        size_t head = (size_t)(end + 4 - c->in), used = 0;
        ssize_t size = 0;
        *end = 0;
        char *length = strcasestr(c->in, "\r\ncontent-length:");
        char *coded = strcasestr(c->in, "\r\ntransfer-encoding:");
        if (length) {
            size = (ssize_t)strtoul(length + 17, NULL, 10);
            used = (size_t)size;
        }
        *end = '\r';
        if (coded) {
            char *copy = malloc(c->have - head + 1);
            memcpy(copy, c->in + head, c->have - head);
            size = unchunk(copy, c->have - head, &used);
            int fine = size < 0 || answer(c, c->in, copy, (size_t)size);
            free(copy);
            if (size < 0) return 1;
            if (!fine) return 0;
        } else {
            if (c->have < head + used) return 1;
            if (!answer(c, c->in, c->in + head, (size_t)size)) return 0;
        }
        memmove(c->in, c->in + head + used, c->have - head - used);
        c->have -= head + used;
    }
}

static void readable(struct connection *c) {
    for (;;) {
        if (c->have == c->room) {
            c->room = c->room ? c->room * 2 : 4096;
            c->in = realloc(c->in, c->room);
        }
        size_t asked = c->room - c->have;
        ssize_t n = read(c->fd, c->in + c->have, asked);
        if (n == 0 || (n < 0 && errno != EAGAIN)) {
            forget(c);
            return;
        }
        if (n > 0) c->have += (size_t)n;
        if (n < (ssize_t)asked) break;
    }
    if (!serve(c)) forget(c);
}

static void writable(struct connection *c) {
    ssize_t n = write(c->fd, c->out, c->left);
    if (n < 0) {
        if (errno != EAGAIN) forget(c);
        return;
    }
    c->left -= (size_t)n;
    memmove(c->out, c->out + n, c->left);
    if (!c->left) {
        free(c->out);
        c->out = NULL;
        watch(c, 0);
    }
}

static void take(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), one = 1;
        if (fd < 0) return;
        if (fd >= MOST) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        connections[fd] = calloc(1, sizeof(struct connection));
        connections[fd]->fd = fd;
        struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e);
    }
}

int main(int n, char **argument) {
    if (n != 4) {
        fprintf(stderr, "usage: upstream PORT EVENTS RATE\n");
        return 2;
    }
    events = atoi(argument[2]);
    rate = atoi(argument[3]);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files = {MOST, MOST};
    setrlimit(RLIMIT_NOFILE, &files);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)atoi(argument[1])),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) {
        perror("upstream");
        return 1;
    }
    poller = epoll_create1(0);
    struct epoll_event first = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &first);
    int64_t ticked = now();
    for (;;) {
        struct epoll_event found[256];
        int many = epoll_wait(poller, found, 256, streaming ? TICK_US / 1000 : 1000);
        for (int i = 0; i < many; i++) {
            int fd = found[i].data.fd;
            if (fd == listener) {
                take(listener);
                continue;
            }
            if (connections[fd] && found[i].events & EPOLLOUT) writable(connections[fd]);
            if (connections[fd] && found[i].events & ~EPOLLOUT) readable(connections[fd]);
        }
        if (streaming && now() - ticked >= TICK_US) {
            ticked = now();
            tick();
        }
    }
}
