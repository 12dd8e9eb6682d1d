// The client's side of the echo message.
#include "stack.h"

#define ECHO_REQUEST  8
#define TIMEOUT_STEPS 1000000u

EXO_API int
ping(in_addr_t address, unsigned bytes, uint32_t timeout)
{
  uint8_t *message = frame_out() + IP_DATA;
  uint8_t station[6];
  uint64_t began, deadline;
  int error;

  if (!net_is_up()) return NET_E_DOWN;
  if (bytes > NET_DATAGRAM) return NET_E_LENGTH;
  error = ip_route(address, 1, station);
  if (error < 0) return error;
  net_echo.id = (uint16_t)environment_id();
  net_echo.sequence++;
  net_echo.bytes = bytes;
  net_echo.came = 0;
  net_echo.is_waited_for = 1;
  message[0] = ECHO_REQUEST;
  message[1] = 0;
  put16(message + 2, 0);
  put16(message + 4, net_echo.id);
  put16(message + 6, net_echo.sequence);
  for (unsigned i = 0; i < bytes; i++) message[ICMP_BYTES + i] = (uint8_t)i;
  put_sum(message + 2, sum_end(sum_bytes(0, message, ICMP_BYTES + bytes)));
  began = steps_now();
  deadline = began + (timeout ? timeout : TIMEOUT_STEPS);
  error = ip_send(station, address, PROTOCOL_ICMP, ICMP_BYTES + bytes);
  while (error == 0 && net_echo.came == 0 && steps_now() < deadline) {
    net_wait(0, deadline);
    net_poll();
  }
  net_echo.is_waited_for = 0;
  if (error < 0) return error;
  return net_echo.came ? (int)(net_echo.came - began) : NET_E_TIMEOUT;
}
