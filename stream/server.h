// The server of a live run: a libuv listener that hands every viewer the same bytes.
//
// Who may do what: clients on a loopback address or a unix socket (mode 0600, same user or root) may
// command. Any other address needs a token file, and there a client may command only if its first
// message carries the token; without one it may watch, with a wrong one it is turned away. The token is
// compared in constant time and appears in no log, recording or message.
//
// Callbacks only receive: a valid command goes into the inbox, which the owner of the loop drains at
// one fixed place. Frames are encoded once and shared by reference count. A client that is behind (its
// socket does not drain) misses messages, never parts of one: at most one newest keyframe waits for it
// (older ones are replaced), and it is cut off after 10 s with more than 1 MiB queued. At most 64
// clients, the next is told so and closed; a client that says nothing for 5 s after connecting is
// dropped; malformed input and a wrong token disconnect at once with a status message that says why; a
// reader's command is answered by a status message and goes nowhere. SIGPIPE is set to be ignored, unless somebody handles it.
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

// Commands in the order they came, tokens wiped; `hello` is answered by the server itself.
struct server_inbox { struct frame_command command[64]; int count; int lost; };

// Borrow the loop. NULL with *e filled: address in use, not loopback without a token, bad token file;
// run the loop once more then too.
struct server *server_create(uv_loop_t *loop, const struct server_options *o, struct error *e);
// Close everything; the memory is freed in the close callbacks, so run the loop once more after it.
void server_destroy(struct server *s);

// What a new client gets first: hello and the last keyframe. Copies.
void server_greeting(struct server *s, const struct bytes *hello);

// Send one encoded message to all. keyframe: kept for those who come later, and it may replace an
// older one still waiting; a client that misses a keyframe gets nothing until the next.
// In a status message each client gets its own may_command.
void server_send(struct server *s, const struct bytes *message, bool keyframe);

// Take what came in since the last call.
void server_drain(struct server *s, struct server_inbox *out);

int         server_clients(const struct server *s);
const char *server_address(const struct server *s);           // as bound, with the real port
