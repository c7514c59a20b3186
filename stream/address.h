// Where a run is served: "127.0.0.1:7077", "[::1]:7077", "localhost:7077", "host.name:7077" or a
// socket path (anything with a slash, or without a colon; a port alone and a host alone are refused).
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "base/status.h"

struct address {
  bool unix_socket;
  bool loopback;                    // 127.0.0.0/8, ::1
  bool numeric;                     // else `host` has to be looked up
  char path[108];                   // unix socket
  char host[256];
  char port[6];
  struct sockaddr_storage socket;   // when numeric
};

// STATUS_USAGE with *e filled when it is none of these.
enum status address_read(const char *text, struct address *out, struct error *e);
bool        address_is_loopback(const struct sockaddr *a);
