#include "stream/address.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

bool address_is_loopback(const struct sockaddr *a) {
  if (a->sa_family == AF_INET) return ((const uint8_t *)&((const struct sockaddr_in *)(const void *)a)->sin_addr)[0] == 127;
  return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

static bool is_port(const char *text) {
  int v = 0, n = 0;
  for (; text[n] && n < 6; n++) {
    if (text[n] < '0' || text[n] > '9') return false;
    v = v * 10 + (text[n] - '0');
  }
  return n >= 1 && n <= 5 && v <= 65535;
}

enum status address_read(const char *text, struct address *out, struct error *e) {
  *out = (struct address){ 0 };
  const char *colon = strrchr(text, ':');
  if (!*text) return error_at(e, STATUS_USAGE, "", 0, 0, "an address is HOST:PORT or a socket path, not empty");
  // 7077, 127.0.0.1 and localhost are half an address, not the names of sockets in this folder
  bool digits = strspn(text, "0123456789") == strlen(text), dotted = strspn(text, "0123456789.") == strlen(text) && strchr(text, '.');
  if (digits) return error_at(e, STATUS_USAGE, "", 0, 0, "\"%.100s\" is a port without a host: 127.0.0.1:%.100s; a socket of that name is ./%.100s", text, text, text);
  if (dotted || !strcmp(text, "localhost")) return error_at(e, STATUS_USAGE, "", 0, 0, "\"%.100s\" is a host without a port: %.100s:7077; a socket of that name is ./%.100s", text, text, text);
  if (strchr(text, '/') || !colon) {
    if (strlen(text) >= sizeof out->path) return error_at(e, STATUS_USAGE, "", 0, 0, "a socket path has at most %zu bytes, this one %zu", sizeof out->path - 1, strlen(text));
    out->unix_socket = true;
    snprintf(out->path, sizeof out->path, "%s", text);
    return STATUS_OK;
  }
  const char *host = text, *end = colon;
  if (*host == '[' && end > host && end[-1] == ']') host++, end--;
  size_t size = (size_t)(end - host);
  if (!is_port(colon + 1)) return error_at(e, STATUS_USAGE, "", 0, 0, "\"%s\" has no port from 0 to 65535 behind the colon", text);
  if (size == 0 || size >= sizeof out->host) return error_at(e, STATUS_USAGE, "", 0, 0, "\"%s\" has no host before the colon, such as 127.0.0.1", text);
  memcpy(out->host, host, size);
  snprintf(out->port, sizeof out->port, "%s", colon + 1);
  if (!strcmp(out->host, "localhost")) snprintf(out->host, sizeof out->host, "127.0.0.1");
  int port = 0;
  for (const char *p = out->port; *p; p++) port = port * 10 + (*p - '0');
  out->numeric = uv_ip4_addr(out->host, port, (struct sockaddr_in *)(void *)&out->socket) == 0 ||
                 uv_ip6_addr(out->host, port, (struct sockaddr_in6 *)(void *)&out->socket) == 0;
  out->loopback = out->numeric && address_is_loopback((const struct sockaddr *)(const void *)&out->socket);
  return STATUS_OK;
}
