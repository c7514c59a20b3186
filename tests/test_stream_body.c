// Bodies on the wire: what goes in comes out, and nothing else is believed.
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "stream/frame.h"
#include "tests/check.h"

static void random_body(struct frame_body *b, struct stream *s) {
  memset(b, 0, sizeof *b);
  b->id = (uint32_t)(1000 * stream_unit(s));
  b->power = (uint16_t)(2000 * stream_unit(s));
  b->contact = (uint8_t)(4 * stream_unit(s));
  b->points = (uint8_t)((BODY_POINTS_MAX + 1) * stream_unit(s));
  b->steps = (uint8_t)((BODY_STEPS_MAX + 1) * stream_unit(s));
  b->ahead = (uint8_t)((b->steps + 1) * stream_unit(s));
  int16_t *all[] = {b->cop, b->com, &b->sole[0][0], &b->point[0][0]};
  int count[] = {2, 3, 36, 3 * b->points};
  for (int k = 0; k < 4; k++)
    for (int i = 0; i < count[k]; i++) all[k][i] = (int16_t)(60000 * stream_unit(s) - 30000);
  for (int i = 0; i < b->points; i++) {
    b->load[i] = (uint8_t)(255 * stream_unit(s));
    b->heat[i] = (uint8_t)(255 * stream_unit(s));
  }
  for (int i = 0; i < b->steps; i++)
    b->step[i] = (struct body_step){(int16_t)(2000 * stream_unit(s)), (int16_t)(-2000 * stream_unit(s)), (uint16_t)(65535 * stream_unit(s)), (uint16_t)(1 + 2 * stream_unit(s))};
}

static void test_round_trip(void **state) {
  (void)state;
  struct stream s = stream_make(5, 1, "body", "wire", 0);
  uint8_t bytes[BODY_BYTES_MAX + 1];
  for (int k = 0; k < 500; k++) {
    struct frame_body a, b;
    random_body(&a, &s);
    size_t size = body_write(&a, bytes);
    CHECK(size, <=, BODY_BYTES_MAX);
    assert_true(body_read(&b, bytes, size));
    assert_memory_equal(&a, &b, sizeof a);
    // one byte more or less is no body
    assert_false(body_read(&b, bytes, size + 1));
    assert_false(body_read(&b, bytes, size - 1));
    assert_false(body_read(&b, bytes, 3));
    body_between(&b, &a, &a, 0.3f);
    assert_memory_equal(&a, &b, sizeof a);
  }
}

static void test_counts_are_not_believed(void **state) {
  (void)state;
  struct stream s = stream_make(6, 1, "body", "hostile", 0);
  uint8_t bytes[BODY_BYTES_MAX + 1];
  struct frame_body a, b;
  random_body(&a, &s);
  for (int at = 6; at < 10; at++)
    for (int v = 0; v < 256; v++) {
      size_t size = body_write(&a, bytes);
      bytes[at] = (uint8_t)v;
      if (!body_read(&b, bytes, size)) continue;
      CHECK(b.contact, <=, 3);
      CHECK(b.points, <=, BODY_POINTS_MAX);
      CHECK(b.steps, <=, BODY_STEPS_MAX);
      CHECK(b.ahead, <=, b.steps);
    }
}

// In keyframes and deltas; a frame without bodies takes them away.
static void test_in_frames(void **state) {
  (void)state;
  struct stream s = stream_make(7, 1, "body", "frames", 0);
  struct frame_body body[FRAME_BODIES_MAX];
  for (int i = 0; i < FRAME_BODIES_MAX; i++) random_body(&body[i], &s);
  struct frame_encoder *e = frame_encoder_create();
  struct frame_decoder *d = frame_decoder_create();
  for (int k = 0; k < 12; k++) {
    struct bytes out = {0};
    struct error error;
    enum frame_type type;
    struct picture p = {.now = k, .bodies = {.n = k % 3 == 2 ? 0 : 1 + k, .body = body}};
    CHECK(k % 4 ? frame_delta(e, &p, &out) : frame_keyframe(e, &p, &out), ==, STATUS_OK);
    CHECK(frame_read(d, out.data + 4, out.size - 4, &type, &error), ==, STATUS_OK);
    const struct picture *seen = frame_picture(d);
    assert_non_null(seen);
    CHECK(seen->bodies.n, ==, p.bodies.n);
    if (p.bodies.n) assert_memory_equal(seen->bodies.body, body, sizeof *body * (size_t)p.bodies.n);
    bytes_finish(&out);
  }
  frame_encoder_destroy(e);
  frame_decoder_destroy(d);
}

int test_stream_body(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_counts_are_not_believed), cmocka_unit_test(test_in_frames)};
  return cmocka_run_group_tests_name("stream_body", tests, NULL, NULL);
}
