// A viewer's end of a live run: connects in the background, reads frames, sends commands, reconnects
// with a back-off from 0.5 to 10 s. Never blocks the caller.
#pragma once

#include <stdbool.h>

#include "stream/frame.h"

struct client;
enum client_state { CLIENT_CONNECTING, CLIENT_LIVE, CLIENT_BAD_STREAM, CLIENT_CLOSED };

// address: "host:port" or a socket path. token may be NULL.
struct client *client_create(const char *address, const char *token, struct error *e);
void           client_destroy(struct client *c);

// Read what has arrived; returns the number of pictures that came (0: nothing new).
int client_poll(struct client *c);
enum client_state client_state(const struct client *c);
const char *client_message(const struct client *c);           // one sentence on the state
struct frame_decoder *client_decoder(struct client *c);
enum status client_send(struct client *c, const struct frame_command *command);
