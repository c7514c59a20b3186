// A viewer's end of a live run: connects in the background, reads frames, sends commands, reconnects
// with a back-off from 0.5 to 10 s. Never blocks the caller. All work is done inside client_poll, on a
// loop of its own. A stream that breaks the rules is closed (CLIENT_BAD_STREAM until the next attempt);
// a run that said nothing for 10 s is taken for lost. CLIENT_CLOSED is for good: the run has ended.
// The picture of the decoder stays until a new session begins, so that a lost run can still be looked at.
#pragma once

#include <stdbool.h>

#include "stream/frame.h"

struct client;
enum client_state { CLIENT_CONNECTING, CLIENT_LIVE, CLIENT_BAD_STREAM, CLIENT_CLOSED };

// address: "host:port" or a socket path. token may be NULL. Both are copied. NULL with *e filled when the
// address is none or memory fails; a run that is not there is no error, it may come later.
struct client *client_create(const char *address, const char *token, struct error *e);
void           client_destroy(struct client *c);

// Read what has arrived; returns the number of pictures that came (0: nothing new).
int client_poll(struct client *c);
enum client_state client_state(const struct client *c);
const char *client_message(const struct client *c);           // one sentence on the state
bool client_nobody(const struct client *c);                   // the last attempt found nobody who listens; the next one may
struct frame_decoder *client_decoder(struct client *c);
// STATUS_IO when there is no connection now, STATUS_LIMIT when more than 1 MiB waits to be sent.
enum status client_send(struct client *c, const struct frame_command *command);
