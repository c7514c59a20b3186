// The server of a live run: a libuv listener that hands every viewer the same bytes.
//
// Callbacks only receive: a valid command goes into the inbox, which the owner of the loop drains at
// one fixed place. Frames are encoded once and shared by reference count. A client whose socket does
// not drain keeps at most one newest keyframe waiting (older ones are replaced, never a partial
// frame), and is cut off after 10 s with more than 1 MiB queued. At most 64 clients; a half-open
// handshake is dropped after 5 s; malformed input disconnects at once.
#pragma once

#include <uv.h>

#include "stream/frame.h"

struct server;

struct server_options {
  const char *listen;               // "127.0.0.1:7077", "[::1]:7077" or a socket path
  const char *token_file;           // needed for any other address; mode 0600, at least 16 bytes
  int         clients_max;          // 64
};
struct server_options server_defaults(void);

struct server_inbox { struct frame_command command[64]; int count; int lost; };

// Borrow the loop. NULL with *e filled: address in use, not loopback without a token, bad token file.
struct server *server_create(uv_loop_t *loop, const struct server_options *o, struct error *e);
// Close everything; the memory is freed in the close callbacks, so run the loop once more after it.
void server_destroy(struct server *s);

// What a new client gets first: hello and the last keyframe. Copies.
void server_greeting(struct server *s, const struct bytes *hello);

// Send one encoded message to all. keyframe: it may replace an older one still waiting; a client that has missed
// something gets nothing until the next keyframe.
void server_send(struct server *s, const struct bytes *message, bool keyframe);

// Take what came in since the last call.
void server_drain(struct server *s, struct server_inbox *out);

int         server_clients(const struct server *s);
const char *server_address(const struct server *s);           // as bound, with the real port
