/* bare: the least that one change to many sockets can cost, a loop of send() over WebSockets with nothing around it.
 *
 *   bare PORT
 *
 * Answers every handshake on /sub/<letter> as RFC 6455 answers its own example key, which is the one that fanclient sends.
 * A line "<letter> <bytes>" on standard input sends a text frame of so many bytes to all who asked for that letter.
 * Build: cc -O2 -o bare bare.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 70000
static int listeners[256][MOST], count[256];
static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static void publish(unsigned char letter, int size) {
    static unsigned char frame[65536 + 4];
    int head = size < 126 ? 2 : 4;
    frame[0] = 0x81;
    frame[1] = head == 2 ? size : 126;
    if (head == 4) { frame[2] = size >> 8; frame[3] = size & 255; }
    memset(frame + head, 'x', size);
    for (int k = 0; k < count[letter]; k++)
        if (send(listeners[letter][k], frame, head + size, MSG_NOSIGNAL) != head + size) perror("send");
}

int main(int argc, char **argv) {
    if (argc < 2) { fprintf(stderr, "usage: bare PORT\n"); return 1; }
    struct rlimit files;
    if (!getrlimit(RLIMIT_NOFILE, &files)) { files.rlim_cur = files.rlim_max; setrlimit(RLIMIT_NOFILE, &files); }
    int door = socket(AF_INET, SOCK_STREAM, 0), one = 1, ep = epoll_create1(0);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(door, (void *)&a, sizeof a) || listen(door, 4096)) { perror("bind"); return 1; }
    struct epoll_event e = {.events = EPOLLIN, .data.fd = door}, ev[256];
    epoll_ctl(ep, EPOLL_CTL_ADD, door, &e);
    e.data.fd = 0;
    epoll_ctl(ep, EPOLL_CTL_ADD, 0, &e);
    static char buf[65536];
    for (;;) {
        int n = epoll_wait(ep, ev, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = ev[i].data.fd, got;
            if (fd == door) {
                fd = accept(door, NULL, NULL);
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                fcntl(fd, F_SETFL, O_NONBLOCK);
                e.data.fd = fd;
                epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
                continue;
            }
            got = read(fd, buf, sizeof buf - 1);
            if (got <= 0) { if (!fd) return 0; epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL); close(fd); continue; }
            buf[got] = 0;
            if (!fd) {
                for (char *line = strtok(buf, "\n"); line; line = strtok(NULL, "\n")) publish(line[0], atoi(line + 1));
            } else if (!strncmp(buf, "GET /sub/", 9)) {
                unsigned char letter = buf[9];
                if (count[letter] < MOST) listeners[letter][count[letter]++] = fd;
                if (write(fd, answer, sizeof answer - 1) < 0) perror("write");
            }
        }
    }
}
