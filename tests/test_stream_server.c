#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "stream/client.h"
#include "stream/server.h"
#include "tests/check.h"
#include "tests/crowd.h"

// A server on a socket in a folder of its own, with a crowd to show.
struct stage {
  char           folder[64], path[96], token_file[96];
  uv_loop_t      loop;
  struct server *server;
  struct server_inbox inbox;
  struct crowd   crowd;
  struct frame_encoder *encoder;
  struct bytes   bytes;
};

static int stage_make(void **state) {
  struct stage *s = calloc(1, sizeof *s);
  strcpy(s->folder, "/tmp/takt-server-XXXXXX");
  if (!mkdtemp(s->folder)) return -1;
  snprintf(s->path, sizeof s->path, "%s/socket", s->folder);
  snprintf(s->token_file, sizeof s->token_file, "%s/token", s->folder);
  uv_loop_init(&s->loop);
  crowd_make(&s->crowd, 30, 5, 50, 9);
  s->encoder = frame_encoder_create();
  *state = s;
  return 0;
}

static int stage_remove(void **state) {
  struct stage *s = *state;
  server_destroy(s->server);
  uv_run(&s->loop, UV_RUN_DEFAULT);
  int left = uv_loop_close(&s->loop);
  unlink(s->token_file);
  int gone = rmdir(s->folder);      // the socket is gone too
  crowd_finish(&s->crowd);
  frame_encoder_destroy(s->encoder);
  bytes_finish(&s->bytes);
  free(s);
  return left || gone;
}

static void serve(struct stage *s, const char *listen, bool token) {
  struct server_options o = server_defaults();
  struct error e = { 0 };
  o.listen = listen ? listen : s->path;
  if (token) o.token_file = s->token_file;
  s->server = server_create(&s->loop, &o, &e);
  if (!s->server) fail_msg("%s", e.text);
  struct frame_hello h = crowd_hello(&s->crowd);
  s->bytes.size = 0;
  frame_hello_write(&h, &s->bytes);
  server_greeting(s->server, &s->bytes);
}

static void send_frame(struct stage *s, bool keyframe) {
  s->bytes.size = 0;
  CHECK(keyframe ? frame_keyframe(s->encoder, &s->crowd.picture, &s->bytes) : frame_delta(s->encoder, &s->crowd.picture, &s->bytes), ==, STATUS_OK);
  server_send(s->server, &s->bytes, keyframe);
}

static void send_status(struct stage *s, const char *message) {
  struct frame_status status = { .speed_asked = 1, .message = message };
  s->bytes.size = 0;
  frame_status_write(&status, &s->bytes);
  server_send(s->server, &s->bytes, false);
}

// Let both ends work for some milliseconds; returns the pictures that came.
static int pump(struct stage *s, struct client *c, int ms) {
  int pictures = 0;
  for (int k = 0; k < ms; k++) {
    uv_run(&s->loop, UV_RUN_NOWAIT);
    if (c) pictures += client_poll(c);
    nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
  }
  return pictures;
}

static struct client *viewer(struct stage *s, const char *address, const char *token) {
  struct error e = { 0 };
  struct client *c = client_create(address ? address : s->path, token, &e);
  if (!c) fail_msg("%s", e.text);
  return c;
}

static void wait_live(struct stage *s, struct client *c) {
  for (int k = 0; k < 2000 && client_state(c) != CLIENT_LIVE; k++) pump(s, c, 1);
  if (client_state(c) != CLIENT_LIVE) fail_msg("not live: %s", client_message(c));
}

// ---- a client of bare bytes -----------------------------------------------------------------------------

static int raw_connect(const struct stage *s) {
  struct sockaddr_un to = { .sun_family = AF_UNIX };
  snprintf(to.sun_path, sizeof to.sun_path, "%s", s->path);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
  return fd;
}

static void raw_command(struct bytes *b, const char *what, double value) {
  struct frame_command c = { .value = value };
  snprintf(c.what, sizeof c.what, "%s", what);
  frame_command_write(&c, b);
}

// Everything that has come; returns false once the other end is closed.
static bool raw_read(int fd, struct bytes *into) {
  uint8_t block[65536];
  for (;;) {
    ssize_t n = recv(fd, block, sizeof block, 0);
    if (n == 0 || (n < 0 && errno == ECONNRESET)) return false;
    if (n < 0) return true;
    bytes_append(into, block, (size_t)n);
  }
}

// Every message of a byte stream in turn to a decoder; returns how many, fails when one is not whole.
static int raw_decode(const struct bytes *b, struct frame_decoder *d) {
  size_t at = 0;
  int count = 0;
  while (at < b->size) {
    assert_true(b->size - at >= 4);
    size_t size = b->data[at] | (size_t)b->data[at + 1] << 8 | (size_t)b->data[at + 2] << 16;
    assert_true(b->size - at - 4 >= size);
    enum frame_type type;
    struct error e = { 0 };
    if (frame_read(d, b->data + at + 4, size, &type, &e) != STATUS_OK) fail_msg("%s", e.text);
    at += 4 + size;
    count++;
  }
  return count;
}

// ---- tests ------------------------------------------------------------------------------------------------

static void test_watch_and_command(void **state) {
  struct stage *s = *state;
  serve(s, NULL, false);
  send_frame(s, true);
  struct client *c = viewer(s, NULL, NULL);
  wait_live(s, c);
  pump(s, c, 20);
  crowd_check(&s->crowd.picture, frame_picture(client_decoder(c)), false);
  assert_string_equal(frame_hello_read(client_decoder(c))->name, "crowd");
  for (int k = 0; k < 20; k++) {
    crowd_step(&s->crowd, 0.03);
    send_frame(s, false);
    CHECK(pump(s, c, 3), ==, 1);
    crowd_check(&s->crowd.picture, frame_picture(client_decoder(c)), true);
  }
  send_status(s, "fine");
  pump(s, c, 5);
  assert_true(frame_status_read(client_decoder(c))->may_command);
  assert_string_equal(frame_status_read(client_decoder(c))->message, "fine");

  struct frame_command speed = { .what = "speed", .value = 10, .token = "not for the inbox" };
  CHECK(client_send(c, &speed), ==, STATUS_OK);
  pump(s, c, 10);
  server_drain(s->server, &s->inbox);
  CHECK(s->inbox.count, ==, 1);
  assert_string_equal(s->inbox.command[0].what, "speed");
  assert_string_equal(s->inbox.command[0].token, "");
  CHECK_NEAR(s->inbox.command[0].value, 10, 0);
  CHECK(server_clients(s->server), ==, 1);
  client_destroy(c);
  pump(s, NULL, 10);
  CHECK(server_clients(s->server), ==, 0);
}

// a session one byte at a time, then in 1,000 random splits: the same commands arrive
static void test_split_delivery(void **state) {
  struct stage *s = *state;
  serve(s, NULL, false);
  struct bytes session = { 0 };
  raw_command(&session, "hello", FRAME_VERSION);
  for (int k = 0; k < 20; k++) raw_command(&session, k % 2 ? "pause" : "speed", k);
  unsigned dice = 1;
  for (int round = 0; round < 50; round++) {
    int fd = raw_connect(s);
    for (size_t at = 0; at < session.size;) {
      dice = dice * 1103515245u + 12345u;
      size_t n = round ? 1 + (dice >> 16) % 40 : 1;
      if (n > session.size - at) n = session.size - at;
      assert_int_equal(send(fd, session.data + at, n, MSG_NOSIGNAL), n);
      at += n;
      uv_run(&s->loop, UV_RUN_NOWAIT);
    }
    pump(s, NULL, 3);
    server_drain(s->server, &s->inbox);
    CHECK(s->inbox.count, ==, 20);
    for (int k = 0; k < 20; k++) {
      assert_string_equal(s->inbox.command[k].what, k % 2 ? "pause" : "speed");
      CHECK_NEAR(s->inbox.command[k].value, k, 0);
    }
    close(fd);
  }
  bytes_finish(&session);
}

// the same for a viewer: a run that sends its frames byte by byte shows the same picture
static void test_split_frames(void **state) {
  struct stage *s = *state;
  struct bytes session = { 0 };
  struct frame_hello h = crowd_hello(&s->crowd);
  frame_hello_write(&h, &session);
  frame_keyframe(s->encoder, &s->crowd.picture, &session);
  for (int k = 0; k < 3; k++) {
    crowd_step(&s->crowd, 0.1);
    frame_delta(s->encoder, &s->crowd.picture, &session);
  }
  struct sockaddr_un at = { .sun_family = AF_UNIX };
  snprintf(at.sun_path, sizeof at.sun_path, "%s", s->path);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
  listen(listener, 1);
  struct client *c = viewer(s, NULL, NULL);
  client_poll(c);
  int fd = accept(listener, NULL, NULL), pictures = 0;
  for (size_t k = 0; k < session.size; k++) {
    assert_int_equal(send(fd, session.data + k, 1, MSG_NOSIGNAL), 1);
    pictures += client_poll(c);
  }
  CHECK(client_state(c), ==, CLIENT_LIVE);
  CHECK(pictures, ==, 4);
  crowd_check(&s->crowd.picture, frame_picture(client_decoder(c)), true);

  // then nonsense: the stream is closed and said to be bad, the picture stays
  assert_int_equal(send(fd, "\5\0\0\0\x92\2\xdd\xff\xff", 9, MSG_NOSIGNAL), 9);
  client_poll(c);
  CHECK(client_state(c), ==, CLIENT_BAD_STREAM);
  CHECK_HAS(client_message(c), "bad stream");
  crowd_check(&s->crowd.picture, frame_picture(client_decoder(c)), true);
  client_destroy(c);
  close(fd);
  close(listener);
  unlink(s->path);
  bytes_finish(&session);
}

static void test_malformed(void **state) {
  struct stage *s = *state;
  serve(s, NULL, false);
  send_frame(s, true);
  struct client *c = viewer(s, NULL, NULL);
  wait_live(s, c);
  pump(s, c, 10);
  static const struct { const char *bytes; size_t size; } wrong[] = {
    { "\0\0\0\0", 4 }, { "\xff\xff\xff\xff", 4 }, { "GET / HTTP/1.1\r\n\r\n", 18 }, { "\3\0\0\0\x92\2\xc0", 7 },
    { "\7\0\0\0\x92\7\xdd\xff\xff\xff\xff", 11 }, { "\3\0\0\0\x92\7\x80", 7 },
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    int fd = raw_connect(s);
    struct bytes answer = { 0 };
    for (int k = 0; k < 10; k++) send(fd, wrong[i].bytes, wrong[i].size, MSG_NOSIGNAL);
    bool open = true;
    int pictures = 0, sent = 0;
    for (int k = 0; k < 1500 && open; k++) {
      crowd_step(&s->crowd, 0.001);
      send_frame(s, false);
      sent++;
      pictures += pump(s, c, 1);
      open = raw_read(fd, &answer);
      if (k > 5 && k % 50 == 0) shutdown(fd, SHUT_WR);
    }
    if (open) fail_msg("malformed input %zu stayed connected", i);
    pictures += pump(s, c, 5);
    CHECK(pictures, ==, sent);      // the other client lost nothing
    struct frame_decoder *d = frame_decoder_create();
    raw_decode(&answer, d);
    CHECK_HAS(frame_status_read(d)->message, "bad stream");
    frame_decoder_destroy(d);
    bytes_finish(&answer);
    close(fd);
  }
  server_drain(s->server, &s->inbox);
  CHECK(s->inbox.count, ==, 0);
  CHECK(client_state(c), ==, CLIENT_LIVE);
  client_destroy(c);
}

static double milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

// one that never reads beside one that does: the reader loses nothing, and when the sleeper wakes up it
// gets whole messages that end with the newest picture
static void test_slow_client(void **state) {
  struct stage *s = *state;
  crowd_finish(&s->crowd);
  crowd_make(&s->crowd, 1000, 10, 0, 3);
  serve(s, NULL, false);
  send_frame(s, true);
  int sleeper = raw_connect(s);
  struct bytes hello = { 0 }, got = { 0 };
  raw_command(&hello, "hello", FRAME_VERSION);
  assert_int_equal(send(sleeper, hello.data, hello.size, MSG_NOSIGNAL), hello.size);
  struct client *c = viewer(s, NULL, NULL);
  wait_live(s, c);
  pump(s, c, 10);
  int sent = 0, seen = 0;
  double worst = 0;
  for (int k = 0; k < 600; k++) {
    crowd_step(&s->crowd, 0.01);
    double before = milliseconds();
    send_frame(s, k % 10 == 0);
    double took = milliseconds() - before;
    if (took > worst) worst = took;
    sent++;
    uv_run(&s->loop, UV_RUN_NOWAIT);
    seen += client_poll(c);
  }
  seen += pump(s, c, 20);
  CHECK(seen, ==, sent);
  CHECK(server_clients(s->server), ==, 2);
  send_frame(s, true);
  for (int k = 0; k < 50; k++) {
    pump(s, c, 1);
    assert_true(raw_read(sleeper, &got));
  }
  struct frame_decoder *d = frame_decoder_create();
  int count = raw_decode(&got, d);
  if (count >= sent) fail_msg("a client that did not read got all %d messages", count);
  crowd_check(&s->crowd.picture, frame_picture(d), false);
  print_message("slow client: %d of %d messages; slowest send %.2f ms\n", count, sent, worst);

  // and it is back among the others
  crowd_step(&s->crowd, 0.01);
  send_frame(s, false);
  pump(s, c, 3);
  got.size = 0;
  raw_read(sleeper, &got);
  CHECK(raw_decode(&got, d), ==, 1);
  crowd_check(&s->crowd.picture, frame_picture(d), true);
  frame_decoder_destroy(d);
  bytes_finish(&got);
  bytes_finish(&hello);
  client_destroy(c);
  close(sleeper);
}

static void test_too_many(void **state) {
  struct stage *s = *state;
  serve(s, NULL, false);
  send_frame(s, true);
  struct bytes hello = { 0 };
  raw_command(&hello, "hello", FRAME_VERSION);
  int fd[64];
  for (int k = 0; k < 64; k++) {
    fd[k] = raw_connect(s);
    send(fd[k], hello.data, hello.size, MSG_NOSIGNAL);
    pump(s, NULL, 1);
  }
  pump(s, NULL, 10);
  CHECK(server_clients(s->server), ==, 64);
  struct client *c = viewer(s, NULL, NULL);
  for (int k = 0; k < 1500 && !strstr(client_message(c), "64 clients"); k++) pump(s, c, 1);
  CHECK_HAS(client_message(c), "64 clients are connected");
  CHECK(server_clients(s->server), ==, 64);

  // a place that gets free is taken at the next attempt
  close(fd[0]);
  wait_live(s, c);
  client_destroy(c);
  for (int k = 1; k < 64; k++) close(fd[k]);
  bytes_finish(&hello);
}

static void write_token(struct stage *s, const char *token, mode_t mode) {
  int fd = open(s->token_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  assert_int_equal(write(fd, token, strlen(token)), strlen(token));
  fchmod(fd, mode);
  close(fd);
}

static void create_refused(struct stage *s, const char *listen, const char *token, const char *why) {
  struct server_options o = server_defaults();
  struct error e = { 0 };
  o.listen = listen;
  o.token_file = token;
  assert_null(server_create(&s->loop, &o, &e));
  CHECK_HAS(e.text, why);
  uv_run(&s->loop, UV_RUN_NOWAIT);
}

static void test_addresses(void **state) {
  struct stage *s = *state;
  create_refused(s, "0.0.0.0:0", NULL, "--token-file");
  create_refused(s, "[::]:0", NULL, "--token-file");
  create_refused(s, "example.org:7077", NULL, "numeric");
  create_refused(s, "127.0.0.1:99999", NULL, "port");
  create_refused(s, "127.0.0.1:", NULL, "port");
  create_refused(s, ":7077", NULL, "host");
  create_refused(s, "", NULL, "empty");
  create_refused(s, "/nowhere/at/all", NULL, "cannot listen");
  create_refused(s, "/tmp/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345", NULL, "107 bytes");
  create_refused(s, "0.0.0.0:0", "/nowhere/token", "cannot open the token file");
  write_token(s, "0123456789abcdef", 0644);
  create_refused(s, "0.0.0.0:0", s->token_file, "chmod 600");
  write_token(s, "too short\n", 0600);
  create_refused(s, "0.0.0.0:0", s->token_file, "from 16 to 127");

  // a socket file of mode 0600; taken while somebody listens, replaced when nobody does
  serve(s, NULL, false);
  struct stat st;
  assert_int_equal(stat(s->path, &st), 0);
  CHECK(st.st_mode & 0777, ==, 0600);
  create_refused(s, s->path, NULL, "address already in use");
}

static void test_stale_socket(void **state) {
  struct stage *s = *state;
  struct sockaddr_un at = { .sun_family = AF_UNIX };
  snprintf(at.sun_path, sizeof at.sun_path, "%s", s->path);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
  close(fd);
  serve(s, NULL, false);
  struct client *c = viewer(s, NULL, NULL);
  wait_live(s, c);
  client_destroy(c);
}

// on an address that is not loopback: watch without the token, command with it, gone with a wrong one
static void test_token(void **state) {
  struct stage *s = *state;
  write_token(s, "a token of some length\n", 0600);
  serve(s, "0.0.0.0:0", true);
  send_frame(s, true);
  send_status(s, "");
  char address[64];
  snprintf(address, sizeof address, "127.0.0.1:%s", strrchr(server_address(s->server), ':') + 1);
  struct frame_command pause = { .what = "pause" };

  struct client *c = viewer(s, address, NULL);
  wait_live(s, c);
  pump(s, c, 20);
  assert_false(frame_status_read(client_decoder(c))->may_command);
  client_send(c, &pause);
  pump(s, c, 20);
  server_drain(s->server, &s->inbox);
  CHECK(s->inbox.count, ==, 0);
  CHECK_HAS(frame_status_read(client_decoder(c))->message, "watch only");
  client_destroy(c);

  c = viewer(s, address, "a token of some length");
  wait_live(s, c);
  pump(s, c, 20);
  assert_true(frame_status_read(client_decoder(c))->may_command);
  client_send(c, &pause);
  pump(s, c, 20);
  server_drain(s->server, &s->inbox);
  CHECK(s->inbox.count, ==, 1);
  client_destroy(c);

  c = viewer(s, address, "a token of some lengtH");
  for (int k = 0; k < 300 && !strstr(client_message(c), "token"); k++) pump(s, c, 1);
  CHECK_HAS(client_message(c), "the token is not the one of this run");
  client_destroy(c);
}

static void test_wrong_version(void **state) {
  struct stage *s = *state;
  serve(s, NULL, false);
  int fd = raw_connect(s);
  struct bytes b = { 0 };
  raw_command(&b, "hello", FRAME_VERSION + 1);
  send(fd, b.data, b.size, MSG_NOSIGNAL);
  pump(s, NULL, 5);
  b.size = 0;
  raw_read(fd, &b);
  struct frame_decoder *d = frame_decoder_create();
  CHECK(raw_decode(&b, d), ==, 1);
  assert_string_equal(frame_status_read(d)->message, "this run speaks version 1 of the protocol, the client version 2");
  frame_decoder_destroy(d);
  bytes_finish(&b);
  close(fd);
}

static int open_files(void) {
  int n = 0;
  DIR *d = opendir("/proc/self/fd");
  while (readdir(d)) n++;
  closedir(d);
  return n;
}

static void test_connection_churn(void **state) {
  struct stage *s = *state;
  serve(s, NULL, false);
  send_frame(s, true);
  struct bytes hello = { 0 };
  raw_command(&hello, "hello", FRAME_VERSION);
  int before = open_files();
  for (int k = 0; k < 1000; k++) {
    int fd = raw_connect(s);
    send(fd, hello.data, k % 3 ? hello.size : 7, MSG_NOSIGNAL);
    uv_run(&s->loop, UV_RUN_NOWAIT);
    close(fd);
    uv_run(&s->loop, UV_RUN_NOWAIT);
  }
  pump(s, NULL, 20);
  CHECK(open_files(), ==, before);
  CHECK(server_clients(s->server), ==, 0);
  bytes_finish(&hello);
}

// the client finds a run that starts later, loses it, and finds it again
static void test_reconnect(void **state) {
  struct stage *s = *state;
  struct client *c = viewer(s, NULL, NULL);
  pump(s, c, 20);
  CHECK(client_state(c), ==, CLIENT_CONNECTING);
  CHECK_HAS(client_message(c), "takt live");
  for (int round = 0; round < 2; round++) {
    serve(s, NULL, false);
    send_frame(s, true);
    wait_live(s, c);
    server_destroy(s->server);
    s->server = NULL;
    pump(s, c, 20);
    CHECK(client_state(c), ==, CLIENT_CONNECTING);
    CHECK(client_send(c, &(struct frame_command){ .what = "pause" }), ==, STATUS_IO);
  }
  client_destroy(c);
}

// nothing said for 5 s after connecting: dropped; 1 MiB and more queued for 10 s: cut off
static void test_patience(void **state) {
  struct stage *s = *state;
  crowd_finish(&s->crowd);
  crowd_make(&s->crowd, 1000, 10, 2000, 3);
  serve(s, NULL, false);
  send_frame(s, true);
  int silent = raw_connect(s), stuck = raw_connect(s);
  struct bytes b = { 0 }, large = { 0 };
  raw_command(&b, "hello", FRAME_VERSION);
  send(stuck, b.data, b.size, MSG_NOSIGNAL);
  pump(s, NULL, 5);
  CHECK(server_clients(s->server), ==, 1);
  char *layout = calloc(1, 3 << 20);
  memset(layout, '#', (3 << 20) - 1);
  struct frame_hello h = crowd_hello(&s->crowd);
  h.layout = layout;
  h.layout_size = (3 << 20) - 1;
  CHECK(frame_hello_write(&h, &large), ==, STATUS_OK);
  server_send(s->server, &large, true);
  double start = milliseconds(), dropped = 0, cut = 0;
  while (milliseconds() - start < 12000 && (!dropped || !cut)) {
    pump(s, NULL, 50);
    b.size = 0;
    if (!dropped && (!raw_read(silent, &b))) dropped = milliseconds() - start;
    if (!cut && server_clients(s->server) == 0) cut = milliseconds() - start;
  }
  CHECK_NEAR(dropped, 5300, 900);
  CHECK_NEAR(cut, 10300, 900);
  free(layout);
  bytes_finish(&b);
  bytes_finish(&large);
  close(silent);
  close(stuck);
}

int test_stream_server(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_make, stage_remove)
  const struct CMUnitTest tests[] = {
    TEST(test_watch_and_command), TEST(test_split_delivery), TEST(test_split_frames), TEST(test_malformed),
    TEST(test_slow_client),       TEST(test_too_many),       TEST(test_addresses),    TEST(test_stale_socket),
    TEST(test_token),             TEST(test_wrong_version),  TEST(test_connection_churn),
    TEST(test_reconnect),         TEST(test_patience),
  };
  return cmocka_run_group_tests_name("stream_server", tests, NULL, NULL);
}
