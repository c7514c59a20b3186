#include "stream/client.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "stream/address.h"

#define RETRY_MIN   500000000u      // ns
#define RETRY_MAX   10000000000u
#define SILENCE_MAX 10000000000u    // ns without a word, then the run is lost
#define QUEUE_MAX   (1u << 20)      // bytes waiting to be sent

// One attempt to connect. It outlives the client's interest until its close callback has come.
struct link {
  struct client *client;
  union { uv_handle_t any; uv_stream_t stream; uv_tcp_t tcp; uv_pipe_t pipe; } handle;
  uv_connect_t     connect;
  uv_getaddrinfo_t resolve;
  bool             resolving, closed;
};

struct client {
  uv_loop_t             loop;
  struct address        address;
  char                  shown[100];           // the address as it was given
  char                  token[sizeof((struct frame_command *)0)->token];
  enum client_state     state;
  char                  message[600];
  struct frame_decoder *decoder;
  struct link          *link;                 // NULL: none
  int                   links;                // whose memory is not back yet
  bool                  greeted, told;        // a hello, a status came on this link
  bool                  nobody;               // the last attempt found nobody who listens
  struct bytes          in;
  uint64_t              retry_at, retry;      // ns
  uint64_t              heard;                // ns
  int                   pictures;
  char                  scratch[256 << 10];
};

enum client_state client_state(const struct client *c) { return c->state; }
const char *client_message(const struct client *c) { return c->message; }
bool client_nobody(const struct client *c) { return c->nobody; }
struct frame_decoder *client_decoder(struct client *c) { return c->decoder; }

// ---- losing a connection ----------------------------------------------------------------------------------

static void link_free(struct link *l) {
  if (!l->closed || l->resolving) return;
  l->client->links--;
  free(l);
}

static void on_closed(uv_handle_t *handle) {
  struct link *l = handle->data;
  l->closed = true;
  link_free(l);
}

static void link_drop(struct client *c) {
  struct link *l = c->link;
  if (!l) return;
  c->link = NULL;
  c->in.size = 0;
  if (l->resolving) uv_cancel((uv_req_t *)&l->resolve);
  uv_close(&l->handle.any, on_closed);
}

static void lost(struct client *c, enum client_state state, const char *why) {
  link_drop(c);
  c->nobody = false;
  c->state = state;
  snprintf(c->message, sizeof c->message, "%s", why);
  c->retry_at = uv_hrtime() + c->retry;
  c->retry = c->retry * 2 < RETRY_MAX ? c->retry * 2 : RETRY_MAX;
}

// ---- receiving ----------------------------------------------------------------------------------------------

// The connection ended: what the run said last is the best reason.
static void on_end(struct client *c, int status) {
  char why[600];
  const struct frame_status *said = c->told ? frame_status_read(c->decoder) : NULL;
  if (c->greeted && said && said->ended) {
    lost(c, CLIENT_CLOSED, said->message[0] ? said->message : "the run has ended");
    return;
  }
  if (!c->greeted && said && said->message[0]) snprintf(why, sizeof why, "%s turned us away: %s", c->shown, said->message);
  else if (said && !strncmp(said->message, "bad stream", 10)) snprintf(why, sizeof why, "%s closed the connection: %s", c->shown, said->message);
  else snprintf(why, sizeof why, "the run at %s is gone (%s); trying again", c->shown, status == UV_EOF ? "it closed the connection" : uv_strerror(status));
  lost(c, CLIENT_CONNECTING, why);
}

// Read the whole messages that are there. False: the stream is bad and closed.
static bool parse(struct client *c) {
  size_t at = 0;
  while (c->in.size - at >= 4) {
    const uint8_t *p = c->in.data + at;
    size_t size = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
    struct error e = { 0 };
    enum frame_type type = 0;
    bool well = size > 0 && size <= FRAME_MAX;
    if (well && c->in.size - at - 4 < size) break;
    if (!well) error_at(&e, STATUS_PROTOCOL, "", 0, 0, "a message of %zu bytes", size);
    else well = frame_read(c->decoder, p + 4, size, &type, &e) == STATUS_OK;
    if (!well) {
      char why[600];
      snprintf(why, sizeof why, "bad stream from %s: %.250s", c->shown, e.text);
      lost(c, CLIENT_BAD_STREAM, why);
      return false;
    }
    at += 4 + size;
    if (type == FRAME_STATUS) c->told = true;
    if (type == FRAME_HELLO) {
      c->greeted = true;
      c->retry = RETRY_MIN;
      c->state = CLIENT_LIVE;
      snprintf(c->message, sizeof c->message, "connected to %s", c->shown);
    }
    if ((type == FRAME_KEYFRAME || type == FRAME_DELTA) && !frame_waiting(c->decoder)) c->pictures++;
  }
  if (at) memmove(c->in.data, c->in.data + at, c->in.size - at);
  c->in.size -= at;
  return true;
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct client *c = ((struct link *)handle->data)->client;
  (void)size;
  *buffer = uv_buf_init(c->scratch, sizeof c->scratch);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
  struct link *l = stream->data;
  struct client *c = l->client;
  if (c->link != l || n == 0) return;
  if (n < 0) {
    on_end(c, (int)n);
    return;
  }
  c->heard = uv_hrtime();
  if (bytes_append(&c->in, buffer->base, (size_t)n)) parse(c);
  else lost(c, CLIENT_CONNECTING, "no memory for what arrives; trying again");
}

// ---- connecting ---------------------------------------------------------------------------------------------

static void on_connect(uv_connect_t *request, int status) {
  struct link *l = request->data;
  struct client *c = l->client;
  if (c->link != l) return;
  char why[600];
  if (status == 0) status = uv_read_start(&l->handle.stream, on_alloc, on_read);
  if (status < 0) {
    snprintf(why, sizeof why, "no run at %s (%s): start one with `takt live LAYOUT --listen %s`", c->shown, uv_strerror(status), c->shown);
    lost(c, CLIENT_CONNECTING, why);
    c->nobody = true;
    return;
  }
  struct frame_command hello = { .what = "hello", .value = FRAME_VERSION };
  memcpy(hello.token, c->token, sizeof hello.token);
  c->heard = uv_hrtime();
  if (!c->address.unix_socket) uv_tcp_nodelay(&l->handle.tcp, 1);
  if (client_send(c, &hello) != STATUS_OK) lost(c, CLIENT_CONNECTING, "the run closed the connection; trying again");
  memset(hello.token, 0, sizeof hello.token);
}

static void on_resolve(uv_getaddrinfo_t *request, int status, struct addrinfo *found) {
  struct link *l = request->data;
  struct client *c = l->client;
  l->resolving = false;
  if (c->link == l) {
    if (status == 0) status = uv_tcp_connect(&l->connect, &l->handle.tcp, found->ai_addr, on_connect);
    if (status < 0) {
      char why[600];
      snprintf(why, sizeof why, "no address for %s (%s); trying again", c->shown, uv_strerror(status));
      lost(c, CLIENT_CONNECTING, why);
    }
  }
  uv_freeaddrinfo(found);
  link_free(l);
}

static void try_connect(struct client *c) {
  struct link *l = calloc(1, sizeof *l);
  if (!l) return;
  l->client = c;
  l->connect.data = l->resolve.data = l;
  if (c->address.unix_socket) uv_pipe_init(&c->loop, &l->handle.pipe, 0);
  else uv_tcp_init(&c->loop, &l->handle.tcp);
  l->handle.any.data = l;
  c->links++;
  c->link = l;
  c->greeted = c->told = false;
  c->heard = uv_hrtime();
  int status = 0;
  if (c->address.unix_socket) {
    uv_pipe_connect(&l->connect, &l->handle.pipe, c->address.path, on_connect);
  } else if (c->address.numeric) {
    status = uv_tcp_connect(&l->connect, &l->handle.tcp, (const struct sockaddr *)(const void *)&c->address.socket, on_connect);
  } else {
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    status = uv_getaddrinfo(&c->loop, &l->resolve, on_resolve, c->address.host, c->address.port, &hints);
    l->resolving = status == 0;
  }
  if (status < 0) lost(c, CLIENT_CONNECTING, uv_strerror(status));
}

int client_poll(struct client *c) {
  uint64_t now = uv_hrtime();
  c->pictures = 0;
  if (!c->link && c->state != CLIENT_CLOSED && now >= c->retry_at) try_connect(c);
  uv_run(&c->loop, UV_RUN_NOWAIT);
  now = uv_hrtime();
  if (c->link && now > c->heard && now - c->heard > SILENCE_MAX) {
    char why[600];
    snprintf(why, sizeof why, "the run at %s has said nothing for 10 s; trying again", c->shown);
    lost(c, CLIENT_CONNECTING, why);
  }
  return c->pictures;
}

// ---- sending ------------------------------------------------------------------------------------------------

struct letter { uv_write_t write; struct bytes bytes; };

static void on_written(uv_write_t *write, int status) {
  struct letter *letter = write->data;
  (void)status;                     // reading tells when the connection is gone
  bytes_finish(&letter->bytes);
  free(letter);
}

enum status client_send(struct client *c, const struct frame_command *command) {
  struct link *l = c->link;
  if (!l || !uv_is_writable(&l->handle.stream)) return STATUS_IO;
  if (uv_stream_get_write_queue_size(&l->handle.stream) > QUEUE_MAX) return STATUS_LIMIT;
  struct letter *letter = calloc(1, sizeof *letter);
  if (!letter) return STATUS_MEMORY;
  letter->write.data = letter;
  enum status s = frame_command_write(command, &letter->bytes);
  uv_buf_t buffer = uv_buf_init((char *)letter->bytes.data, (unsigned)letter->bytes.size);
  if (s == STATUS_OK && uv_write(&letter->write, &l->handle.stream, &buffer, 1, on_written) < 0) s = STATUS_IO;
  if (s != STATUS_OK) on_written(&letter->write, 0);
  return s;
}

// ---- create and destroy -----------------------------------------------------------------------------------------

struct client *client_create(const char *address, const char *token, struct error *e) {
  struct address a;
  if (address_read(address, &a, e) != STATUS_OK) return NULL;
  struct client *c = calloc(1, sizeof *c);
  if (c) c->decoder = frame_decoder_create();
  if (!c || !c->decoder || uv_loop_init(&c->loop) < 0) {
    if (c) frame_decoder_destroy(c->decoder);
    free(c);
    error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for a connection");
    return NULL;
  }
  struct sigaction now;
  if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
  c->address = a;
  c->retry = RETRY_MIN;
  c->state = CLIENT_CONNECTING;
  snprintf(c->shown, sizeof c->shown, "%s", address);
  snprintf(c->token, sizeof c->token, "%s", token ? token : "");
  snprintf(c->message, sizeof c->message, "connecting to %s", c->shown);
  return c;
}

void client_destroy(struct client *c) {
  if (!c) return;
  link_drop(c);
  while (c->links) uv_run(&c->loop, UV_RUN_ONCE);
  int left = uv_loop_close(&c->loop);
  assert(left == 0);
  (void)left;
  frame_decoder_destroy(c->decoder);
  bytes_finish(&c->in);
  memset(c->token, 0, sizeof c->token);
  free(c);
}
