/* A load of requests on keep-alive connections, one outstanding each: load ADDRESS PORT CONNECTIONS SECONDS FILE
   FILE holds one request per connection and line: "PATH BODY" (POST) or "PATH" (GET), used round robin. Prints one line of
   JSON: requests, errors (any status but 200), per_second, and the latencies in microseconds. Bounded in time; loopback
   only. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES (1 << 20)

struct conn {
    int fd;
    char *request;
    size_t request_len;
    char in[65536];
    size_t in_len;
    double sent_us;
};

static double *samples;
static size_t sample_count;
static unsigned long requests, errors;

static double now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static char *build_request(char *line, size_t *n)
{
    char *out = malloc(strlen(line) + 256);
    line[strcspn(line, "\n")] = '\0';
    char *body = strchr(line, ' ');
    if (body)
        *body++ = '\0';
    *n = (size_t)(body ? sprintf(out,
                                 "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                 "Content-Length: %zu\r\n\r\n%s",
                                 line, strlen(body), body)
                       : sprintf(out, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", line));
    return out;
}

static void send_request(struct conn *c)
{
    c->sent_us = now_us();
    if (write(c->fd, c->request, c->request_len) != (ssize_t)c->request_len)
        die("write");
}

/* Length of the complete answer at the front of the buffer, 0 when more is needed. */
static size_t answer_length(const struct conn *c)
{
    const char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    size_t head = (size_t)(end - c->in) + 4;
    for (const char *p = c->in; p < end; p++) {
        if (strncasecmp(p, "\r\ncontent-length:", 17) == 0) {
            size_t total = head + strtoul(p + 17, NULL, 10);
            return c->in_len >= total ? total : 0;
        }
    }
    return head;
}

static void on_readable(struct conn *c)
{
    ssize_t got = read(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len);
    if (got <= 0)
        die("the server closed a connection");
    c->in_len += (size_t)got;
    size_t n = answer_length(c);
    if (n == 0)
        return;
    requests++;
    if (memcmp(c->in + 9, "200", 3) != 0) {
        if (errors++ == 0)
            fprintf(stderr, "%.*s\n", (int)n, c->in);
    }
    samples[sample_count++ % SAMPLES] = now_us() - c->sent_us;
    c->in_len = 0;
    send_request(c);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void open_all(struct conn *conns, int n, const char *address, int port, const char *file, int ep)
{
    struct sockaddr_in sin = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    FILE *f = fopen(file, "r");
    char *line = NULL;
    size_t cap = 0;
    int one = 1;
    if (f == NULL || inet_pton(AF_INET, address, &sin.sin_addr) != 1 || strncmp(address, "127.", 4) != 0)
        die("usage: load 127.0.0.1 PORT CONNECTIONS SECONDS FILE");
    for (int i = 0; i < n; i++) {
        if (getline(&line, &cap, f) < 0) {
            rewind(f);
            if (getline(&line, &cap, f) < 0)
                die("the file is empty");
        }
        conns[i].request = build_request(line, &conns[i].request_len);
        conns[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(conns[i].fd, (struct sockaddr *)&sin, sizeof(sin)) != 0)
            die("connect");
        setsockopt(conns[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &conns[i]};
        epoll_ctl(ep, EPOLL_CTL_ADD, conns[i].fd, &ev);
    }
    free(line);
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    int n = atoi(argv[3]), ep = epoll_create1(0);
    double seconds = atof(argv[4]);
    if (n < 1 || n > 1000 || seconds > 60)
        return 2;
    struct conn *conns = calloc((size_t)n, sizeof(*conns));
    samples = malloc(SAMPLES * sizeof(*samples));
    open_all(conns, n, argv[1], atoi(argv[2]), argv[5], ep);
    double from = now_us();
    for (int i = 0; i < n; i++)
        send_request(&conns[i]);
    while (now_us() - from < seconds * 1e6) {
        struct epoll_event ev[256];
        int ready = epoll_wait(ep, ev, 256, 1000);
        for (int i = 0; i < ready; i++)
            on_readable(ev[i].data.ptr);
    }
    double took = (now_us() - from) / 1e6;
    size_t kept = sample_count < SAMPLES ? sample_count : SAMPLES;
    qsort(samples, kept, sizeof(*samples), compare);
    printf("{\"requests\":%lu,\"errors\":%lu,\"per_second\":%.0f,\"median_us\":%.0f,\"p99_us\":%.0f}\n", requests, errors,
           (double)requests / took, kept ? samples[kept / 2] : 0, kept ? samples[kept * 99 / 100] : 0);
    return 0;
}
