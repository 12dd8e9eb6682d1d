// What do the calls do with what makes no sense, and is everything given back? One program, which
// talks to itself over the loopback.
#include "../stack.h"
#include "../../tests/check.h"

static struct sockaddr_in
at(const char *host, unsigned port)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

  address.sin_addr.s_addr = inet_addr(host);
  return address;
}

#define ADDRESS(in) (struct sockaddr *)&(in), sizeof(in)
#define ME          "10.0.0.7"

static void
addresses(void)
{
  char text[16];

  CHECK(inet_addr("10.0.0.7") == htonl(0x0a000007) && inet_addr("0.0.0.0") == 0);
  CHECK(inet_addr("1.2.3") == INADDR_NONE && inet_addr("1.2.3.256") == INADDR_NONE);
  CHECK(inet_addr("1.2.3.4.") == INADDR_NONE && inet_addr("1..3.4") == INADDR_NONE);
  CHECK(inet_addr("") == INADDR_NONE && inet_addr("1.2.3.4 ") == INADDR_NONE);
  CHECK(strcmp(inet_ntop4(inet_addr("255.10.0.107"), text), "255.10.0.107") == 0);
  CHECK(strcmp(net_error(NET_E_DOWN), "this program has no address: net_up comes first") == 0);
  CHECK(strcmp(net_error(EXO_E_AGAIN), exo_error(EXO_E_AGAIN)) == 0);
}

// Each call with what it does not take.
static void
refusals(void)
{
  struct sockaddr_in here = at("0.0.0.0", 7), other = at("10.0.0.8", 7), zero = at(ME, 0);
  int s = socket(AF_INET, SOCK_DGRAM, 0), t = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP), more[8];
  char bytes[8];

  CHECK(socket(1, SOCK_DGRAM, 0) == NET_E_SUPPORT && socket(AF_INET, 1, 0) == NET_E_SUPPORT);
  CHECK(socket(AF_INET, SOCK_DGRAM, 6) == NET_E_SUPPORT);
  for (int i = 0; i < NET_SOCKETS - 2; i++) CHECK((more[i] = socket(AF_INET, SOCK_DGRAM, 0)) > 1);
  CHECK(socket(AF_INET, SOCK_DGRAM, 0) == EXO_E_NONE);
  for (int i = 0; i < NET_SOCKETS - 2; i++) CHECK(closesocket(more[i]) == 0);
  CHECK(closesocket(more[0]) == NET_E_SOCKET && closesocket(-1) == NET_E_SOCKET);
  CHECK(closesocket(NET_SOCKETS) == NET_E_SOCKET && bind(99, ADDRESS(here)) == NET_E_SOCKET);
  CHECK(recv(s, bytes, 8, 0) == NET_E_PEER && send(s, bytes, 1, 0) == NET_E_PEER);
  CHECK(bind(s, (struct sockaddr *)&here, 4) == NET_E_SUPPORT && bind(s, 0, 16) == NET_E_SUPPORT);
  CHECK(bind(s, ADDRESS(other)) == NET_E_ADDRESS);
  CHECK(bind(s, ADDRESS(here)) == 0 && bind(s, ADDRESS(here)) == NET_E_CONNECTED);
  CHECK(bind(t, ADDRESS(here)) == NET_E_PORT);
  CHECK(connect(t, ADDRESS(zero)) == NET_E_ADDRESS);
  CHECK(sendto(t, bytes, 1, 0, ADDRESS(zero)) == NET_E_ADDRESS);
  CHECK(sendto(t, bytes, NET_DATAGRAM + 1, 0, ADDRESS(other)) == NET_E_LENGTH);
  for (int i = 0; i < 4; i++) {
    static const char *const nobody[] = {"127.0.0.1", "255.255.255.255", "224.0.0.1", "0.1.2.3"};
    struct sockaddr_in to = at(nobody[i], 7);

    CHECK(sendto(t, bytes, 1, 0, ADDRESS(to)) == NET_E_ADDRESS);
    CHECK(net_up(inet_addr(nobody[i]), 0, 0) == NET_E_ADDRESS && net_address() == 0);
    CHECK(net_up(inet_addr(ME), 0, 0) == 0);
    t = socket(AF_INET, SOCK_DGRAM, 0);
  }
  net_down();
  CHECK(closesocket(t) == NET_E_SOCKET && ping(inet_addr(ME), 1, 0) == NET_E_DOWN);
}

// To ourselves, over the loopback.
static void
datagrams(void)
{
  struct sockaddr_in here = at(ME, 7), from, far = at("11.0.0.1", 7), gone = at("10.0.9.9", 7);
  struct sockaddr_in closed = at(ME, 4), thief = at(ME, 8);
  socklen_t size = sizeof from;
  int server, client, third;
  char bytes[8];
  uint64_t began;

  CHECK(net_up(inet_addr(ME), 0, 0) == 0);
  server = socket(AF_INET, SOCK_DGRAM, 0);
  client = socket(AF_INET, SOCK_DGRAM, 0);
  third = socket(AF_INET, SOCK_DGRAM, 0);
  CHECK(bind(server, ADDRESS(here)) == 0 && bind(third, ADDRESS(thief)) == 0);
  CHECK(recv(server, bytes, 8, MSG_DONTWAIT) == EXO_E_AGAIN);
  CHECK(socket_timeout(server, 50000) == 0);
  began = steps_now();
  CHECK(recv(server, bytes, 8, 0) == NET_E_TIMEOUT);
  CHECK(steps_now() - began >= 50000 && steps_now() - began < 80000);

  CHECK(connect(client, ADDRESS(here)) == 0);
  CHECK(send(client, "abcdefghij", 10, 0) == 10);
  CHECK(recvfrom(server, bytes, 7, 0, (struct sockaddr *)&from, &size) == 7);
  CHECK(memcmp(bytes, "abcdefg", 7) == 0 && size == sizeof from);
  CHECK(from.sin_addr.s_addr == inet_addr(ME) && ntohs(from.sin_port) >= 49152);
  CHECK(send(client, "abcdefghij", 10, 0) == 10);
  CHECK(recvfrom(server, bytes, 3, MSG_TRUNC, 0, 0) == 10 && memcmp(bytes, "abc", 3) == 0);
  CHECK(send(client, "", 0, 0) == 0 && recv(server, bytes, 8, 0) == 0);

  // A connected socket hears its peer and nobody else.
  CHECK(sendto(third, "not you", 7, 0, (struct sockaddr *)&from, size) == 7);
  CHECK(sendto(server, "you", 3, 0, (struct sockaddr *)&from, size) == 3);
  socket_timeout(client, 50000);
  CHECK(recv(client, bytes, 8, 0) == 3 && memcmp(bytes, "you", 3) == 0);
  CHECK(recv(client, bytes, 8, 0) == NET_E_TIMEOUT);
  CHECK(net_counted()->udp_nobody == 1);

  CHECK(connect(third, ADDRESS(closed)) == 0 && send(third, "x", 1, 0) == 1);
  socket_timeout(third, 100000);
  CHECK(recv(third, bytes, 8, 0) == NET_E_REFUSED && recv(third, bytes, 8, 0) == NET_E_TIMEOUT);
  CHECK(sendto(server, "x", 1, 0, ADDRESS(far)) == NET_E_ROUTE);
  CHECK(sendto(server, "x", 1, MSG_DONTWAIT, ADDRESS(gone)) == EXO_E_AGAIN);
  CHECK(sendto(server, "x", 1, 0, ADDRESS(gone)) == NET_E_UNREACHABLE);
  size = sizeof from;
  CHECK(getsockname(server, (struct sockaddr *)&from, &size) == 0 && from.sin_port == htons(7));
  CHECK(ping(inet_addr(ME), 0, 0) > 0 && ping(inet_addr(ME), NET_DATAGRAM, 0) > 0);
  CHECK(ping(inet_addr(ME), NET_DATAGRAM + 1, 0) == NET_E_LENGTH);
  CHECK(net_counted()->echo_replies == 2 && net_counted()->echo_answered == 2);
}

// Two bytes that make the checksum zero, which is sent as its other form.
static void
checksum_zero(void)
{
  int server = socket(AF_INET, SOCK_DGRAM, 0), client = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in here = at(ME, 70);
  uint8_t bytes[2];
  uint32_t sum;

  CHECK(bind(server, ADDRESS(here)) == 0);
  here.sin_port = htons(71);
  CHECK(bind(client, ADDRESS(here)) == 0);
  sum = sum_pseudo(inet_addr(ME), inet_addr(ME), IPPROTO_UDP, 10) + htons(71) + htons(70) + htons(10);
  put_sum(bytes, sum_end(sum));
  here.sin_port = htons(70);
  CHECK(sendto(client, bytes, 2, 0, ADDRESS(here)) == 2);
  socket_timeout(server, 100000);
  CHECK(recv(server, bytes, 2, 0) == 2);
}

int
main(void)
{
  int slot = slot_alloc();

  slot_free((exo_slot)slot);
  addresses();
  CHECK(net_up(inet_addr(ME), 0, 0) == 0);
  refusals();
  datagrams();
  checksum_zero();
  net_down();
  for (int i = 0; i < 200; i++) {
    int s;

    CHECK(net_up(0, 0, 0) == 0 && (ntohl(net_address()) & 0xffffff00) == 0x0a000100);
    CHECK((s = socket(AF_INET, SOCK_DGRAM, 0)) == 0);
    CHECK(bind(s, (struct sockaddr *)&(struct sockaddr_in){.sin_family = AF_INET}, 16) == 0);
    if (i % 2) net_down();
  }
  net_down();
  CHECK(slot_alloc() == slot); // nothing is left behind
  return failures;
}
