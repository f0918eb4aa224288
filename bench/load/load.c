/*
 * Loads a chat completions endpoint on loopback, with one thread and one epoll, so that it costs
 * little beside what it measures. Unlike wrk it waits for the last answers, so that every call it
 * made is an answer it counted, and a bill can be compared with it.
 *
 *     load closed  PORT CONNECTIONS SECONDS     BODY KEYS [HEADER]...
 *     load calls   PORT CONNECTIONS CALLS       BODY KEYS [HEADER]...
 *     load open    PORT CONNECTIONS SECONDS     BODY KEYS RATE [HEADER]...
 *     load streams PORT COUNT       OPENING_SEC BODY KEYS [HEADER]...
 *
 * closed: each connection asks again when it is answered. calls: the same, for that many calls and
 * two minutes at the most. open: calls begin at RATE a second
 * whatever comes back, and their time counts from when they should have begun. streams: COUNT of
 * them are opened evenly within OPENING_SEC, and read to their end.
 * BODY is a file; KEYS is a file with a key on each line, which the connections take in turn.
 * Prints one line of JSON; times are microseconds.
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

enum { MOST = 8192, ROOM = 1 << 16, PATIENCE_US = 60000000, LONGEST_S = 120 };

struct connection {
    int fd, busy, status, head, streamed;
    const char *request;
    size_t size, sent;
    char in[ROOM + 1];
    size_t have;
    ssize_t left;  /* of a body with a length; -1 for chunks */
    int64_t since; /* when the call began, or should have */
};

static enum { CLOSED, OPEN, STREAMS } mode;
static struct connection *all;
static int count, poller;
static uint32_t *times;
static size_t timed, room;
static long long answers, begun, broken, reads, events, failed, unavailable, limited;
static long long most = 1LL << 60;
static int64_t stop;
static double rate;
static int64_t start, due;
static long long queued;

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void keep(int64_t time) {
    if (timed == room) {
        room = room ? room * 2 : 1 << 16;
        times = realloc(times, room * sizeof *times);
    }
    times[timed++] = time < 0 ? 0 : (uint32_t)time;
}

static void watch(struct connection *c, int operation, int writing) {
    struct epoll_event e = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(poller, operation, c->fd, &e);
}

static int port;

static void dial(struct connection *c) {
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in there = {.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(c->fd, (struct sockaddr *)&there, sizeof there) && errno != EINPROGRESS) {
        perror("connect");
        exit(1);
    }
    watch(c, EPOLL_CTL_ADD, 1);
}

static void push(struct connection *c) {
    while (c->sent < c->size) {
        ssize_t n = write(c->fd, c->request + c->sent, c->size - c->sent);
        if (n < 0) {
            if (errno == EAGAIN || errno == ENOTCONN) watch(c, EPOLL_CTL_MOD, 1);
            return;
        }
        c->sent += (size_t)n;
    }
    watch(c, EPOLL_CTL_MOD, 0);
}

static void begin(struct connection *c, int64_t since) {
    c->busy = 1;
    c->sent = c->have = 0;
    c->head = c->streamed = 0;
    c->since = since;
    begun++;
    push(c);
}

static void next(struct connection *c);

static void ended(struct connection *c) {
    c->busy = 0;
    answers++;
    if (c->status != 200) {
        failed++;
        unavailable += c->status == 503;
        limited += c->status == 429;
    }
    if (mode != STREAMS) keep(now() - c->since);
    next(c);
}

static void next(struct connection *c) {
    if (mode == CLOSED && now() < stop && begun < most) {
        begin(c, now());
    } else if (mode == OPEN && queued) {
        queued--;
        begin(c, due);
        due += (int64_t)(1e6 / rate);
    }
}

static void lost(struct connection *c) {
    if (c->busy) {
        broken++;
        c->busy = 0;
    }
    close(c->fd);
    if (mode != STREAMS && now() < stop) {
        dial(c);
        next(c);
    }
}

/* Reads the times out of a piece of a stream, and leaves what may go on in the next. */
static void stamps(struct connection *c) {
    char *at = c->in, *end = c->in + c->have;
    int64_t t = now();
    while ((at = memmem(at, (size_t)(end - at), "\" t", 3))) {
        char *stop_at = memchr(at, ';', (size_t)(end - at));
        if (!stop_at) break;
        keep(t - strtoll(at + 3, NULL, 10));
        events++;
        at = stop_at;
    }
    if (c->have >= 5 && !memcmp(end - 5, "0\r\n\r\n", 5)) {
        ended(c);
        return;
    }
    size_t rest = at ? (size_t)(end - at) : c->have < 40 ? c->have : 40;
    memmove(c->in, end - rest, rest);
    c->have = rest;
}

static void body(struct connection *c) {
    if (c->left < 0) {
        if (c->status == 200 && mode == STREAMS) {
            stamps(c);
        } else if (c->have >= 5 && !memcmp(c->in + c->have - 5, "0\r\n\r\n", 5)) {
            ended(c);
        } else if (c->have > 5) {
            memmove(c->in, c->in + c->have - 5, 5);
            c->have = 5;
        }
        return;
    }
    c->left -= (ssize_t)c->have;
    c->have = 0;
    if (c->left <= 0) ended(c);
}

static void readable(struct connection *c) {
    ssize_t n = read(c->fd, c->in + c->have, ROOM - c->have);
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        lost(c);
        return;
    }
    if (n < 0) return;
    reads++;
    c->have += (size_t)n;
    c->in[c->have] = 0;
    if (!c->busy) {
        c->have = 0;
        return;
    }
    if (!c->head) {
        char *end = memmem(c->in, c->have, "\r\n\r\n", 4);
        if (!end) return;
        *end = 0;
        c->head = 1;
        c->status = atoi(c->in + 9);
        char *length = strcasestr(c->in, "\r\ncontent-length:");
        c->left = length ? atol(length + 17) : -1;
        size_t rest = c->have - (size_t)(end + 4 - c->in);
        memmove(c->in, end + 4, rest);
        c->have = rest;
    }
    body(c);
}

static char *file(const char *name, size_t *size) {
    FILE *f = fopen(name, "r");
    if (!f) {
        perror(name);
        exit(2);
    }
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    char *all_of_it = malloc(*size + 1);
    *size = fread(all_of_it, 1, *size, f);
    all_of_it[*size] = 0;
    fclose(f);
    return all_of_it;
}

static void requests(char *bodies, size_t size, char *keys, char **headers, int many) {
    char *lines[MOST];
    int known = 0;
    for (char *key = strtok(keys, "\n"); key && known < MOST; key = strtok(NULL, "\n")) {
        lines[known++] = key;
    }
    char **made = calloc((size_t)known, sizeof *made);
    size_t *sizes = calloc((size_t)known, sizeof *sizes);
    for (int i = 0; i < count; i++) {
        int k = i % known;
        if (!made[k]) {
            made[k] = malloc(size + 8192);
            int n = sprintf(made[k],
                            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost:%d\r\n"
                            "Authorization: Bearer %s\r\nUser-Agent: OpenAI/Python 2.9.0\r\n"
                            "Accept: application/json\r\nContent-Type: application/json\r\n"
                            "X-Stainless-Lang: python\r\nX-Stainless-Async: false\r\n",
                            port, lines[k]);
            for (int h = 0; h < many; h++) n += sprintf(made[k] + n, "%s\r\n", headers[h]);
            n += sprintf(made[k] + n, "Content-Length: %zu\r\n\r\n", size);
            memcpy(made[k] + n, bodies, size);
            sizes[k] = (size_t)n + size;
        }
        all[i].request = made[k];
        all[i].size = sizes[k];
    }
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static unsigned percentile(double share) {
    return timed ? times[(size_t)(share * (double)(timed - 1))] : 0;
}

static int busy(void) {
    for (int i = 0; i < count; i++)
        if (all[i].busy) return 1;
    return 0;
}

int main(int n, char **argument) {
    if (n < 7) {
        fprintf(stderr, "usage: load closed|calls|open|streams PORT CONNECTIONS SECONDS BODY KEYS"
                        " [RATE] [HEADER]...\n");
        return 2;
    }
    mode = !strcmp(argument[1], "open") ? OPEN : !strcmp(argument[1], "streams") ? STREAMS : CLOSED;
    port = atoi(argument[2]);
    count = atoi(argument[3]);
    double seconds = atof(argument[4]);
    if (!strcmp(argument[1], "calls")) {
        most = atoll(argument[4]);
        seconds = LONGEST_S;
    }
    size_t size, none;
    char *bodies = file(argument[5], &size), *keys = file(argument[6], &none);
    int more = 7;
    if (mode == OPEN) rate = atof(argument[more++]);
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files = {65536, 65536};
    setrlimit(RLIMIT_NOFILE, &files);
    all = calloc((size_t)count, sizeof *all);
    poller = epoll_create1(0);
    requests(bodies, size, keys, argument + more, n - more);
    start = due = now();
    stop = start + (int64_t)(seconds * 1e6);
    long long wanted = (long long)(rate * seconds), asked = 0;
    int opened = mode == STREAMS ? 0 : count;
    for (int i = 0; i < opened; i++) {
        dial(&all[i]);
        if (mode == CLOSED) begin(&all[i], now());
    }
    int64_t moved = now();
    for (;;) {
        int64_t t = now();
        while (mode == STREAMS && opened < count
               && t >= start + (int64_t)(seconds * 1e6 * opened / count)) {
            dial(&all[opened]);
            begin(&all[opened++], t);
        }
        while (mode == OPEN && asked < wanted && t >= start + (int64_t)(1e6 * asked / rate)) {
            asked++;
            queued++;
        }
        for (int i = 0; mode == OPEN && queued && i < count; i++) {
            if (!all[i].busy) next(&all[i]);
        }
        int over = mode == STREAMS ? opened == count : mode == OPEN ? asked == wanted
                                                               : t >= stop || begun >= most;
        if (over && !queued && !busy()) break;
        if (t - moved > PATIENCE_US) {
            fprintf(stderr, "load: nothing came for a minute\n");
            break;
        }
        struct epoll_event found[256];
        int many = epoll_wait(poller, found, 256, mode == CLOSED ? 100 : 1);
        for (int i = 0; i < many; i++) {
            struct connection *c = found[i].data.ptr;
            moved = t;
            if (found[i].events & EPOLLOUT && c->busy) push(c);
            else if (found[i].events & EPOLLOUT) watch(c, EPOLL_CTL_MOD, 0);
            if (found[i].events & ~EPOLLOUT) readable(c);
        }
    }
    double took = (double)(now() - start) / 1e6;
    qsort(times, timed, sizeof *times, compare);
    printf("{\"begun\":%lld,\"answers\":%lld,\"failed\":%lld,\"unavailable\":%lld,\"limited\":%lld,"
           "\"broken\":%lld,\"events\":%lld,\"reads\":%lld,\"seconds\":%.3f,\"p50\":%u,\"p90\":%u,"
           "\"p99\":%u,\"max\":%u}\n",
           begun, answers, failed, unavailable, limited, broken, events, reads, took,
           percentile(0.5), percentile(0.9), percentile(0.99), percentile(1));
    return 0;
}
