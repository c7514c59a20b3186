#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stream/mcap.h"
#include "stream/recording.h"
#include "tests/check.h"
#include "tests/crowd.h"

#define ALL_CHANNELS 0xfeu
#define SECOND       INT64_C(1000000000)

static const struct recording_info info = { .version = "0.1.0", .layout_file = "crowd.yaml", .fidelity = "event", .seed = UINT64_MAX, .replication = 3,
                                            .length = 3600 * SECOND, .warmup = 60 * SECOND };

struct folder { char path[64], file[96]; };

static int folder_make(void **state) {
  struct folder *f = calloc(1, sizeof *f);
  snprintf(f->path, sizeof f->path, "/tmp/takt-recording-XXXXXX");
  if (!f || !mkdtemp(f->path)) return -1;
  snprintf(f->file, sizeof f->file, "%s/run.takt", f->path);
  *state = f;
  return 0;
}

static int folder_remove(void **state) {
  struct folder *f = *state;
  unlink(f->file);
  rmdir(f->path);
  free(f);
  return 0;
}

// `seconds` of a crowd at 10 Hz: a keyframe each 10 s, an event, numbers and a digest each second.
static enum status write_crowd(const char *path, struct crowd *c, int seconds, struct error *e) {
  struct recorder *r = recorder_create(path, &info, e);
  if (!r) return e->status;
  struct frame_encoder *encoder = frame_encoder_create();
  struct bytes b = { 0 };
  enum status s = recorder_write(r, CHANNEL_LAYOUT, 0, "\xa4takt", 5, e);
  struct frame_hello h = crowd_hello(c);
  frame_hello_write(&h, &b);
  if (s == STATUS_OK) s = recorder_write(r, CHANNEL_FRAMES, 0, b.data + 4, b.size - 4, e);
  for (int k = 0; k < 10 * seconds && s == STATUS_OK; k++) {
    b.size = 0;
    if (k % 100 == 0 || frame_delta(encoder, &c->picture, &b) == STATUS_CONFLICT) frame_keyframe(encoder, &c->picture, &b);
    s = recorder_write(r, CHANNEL_FRAMES, c->picture.now, b.data + 4, b.size - 4, e);
    if (k % 10 == 0 && s == STATUS_OK) {
      uint8_t digest[9] = { 0xcf, (uint8_t)(k >> 8), (uint8_t)k };
      struct frame_kpi kpi = { "kpi.made", k / 10 };
      b.size = 0;
      frame_kpi_write(&kpi, 1, &b);
      recorder_write(r, CHANNEL_KPI, c->picture.now, b.data + 6, b.size - 6, e);
      s = recorder_write(r, CHANNEL_DIGEST, c->picture.now, digest, sizeof digest, e);
    }
    crowd_step(c, 0.1);
  }
  bytes_finish(&b);
  frame_encoder_destroy(encoder);
  enum status end = recorder_finish(r, s == STATUS_OK ? e : NULL);
  return s == STATUS_OK ? end : s;
}

// ---- all messages of a file as one list, to compare with ---------------------------------------------

struct list { struct bytes data; size_t start[4096]; enum channel channel[4096]; int64_t at[4096]; int count; struct error error; };

static void read_all(const char *path, struct list *l) {
  l->data.size = 0;
  l->count = 0;
  l->error = (struct error){ 0 };
  struct recording *r = recording_open(path, &l->error);
  if (!r) return;
  struct recording_message m;
  recording_rewind(r, 0, ALL_CHANNELS);
  while (recording_next(r, &m, &l->error) && l->count < 4096) {
    l->start[l->count] = l->data.size;
    l->channel[l->count] = m.channel;
    l->at[l->count++] = m.at;
    bytes_append(&l->data, m.data, m.size);
  }
  struct frame_decoder *d = frame_decoder_create();
  struct error e;
  recording_seek(r, recording_end(r) / 2, d, &e);
  frame_decoder_destroy(d);
  recording_close(r);
}

// `part` begins as `whole` does.
static void check_prefix(const struct list *whole, const struct list *part) {
  CHECK(part->count, <=, whole->count);
  CHECK(part->data.size, <=, whole->data.size);
  if (part->data.size) assert_memory_equal(part->data.data, whole->data.data, part->data.size);
  for (int i = 0; i < part->count; i++) {
    CHECK(part->channel[i], ==, whole->channel[i]);
    CHECK(part->at[i], ==, whole->at[i]);
    CHECK(part->start[i], ==, whole->start[i]);
  }
}

static uint8_t *slurp(const char *path, size_t *size) {
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  fseek(f, 0, SEEK_END);
  *size = (size_t)ftell(f);
  rewind(f);
  uint8_t *bytes = malloc(*size + 1);
  assert_int_equal(fread(bytes, 1, *size, f), *size);
  fclose(f);
  return bytes;
}

static void spill(const char *path, const uint8_t *bytes, size_t size) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  assert_int_equal(write(fd, bytes, size), size);
  close(fd);
}

// ---- tests --------------------------------------------------------------------------------------------

static void test_round_trip(void **state) {
  struct folder *f = *state;
  struct crowd c;
  struct error e = { 0 };
  crowd_make(&c, 20, 5, 40, 1);
  CHECK(write_crowd(f->file, &c, 60, &e), ==, STATUS_OK);
  struct recording *r = recording_open(f->file, &e);
  if (!r) fail_msg("%s", e.text);
  assert_false(recording_cut(r));
  assert_string_equal(recording_note(r), "");
  assert_string_equal(recording_info(r)->layout_file, "crowd.yaml");
  assert_true(recording_info(r)->seed == UINT64_MAX);
  CHECK(recording_info(r)->length, ==, 3600 * SECOND);
  CHECK(recording_info(r)->warmup, ==, 60 * SECOND);
  CHECK(recording_info(r)->replication, ==, 3);
  CHECK(recording_start(r), ==, 0);
  CHECK(recording_end(r), ==, 599 * SECOND / 10);
  struct recording_message m;
  int count[CHANNEL_COUNT] = { 0 };
  recording_rewind(r, 0, ALL_CHANNELS);
  while (recording_next(r, &m, &e)) count[m.channel]++;
  CHECK(e.status, ==, STATUS_OK);
  CHECK(count[CHANNEL_LAYOUT], ==, 1);
  CHECK(count[CHANNEL_FRAMES], ==, 601);
  CHECK(count[CHANNEL_DIGEST], ==, 60);

  // from a time on, one channel
  recording_rewind(r, 30 * SECOND, 1u << CHANNEL_DIGEST);
  int n = 0;
  while (recording_next(r, &m, &e)) {
    CHECK(m.at, >=, 30 * SECOND);
    CHECK(m.data[2] | m.data[1] << 8, ==, 300 + 10 * n++);
  }
  CHECK(n, ==, 30);
  recording_close(r);
  crowd_finish(&c);
}

static void check_seek(struct recording *r, struct frame_decoder *d, int step) {
  struct crowd c;
  struct error e = { 0 };
  crowd_make(&c, 20, 5, 40, 2);
  for (int k = 0; k < step; k++) crowd_step(&c, 0.1);
  enum status s = recording_seek(r, c.picture.now + 1000, d, &e);
  if (s != STATUS_OK) fail_msg("step %d: %s", step, e.text);
  crowd_check(&c.picture, frame_picture(d), true);
  const struct frame_kpi *kpi;
  CHECK(frame_kpi_read(d, &kpi), ==, 1);
  CHECK_NEAR(kpi->value, step / 10, 0);
  assert_string_equal(frame_hello_read(d)->name, "crowd");
  crowd_finish(&c);
}

static void test_seek(void **state) {
  struct folder *f = *state;
  struct crowd c;
  struct error e = { 0 };
  crowd_make(&c, 20, 5, 40, 2);
  CHECK(write_crowd(f->file, &c, 60, &e), ==, STATUS_OK);
  struct recording *r = recording_open(f->file, &e);
  struct frame_decoder *d = frame_decoder_create();
  for (int step = 0; step < 600; step += 37) check_seek(r, d, step);
  for (int step = 599; step > 0; step -= 101) check_seek(r, d, step);
  check_seek(r, d, 99);
  check_seek(r, d, 100);

  // before the start and behind the end: the first and the last picture
  CHECK(recording_seek(r, -5, d, &e), ==, STATUS_OK);
  CHECK(frame_picture(d)->now, ==, 0);
  CHECK(recording_seek(r, INT64_MAX, d, &e), ==, STATUS_OK);
  CHECK(frame_picture(d)->now, ==, 599 * SECOND / 10);
  frame_decoder_destroy(d);
  recording_close(r);
  crowd_finish(&c);
}

// cut at every byte: what comes before is read, nothing else, and never a crash
static void test_truncation(void **state) {
  struct folder *f = *state;
  struct crowd c;
  struct error e = { 0 };
  crowd_make(&c, 4, 2, 3, 3);
  CHECK(write_crowd(f->file, &c, 12, &e), ==, STATUS_OK);
  size_t size;
  uint8_t *bytes = slurp(f->file, &size);
  static struct list whole, part;
  read_all(f->file, &whole);
  CHECK(whole.error.status, ==, STATUS_OK);
  for (size_t cut = size; cut-- > 0;) {
    assert_int_equal(truncate(f->file, (off_t)cut), 0);
    read_all(f->file, &part);
    check_prefix(&whole, &part);
    if (cut > 1000) CHECK(part.error.status, ==, STATUS_OK);
  }
  CHECK(part.error.status, ==, STATUS_CORRUPT);
  bytes_finish(&whole.data);
  bytes_finish(&part.data);
  free(bytes);
  crowd_finish(&c);
}

// one byte changed anywhere: what is read is right, or it says that it is damaged
static void test_damage(void **state) {
  struct folder *f = *state;
  struct crowd c;
  struct error e = { 0 };
  crowd_make(&c, 4, 2, 3, 3);
  CHECK(write_crowd(f->file, &c, 4, &e), ==, STATUS_OK);
  size_t size;
  uint8_t *bytes = slurp(f->file, &size);
  static struct list whole, part;
  read_all(f->file, &whole);
  static const uint8_t flips[] = { 0x01, 0x80, 0xff };
  for (size_t i = 0; i < size; i++) {
    for (size_t k = 0; k < sizeof flips; k++) {
      int fd = open(f->file, O_WRONLY);
      uint8_t changed = bytes[i] ^ flips[k];
      assert_int_equal(pwrite(fd, &changed, 1, (off_t)i), 1);
      read_all(f->file, &part);

      // a changed name of a channel hides its messages; the others stay as they were
      if (part.count == whole.count || part.error.status != STATUS_OK || part.count == 0) check_prefix(&whole, &part);
      assert_int_equal(pwrite(fd, &bytes[i], 1, (off_t)i), 1);
      close(fd);
    }
  }
  bytes_finish(&whole.data);
  bytes_finish(&part.data);
  free(bytes);
  crowd_finish(&c);
}

// files that belong to the run come back whole; one byte changed is told; a name that climbs is refused
static void test_attachments(void **state) {
  struct folder *f = *state;
  struct error e = { 0 };
  static uint8_t large[300000];
  for (size_t i = 0; i < sizeof large; i++) large[i] = (uint8_t)(i * i >> 3);
  struct recorder *w = recorder_create(f->file, &info, &e);
  CHECK(recorder_attach(w, "robots/model-1/robot.yaml", large, sizeof large, &e), ==, STATUS_OK);
  CHECK(recorder_attach(w, "data/empty.csv", large, 0, &e), ==, STATUS_OK);
  CHECK(recorder_write(w, CHANNEL_DIGEST, 5, "\xc0", 1, &e), ==, STATUS_OK);
  CHECK(recorder_finish(w, &e), ==, STATUS_OK);
  struct recording *r = recording_open(f->file, &e);
  assert_false(recording_cut(r));
  CHECK(recording_attachments(r), ==, 2);
  const char *name;
  const uint8_t *data;
  size_t size;
  CHECK(recording_attachment(r, 0, &name, &data, &size, &e), ==, STATUS_OK);
  assert_string_equal(name, "robots/model-1/robot.yaml");
  CHECK(size, ==, sizeof large);
  assert_memory_equal(data, large, size);
  CHECK(recording_attachment(r, 1, &name, &data, &size, &e), ==, STATUS_OK);
  assert_string_equal(name, "data/empty.csv");
  CHECK(size, ==, 0);
  recording_close(r);

  size_t whole;
  uint8_t *bytes = slurp(f->file, &whole);
  for (size_t i = 0; i + 30 < whole; i++) {
    if (memcmp(bytes + i, "robots/model-1", 14)) continue;
    bytes[i + 200000] ^= 1;
    spill(f->file, bytes, whole);
    r = recording_open(f->file, &e);
    CHECK(recording_attachment(r, 0, &name, &data, &size, &e), ==, STATUS_CORRUPT);
    recording_close(r);
    static const char *const climbs[] = { "../obots/model", "/obots/model-1", "robots/../mode", "robots//model-", "robots/mod\nl-1", "robots/model-\0" };
    for (int k = 0; k < 6; k++) {
      memcpy(bytes + i, climbs[k], 14);
      spill(f->file, bytes, whole);
      r = recording_open(f->file, &e);
      assert_true(recording_damaged(r));
      CHECK(recording_attachments(r), ==, 0);
      recording_close(r);
    }
    break;
  }
  free(bytes);
}

static void test_no_recordings(void **state) {
  struct folder *f = *state;
  struct error e = { 0 };
  assert_null(recording_open("/nowhere/at.takt", &e));
  CHECK(e.status, ==, STATUS_IO);
  CHECK_HAS(e.text, "No such file");
  assert_null(recording_open("/tmp", &e));
  CHECK(e.status, ==, STATUS_IO);
  spill(f->file, (const uint8_t *)"takt: 1\nname: a layout\n", 23);
  assert_null(recording_open(f->file, &e));
  CHECK(e.status, ==, STATUS_CORRUPT);
  CHECK_HAS(e.text, "not a recording");
  spill(f->file, (const uint8_t *)"", 0);
  assert_null(recording_open(f->file, &e));
  CHECK(e.status, ==, STATUS_CORRUPT);
  spill(f->file, (const uint8_t *)MCAP_MAGIC, 8);
  assert_null(recording_open(f->file, &e));
  CHECK(e.status, ==, STATUS_CORRUPT);
}

// a chunk that says it unpacks to more than 64 MiB is refused before anything is allocated
static void test_chunk_bomb(void **state) {
  struct folder *f = *state;
  struct crowd c;
  struct error e = { 0 };
  crowd_make(&c, 4, 2, 3, 3);
  CHECK(write_crowd(f->file, &c, 4, &e), ==, STATUS_OK);
  size_t size;
  uint8_t *bytes = slurp(f->file, &size);
  for (size_t i = 0; i + 60 < size; i++)
    if (!memcmp(bytes + i, "\4\0\0\0zstd", 8)) {
      uint64_t large = UINT64_C(1) << 40;
      memcpy(bytes + i - 12, &large, 8);
      break;
    }
  spill(f->file, bytes, size);
  struct recording *r = recording_open(f->file, &e);
  assert_non_null(r);
  assert_true(recording_cut(r));
  CHECK_HAS(recording_note(r), "damaged at byte");
  recording_close(r);
  free(bytes);
  crowd_finish(&c);
}

static void test_disk_full(void **state) {
  struct folder *f = *state;
  struct crowd c;
  struct error e = { 0 };
  crowd_make(&c, 100, 20, 300, 4);
  CHECK(write_crowd("/dev/full", &c, 5, &e), ==, STATUS_IO);
  CHECK_HAS(e.text, "No space left");
  CHECK(write_crowd("/nowhere/at/all.takt", &c, 5, &e), ==, STATUS_IO);

  // a file that may not grow past 600 kB: what was written before stays readable
  struct rlimit was, small;
  getrlimit(RLIMIT_FSIZE, &was);
  small = was;
  small.rlim_cur = 600000;
  void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  enum status s = write_crowd(f->file, &c, 400, &e);
  setrlimit(RLIMIT_FSIZE, &was);
  signal(SIGXFSZ, before);
  CHECK(s, ==, STATUS_IO);
  CHECK_HAS(e.text, "cannot write the recording");
  struct recording *r = recording_open(f->file, &e);
  if (!r) fail_msg("%s", e.text);
  assert_true(recording_cut(r));
  struct recording_message m;
  int frames = 0;
  recording_rewind(r, 0, 1u << CHANNEL_FRAMES);
  while (recording_next(r, &m, &e)) frames++;
  CHECK(e.status, ==, STATUS_OK);
  CHECK(frames, >, 100);
  recording_close(r);
  crowd_finish(&c);
}

// kill -9 at 20 moments: the file opens, and at most what the last chunk held is lost
static void test_kill(void **state) {
  struct folder *f = *state;
  for (int round = 0; round < 20; round++) {
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
      struct error e;
      struct recorder *r = recorder_create(f->file, &info, &e);
      static uint8_t noise[2000];
      uint64_t x = (uint64_t)round + 1;
      for (int k = 0;; k++) {
        for (size_t i = 0; i < sizeof noise; i++) noise[i] = (uint8_t)((x = x * UINT64_C(6364136223846793005) + 1) >> 56);
        recorder_write(r, CHANNEL_DIGEST, k, noise, sizeof noise, &e);
        if (write(pipes[1], &k, sizeof k) != sizeof k) _exit(1);
      }
    }
    close(pipes[1]);
    int last = 0, k, want = 600 + 173 * round;
    while (last < want && read(pipes[0], &k, sizeof k) == sizeof k) last = k;
    kill(child, SIGKILL);
    while (read(pipes[0], &k, sizeof k) == sizeof k) last = k;
    close(pipes[0]);
    waitpid(child, NULL, 0);
    struct error e = { 0 };
    struct recording *r = recording_open(f->file, &e);
    if (!r) fail_msg("round %d: %s", round, e.text);
    assert_true(recording_cut(r));
    struct recording_message m;
    int count = 0;
    recording_rewind(r, 0, ALL_CHANNELS);
    while (recording_next(r, &m, &e)) CHECK(m.at, ==, count++);
    CHECK(e.status, ==, STATUS_OK);

    // two buffers of 1 MiB may have been on their way: one filling, one being written
    CHECK(last - count, <=, 2 * (1 << 20) / 2000 + 2);
    recording_close(r);
  }
}

// of this process' own: what others do on the machine does not count
static double milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

// an hour of 200 robots: any moment within 200 ms of a processor
static void test_seek_speed(void **state) {
  struct folder *f = *state;
  struct crowd c;
  struct error e = { 0 };
  struct stat st;
  crowd_make(&c, 200, 20, 100, 6);
  double start = milliseconds();
  CHECK(write_crowd(f->file, &c, 3600, &e), ==, STATUS_OK);
  double written = milliseconds();
  stat(f->file, &st);
  struct recording *r = recording_open(f->file, &e);
  struct frame_decoder *d = frame_decoder_create();
  double opened = milliseconds(), worst = 0;
  for (int k = 0; k < 30; k++) {
    double before = milliseconds();
    CHECK(recording_seek(r, (int64_t)(k * 7919 % 3600) * SECOND, d, &e), ==, STATUS_OK);
    double took = milliseconds() - before;
    if (took > worst) worst = took;
  }
  print_message("an hour of 200 robots: %.1f MB written in %.1f s, opened in %.1f ms, slowest of 30 seeks %.1f ms\n", (double)st.st_size / 1e6, (written - start) / 1e3,
                opened - written, worst);
  assert_true(worst <= 200);
  frame_decoder_destroy(d);
  recording_close(r);
  crowd_finish(&c);
}

int test_stream_recording(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)
  const struct CMUnitTest tests[] = {
    TEST(test_round_trip), TEST(test_seek), TEST(test_attachments), TEST(test_truncation), TEST(test_damage),     TEST(test_no_recordings),
    TEST(test_chunk_bomb), TEST(test_disk_full), TEST(test_kill),       TEST(test_seek_speed),
  };
  return cmocka_run_group_tests_name("stream_recording", tests, NULL, NULL);
}
