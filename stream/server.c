#define _GNU_SOURCE                 // struct ucred
#include "stream/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "stream/address.h"
#include "stream/message_decode.h"

#define CHECK_MS        250         // how often the times below are looked at
#define JOIN_MS         5000        // from connecting to the first message
#define LEAVE_MS        1000        // for a farewell to arrive
#define STUCK_MS        10000       // with more than STUCK_SIZE queued
#define STUCK_SIZE      (1u << 20)
#define LEAVING_MAX     64          // clients being told why they may not stay
#define TOKEN_MIN       16
#define TOKEN_SIZE      sizeof((struct frame_command *)0)->token

// One encoded message, shared by all who still have to get it.
struct block { int count; size_t size; uint8_t data[]; };

struct viewer {
  struct server *server;
  union { uv_handle_t any; uv_stream_t stream; uv_tcp_t tcp; uv_pipe_t pipe; } handle;
  uv_write_t    write;
  uv_shutdown_t shutdown;
  bool          trusted, joined, may_command, writing, leaving;
  struct block *flight;             // being written
  struct block *waiting;            // newest keyframe, for when flight is through
  struct bytes  in;
  uint64_t      since;              // ms, when it connected or began to leave
  uint64_t      stuck;              // ms, since when too much is queued; 0: it is not
  struct viewer *next;
};

struct server {
  uv_loop_t            *loop;
  struct server_options options;
  union { uv_handle_t any; uv_stream_t stream; uv_tcp_t tcp; uv_pipe_t pipe; } listener;
  uv_timer_t            timer;
  bool                  unix_socket, loopback, closing;
  int                   open;       // handles whose close callback has not come yet
  char                  address[300];
  char                  token[TOKEN_SIZE];    // zero-padded
  bool                  have_token;
  struct viewer        *viewers;
  struct block         *hello, *keyframe;
  struct status_store   status;     // the last that was sent
  struct server_inbox   inbox;
  char                  scratch[64 << 10];
};

struct server_options server_defaults(void) { return (struct server_options){ .listen = "127.0.0.1:7077", .clients_max = 64 }; }

// ---- blocks ---------------------------------------------------------------------------------------------

static struct block *block_make(const uint8_t *data, size_t size) {
  struct block *b = malloc(sizeof *b + size);
  if (!b) return NULL;
  b->count = 1;
  b->size = size;
  memcpy(b->data, data, size);
  return b;
}

static struct block *block_share(struct block *b) {
  b->count++;
  return b;
}

static void block_drop(struct block *b) {
  if (b && --b->count == 0) free(b);
}

static void block_replace(struct block **at, struct block *with) {
  block_drop(*at);
  *at = with;
}

// ---- closing --------------------------------------------------------------------------------------------

static void handle_closed(struct server *s) {
  if (--s->open || !s->closing) return;
  block_drop(s->hello);
  block_drop(s->keyframe);
  memset(s->token, 0, sizeof s->token);
  free(s);
}

static void on_viewer_closed(uv_handle_t *handle) {
  struct viewer *v = handle->data;
  struct server *s = v->server;
  for (struct viewer **at = &s->viewers; *at; at = &(*at)->next)
    if (*at == v) {
      *at = v->next;
      break;
    }
  block_drop(v->flight);
  block_drop(v->waiting);
  bytes_finish(&v->in);
  free(v);
  handle_closed(s);
}

static void viewer_close(struct viewer *v) {
  v->leaving = true;
  if (!uv_is_closing(&v->handle.any)) uv_close(&v->handle.any, on_viewer_closed);
}

// ---- sending --------------------------------------------------------------------------------------------

static void viewer_write(struct viewer *v, struct block *b);

static void on_written(uv_write_t *write, int status) {
  struct viewer *v = write->data;
  v->writing = false;
  block_replace(&v->flight, NULL);
  if (status < 0) {
    viewer_close(v);
    return;
  }
  struct block *next = v->waiting;
  v->waiting = NULL;
  if (next && !v->leaving) viewer_write(v, next);
  block_drop(next);
}

// At once as much as the socket takes; what is left goes when it drains, and until then v->writing.
static void viewer_write(struct viewer *v, struct block *b) {
  uv_buf_t buffer = uv_buf_init((char *)b->data, (unsigned)b->size);
  int n = uv_try_write(&v->handle.stream, &buffer, 1);
  if (n == UV_EAGAIN) n = 0;
  if (n < 0) {
    viewer_close(v);
    return;
  }
  if ((size_t)n == b->size) return;
  buffer = uv_buf_init((char *)b->data + n, (unsigned)(b->size - (size_t)n));
  v->write.data = v;
  if (uv_write(&v->write, &v->handle.stream, &buffer, 1, on_written) < 0) {
    viewer_close(v);
    return;
  }
  v->writing = true;
  v->flight = block_share(b);
}

static void viewer_send(struct viewer *v, struct block *b, bool keyframe) {
  if (v->leaving || !v->joined) return;
  if (!v->writing) viewer_write(v, b);
  else if (keyframe) block_replace(&v->waiting, block_share(b));
}

static void send_status(struct viewer *v, const char *message) {
  struct frame_status status = v->server->status.status;
  struct bytes out = { 0 };
  status.message = message;
  status.may_command = v->may_command;
  if (frame_status_write(&status, &out) == STATUS_OK) {
    struct block *b = block_make(out.data, out.size);
    if (b && !v->writing) viewer_write(v, b);
    block_drop(b);
  }
  bytes_finish(&out);
}

static void on_shutdown(uv_shutdown_t *request, int status) {
  (void)request;
  (void)status;                     // the other end closes, or the timer does
}

// Say why, then let go: closing with unread bytes would reset the connection before the reason arrives,
// so what comes is thrown away for a moment.
static void turn_away(struct viewer *v, const char *why) {
  if (v->leaving) return;
  send_status(v, why);
  if (v->leaving) return;
  v->leaving = true;
  v->since = uv_now(v->server->loop);
  block_replace(&v->waiting, NULL);
  if (uv_shutdown(&v->shutdown, &v->handle.stream, on_shutdown) < 0) viewer_close(v);
}

// ---- receiving ------------------------------------------------------------------------------------------

// The same time whatever the bytes are.
static bool token_equal(const char a[TOKEN_SIZE], const char b[TOKEN_SIZE]) {
  volatile unsigned char differs = 0;
  for (size_t i = 0; i < TOKEN_SIZE; i++) differs = (unsigned char)(differs | ((unsigned char)a[i] ^ (unsigned char)b[i]));
  return differs == 0;
}

// The first message decides what a client may do. False: it was turned away.
static bool viewer_join(struct viewer *v, const struct frame_command *c) {
  struct server *s = v->server;
  if (!strcmp(c->what, "hello") && c->value != FRAME_VERSION) {
    char why[120];
    snprintf(why, sizeof why, "this run speaks version %d of the protocol, the client version %.9g", FRAME_VERSION, c->value);
    turn_away(v, why);
    return false;
  }
  v->may_command = v->trusted;
  if (!v->trusted && c->token[0]) {
    if (!s->have_token || !token_equal(c->token, s->token)) {
      turn_away(v, "the token is not the one of this run");
      return false;
    }
    v->may_command = true;
  }
  v->joined = true;
  if (s->hello) viewer_send(v, s->hello, false);
  if (s->keyframe) viewer_send(v, s->keyframe, true);
  if (s->status.have && !v->writing) send_status(v, s->status.message);
  return !v->leaving;
}

static void viewer_command(struct viewer *v, struct frame_command *c) {
  struct server_inbox *inbox = &v->server->inbox;
  if (!v->joined && !viewer_join(v, c)) return;
  if (!strcmp(c->what, "hello")) return;
  if (!v->may_command) {
    send_status(v, "this client may watch only: to command, connect with the token");
    return;
  }
  memset(c->token, 0, sizeof c->token);
  if (inbox->count < (int)(sizeof inbox->command / sizeof inbox->command[0])) inbox->command[inbox->count++] = *c;
  else inbox->lost++;
}

// Take whole messages off the front of what arrived.
static void viewer_parse(struct viewer *v) {
  size_t at = 0;
  while (!v->leaving && v->in.size - at >= 4) {
    const uint8_t *p = v->in.data + at;
    size_t size = p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
    if (size == 0 || size > FRAME_MAX_CLIENT) {
      turn_away(v, "bad stream: a message has at least 1 and at most 65536 bytes");
      return;
    }
    if (v->in.size - at - 4 < size) break;
    struct frame_command command;
    struct error e = { 0 };
    if (frame_command_read(p + 4, size, &command, &e) != STATUS_OK) {
      char why[200];
      snprintf(why, sizeof why, "bad stream: %.180s", e.text);
      turn_away(v, why);
      return;
    }
    viewer_command(v, &command);
    at += 4 + size;
  }
  if (at) memmove(v->in.data, v->in.data + at, v->in.size - at);
  v->in.size -= at;
}

static void on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct server *s = ((struct viewer *)handle->data)->server;
  (void)size;
  *buffer = uv_buf_init(s->scratch, sizeof s->scratch);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer) {
  struct viewer *v = stream->data;
  if (n < 0) {
    viewer_close(v);
    return;
  }
  if (n == 0 || v->leaving) return;
  if (bytes_append(&v->in, buffer->base, (size_t)n)) viewer_parse(v);
  else viewer_close(v);
}

// ---- the clock ------------------------------------------------------------------------------------------

static void on_check(uv_timer_t *timer) {
  struct server *s = timer->data;
  uint64_t now = uv_now(s->loop);
  for (struct viewer *v = s->viewers, *next; v; v = next) {
    next = v->next;
    if (v->leaving) {
      if (now - v->since > LEAVE_MS) viewer_close(v);
      continue;
    }
    if (!v->joined && now - v->since > JOIN_MS) {
      turn_away(v, "a client says hello within 5 s");
      continue;
    }
    size_t queued = uv_stream_get_write_queue_size(&v->handle.stream) + (v->waiting ? v->waiting->size : 0);
    if (queued <= STUCK_SIZE) v->stuck = 0;
    else if (!v->stuck) v->stuck = now;
    else if (now - v->stuck > STUCK_MS) viewer_close(v);
  }
}

// ---- accepting ------------------------------------------------------------------------------------------

int server_clients(const struct server *s) {
  int n = 0;
  for (const struct viewer *v = s->viewers; v; v = v->next) n += v->joined && !v->leaving;
  return n;
}

static bool same_user(const struct viewer *v) {
  struct ucred other;
  socklen_t size = sizeof other;
  uv_os_fd_t fd;
  if (uv_fileno(&v->handle.any, &fd) < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &size) < 0) return false;
  return other.uid == geteuid() || other.uid == 0;
}

static bool from_loopback(const struct viewer *v) {
  struct sockaddr_storage peer;
  int size = sizeof peer;
  return uv_tcp_getpeername(&v->handle.tcp, (struct sockaddr *)(void *)&peer, &size) == 0 && address_is_loopback((struct sockaddr *)(void *)&peer);
}

static void on_connection(uv_stream_t *listener, int status) {
  struct server *s = listener->data;
  if (status < 0) return;           // the next one may work
  struct viewer *v = calloc(1, sizeof *v);
  if (!v) return;
  v->server = s;
  v->since = uv_now(s->loop);
  if (s->unix_socket) uv_pipe_init(s->loop, &v->handle.pipe, 0);
  else uv_tcp_init(s->loop, &v->handle.tcp);
  v->handle.any.data = v;
  int staying = 0, leaving = 0;
  for (struct viewer *o = s->viewers; o; o = o->next) o->leaving ? leaving++ : staying++;
  v->next = s->viewers;
  s->viewers = v;
  s->open++;
  if (uv_accept(listener, &v->handle.stream) < 0) {
    viewer_close(v);
    return;
  }
  if (s->unix_socket) {
    v->trusted = same_user(v);
  } else {
    v->trusted = s->loopback && from_loopback(v);
    uv_tcp_nodelay(&v->handle.tcp, 1);
    uv_tcp_keepalive(&v->handle.tcp, 1, 10);
  }
  if (uv_read_start(&v->handle.stream, on_alloc, on_read) < 0 || (staying >= s->options.clients_max && leaving >= LEAVING_MAX)) {
    viewer_close(v);
  } else if (staying >= s->options.clients_max) {
    char why[100];
    snprintf(why, sizeof why, "%d clients are connected, as many as this run takes", s->options.clients_max);
    turn_away(v, why);
  } else if (s->unix_socket && !v->trusted) {
    turn_away(v, "this socket is for the user who started the run");
  }
}

// ---- create and destroy -----------------------------------------------------------------------------------

static enum status token_load(struct server *s, const char *path, struct error *e) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat st;
  if (fd < 0 || fstat(fd, &st) < 0) {
    error_at(e, STATUS_IO, path, 0, 0, "cannot open the token file: %s", strerror(errno));
    if (fd >= 0) close(fd);
    return STATUS_IO;
  }
  char text[TOKEN_SIZE + 2] = { 0 };
  ssize_t n = S_ISREG(st.st_mode) ? read(fd, text, sizeof text) : -1;
  close(fd);
  if (n < 0) return error_at(e, STATUS_IO, path, 0, 0, S_ISREG(st.st_mode) ? "the token file cannot be read" : "the token file is no plain file");
  while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r')) text[--n] = 0;
  enum status status = STATUS_OK;
  if ((st.st_mode & 077) || st.st_uid != geteuid()) {
    status = error_at(e, STATUS_USAGE, path, 0, 0, "the token file must be yours alone: chmod 600 it (its mode is %03o)", (unsigned)(st.st_mode & 0777));
  } else if (n < TOKEN_MIN || (size_t)n >= TOKEN_SIZE || memchr(text, 0, (size_t)n)) {
    status = error_at(e, STATUS_USAGE, path, 0, 0, "a token has from %d to %zu bytes", TOKEN_MIN, TOKEN_SIZE - 1);
  } else {
    memcpy(s->token, text, (size_t)n);
    s->have_token = true;
  }
  memset(text, 0, sizeof text);
  return status;
}

static bool somebody_listens(const char *path) {
  struct sockaddr_un to = { .sun_family = AF_UNIX };
  snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  bool there = fd >= 0 && (connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to) == 0 || errno == EAGAIN);
  if (fd >= 0) close(fd);
  return there;
}

// A socket that nobody listens to is left over from a run that was killed: replace it.
static int bind_path(struct server *s, const struct address *a) {
  struct stat st;
  if (lstat(a->path, &st) == 0) {
    if (!S_ISSOCK(st.st_mode)) return UV_EEXIST;
    if (somebody_listens(a->path)) return UV_EADDRINUSE;
    if (unlink(a->path) < 0) return uv_translate_sys_error(errno);
  }
  // libuv calls a folder that is not there a lack of permission
  char folder[sizeof a->path];
  const char *slash = strrchr(a->path, '/');
  snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - a->path) + 1 : 1, slash ? a->path : ".");
  if (stat(folder, &st) < 0) return uv_translate_sys_error(errno);
  int status = uv_pipe_bind(&s->listener.pipe, a->path);
  if (status == 0 && chmod(a->path, 0600) < 0) status = uv_translate_sys_error(errno);
  return status;
}

static void name_tcp(struct server *s) {
  struct sockaddr_storage at = { 0 };
  int size = sizeof at;
  char host[64] = "";
  uv_tcp_getsockname(&s->listener.tcp, (struct sockaddr *)(void *)&at, &size);
  if (at.ss_family == AF_INET6) {
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)&at;
    uv_ip6_name(six, host, sizeof host);
    snprintf(s->address, sizeof s->address, "[%s]:%d", host, ntohs(six->sin6_port));
  } else {
    const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)&at;
    uv_ip4_name(four, host, sizeof host);
    snprintf(s->address, sizeof s->address, "%s:%d", host, ntohs(four->sin_port));
  }
}

static enum status listen_on(struct server *s, const struct address *a, struct error *e) {
  int status = a->unix_socket ? bind_path(s, a) : uv_tcp_bind(&s->listener.tcp, (const struct sockaddr *)(const void *)&a->socket, 0);
  if (status == 0) status = uv_listen(&s->listener.stream, 128, on_connection);
  if (status < 0) return error_at(e, STATUS_IO, "", 0, 0, "cannot listen on %s: %s", s->options.listen, uv_strerror(status));
  if (a->unix_socket) snprintf(s->address, sizeof s->address, "%s", a->path);
  else name_tcp(s);
  return STATUS_OK;
}

static void ignore_sigpipe(void) {
  struct sigaction now;
  if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

static enum status check_address(const struct server_options *o, struct address *a, struct error *e) {
  enum status status = address_read(o->listen, a, e);
  if (status != STATUS_OK || a->unix_socket) return status;
  if (!a->numeric) return error_at(e, STATUS_USAGE, "", 0, 0, "\"%s\" is no numeric address to listen on, such as 127.0.0.1:7077", o->listen);
  if (!a->loopback && !o->token_file)
    return error_at(e, STATUS_USAGE, "", 0, 0, "listening on %s lets other machines in: that needs --token-file FILE (mode 0600, at least %d bytes)", o->listen, TOKEN_MIN);
  return STATUS_OK;
}

struct server *server_create(uv_loop_t *loop, const struct server_options *o, struct error *e) {
  struct address a;
  if (check_address(o, &a, e) != STATUS_OK) return NULL;
  struct server *s = calloc(1, sizeof *s);
  if (!s) {
    error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for a server");
    return NULL;
  }
  s->loop = loop;
  s->options = *o;
  s->unix_socket = a.unix_socket;
  s->loopback = a.loopback;
  if (o->token_file && token_load(s, o->token_file, e) != STATUS_OK) {
    free(s);
    return NULL;
  }
  ignore_sigpipe();
  if (a.unix_socket) uv_pipe_init(loop, &s->listener.pipe, 0);
  else uv_tcp_init(loop, &s->listener.tcp);
  uv_timer_init(loop, &s->timer);
  s->listener.any.data = s->timer.data = s;
  s->open = 2;
  if (listen_on(s, &a, e) != STATUS_OK) {
    server_destroy(s);              // gone when the loop has run once more
    return NULL;
  }
  uv_timer_start(&s->timer, on_check, CHECK_MS, CHECK_MS);
  return s;
}

static void on_closed(uv_handle_t *handle) { handle_closed(handle->data); }

void server_destroy(struct server *s) {
  if (!s) return;
  s->closing = true;
  uv_close(&s->listener.any, on_closed);
  uv_close((uv_handle_t *)&s->timer, on_closed);
  for (struct viewer *v = s->viewers; v; v = v->next) viewer_close(v);
}

// ---- for the owner of the loop ------------------------------------------------------------------------------

const char *server_address(const struct server *s) { return s->address; }

void server_greeting(struct server *s, const struct bytes *hello) {
  struct block *b = block_make(hello->data, hello->size);
  if (b) block_replace(&s->hello, b);
}

// Remember a status message, so that a client that comes or errs can be told at once.
static void keep_status(struct server *s, const struct bytes *message) {
  struct cursor c = { message->data + 4, message->data + message->size, false };
  cursor_array(&c);
  cursor_integer(&c);
  status_read(&s->status, &c, NULL);
}

void server_send(struct server *s, const struct bytes *message, bool keyframe) {
  struct block *b = block_make(message->data, message->size), *for_readers = NULL;
  if (!b) return;                   // as if every client were behind
  if (keyframe) block_replace(&s->keyframe, block_share(b));
  if (frame_type_of(message) == FRAME_STATUS) {
    keep_status(s, message);
    for_readers = block_make(message->data, message->size);
    struct bytes readers = { for_readers ? for_readers->data : NULL, for_readers ? for_readers->size : 0, 0 };
    frame_status_role(&readers, false);
    struct bytes commanders = { b->data, b->size, 0 };
    frame_status_role(&commanders, true);
  }
  for (struct viewer *v = s->viewers, *next; v; v = next) {
    next = v->next;
    viewer_send(v, for_readers && !v->may_command ? for_readers : b, keyframe);
  }
  block_drop(b);
  block_drop(for_readers);
}

void server_drain(struct server *s, struct server_inbox *out) {
  out->count = s->inbox.count;
  out->lost = s->inbox.lost;
  memcpy(out->command, s->inbox.command, (size_t)out->count * sizeof out->command[0]);
  s->inbox.count = s->inbox.lost = 0;
}
