// takt live from outside: the program is started as a child, watched and commanded through the client, and
// what it recorded is replayed.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stream/client.h"
#include "stream/log.h"
#include "stream/recording.h"
#include "tests/check.h"

static const char layout[] =
  "takt: 1\n"
  "name: two machines\n"
  "parts:\n"
  "  a: {shape: box, size: [0.1, 0.1, 0.1], mass: 1}\n"
  "stations:\n"
  "  in: {kind: source, makes: a}\n"
  "  m1: {kind: machine, time: exponential(2 s)}\n"
  "  b: {kind: buffer, capacity: 5}\n"
  "  m2: {kind: machine, time: exponential(2 s)}\n"
  "  out: {kind: sink}\n"
  "flow:\n"
  "  - in -> m1 -> b -> m2 -> out\n"
  "run: {for: 2 h, warmup: 10 min, seed: 3}\n";

struct stage { char program[256], folder[64], line[96], socket[96], record[96], output[96], errors[96]; pid_t child; struct client *client; };

static int stage_make(void **state) {
  struct stage *s = calloc(1, sizeof *s);
  ssize_t n = readlink("/proc/self/exe", s->program, sizeof s->program - 1);
  if (n <= 0) return -1;

  // takt-test -> takt, takt-test-sanitize -> takt-sanitize
  char *name = strrchr(s->program, '/') + 1, *test = strstr(name, "-test");
  if (!test) return -1;
  memmove(test, test + 5, strlen(test + 5) + 1);
  strcpy(s->folder, "/tmp/takt-live-XXXXXX");
  if (!mkdtemp(s->folder)) return -1;
  snprintf(s->line, sizeof s->line, "%s/line.yaml", s->folder);
  snprintf(s->socket, sizeof s->socket, "%s/socket", s->folder);
  snprintf(s->record, sizeof s->record, "%s/run.takt", s->folder);
  snprintf(s->output, sizeof s->output, "%s/output", s->folder);
  snprintf(s->errors, sizeof s->errors, "%s/errors", s->folder);
  FILE *f = fopen(s->line, "w");
  fputs(layout, f);
  fclose(f);
  *state = s;
  return 0;
}

static int stage_remove(void **state) {
  struct stage *s = *state;
  client_destroy(s->client);
  if (s->child > 0) {
    kill(s->child, SIGKILL);
    waitpid(s->child, NULL, 0);
  }
  const char *files[] = { s->line, s->socket, s->record, s->output, s->errors };
  for (int i = 0; i < 5; i++) unlink(files[i]);
  rmdir(s->folder);
  free(s);
  return 0;
}

static void start(struct stage *s, const char *const *words) {
  s->child = fork();
  if (s->child > 0) return;
  const char *argv[16] = { s->program };
  for (int i = 0; words[i]; i++) argv[i + 1] = words[i];
  dup2(open(s->output, O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
  dup2(open(s->errors, O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
  execv(s->program, (char *const *)(uintptr_t)argv);
  _exit(126);
}

static const char *text_of(const char *path) {
  static char text[16384];
  int fd = open(path, O_RDONLY);
  ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
  text[n > 0 ? n : 0] = 0;
  if (fd >= 0) close(fd);
  return text;
}

static int finish(struct stage *s) {
  int status = 0;
  for (int k = 0; k < 20000; k++) {
    if (waitpid(s->child, &status, WNOHANG) == s->child) {
      s->child = 0;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
    }
    nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
  }
  fail_msg("the program did not end: %s", text_of(s->errors));
  return -1;
}

static int run_takt(struct stage *s, const char *const *words) {
  start(s, words);
  return finish(s);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void poll_for(struct stage *s, int ms) {
  for (int k = 0; k < ms; k++) {
    client_poll(s->client);
    nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
  }
}

static void attach(struct stage *s) {
  struct error e;
  s->client = client_create(s->socket, NULL, &e);
  assert_non_null(s->client);
  for (int k = 0; k < 5000 && !(frame_picture(client_decoder(s->client)) && frame_status_read(client_decoder(s->client))); k++) poll_for(s, 1);
  if (client_state(s->client) != CLIENT_LIVE) fail_msg("%s; %s", client_message(s->client), text_of(s->errors));
}

static void command(struct stage *s, const char *what, double value, const char *text) {
  struct frame_command c = { .value = value };
  snprintf(c.what, sizeof c.what, "%s", what);
  snprintf(c.text, sizeof c.text, "%s", text);
  CHECK(client_send(s->client, &c), ==, STATUS_OK);
  poll_for(s, 100);
}

static int64_t now_of(struct stage *s) { return frame_picture(client_decoder(s->client))->now; }
static const struct frame_status *status_of(struct stage *s) { return frame_status_read(client_decoder(s->client)); }

// What a busy machine delays still has to come: polled for, at most 20 s.
#define WAIT_FOR(s, condition) do { \
  for (int tries = 0; tries < 2000 && !(condition); tries++) poll_for(s, 10); \
  if (!(condition)) fail_msg("did not come: %s", #condition); \
} while (0)
#define WAIT_MESSAGE(s, words) WAIT_FOR(s, status_of(s)->message && strstr(status_of(s)->message, words))

// True when a second of the clock is a second of the line, within a fifth.
static bool keeps_pace(struct stage *s) {
  int64_t from = now_of(s);
  double begun = seconds();
  poll_for(s, 1000);
  double off = (double)(now_of(s) - from) * 1e-9 - (seconds() - begun);
  return off > -0.2 && off < 0.2;
}

#define TAKT(...) (const char *const[]){ __VA_ARGS__, NULL }

// watched, paused, stepped, sped up, commanded, told to quit; then replayed to the bit
static void test_commands(void **state) {
  struct stage *s = *state;
  start(s, TAKT("live", s->line, "--listen", s->socket, "--record", s->record, "--paused"));
  attach(s);
  struct frame_decoder *d = client_decoder(s->client);
  assert_string_equal(frame_hello_read(d)->name, "two machines");
  CHECK(frame_hello_read(d)->station_count, ==, 5);
  CHECK_HAS(frame_hello_read(d)->plan, "\"stations\"");
  CHECK_HAS(frame_hello_read(d)->layout, "exponential(2 s)");
  assert_true(status_of(s)->paused && status_of(s)->may_command);
  CHECK(now_of(s), ==, 0);

  // one instant at a time; the first is time 0
  command(s, "step", 0, "");
  command(s, "step", 0, "");
  WAIT_FOR(s, now_of(s) > 0);
  int64_t first = now_of(s);
  command(s, "step", 0, "");
  WAIT_FOR(s, now_of(s) > first);

  // in real time, then fifty times as fast
  command(s, "play", 0, "");
  WAIT_FOR(s, keeps_pace(s));
  command(s, "speed", 50, "");
  WAIT_FOR(s, status_of(s)->speed_achieved > 49 && status_of(s)->speed_achieved < 51);      // within 2 %
  command(s, "do", 0, "{do: fail, what: m2, for: 5 min}");
  WAIT_MESSAGE(s, "takes effect at");
  command(s, "do", 0, "{do: fail, what: m7}");
  WAIT_MESSAGE(s, "not done");
  command(s, "do", 0, "{do: set, path: stations.m1.time, value: \"empirical(secrets.csv)\"}");
  WAIT_MESSAGE(s, "may not read a file");
  command(s, "do", 0, "{do: set, path: stations.m1.time, value: \"\\\"empir\\\\u0069cal(secrets.csv)\\\"\"}");
  WAIT_MESSAGE(s, "may not read a file");
  command(s, "do", 0, "{do: set, path: stations.m1.time, value: 1 s}");
  WAIT_MESSAGE(s, "takes effect at");
  WAIT_FOR(s, strstr(frame_hello_read(d)->layout, "time: 1 s"));
  assert_non_null(frame_picture(d));
  command(s, "do", 0, "{{{");
  WAIT_MESSAGE(s, "not done");
  WAIT_FOR(s, frame_picture(d)->stations.cause[3] == 4);       // down
  command(s, "pause", 0, "");
  WAIT_FOR(s, status_of(s)->paused);
  poll_for(s, 200);
  int64_t stands = now_of(s);
  command(s, "do", 0, "{do: mend, what: m2}");
  WAIT_FOR(s, frame_picture(d)->stations.cause[3] != 4);
  CHECK(now_of(s), ==, stands);
  const struct frame_event *event;
  CHECK(frame_events_read(d, &event), >=, 2);
  const struct frame_kpi *kpi;
  WAIT_FOR(s, frame_kpi_read(d, &kpi) > 10);
  command(s, "quit", 0, "");
  CHECK(finish(s), ==, 0);
  CHECK_HAS(text_of(s->output), "interrupted");

  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 0);
  CHECK_HAS(text_of(s->output), "digests equal, 3 commands given again");
}

static void test_interrupt(void **state) {
  struct stage *s = *state;
  start(s, TAKT("live", s->line, "--listen", s->socket, "--speed", "100", "--record", s->record));
  attach(s);
  poll_for(s, 300);
  kill(s->child, SIGINT);
  CHECK(finish(s), ==, 130);
  CHECK_HAS(text_of(s->output), "interrupted");
  assert_int_equal(access(s->socket, F_OK), -1);
  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 0);
  CHECK_HAS(text_of(s->output), "digests equal\n");
}

// the same line run, recorded, and live with somebody who watches: the same digest
static void digest_of(struct stage *s, char out[17]) {
  const char *text = text_of(s->output), *at = strstr(text, "Digest ");
  if (!at) fail_msg("no digest in: %s %s", text, text_of(s->errors));
  memcpy(out, at + 7, 16);
  out[16] = 0;
}

static void test_same_digest(void **state) {
  struct stage *s = *state;
  char plain[17], recorded[17], live[17];
  CHECK(run_takt(s, TAKT("run", s->line)), ==, 0);
  digest_of(s, plain);
  CHECK(run_takt(s, TAKT("run", s->line, "--record", s->record)), ==, 0);
  digest_of(s, recorded);
  assert_string_equal(plain, recorded);
  start(s, TAKT("live", s->line, "--listen", s->socket, "--speed", "0", "--paused"));
  attach(s);
  command(s, "play", 0, "");
  for (int k = 0; k < 10000 && !status_of(s)->ended; k++) poll_for(s, 1);
  CHECK_HAS(status_of(s)->message, "the time is over");
  CHECK(now_of(s), ==, INT64_C(7800000000000));
  kill(s->child, SIGTERM);
  CHECK(finish(s), ==, 0);          // it was complete
  digest_of(s, live);
  assert_string_equal(plain, live);
}

// ---- replay -------------------------------------------------------------------------------------------------

// Copy a recording with the digest of one second changed.
static void forge(const char *path, const char *to) {
  struct error e;
  struct recording *r = recording_open(path, &e);
  struct recorder *w = recorder_create(to, recording_info(r), &e);
  struct recording_message m;
  recording_rewind(r, 0, 0xfe);
  while (recording_next(r, &m, &e)) {
    struct log_digest d;
    if (m.channel == CHANNEL_DIGEST && log_digest_read(m.data, m.size, &d) && d.second == 100) {
      struct bytes b = { 0 };
      d.digest ^= 1;
      log_digest_write(&d, &b);
      recorder_write(w, m.channel, m.at, b.data, b.size, &e);
      bytes_finish(&b);
    } else {
      recorder_write(w, m.channel, m.at, m.data, m.size, &e);
    }
  }
  recorder_finish(w, &e);
  recording_close(r);
}

static void test_replay_answers(void **state) {
  struct stage *s = *state;
  CHECK(run_takt(s, TAKT("run", s->line, "--record", s->record)), ==, 0);
  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 0);
  assert_string_equal(text_of(s->output), "7801 digests equal\n");       // 7800 s and the end

  CHECK(run_takt(s, TAKT("replay", "export", "--csv", s->record)), ==, 0);
  CHECK_HAS(text_of(s->output), "time_s,what,name,value\n");
  CHECK_HAS(text_of(s->output), ",number,\"kpi.made\",");
  CHECK(run_takt(s, TAKT("replay", "export", "--foxglove", s->record)), ==, 2);
  CHECK(run_takt(s, TAKT("replay", "export", "--csv", s->record, "--out", s->record)), ==, 2);
  CHECK_HAS(text_of(s->errors), "would write over the recording");

  char forged[128];
  snprintf(forged, sizeof forged, "%s/forged.takt", s->folder);
  forge(s->record, forged);
  CHECK(run_takt(s, TAKT("replay", forged)), ==, 1);
  CHECK_HAS(text_of(s->output), "second 100 differs");
  CHECK_HAS(text_of(s->output), "99 digests before it are equal");
  unlink(forged);

  // cut, then one byte of a chunk changed
  int fd = open(s->record, O_RDWR);
  off_t size = lseek(fd, 0, SEEK_END);
  uint8_t byte;
  assert_int_equal(pread(fd, &byte, 1, size / 2), 1);
  byte ^= 1;
  assert_int_equal(pwrite(fd, &byte, 1, size / 2), 1);
  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 4);
  CHECK_HAS(text_of(s->errors), "damaged recording");
  byte ^= 1;
  assert_int_equal(pwrite(fd, &byte, 1, size / 2), 1);
  assert_int_equal(ftruncate(fd, size - 20), 0);
  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 0);
  CHECK_HAS(text_of(s->output), "7801 digests equal");
  CHECK_HAS(text_of(s->errors), "end of the recording is missing");
  assert_int_equal(ftruncate(fd, 100), 0);
  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 4);
  close(fd);
  CHECK(run_takt(s, TAKT("replay", s->line)), ==, 4);
  CHECK_HAS(text_of(s->errors), "not a recording");
  CHECK(run_takt(s, TAKT("run", s->line, "--record", s->line)), ==, 2);
  CHECK_HAS(text_of(s->errors), "would write over the layout");
  CHECK(run_takt(s, TAKT("run", s->line, "--record", "/dev/full")), ==, 4);
  CHECK_HAS(text_of(s->errors), "No space left");

  // a file that may not grow: the run goes on, its results are printed, and it says so
  char words[512], program[256];
  memcpy(program, s->program, sizeof program);
  snprintf(words, sizeof words, "ulimit -f 1000; trap '' XFSZ; exec '%.200s' run '%s' --record '%s'", program, s->line, s->record);
  strcpy(s->program, "/bin/sh");
  CHECK(run_takt(s, TAKT("-c", words)), ==, 4);
  memcpy(s->program, program, sizeof program);
  CHECK_HAS(text_of(s->errors), "File too large");
  CHECK_HAS(text_of(s->output), "Ended: the time was over");
  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 0);
  CHECK_HAS(text_of(s->output), "the recording was cut");
}

// a recording brings the files along that the run read: it does not matter what becomes of them
static void test_replay_elsewhere(void **state) {
  struct stage *s = *state;
  char data[128], text[1024];
  snprintf(data, sizeof data, "%s/times.csv", s->folder);
  FILE *f = fopen(data, "w");
  fputs("1.5 s\n2.5 s\n700 ms\n", f);
  fclose(f);
  snprintf(text, sizeof text, "%s", layout);
  char *time = strstr(text, "exponential(2 s)");
  char behind[1024];
  snprintf(behind, sizeof behind, "%s", time + strlen("exponential(2 s)"));
  snprintf(time, sizeof text - (size_t)(time - text), "empirical(times.csv)%s", behind);
  f = fopen(s->line, "w");
  fputs(text, f);
  fclose(f);
  if (run_takt(s, TAKT("run", s->line, "--record", s->record)) != 0) fail_msg("%s", text_of(s->errors));
  f = fopen(data, "w");
  fputs("9 s\n", f);
  fclose(f);
  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 0);
  assert_string_equal(text_of(s->output), "7801 digests equal\n");
  unlink(data);
  CHECK(run_takt(s, TAKT("replay", s->record)), ==, 0);
}

int test_live(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_make, stage_remove)
  const struct CMUnitTest tests[] = { TEST(test_commands), TEST(test_interrupt), TEST(test_same_digest), TEST(test_replay_answers),
                                     TEST(test_replay_elsewhere) };
  return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
