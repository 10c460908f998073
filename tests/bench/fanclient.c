/* fanclient: N WebSocket clients on one epoll loop, to measure how fast a server fans one change out to all of them.
 *
 *   fanclient PORT TARGETS [MIN_BYTES [BEAT_SECONDS [REPORT [AT_ONCE [MATCH]]]]]
 *
 * TARGETS is a file with one connection a line: path, extra request header, first message (text) or hex:<bytes> (binary),
 * separated by tabs; the last two may be empty. MIN_BYTES (default 200): data frames shorter than this are not counted,
 * so that greetings and acknowledgements are left out. BEAT_SECONDS (default 0: never): how often each connection says
 * {"type":"beat"}. REPORT (default 0): 1 to report every topic document as applied, as a screen does. AT_ONCE (default 64):
 * how many handshakes may be under way. MATCH: only frames with this text in their first 255 bytes are counted. All connections
 * come from one address, as those of a chain behind one do, as long as its ports last: 20,000 from each of 127.0.0.1, 127.0.0.2
 * and so on.
 *
 * Prints READY once every handshake is done, then for each change that ALL clients have received:
 *   ROUND <k> <ns of the first frame> <ns of the last frame> <ns of the p95>      (CLOCK_MONOTONIC)
 * and for each line on standard input, which asks what they had so far:
 *   FRAMES <least of any client> <most> <all together> <oldest version that any holds> <newest> <ns of the last frame>
 * Ends with status 2 when the server closes a connection, 3 when it refuses a handshake.
 * Build: cc -O2 -o fanclient fanclient.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int fd, open;
    char path[512], header[512], first[2048];
    char reply[4096];
    int reply_len;
    unsigned char head[14]; /* the frame header being read */
    int head_len, opcode, counted;
    uint64_t left; /* payload bytes still to come */
    char start[256]; /* how the message begins */
    int start_len;
    long frames, version;
} Client;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void send_frame(int fd, int opcode, const unsigned char *p, int n) {
    unsigned char b[4096];
    int k = 0;
    b[k++] = 0x80 | opcode;
    if (n < 126) b[k++] = 0x80 | n;
    else { b[k++] = 0x80 | 126; b[k++] = n >> 8; b[k++] = n & 255; }
    memset(b + k, 0, 4); /* a mask of zero leaves the payload as it is */
    k += 4;
    memcpy(b + k, p, n);
    if (write(fd, b, k + n) != k + n) perror("write");
}

static void send_first(Client *c) {
    if (!c->first[0]) return;
    if (strncmp(c->first, "hex:", 4)) { send_frame(c->fd, 1, (unsigned char *)c->first, strlen(c->first)); return; }
    unsigned char b[1024];
    int n = 0;
    for (char *p = c->first + 4; p[0] && p[1]; p += 2) { unsigned x; sscanf(p, "%2x", &x); b[n++] = x; }
    send_frame(c->fd, 2, b, n);
}

/* {"type":"topic","topic":T,"version":V,"doc":... is answered by {"type":"applied","topic":T,"version":V} */
static void report(Client *c) {
    static const char topic[] = "{\"type\":\"topic\",", applied[] = "{\"type\":\"applied\",";
    char text[300];
    c->start[c->start_len] = 0;
    char *doc = strstr(c->start, ",\"doc\":");
    if (!doc || strncmp(c->start, topic, sizeof topic - 1)) return;
    *doc = 0;
    int n = snprintf(text, sizeof text, "%s%s}", applied, c->start + sizeof topic - 1);
    send_frame(c->fd, 1, (unsigned char *)text, n);
}

static long version_of(Client *c) {
    c->start[c->start_len] = 0;
    char *at = strstr(c->start, "\"version\":[\"");
    return at && (at = strchr(at, ',')) ? atol(at + 1) : 0;
}

static void say_frames(Client *clients, int n, uint64_t last_ns) {
    long least = n ? clients[0].frames : 0, most = 0, all = 0, oldest = n ? clients[0].version : 0, newest = 0;
    for (int k = 0; k < n; k++) {
        Client *c = &clients[k];
        all += c->frames;
        if (c->frames < least) least = c->frames;
        if (c->frames > most) most = c->frames;
        if (c->version < oldest) oldest = c->version;
        if (c->version > newest) newest = c->version;
    }
    printf("FRAMES %ld %ld %ld %ld %ld %llu\n", least, most, all, oldest, newest, (unsigned long long)last_ns);
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc < 3) { fprintf(stderr, "usage: fanclient PORT TARGETS [MIN_BYTES [BEAT_SECONDS [REPORT [AT_ONCE [MATCH]]]]]\n"); return 1; }
    int port = atoi(argv[1]), min_bytes = argc > 3 ? atoi(argv[3]) : 200, beat = argc > 4 ? atoi(argv[4]) : 0, reports = argc > 5 && atoi(argv[5]), at_once = argc > 6 ? atoi(argv[6]) : 64, n_clients = 0, cap = 1024;
    const char *match = argc > 7 ? argv[7] : "";
    struct rlimit files;
    if (!getrlimit(RLIMIT_NOFILE, &files)) { files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files); }
    Client *clients = calloc(cap, sizeof *clients);
    FILE *f = fopen(argv[2], "r");
    if (!f) { perror(argv[2]); return 1; }
    char *line = NULL; size_t size = 0;
    while (getline(&line, &size, f) > 0) {
        line[strcspn(line, "\n")] = 0;
        if (n_clients == cap) { clients = realloc(clients, 2 * cap * sizeof *clients); memset(clients + cap, 0, cap * sizeof *clients); cap *= 2; }
        Client *c = &clients[n_clients++];
        char *rest = line;
        snprintf(c->path, sizeof c->path, "%s", strsep(&rest, "\t"));
        if (rest) snprintf(c->header, sizeof c->header, "%s", strsep(&rest, "\t"));
        if (rest) snprintf(c->first, sizeof c->first, "%s", rest);
    }
    int ep = epoll_create1(0), opened = 0, in_flight = 0, ready = 0, done = 0;
    long round = 0;
    uint64_t first_ns = 0, last_ns = 0, most_ns = 0, beaten_ns = now_ns();
    static unsigned char buf[1 << 20];
    struct epoll_event ev[1024];
    struct epoll_event asked = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(ep, EPOLL_CTL_ADD, 0, &asked); /* refused where standard input is a file: then nobody asks */
    for (;;) {
        while (opened < n_clients && in_flight < at_once) {
            Client *c = &clients[opened];
            c->fd = socket(AF_INET, SOCK_STREAM, 0);
            struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr("127.0.0.1")};
            struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + opened / 20000)};
            if (opened >= 20000 && bind(c->fd, (void *)&from, sizeof from)) perror("bind");
            if (connect(c->fd, (void *)&a, sizeof a)) { perror("connect"); return 1; }
            int one = 1;
            setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            fcntl(c->fd, F_SETFL, O_NONBLOCK);
            char r[2048];
            int n = snprintf(r, sizeof r,
                "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s\r\n",
                c->path, port, c->header, c->header[0] ? "\r\n" : "");
            if (write(c->fd, r, n) != n) perror("handshake");
            struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
            epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
            opened++; in_flight++;
        }
        int n = epoll_wait(ep, ev, 1024, beat ? 1000 : -1);
        if (beat && now_ns() - beaten_ns > beat * 1000000000ull) {
            beaten_ns = now_ns();
            for (int k = 0; k < opened; k++)
                if (clients[k].open) send_frame(clients[k].fd, 1, (unsigned char *)"{\"type\":\"beat\"}", 15);
        }
        for (int i = 0; i < n; i++) {
            Client *c = ev[i].data.ptr;
            if (!c) {
                if (read(0, buf, sizeof buf) > 0) say_frames(clients, n_clients, last_ns);
                else epoll_ctl(ep, EPOLL_CTL_DEL, 0, NULL);
                continue;
            }
            int got = read(c->fd, buf, sizeof buf);
            if (got <= 0) {
                if (got < 0 && errno == EAGAIN) continue;
                fprintf(stderr, "connection %ld closed by the server\n", (long)(c - clients));
                return 2;
            }
            unsigned char *p = buf; int left = got;
            if (!c->open) {
                int room = sizeof c->reply - 1 - c->reply_len, take = left < room ? left : room;
                memcpy(c->reply + c->reply_len, p, take);
                c->reply[c->reply_len + take] = 0;
                char *end = strstr(c->reply, "\r\n\r\n");
                if (!end) { c->reply_len += take; continue; }
                if (strncmp(c->reply, "HTTP/1.1 101", 12)) { fprintf(stderr, "refused: %.300s\n", c->reply); return 3; }
                int used = (int)(end + 4 - c->reply) - c->reply_len;
                p += used; left -= used; c->open = 1; in_flight--;
                send_first(c);
                if (++ready == n_clients) { printf("READY\n"); fflush(stdout); }
            }
            while (left > 0) {
                if (!c->left) {
                    c->head[c->head_len++] = *p++; left--;
                    if (c->head_len < 2) continue;
                    int short_len = c->head[1] & 127, want = 2 + (short_len == 126 ? 2 : short_len == 127 ? 8 : 0);
                    if (c->head_len < want) continue;
                    uint64_t len = short_len;
                    if (short_len == 126) len = (c->head[2] << 8) | c->head[3];
                    if (short_len == 127) { len = 0; for (int k = 2; k < 10; k++) len = len << 8 | c->head[k]; }
                    c->opcode = c->head[0] & 15; c->head_len = 0; c->left = len;
                    c->counted = c->opcode < 8 && len >= (uint64_t)min_bytes;
                    c->start_len = 0;
                    if (!len) { if (c->opcode == 9) send_frame(c->fd, 10, buf, 0); continue; }
                }
                uint64_t take = (uint64_t)left < c->left ? (uint64_t)left : c->left;
                int keep = (int)sizeof c->start - 1 - c->start_len;
                if ((uint64_t)keep > take) keep = take;
                memcpy(c->start + c->start_len, p, keep);
                c->start_len += keep;
                p += take; left -= take; c->left -= take;
                if (c->left) continue;
                if (reports && c->opcode == 1) report(c);
                if (c->opcode == 9) send_frame(c->fd, 10, buf, 0);
                c->start[c->start_len] = 0;
                if (!c->counted || !strstr(c->start, match)) continue;
                last_ns = now_ns();
                c->version = version_of(c);
                if (!first_ns) first_ns = last_ns;
                if (++c->frames == round + 1 && ++done == (n_clients * 95 + 99) / 100) most_ns = last_ns;
                if (done == n_clients) {
                    printf("ROUND %ld %llu %llu %llu\n", ++round, (unsigned long long)first_ns, (unsigned long long)last_ns, (unsigned long long)most_ns);
                    fflush(stdout);
                    first_ns = 0; done = 0;
                    for (int k = 0; k < n_clients; k++) done += clients[k].frames > round;
                }
            }
        }
    }
}
