// What the viewer reads from outside: plans, frames and recordings, whole, made up and damaged; a picture or a sentence, never a crash.
#include "tests/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/random.h"
#include "engine/measure/ledger.h"
#include "engine/world/scene.h"
#include "stream/recording.h"
#include "viewer/history.h"
#include "viewer/page.h"
#include "viewer/pose.h"
#include "viewer/room.h"
#include "viewer/snapshot.h"
#include "viewer/synthetic.h"
#include "viewer/viewer.h"

// ---- what comes from outside --------------------------------------------------------------------------------------

static void test_states_have_the_engine_s_order(void **state) {
  (void)state;
  CHECK(ROBOT_STATES, ==, ROBOT_CAUSES);
  CHECK(STATION_STATES, ==, STATION_CAUSES);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < (pass ? STATION_CAUSES : ROBOT_CAUSES); i++) {
      const char *engine = pass ? station_cause_name((enum station_cause)i) : robot_cause_name((enum robot_cause)i);
      char words[64];
      snprintf(words, sizeof words, "%s", pass ? station_look((unsigned)i)->word : robot_look((unsigned)i)->word);
      for (char *p = words; *p; p++)
        if (*p == ' ') *p = '_';
      assert_string_equal(words, engine);
    }
  CHECK(POSE_CODE_LIE, ==, POSE_LIE);
  CHECK(POSE_CODE_CARRY, ==, POSE_CARRY);
  assert_non_null(robot_look(255));
  assert_non_null(station_look(255));
}

// A robot of three joints: a hip that carries both soles, and two hands of its own length. More members behind it.
#define BONES "\"skeleton\": {\"points\": [\"hip\", \"left hand\", \"right hand\"], \"sides\": [0, 1, 2], \"driven\": [1, 1, 1], \"bones\": [0, 1, 1, 1, 0, 2, 2, 2], " \
              "\"head\": 0, \"head_radius\": 0.1, \"ankles\": [0, 0]"
#define SKELETON(more) "{\"fleets\": [{" BONES ", " more "}}]}"
#define TEN "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "

static void test_plan_refuses_nonsense(void **state) {
  (void)state;
  static const char *const bad[] = {
    "", "[", "[]", "7", "{\"size\": [1]}", "{\"size\": [-1, 2]}", "{\"size\": [1e9, 2]}", "{\"size\": \"x\"}", "{\"stations\": 3}",
    "{\"stations\": [3]}", "{\"stations\": [{\"at\": [1, 2, 3]}]}", "{\"stations\": [{\"at\": [1, \"x\"]}]}",
    "{\"stations\": [{\"size\": [-1, 1]}]}", "{\"zones\": [{\"area\": [[1]]}]}", "{\"zones\": [{\"area\": [1, 2]}]}", "{\"walls\": {}}",
    "{\"parts\": [{\"size\": [1, 2]}]}", "{\"stations\": [{\"name\": [1]}]}", "{\"size\": [4, 3], \"size\": [4, 3]}", "{\"parts\": [{\"size\": [NaN, 1, 1]}]}",
    "{\"goals\": [{\"path\": \"made\"}]}", "{\"goals\": [{\"value\": [1]}]}",
    SKELETON("\"peaks\": [1, 2]"), SKELETON("\"peaks\": [1, 2, \"x\"]"), SKELETON("\"peaks\": [1, 2, 1e9]"), SKELETON("\"peaks\": {}"), SKELETON("\"reach\": 3"),
    SKELETON("\"reach\": [1]"), SKELETON("\"reach\": {\"ahead\": 1}"), SKELETON("\"reach\": {\"ahead\": [1, 2, 3]}"), SKELETON("\"reach\": {\"around\": [1, [2]]}"),
    SKELETON("\"reach\": {\"around\": [1, NaN]}"), SKELETON("\"reach\": {\"ahead\": [" TEN TEN TEN TEN TEN TEN TEN TEN TEN "1, 2, 3, 4, 5, 6, 7, 8]}"),
    "{\"fleets\": [{\"skeleton\": {\"points\": [\"a\"], \"sides\": [0], \"driven\": [1], \"bones\": [0, 1, 0, 0], \"ankles\": [0, 0]}}]}",
    "{\"fleets\": [{\"skeleton\": {\"points\": [], \"sides\": [], \"driven\": [], \"bones\": [], \"ankles\": [0, 0]}}]}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct plan p;
    struct error e = {0};
    if (plan_read(&p, bad[i], strlen(bad[i]), &e) == STATUS_OK) fail_msg("taken for a plan: %s", bad[i]);
    CHECK(e.status, ==, STATUS_PROTOCOL);
    assert_true(e.text[0] != 0);
    plan_finish(&p);
  }
  static const char good[] = "{\"name\": \"x\", \"size\": [0, 0], \"later\": {\"a\": [1]}, \"stations\": [{\"name\": \"a\", \"kind\": \"new-kind\", \"capacity\": null}]}";
  struct plan p;
  struct error e = {0};
  if (plan_read(&p, good, strlen(good), &e) != STATUS_OK) fail_msg("%s", e.text);
  CHECK(p.station_count, ==, 1);
  CHECK(p.has_floor, ==, 0);
  plan_finish(&p);
  static const char body[] = SKELETON("\"peaks\": [0, 40, 1e4], \"reach\": {\"height\": 0.9, \"ahead\": [0.2, 0, 0.5, 1], \"around\": []}");
  if (plan_read(&p, body, strlen(body), &e) != STATUS_OK) fail_msg("%s", e.text);
  CHECK(p.fleets[0].skeleton->points, ==, 3);
  CHECK_NEAR((double)p.fleets[0].skeleton->point[2].peak, 1e4, 0);
  CHECK(p.fleets[0].skeleton->reach_ahead, ==, 2);
  CHECK(p.fleets[0].skeleton->reach_around, ==, 0);
  CHECK_NEAR((double)p.fleets[0].skeleton->ahead[1][1], 1, 0);
  plan_finish(&p);
}

// the frames of a made-up run, bodies without their length
struct session { uint8_t *body[64]; size_t size[64]; int count; };

static void keep(struct session *s, struct bytes *b) {
  s->body[s->count] = malloc(b->size - 4);
  s->size[s->count] = b->size - 4;
  memcpy(s->body[s->count++], b->data + 4, b->size - 4);
  b->size = 0;
}

static void make_session(struct session *s, struct synthetic *hall) {
  struct bytes b = {0};
  struct frame_encoder *en = frame_encoder_create();
  // its robots have bodies
  static const char model[] = "\"model\":\"optimus-gen2\"", reach[] = ", \"peaks\": [0, 40, 90], \"reach\": {\"height\": 0.9, \"ahead\": [0.2, 0, 0.6, 0.5, 0.5, 1.2, 0.1, 1.9], \"around\": [0, -0.7, 0.7, 0, 0, 0.7]}}";
  struct frame_hello h = *synthetic_hello(hall);
  char *plan = malloc(h.plan_size + sizeof BONES + sizeof reach + 8);
  const char *at = strstr(h.plan, model);
  assert_non_null(plan);
  assert_non_null(at);
  h.plan_size = (size_t)sprintf(plan, "%.*s" BONES "%s, %s", (int)(at - h.plan), h.plan, reach, at);
  h.plan = plan;
  frame_hello_write(&h, &b);
  keep(s, &b);
  free(plan);
  for (int i = 0; i < 20; i++) {
    struct picture q = *synthetic_picture(hall, i * 0.1), *p = &q;
    int32_t waits[8];
    float kept[8][2], way[8][WAY_POINTS_MAX][2];
    uint8_t legs[8];
    for (int k = 0; k < 8; k++) {
      waits[k] = k % 3 ? -1 : (k + i) % 8 + 1;
      kept[k][0] = k % 2 ? 5 : -1;
      kept[k][1] = k % 2 ? 1 : -1;
      legs[k] = (uint8_t)((k + i) % 5);
      for (int n = 0; n < legs[k]; n++) way[k][n][0] = (float)(2 * n + k), way[k][n][1] = (float)(n + i) * .5f;
    }
    struct frame_body body = {.id = 2, .points = 3, .steps = 2, .ahead = 1, .contact = 3, .point = {{0, 0, 900}, {300, 200, 1000}, {300, -200, 1000}}, .load = {10, 90, 120}, .heat = {25, 60, 90}};
    struct frame_limbs limbs = {.id = 2, .points = 3, .contacts = 2, .size = {50, 50, 70}, .limit = {1, 2, 12}, .contact = {{.normal = {127, 0, 0}, .mu = 50, .force = 140, .hand = 1}, {.normal = {0, 0, 127}, .mu = 255, .hand = 2}}};
    q.robots.waits = waits, q.robots.kept = kept, q.robots.legs = legs, q.robots.way = way;
    q.bodies = (struct picture_bodies){1, &body, &limbs};
    if (i % 5 == 0 || frame_delta(en, p, &b) != STATUS_OK) {
      b.size = 0;
      CHECK(frame_keyframe(en, p, &b), ==, STATUS_OK);
    }
    keep(s, &b);
  }
  struct frame_decision why = {.at = 1, .robot = 3, .policy = "lookahead", .what = "carry a from b to c", .age = 2, .count = 2, .others = 1,
                               .candidate = {{.robot = "R3", .wins = true, .walk = 2, .cost = 3, .terms = 2, .term = {{"walk", 2}, {"idle", 1}}}, {.robot = "R4", .walk = 9, .cost = 9}}};
  frame_decisions_write(&why, 1, &b);
  keep(s, &b);
  struct frame_bar bar[2] = {{0, 0, 0, 4, 0, 900000000}, {1, 0, 1, 2, 500000000, 5000000000}};
  frame_planned_write(bar, 2, &b);
  keep(s, &b);
  frame_encoder_destroy(en);
  bytes_finish(&b);
}

// 10,000 frames with bytes changed, cut or made up, through the decoder and, when it takes one, onto the screen
static void test_hostile_frames(void **state) {
  (void)state;
  struct error e = {0};
  struct canvas c;
  struct session s = {.count = 0};
  struct synthetic *hall = synthetic_create(8, 60);
  struct room *r = calloc(1, sizeof *r);
  struct frame_decoder *d = frame_decoder_create();
  struct stream dice = stream_make(7, 1, "viewer", "hostile", 0);
  assert_true(canvas_make(&c, 320, 240, 0.75f));
  assert_true(room_init(r, false, &e));
  make_session(&s, hall);
  uint8_t *body = malloc(1 << 20);
  int drawn = 0, bodies = 0;
  for (int n = 0; n < 10000; n++) {
    int k = n % 50 == 0 ? 0 : (int)(stream_u64(&dice) % (uint64_t)s.count);
    size_t size = s.size[k];
    memcpy(body, s.body[k], size);
    int changes = n % 3 == 0 ? 0 : 1 + (int)(stream_u64(&dice) % 6);
    for (int i = 0; i < changes; i++) body[stream_u64(&dice) % size] = (uint8_t)stream_u64(&dice);
    if (stream_unit(&dice) < 0.05) size = 1 + stream_u64(&dice) % size;
    enum frame_type type;
    if (frame_read(d, body, size, &type, &e) != STATUS_OK) continue;
    const struct frame_hello *h = frame_hello_read(d);
    if (type == FRAME_HELLO && !room_plan(r, h, &e)) continue;
    struct show w = {.hello = h, .picture = frame_picture(d), .connected = true};
    struct snapshot a = {0};
    if (!w.picture || n % 2) continue;
    assert_true(snapshot_copy(&a, w.picture));
    w.picture = &a.p;
    history_add(&r->history, &a.p);
    r->heat = stream_unit(&dice) < 0.2 ? (enum heat_kind)(stream_u64(&dice) % HEAT_KINDS) : HEAT_NONE;
    r->selection = (struct selection){SELECT_ROBOT, (int)(stream_u64(&dice) % 8)};
    r->page = (enum page_kind)(stream_u64(&dice) % PAGES);
    r->actors.paths = stream_unit(&dice) < 0.3;
    r->gantt_stations = stream_unit(&dice) < 0.3;
    bodies += r->page == PAGE_BODY && pose_body(w.picture, r->selection.row) != NULL;
    w.decision = r->selection.row < a.p.robots.n ? frame_decision_read(d, a.p.robots.id[r->selection.row]) : NULL;
    w.bars = frame_planned_read(d, &w.bar);
    room_draw(r, &c, &w);
    snapshot_finish(&a);
    drawn++;
  }
  assert_true(drawn > 500);
  assert_true(bodies > 10);
  for (int i = 0; i < s.count; i++) free(s.body[i]);
  free(body);
  frame_decoder_destroy(d);
  room_finish(r);
  free(r);
  synthetic_destroy(hall);
  canvas_finish(&c);
}

// plans with any numbers and pictures with any columns are drawn, or refused
static void test_hostile_plans(void **state) {
  (void)state;
  static const char shape[] =
    "{\"name\": \"%x\", \"size\": [%g, %g], \"walls\": [[[%g, %g], [%g, %g]]], \"doors\": [{\"at\": [%g, %g], \"width\": %g}], \"zones\": [{\"kind\": \"one-way\", "
    "\"towards\": %g, \"area\": [[%g, %g], [%g, %g], [%g, %g]]}], \"parts\": [{\"size\": [%g, %g, 1]}], \"stations\": [{\"name\": \"a\", \"kind\": \"conveyor\", "
    "\"speed\": %g, \"path\": [[%g, %g], [%g, %g]], \"size\": [2, 1]}, {\"name\": \"b\", \"kind\": \"assembly\", \"at\": [%g, %g], \"grid\": [6, 4], \"pitch\": [%g, %g]}]}";
  static const double sizes[] = {0, 1e-6, 0.3, 1, 7, 40, 900, 99999, -5, -99999};
  struct error e = {0};
  struct canvas c;
  struct room *r = calloc(1, sizeof *r);
  struct stream dice = stream_make(9, 1, "viewer", "plans", 0);
  struct synthetic *hall = synthetic_create(8, 40);
  assert_true(canvas_make(&c, 400, 300, 0.75f));
  assert_true(room_init(r, true, &e));
  for (int n = 0; n < 300; n++) {
    char text[4096];
    double v[32];
    for (int i = 0; i < 32; i++) v[i] = sizes[stream_u64(&dice) % 10] * (stream_unit(&dice) < 0.5 ? 1 : stream_unit(&dice));
    snprintf(text, sizeof text, shape, n, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15], v[16], v[17],
             v[18], v[19], v[20], v[21], v[22], v[23], v[24], v[25], v[26]);
    struct frame_hello h = *synthetic_hello(hall);
    h.plan = text;
    h.plan_size = strlen(text);
    if (!room_plan(r, &h, &e)) continue;
    struct show w = {.hello = &h, .picture = synthetic_picture(hall, n), .connected = true};
    r->selection = (struct selection){n % 2 ? SELECT_ROBOT : SELECT_STATION, n % 3};
    room_draw(r, &c, &w);
    r->camera.zoom = n % 3 ? 900 : 20;
    room_draw(r, &c, &w);
  }
  room_finish(r);
  free(r);
  synthetic_destroy(hall);
  canvas_finish(&c);
}

// ---- a recording, without a display ----------------------------------------------------------------------------------

// Frames of a made-up hall, ten a second, but for the last `less`; when told, a decision as the sixth comes.
static void record(const char *name, int less, bool told) {
  struct error e = {0};
  struct recording_info info = {.version = "test", .layout_file = "made-up", .fidelity = "event", .seed = 1, .replication = 1};
  struct recorder *rec = recorder_create(name, &info, &e);
  if (!rec) fail_msg("%s", e.text);
  struct synthetic *hall = synthetic_create(8, 60);
  struct session s = {.count = 0};
  make_session(&s, hall);
  for (int i = 0; i < s.count - less; i++) {
    if (i == 6 && told) CHECK(recorder_write(rec, CHANNEL_DECISIONS, 500000000, s.body[s.count - 2] + 2, s.size[s.count - 2] - 2, &e), ==, STATUS_OK);
    CHECK(recorder_write(rec, CHANNEL_FRAMES, i ? (i - 1) * INT64_C(100000000) : 0, s.body[i], s.size[i], &e), ==, STATUS_OK);
  }
  for (int i = 0; i < s.count; i++) free(s.body[i]);
  CHECK(recorder_finish(rec, &e), ==, STATUS_OK);
  synthetic_destroy(hall);
}

static void test_picture_of_a_recording(void **state) {
  (void)state;
  char name[] = "/tmp/takt-test-viewer-XXXXXX", out[2][64];
  int fd = mkstemp(name);
  assert_true(fd >= 0);
  close(fd);
  struct error e = {0};
  record(name, 0, false);
  size_t size[2];
  char *bytes[2];
  for (int i = 0; i < 2; i++) {
    snprintf(out[i], sizeof out[i], "%s-%d.png", name, i);
    struct viewer_options o = viewer_defaults();
    o.recording = name;
    o.frame_at = 1.05;
    o.frame_out = out[i];
    o.width = 800;
    if (viewer_run(&o, &e) != STATUS_OK) fail_msg("%s", e.text);
    bytes[i] = file_read(out[i], 1 << 24, &size[i], &e);
    assert_non_null(bytes[i]);
    unlink(out[i]);
  }
  CHECK(size[0], ==, size[1]);
  assert_memory_equal(bytes[0], bytes[1], size[0]);
  assert_memory_equal(bytes[0], "\x89PNG", 4);
  free(bytes[0]);
  free(bytes[1]);
  unlink(name);
  struct viewer_options o = viewer_defaults();
  o.recording = name;
  o.frame_at = 1;
  o.frame_out = out[0];
  assert_true(viewer_run(&o, &e) != STATUS_OK);
}

// A film that begins after a decision knows it: its first picture is another one than where none was made.
static void test_film_knows_what_was_before(void **state) {
  (void)state;
  uint64_t digest[2];
  for (int told = 0; told < 2; told++) {
    char name[] = "/tmp/takt-test-viewer-XXXXXX", out[64];
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    close(fd);
    struct error e = {0};
    // the last two are a decision and a plan
    record(name, 2, told);
    snprintf(out, sizeof out, "%s.y4m", name);
    struct viewer_options o = viewer_defaults();
    o.recording = name;
    o.frame_at = 1.8;
    o.video_out = out;
    o.select = "R3";
    o.page = "why";
    o.width = 800, o.height = 480;
    if (viewer_run(&o, &e) != STATUS_OK) fail_msg("%s", e.text);
    size_t size, frame = 800 * 480;
    char *film = file_read(out, 1 << 26, &size, &e);
    assert_non_null(film);
    assert_true(size > frame + 100);
    digest[told] = digest_bytes(DIGEST_START, film + 100, frame);
    free(film);
    unlink(out);
    unlink(name);
  }
  assert_true(digest[0] != digest[1]);
}

// recordings with bytes changed or an end missing: a picture or a sentence, never a crash
static void test_damaged_recordings(void **state) {
  (void)state;
  char name[] = "/tmp/takt-test-viewer-XXXXXX", out[64];
  int fd = mkstemp(name), pictures = 0, refused = 0;
  assert_true(fd >= 0);
  close(fd);
  snprintf(out, sizeof out, "%s.png", name);
  struct error e = {0};
  record(name, 0, false);
  size_t size;
  char *whole = file_read(name, 1 << 24, &size, &e), *bytes = malloc(size);
  assert_non_null(whole);
  struct stream dice = stream_make(11, 1, "viewer", "damage", 0);
  for (int n = 0; n < 60; n++) {
    memcpy(bytes, whole, size);
    for (int i = 0; i < 1 + n % 4; i++) bytes[stream_u64(&dice) % size] = (char)stream_u64(&dice);
    size_t kept = n % 3 ? size : 1 + stream_u64(&dice) % size;
    CHECK(file_write(name, bytes, kept, &e), ==, STATUS_OK);
    struct viewer_options o = viewer_defaults();
    o.recording = name;
    o.frame_at = 1;
    o.frame_out = out;
    o.width = 320;
    o.height = 240;
    e = (struct error){0};
    if (viewer_run(&o, &e) == STATUS_OK) pictures++;
    else {
      refused++;
      assert_true(e.text[0] != 0);
    }
  }
  assert_true(pictures > 0);
  assert_true(refused > 0);
  free(whole);
  free(bytes);
  unlink(name);
  unlink(out);
}

int test_viewer_input(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_states_have_the_engine_s_order),
    cmocka_unit_test(test_plan_refuses_nonsense),
    cmocka_unit_test(test_hostile_frames),
    cmocka_unit_test(test_hostile_plans),
    cmocka_unit_test(test_picture_of_a_recording),
    cmocka_unit_test(test_film_knows_what_was_before),
    cmocka_unit_test(test_damaged_recordings),
  };
  return cmocka_run_group_tests_name("viewer_input", tests, NULL, NULL);
}
