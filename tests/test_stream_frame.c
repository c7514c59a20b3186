#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stream/frame.h"
#include "tests/check.h"
#include "tests/crowd.h"

struct pair { struct frame_encoder *encoder; struct frame_decoder *decoder; struct bytes bytes; struct error error; };

static void pair_make(struct pair *p) {
  *p = (struct pair){ .encoder = frame_encoder_create(), .decoder = frame_decoder_create() };
  assert_non_null(p->encoder);
  assert_non_null(p->decoder);
}

static void pair_finish(struct pair *p) {
  frame_encoder_destroy(p->encoder);
  frame_decoder_destroy(p->decoder);
  bytes_finish(&p->bytes);
}

static enum status take(struct pair *p) {
  enum frame_type type;
  enum status s = frame_read(p->decoder, p->bytes.data + 4, p->bytes.size - 4, &type, &p->error);
  p->bytes.size = 0;
  return s;
}

static void say_hello(struct pair *p, struct crowd *c) {
  struct frame_hello h = crowd_hello(c);
  CHECK(frame_hello_write(&h, &p->bytes), ==, STATUS_OK);
  CHECK(take(p), ==, STATUS_OK);
}

static void test_round_trip(void **state) {
  (void)state;
  struct crowd c;
  struct pair p;
  pair_make(&p);
  crowd_make(&c, 120, 17, 300, 1);
  say_hello(&p, &c);
  for (int k = 0; k < 60; k++) {
    crowd_step(&c, 1.0 / 30);
    bool delta = k % 30 != 0;
    CHECK(delta ? frame_delta(p.encoder, &c.picture, &p.bytes) : frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
    CHECK(take(&p), ==, STATUS_OK);
    crowd_check(&c.picture, frame_picture(p.decoder), delta);
  }
  crowd_finish(&c);
  pair_finish(&p);
}

// 100 s between keyframes: robots are further away than a difference can say, parts are all new
static void test_far_moves(void **state) {
  (void)state;
  struct crowd c;
  struct pair p;
  pair_make(&p);
  crowd_make(&c, 50, 3, 60, 2);
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  for (int k = 0; k < 5; k++) {
    crowd_step(&c, 20);
    CHECK(frame_delta(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
    CHECK(take(&p), ==, STATUS_OK);
    crowd_check(&c.picture, frame_picture(p.decoder), true);
  }
  crowd_finish(&c);
  pair_finish(&p);
}

static void test_empty_picture(void **state) {
  (void)state;
  struct picture nothing = { 0 };
  struct pair p;
  pair_make(&p);
  CHECK(frame_delta(p.encoder, &nothing, &p.bytes), ==, STATUS_CONFLICT);
  CHECK(p.bytes.size, ==, 0);
  CHECK(frame_keyframe(p.encoder, &nothing, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  nothing.now = 5;
  CHECK(frame_delta(p.encoder, &nothing, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  CHECK(frame_picture(p.decoder)->now, ==, 5);
  CHECK(frame_picture(p.decoder)->robots.n, ==, 0);
  pair_finish(&p);
}

// a robot that comes or goes asks for a keyframe; a position that is none is refused
static void test_encoder_answers(void **state) {
  (void)state;
  struct crowd c;
  struct pair p;
  pair_make(&p);
  crowd_make(&c, 10, 3, 6, 3);
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  size_t size = p.bytes.size;
  c.picture.robots.n = 9;
  CHECK(frame_delta(p.encoder, &c.picture, &p.bytes), ==, STATUS_CONFLICT);
  c.picture.robots.n = 10;
  c.picture.robots.id[4] = 99;
  CHECK(frame_delta(p.encoder, &c.picture, &p.bytes), ==, STATUS_CONFLICT);
  c.picture.robots.id[4] = 5;
  float wrong[] = { NAN, INFINITY, -INFINITY, 1.1e6f };
  for (int k = 0; k < 4; k++) {
    c.picture.robots.pos[3][1] = wrong[k];
    CHECK(frame_delta(p.encoder, &c.picture, &p.bytes), ==, STATUS_RANGE);
    CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_RANGE);
  }
  CHECK(p.bytes.size, ==, size);
  crowd_finish(&c);
  pair_finish(&p);
}

static void test_lost_frames(void **state) {
  (void)state;
  struct crowd c;
  struct pair p;
  pair_make(&p);
  crowd_make(&c, 10, 3, 6, 4);
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);

  // a lost delta costs nothing
  for (int k = 0; k < 4; k++) {
    crowd_step(&c, 0.1);
    p.bytes.size = 0;
    CHECK(frame_delta(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  }
  CHECK(take(&p), ==, STATUS_OK);
  crowd_check(&c.picture, frame_picture(p.decoder), true);

  // a lost keyframe is noticed, the picture stays, and the next keyframe heals
  int64_t before = c.picture.now;
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  p.bytes.size = 0;
  crowd_step(&c, 0.1);
  CHECK(frame_delta(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  assert_true(frame_waiting(p.decoder));
  CHECK(frame_picture(p.decoder)->now, ==, before);
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  assert_false(frame_waiting(p.decoder));
  crowd_check(&c.picture, frame_picture(p.decoder), false);
  crowd_finish(&c);
  pair_finish(&p);
}

static void test_messages(void **state) {
  (void)state;
  struct pair p;
  pair_make(&p);
  const char *parts[] = { "cell", "tray" }, *stations[] = { "belt", "bin \xc3\xa4" }, *fleets[] = { "sorters" };
  struct frame_hello h = { .layout = "takt: 1\n", .layout_size = 8, .plan = "{\"a\": 1}", .plan_size = 8, .name = "n", .fidelity = "event", .version = "0.1.0",
                           .seed = UINT64_MAX, .part_count = 2, .station_count = 2, .fleet_count = 1, .parts = parts, .stations = stations, .fleets = fleets };
  CHECK(frame_hello_write(&h, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  const struct frame_hello *g = frame_hello_read(p.decoder);
  assert_string_equal(g->layout, "takt: 1\n");
  assert_string_equal(g->plan, "{\"a\": 1}");
  assert_string_equal(g->stations[1], "bin \xc3\xa4");
  assert_string_equal(g->fleets[0], "sorters");
  assert_true(g->seed == UINT64_MAX);
  CHECK(g->part_count, ==, 2);

  struct frame_kpi kpi[] = { { "kpi.made", 12 }, { "kpi.oee", 0.1 }, { "kpi.lead_time_s", NAN } };
  CHECK(frame_kpi_write(kpi, 3, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  const struct frame_kpi *k;
  CHECK(frame_kpi_read(p.decoder, &k), ==, 3);
  assert_string_equal(k[1].path, "kpi.oee");
  assert_true(k[1].value == 0.1);
  assert_true(isnan(k[2].value));

  struct frame_status s = { .now = 77, .paused = true, .speed_asked = 100, .speed_achieved = 99.5, .message = "hello", .may_command = true };
  CHECK(frame_status_write(&s, &p.bytes), ==, STATUS_OK);
  frame_status_role(&p.bytes, false);
  CHECK(frame_type_of(&p.bytes), ==, FRAME_STATUS);
  CHECK(take(&p), ==, STATUS_OK);
  const struct frame_status *t = frame_status_read(p.decoder);
  assert_string_equal(t->message, "hello");
  assert_true(t->paused && !t->may_command && t->speed_achieved == 99.5 && t->now == 77);

  struct frame_command c = { .what = "speed", .value = 10, .token = "abc" }, back;
  CHECK(frame_command_write(&c, &p.bytes), ==, STATUS_OK);
  CHECK(frame_command_read(p.bytes.data + 4, p.bytes.size - 4, &back, &p.error), ==, STATUS_OK);
  assert_string_equal(back.what, "speed");
  assert_string_equal(back.token, "abc");
  assert_true(back.value == 10);
  pair_finish(&p);
}

// the newest 256 are kept in order; a text that was cut inside a letter still passes
static void test_events(void **state) {
  (void)state;
  struct pair p;
  pair_make(&p);
  for (int k = 0; k < 30; k++) {
    struct frame_event e[20];
    char text[20][32];
    for (int i = 0; i < 20; i++) {
      snprintf(text[i], sizeof text[i], "event %d \xc3", 20 * k + i);
      e[i] = (struct frame_event){ 20 * k + i, 1, i - 1, text[i] };
    }
    CHECK(frame_events_write(e, 20, &p.bytes), ==, STATUS_OK);
    CHECK(take(&p), ==, STATUS_OK);
  }
  const struct frame_event *e;
  CHECK(frame_events_read(p.decoder, &e), ==, FRAME_EVENTS_KEPT);
  CHECK(frame_events_total(p.decoder), ==, 600);
  for (int i = 0; i < FRAME_EVENTS_KEPT; i++) {
    char want[32];
    snprintf(want, sizeof want, "event %d ?", 600 - FRAME_EVENTS_KEPT + i);
    assert_string_equal(e[i].text, want);
    CHECK(e[i].at, ==, 600 - FRAME_EVENTS_KEPT + i);
  }
  pair_finish(&p);
}

static double milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void bomb(struct pair *p, const char *name, const uint8_t *bytes, size_t size) {
  enum frame_type type;
  struct frame_command command;
  double start = milliseconds();
  if (frame_read(p->decoder, bytes, size, &type, &p->error) != STATUS_PROTOCOL) fail_msg("%s was accepted", name);
  assert_true(strlen(p->error.text) > 0);
  if (frame_command_read(bytes, size, &command, &p->error) != STATUS_PROTOCOL) fail_msg("%s was accepted as a command", name);
  double took = milliseconds() - start;
  if (took > 10) fail_msg("%s took %.1f ms", name, took);
}

static void test_bombs(void **state) {
  (void)state;
  static const struct { const char *name; uint8_t bytes[24]; size_t size; } bombs[] = {
    { "nothing", { 0 }, 0 },
    { "array of 4 G", { 0x92, 2, 0xdd, 0xff, 0xff, 0xff, 0xff }, 7 },
    { "map of 4 G", { 0x92, 2, 0xdf, 0xff, 0xff, 0xff, 0xff }, 7 },
    { "bin of 4 G", { 0x92, 2, 0xc6, 0xff, 0xff, 0xff, 0xff }, 7 },
    { "text of 4 G", { 0x92, 2, 0xdb, 0xff, 0xff, 0xff, 0xff }, 7 },
    { "ext of 4 G", { 0x92, 2, 0xc9, 0xff, 0xff, 0xff, 0xff, 1 }, 8 },
    { "fixext", { 0x92, 2, 0xd4, 1, 1 }, 5 },
    { "never used byte", { 0x92, 2, 0xc1 }, 3 },
    { "unknown type", { 0x92, 99, 0x80 }, 3 },
    { "negative type", { 0x92, 0xff, 0x80 }, 3 },
    { "type as text", { 0x92, 0xa1, '2', 0x80 }, 4 },
    { "three values", { 0x93, 2, 0x80, 0x80 }, 4 },
    { "trailing byte", { 0x92, 5, 0x80, 0 }, 4 },
    { "cut inside a number", { 0x92, 5, 0x81, 0xa1, 'a', 0xcb, 0 }, 7 },
    { "kpi that is infinite", { 0x92, 5, 0x81, 0xa1, 'a', 0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0 }, 14 },
    { "kpi that is no number", { 0x92, 5, 0x81, 0xa1, 'a', 0xca, 0x7f, 0xc0, 0, 0 }, 10 },
    { "kpi with a bad letter", { 0x92, 5, 0x81, 0xa2, 0xc0, 0x80, 1 }, 7 },
    { "key with a NUL", { 0x92, 5, 0x81, 0xa2, 'a', 0, 1 }, 7 },
    { "empty keyframe", { 0x92, 2, 0x80 }, 3 },
    { "events that are a map", { 0x92, 4, 0x80 }, 3 },
    { "event without fields", { 0x92, 4, 0x91, 0x80 }, 4 },
  };
  struct pair p;
  pair_make(&p);
  for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) bomb(&p, bombs[i].name, bombs[i].bytes, bombs[i].size);

  // deep, wide, and as much as a frame may hold of the smallest things
  static uint8_t large[FRAME_MAX];
  memset(large, 0x91, 1000);
  large[999] = 0xc0;
  bomb(&p, "depth 999", large, 1000);
  memset(large, 0x91, sizeof large);
  bomb(&p, "depth 4 M", large, sizeof large);
  memset(large, 0xc0, sizeof large);
  memcpy(large, (uint8_t[]){ 0x92, 5, 0xdd, 0x00, 0x3f, 0xff, 0xf9 }, 7);
  bomb(&p, "4 M nils", large, sizeof large);
  memset(large, 0x90, sizeof large);
  memcpy(large, (uint8_t[]){ 0x92, 5, 0xdd, 0x00, 0x3f, 0xff, 0xf9 }, 7);
  bomb(&p, "4 M empty arrays", large, sizeof large);
  pair_finish(&p);
}

// ---- a keyframe with one thing wrong must leave the state as it was ---------------------------------

static uint8_t *find(struct bytes *b, const char *key) {
  size_t n = strlen(key);
  for (size_t i = 0; i + n < b->size; i++)
    if (b->data[i] == (0xa0 | n) && !memcmp(b->data + i + 1, key, n)) return b->data + i + 1 + n;
  fail_msg("no key %s", key);
  return NULL;
}

static void refused(struct pair *p, const struct picture *before, const char *why) {
  CHECK(take(p), ==, STATUS_PROTOCOL);
  CHECK_HAS(p->error.text, why);
  crowd_check(before, frame_picture(p->decoder), false);
}

// the column of steps travels only when somebody works in steps; old recordings have none
static void test_steps_may_be_left_out(void **state) {
  (void)state;
  struct crowd c;
  struct pair p;
  pair_make(&p);
  crowd_make(&c, 9, 3, 6, 5);
  say_hello(&p, &c);
  for (int i = 0; i < 9; i++) c.picture.robots.step[i] = -1;
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  size_t bare = p.bytes.size;
  CHECK(take(&p), ==, STATUS_OK);
  crowd_check(&c.picture, frame_picture(p.decoder), false);

  // a delta may bring it all the same, and take it away
  c.picture.robots.step[4] = 2 << 16 | 5;
  CHECK(frame_delta(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  crowd_check(&c.picture, frame_picture(p.decoder), true);
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(p.bytes.size, >=, bare + 4 * 9);
  CHECK(take(&p), ==, STATUS_OK);
  crowd_check(&c.picture, frame_picture(p.decoder), false);
  c.picture.robots.step[4] = -1;
  CHECK(frame_delta(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  crowd_check(&c.picture, frame_picture(p.decoder), true);
  pair_finish(&p);
  crowd_finish(&c);
}

static void test_hostile_values(void **state) {
  (void)state;
  struct crowd c, first;
  struct pair p;
  pair_make(&p);
  crowd_make(&first, 10, 3, 6, 5);
  crowd_make(&c, 10, 3, 6, 5);
  say_hello(&p, &c);
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  crowd_step(&c, 1);
  c.picture.robots.step[0] = 7;

  static const struct { const char *key; int offset; uint8_t value; const char *why; } wrong[] = {
    { "fleet", 2, 3, "fleet" }, { "pos", 2 + 3, 0x70, "further" }, { "cause", 2, FRAME_ROBOT_CAUSES, "unknown cause" }, { "pose", 2, FRAME_POSES, "unknown pose" },
    { "held", 2, 5, "holds a part" }, { "from", 2, 3, "station" }, { "to", 2, 3, "station" },
    { "step", 2 + 3, 0x80, "below the first" }, { "made", 2 + 7, 0x80, "fewer" }, { "type", 2, 5, "type" },
    { "id", 1, 9, "" }, { "total", 0, 0xc0, "" }, { "seq", 0, 0, "" },
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
    uint8_t *at = find(&p.bytes, wrong[i].key) + wrong[i].offset;
    at[0] = wrong[i].value;
    if (!strcmp(wrong[i].key, "held") || !strcmp(wrong[i].key, "from") || !strcmp(wrong[i].key, "to")) at[1] = 0;
    refused(&p, &first.picture, wrong[i].why);
  }

  // every prefix of a keyframe is refused
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  size_t whole = p.bytes.size;
  for (size_t size = 0; size + 4 < whole; size++) {
    enum frame_type type;
    CHECK(frame_read(p.decoder, p.bytes.data + 4, size, &type, &p.error), ==, STATUS_PROTOCOL);
  }
  p.bytes.size = 0;

  // time does not go back
  c.picture.now = -1;
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  refused(&p, &first.picture, "before the start");
  c.picture.now = 5000000000;
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  c.picture.now = 4000000000;
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_PROTOCOL);
  CHECK_HAS(p.error.text, "time goes back");
  CHECK(frame_picture(p.decoder)->now, ==, 5000000000);

  // after a rewind it may
  frame_decoder_rewind(p.decoder);
  assert_null(frame_picture(p.decoder));
  CHECK(frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
  CHECK(take(&p), ==, STATUS_OK);
  crowd_finish(&c);
  crowd_finish(&first);
  pair_finish(&p);
}

// any single byte of a session changed: refused or read, never a crash, and the state stays whole
static void test_flipped_bytes(void **state) {
  (void)state;
  struct crowd c;
  struct pair p;
  pair_make(&p);
  crowd_make(&c, 12, 3, 9, 6);
  say_hello(&p, &c);
  struct bytes key = { 0 }, delta = { 0 };
  CHECK(frame_keyframe(p.encoder, &c.picture, &key), ==, STATUS_OK);
  crowd_step(&c, 0.5);
  CHECK(frame_delta(p.encoder, &c.picture, &delta), ==, STATUS_OK);
  static const uint8_t values[] = { 0x00, 0x7f, 0x80, 0x90, 0xc0, 0xc4, 0xcf, 0xdd, 0xff };
  for (int which = 0; which < 2; which++) {
    struct bytes *b = which ? &delta : &key;
    for (size_t i = 4; i < b->size; i++) {
      for (size_t k = 0; k < sizeof values; k++) {
        enum frame_type type;
        uint8_t was = b->data[i];
        frame_decoder_rewind(p.decoder);
        if (which) CHECK(frame_read(p.decoder, key.data + 4, key.size - 4, &type, &p.error), ==, STATUS_OK);
        b->data[i] = values[k];
        enum status s = frame_read(p.decoder, b->data + 4, b->size - 4, &type, &p.error);
        b->data[i] = was;
        if (s != STATUS_OK) CHECK(s, ==, STATUS_PROTOCOL);
      }
    }
  }
  bytes_finish(&key);
  bytes_finish(&delta);
  crowd_finish(&c);
  pair_finish(&p);
}

// <= 64 B a robot in a keyframe, <= 8 in a delta, and the time it takes
static void test_size_and_speed(void **state) {
  (void)state;
  enum { ROBOTS = 1000, FRAMES = 240 };
  struct crowd c;
  struct pair p;
  pair_make(&p);
  crowd_make(&c, ROBOTS, 50, 0, 7);
  size_t key = 0, delta = 0;
  double encode = 0, decode = 0;
  for (int k = 0; k < FRAMES; k++) {
    crowd_step(&c, 1.0 / 60);
    double t0 = milliseconds();
    CHECK(k % 60 ? frame_delta(p.encoder, &c.picture, &p.bytes) : frame_keyframe(p.encoder, &c.picture, &p.bytes), ==, STATUS_OK);
    double t1 = milliseconds();
    *(k % 60 ? &delta : &key) += p.bytes.size;
    CHECK(take(&p), ==, STATUS_OK);
    encode += t1 - t0;
    decode += milliseconds() - t1;
  }
  double key_size = (double)key / (FRAMES / 60) / ROBOTS, delta_size = (double)delta / (FRAMES - FRAMES / 60) / ROBOTS;
  print_message("1,000 robots: keyframe %.1f B, delta %.1f B a robot; %.3f ms to encode, %.3f ms to decode a frame\n", key_size, delta_size, encode / FRAMES, decode / FRAMES);
  assert_true(key_size <= 64);
  assert_true(delta_size <= 8);
  crowd_finish(&c);
  pair_finish(&p);
}

// ---- decisions ---------------------------------------------------------------------------------------

static struct frame_decision decide(uint32_t robot, int64_t at, int candidates, int terms) {
  struct frame_decision d = { .at = at, .robot = robot, .policy = "lookahead", .what = "carry a from q to m", .age = 3.5f, .work = 2, .due = (float)NAN, .count = candidates, .others = 4 };
  for (int k = 0; k < candidates; k++) {
    struct frame_candidate *c = &d.candidate[k];
    *c = (struct frame_candidate){ .wins = k == 1, .free_in = 0.5f * (float)k, .walk = (float)k + 1, .cost = 2 * (float)k, .terms = terms };
    snprintf(c->robot, sizeof c->robot, "R%d", k + 1);
    for (int i = 0; i < terms; i++) {
      snprintf(c->term[i].name, sizeof c->term[i].name, "term %d", i);
      c->term[i].cost = (float)i - 1;
    }
  }
  return d;
}

// the newest of each robot comes out as it went in; a new session forgets them
static void test_decisions(void **state) {
  (void)state;
  struct pair p;
  struct crowd c;
  struct error e;
  enum frame_type type;
  pair_make(&p);
  struct frame_decision told[3] = { decide(3, 5, 8, 8), decide(1, 6, 0, 0), decide(3, 7, 2, 0) };
  CHECK(frame_decisions_write(told, 3, &p.bytes), ==, STATUS_OK);
  CHECK(frame_type_of(&p.bytes), ==, FRAME_DECISIONS);
  CHECK(frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 4, &type, &e), ==, STATUS_OK);
  assert_null(frame_decision_read(p.decoder, 2));
  for (int k = 1; k < 3; k++) {
    const struct frame_decision *d = frame_decision_read(p.decoder, told[k].robot);
    assert_non_null(d);
    CHECK(d->at, ==, told[k].at);
    CHECK(d->count, ==, told[k].count);
    CHECK(d->others, ==, 4);
    assert_true(isnan((double)d->due));
    assert_string_equal(d->what, told[k].what);
    assert_memory_equal(d->candidate, told[k].candidate, sizeof d->candidate);
  }

  // a byte changed anywhere is refused or read, and changes nothing when refused
  p.bytes.size = 0;
  struct frame_decision whole = decide(2, 9, 8, 8);
  int refused = 0;
  CHECK(frame_decisions_write(&whole, 1, &p.bytes), ==, STATUS_OK);
  for (size_t i = 4; i < p.bytes.size; i++)
    for (int bit = 0; bit < 8; bit++) {
      p.bytes.data[i] ^= (uint8_t)(1 << bit);
      struct frame_decision kept[3];
      for (uint32_t r = 1; r <= 3; r++) {
        const struct frame_decision *d = frame_decision_read(p.decoder, r);
        memset(&kept[r - 1], 0, sizeof *kept);
        if (d) memcpy(&kept[r - 1], d, sizeof *d);
      }
      enum status s = frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 4, &type, &e);
      assert_true(s == STATUS_OK || s == STATUS_PROTOCOL);
      p.bytes.data[i] ^= (uint8_t)(1 << bit);
      refused += s != STATUS_OK;
      for (uint32_t r = 1; r <= 3 && s != STATUS_OK; r++) {
        const struct frame_decision *d = frame_decision_read(p.decoder, r);
        CHECK(d ? d->robot : 0, ==, kept[r - 1].robot);
        if (d) assert_memory_equal(d, &kept[r - 1], sizeof *d);
      }
    }
  CHECK(refused, >, 100);
  // of two decisions, the second of them wrong, neither is taken
  struct frame_decision pair[2] = { decide(1, 50, 1, 0), decide(3, 51, 1, 0) };
  p.bytes.size = 0;
  CHECK(frame_decisions_write(pair, 2, &p.bytes), ==, STATUS_OK);
  struct frame_decision first = *frame_decision_read(p.decoder, 1);
  CHECK(frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 5, &type, &e), ==, STATUS_PROTOCOL);
  assert_memory_equal(&first, frame_decision_read(p.decoder, 1), sizeof first);
  p.bytes.size = 0;
  CHECK(frame_decisions_write(&whole, 1, &p.bytes), ==, STATUS_OK);
  // many robots: the oldest goes
  for (uint32_t r = 1; r <= 3000; r++) {
    struct frame_decision d = decide(r, 100 + r, 1, 1);
    p.bytes.size = 0;
    CHECK(frame_decisions_write(&d, 1, &p.bytes), ==, STATUS_OK);
    CHECK(frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 4, &type, &e), ==, STATUS_OK);
  }
  assert_null(frame_decision_read(p.decoder, 1));
  assert_non_null(frame_decision_read(p.decoder, 3000));

  crowd_make(&c, 2, 2, 2, 1);
  struct frame_hello h = crowd_hello(&c);
  p.bytes.size = 0;
  CHECK(frame_hello_write(&h, &p.bytes), ==, STATUS_OK);
  CHECK(frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 4, &type, &e), ==, STATUS_OK);
  assert_null(frame_decision_read(p.decoder, 3000));
  crowd_finish(&c);
  pair_finish(&p);
}

// ---- ways --------------------------------------------------------------------------------------------

// Each kind of record has the bytes that stream/ways.h says, and comes out as it went in.
static void test_ways_by_their_bytes(void **state) {
  (void)state;
  enum { ROWS = 140000 };
  static uint8_t out[1024];
  struct frame_way *w = calloc(ROWS, sizeof *w), *got = calloc(ROWS, sizeof *got), one[2] = { 0 }, base[2] = { 0 };
  assert_non_null(w);
  assert_non_null(got);

  // gaps: rows 0, 65535 and 131072 are 0, 65534 and 65536 rows behind the last; only the last needs a record that skips
  static const int row[] = { 0, 65535, 131072 };
  for (int k = 0; k < 3; k++) w[row[k]] = (struct frame_way){ 1, { { 1000 * k, -7 } } };
  size_t size = ways_write(w, NULL, ROWS, out);
  CHECK(size, ==, 3 * 11 + 2);
  assert_memory_equal(out, ((uint8_t[]){ 0, 0, 1 }), 3);
  assert_memory_equal(out + 11, ((uint8_t[]){ 0xfe, 0xff, 1 }), 3);
  assert_memory_equal(out + 22, ((uint8_t[]){ 0xff, 0xff, 1, 0, 1 }), 5);
  CHECK(ways_read(got, ROWS, out, size), ==, true);
  for (int k = 0; k < 3; k++) assert_memory_equal(&got[row[k]], &w[row[k]], sizeof *w);
  for (int i = 0, some = 0; i < ROWS; i++) CHECK(some += got[i].points > 0, <=, 3);
  CHECK(ways_read(got, 131072, out, size), ==, false);          // the last row is not there
  free(w);
  free(got);

  // points within 327 m of the next one go as cm, the end as it is; farther ones whole
  one[0] = (struct frame_way){ 3, { { 10, 20 }, { 327672, 24 }, { 3, 333 } } };
  size = ways_write(one, NULL, 2, out);
  CHECK(size, ==, 3 + 2 * 4 + 8);
  CHECK(out[2], ==, 3);
  CHECK(ways_read(base, 2, out, size), ==, true);
  for (int k = 0; k < 3; k++)
    for (int a = 0; a < 2; a++) CHECK(abs(base[0].at[k][a] - one[0].at[k][a]), <=, k < 2 ? 5 : 0);
  one[0].at[1][0] = 400000;
  size = ways_write(one, NULL, 2, out);
  CHECK(size, ==, 3 + 3 * 8);
  CHECK(out[2], ==, 64 + 3);
  CHECK(ways_read(base, 2, out, size), ==, true);
  assert_memory_equal(&base[0], &one[0], sizeof *one);

  // the tail of what the reader has is one byte; the whole of it nothing; none: walks no more
  one[0] = (struct frame_way){ 2, { { 400000, 24 }, { 3, 333 } } };
  size = ways_write(one, base, 2, out);
  CHECK(size, ==, 3);
  CHECK(out[2], ==, 128 + 2);
  CHECK(ways_read(base, 2, out, size), ==, true);
  CHECK(base[0].points, ==, 2);
  assert_memory_equal(base[0].at, one[0].at, 16);
  CHECK(ways_write(one, base, 2, out), ==, 0);
  one[0].points = 0;
  CHECK(ways_write(one, base, 2, out), ==, 3);
  CHECK(out[2], ==, 0);

  // what is no record
  static const struct { size_t size; uint8_t byte[12]; } wrong[] = {
    { 1, { 0 } }, { 2, { 0, 0 } }, { 3, { 0, 0, 128 } }, { 3, { 0, 0, 128 + 3 } }, { 3, { 0, 0, 17 } }, { 3, { 0, 0, 64 + 17 } },
    { 10, { 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 } }, { 11, { 0, 0, 1, 0, 0, 0, 0x7f, 0, 0, 0, 0 } }, { 3, { 2, 0, 0 } }, { 5, { 0xff, 0xff, 0, 0, 0 } } };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct frame_way two[2] = { { 2, { { 1, 2 }, { 3, 4 } } }, { 0 } };
    if (ways_read(two, 2, wrong[i].byte, wrong[i].size)) fail_msg("record %zu is taken", i);
  }
}

// a plan comes out as it went in, is of stations that the hello names, and ends with the session
static void test_plan_of_a_line(void **state) {
  (void)state;
  struct pair p;
  struct crowd c;
  struct error e;
  enum frame_type type;
  const struct frame_bar *got;
  struct frame_bar bar[3] = { { 0, 0, 1, 5, 10, 20 }, { 3, 1, 0, 3, 20, 500 }, { 2, 0, 0, 1, INT64_C(90000000000000), INT64_C(90000000000001) } };
  pair_make(&p);
  CHECK(frame_planned_write(bar, 3, &p.bytes), ==, STATUS_OK);
  CHECK(frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 4, &type, &e), ==, STATUS_PROTOCOL);        // no hello yet
  crowd_make(&c, 2, 4, 2, 1);
  for (int k = 0; k < 2; k++) {
    struct frame_hello h = crowd_hello(&c);
    p.bytes.size = 0;
    CHECK(frame_hello_write(&h, &p.bytes), ==, STATUS_OK);
    CHECK(frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 4, &type, &e), ==, STATUS_OK);
    CHECK(frame_planned_read(p.decoder, &got), ==, 0);
    p.bytes.size = 0;
    CHECK(frame_planned_write(bar, 3, &p.bytes), ==, STATUS_OK);
    CHECK(frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 4, &type, &e), ==, STATUS_OK);
    CHECK(frame_planned_read(p.decoder, &got), ==, 3);
    assert_memory_equal(got, bar, sizeof bar);
  }
  struct frame_bar wrong[3] = { { 4, 0, 0, 1, 1, 2 }, { 0, 0, 0, 1, 3, 2 }, { 0, -1, 0, 1, 1, 2 } };
  for (int k = 0; k < 3; k++) {
    p.bytes.size = 0;
    CHECK(frame_planned_write(&wrong[k], 1, &p.bytes), ==, STATUS_OK);
    CHECK(frame_read(p.decoder, p.bytes.data + 4, p.bytes.size - 4, &type, &e), ==, STATUS_PROTOCOL);
    CHECK(frame_planned_read(p.decoder, &got), ==, 3);
  }
  crowd_finish(&c);
  pair_finish(&p);
}

int test_stream_frame(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_round_trip),      cmocka_unit_test(test_far_moves),    cmocka_unit_test(test_empty_picture),
    cmocka_unit_test(test_encoder_answers), cmocka_unit_test(test_lost_frames),  cmocka_unit_test(test_messages),
    cmocka_unit_test(test_decisions), cmocka_unit_test(test_ways_by_their_bytes), cmocka_unit_test(test_plan_of_a_line), cmocka_unit_test(test_events),          cmocka_unit_test(test_bombs),        cmocka_unit_test(test_steps_may_be_left_out), cmocka_unit_test(test_hostile_values),
    cmocka_unit_test(test_flipped_bytes),   cmocka_unit_test(test_size_and_speed),
  };
  return cmocka_run_group_tests_name("stream_frame", tests, NULL, NULL);
}
