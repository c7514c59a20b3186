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

static void random_limbs(struct frame_limbs *l, const struct frame_body *b, struct stream *s) {
  memset(l, 0, sizeof *l);
  l->id = b->id;
  l->points = b->points;
  l->contacts = (uint8_t)((LIMBS_CONTACTS_MAX + 1) * stream_unit(s));
  l->quality = (uint16_t)(60000 * stream_unit(s));
  l->width = (uint16_t)(60000 * stream_unit(s));
  l->yaw = (uint16_t)(60000 * stream_unit(s));
  for (int k = 0; k < 3; k++) {
    l->part[k] = (int16_t)(60000 * stream_unit(s) - 30000);
    l->size[k] = (int16_t)(3000 * stream_unit(s));
  }
  for (int i = 0; i < l->points; i++) l->limit[i] = (uint8_t)(16 * stream_unit(s));
  for (int k = 0; k < l->contacts; k++) {
    struct limb_contact *c = &l->contact[k];
    for (int a = 0; a < 3; a++) {
      c->at[a] = (int16_t)(60000 * stream_unit(s) - 30000);
      c->normal[a] = (int8_t)(254 * stream_unit(s) - 127);
    }
    c->mu = (uint8_t)(255 * stream_unit(s));
    c->force = (uint16_t)(65000 * stream_unit(s));
    c->hand = (uint8_t)(1 + 2 * stream_unit(s));
  }
}

static void test_limbs_round_trip(void **state) {
  (void)state;
  struct stream s = stream_make(8, 1, "limbs", "wire", 0);
  uint8_t bytes[LIMBS_BYTES_MAX + 1];
  for (int k = 0; k < 500; k++) {
    struct frame_body body;
    struct frame_limbs a, b;
    random_body(&body, &s);
    random_limbs(&a, &body, &s);
    size_t size = limbs_write(&a, bytes);
    CHECK(size, <=, LIMBS_BYTES_MAX);
    assert_true(limbs_read(&b, bytes, size));
    assert_memory_equal(&a, &b, sizeof a);
    assert_false(limbs_read(&b, bytes, size + 1));
    assert_false(limbs_read(&b, bytes, size - 1));
    assert_false(limbs_read(&b, bytes, 3));
    // whatever a byte becomes: counts fit, hands are hands, sizes are sizes
    for (int n = 0; n < 40; n++) {
      limbs_write(&a, bytes);
      bytes[(size_t)((double)size * stream_unit(&s))] = (uint8_t)(256 * stream_unit(&s));
      if (!limbs_read(&b, bytes, size)) continue;
      CHECK(b.points, <=, BODY_POINTS_MAX);
      CHECK(b.contacts, <=, LIMBS_CONTACTS_MAX);
      for (int i = 0; i < b.contacts; i++) CHECK(b.contact[i].hand == 1 || b.contact[i].hand == 2, ==, 1);
      for (int i = 0; i < 3; i++) CHECK(b.size[i], >=, 0);
    }
  }
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
  struct frame_limbs limbs[FRAME_BODIES_MAX];
  for (int i = 0; i < FRAME_BODIES_MAX; i++) {
    random_body(&body[i], &s);
    random_limbs(&limbs[i], &body[i], &s);
  }
  struct frame_encoder *e = frame_encoder_create();
  struct frame_decoder *d = frame_decoder_create();
  for (int k = 0; k < 12; k++) {
    struct bytes out = {0};
    struct error error;
    enum frame_type type;
    struct picture p = {.now = k, .bodies = {.n = k % 3 == 2 ? 0 : 1 + k, .body = body, .limbs = k % 2 ? limbs : NULL}};
    CHECK(k % 4 ? frame_delta(e, &p, &out) : frame_keyframe(e, &p, &out), ==, STATUS_OK);
    CHECK(frame_read(d, out.data + 4, out.size - 4, &type, &error), ==, STATUS_OK);
    const struct picture *seen = frame_picture(d);
    assert_non_null(seen);
    CHECK(seen->bodies.n, ==, p.bodies.n);
    if (p.bodies.n) assert_memory_equal(seen->bodies.body, body, sizeof *body * (size_t)p.bodies.n);
    assert_true((seen->bodies.limbs != NULL) == (p.bodies.n > 0 && k % 2));
    if (seen->bodies.limbs) assert_memory_equal(seen->bodies.limbs, limbs, sizeof *limbs * (size_t)p.bodies.n);
    bytes_finish(&out);
  }
  // limbs of somebody else are refused
  struct bytes out = {0};
  struct error error;
  enum frame_type type;
  struct picture p = {.now = 20, .bodies = {.n = 2, .body = body, .limbs = limbs}};
  limbs[1].id++;
  CHECK(frame_keyframe(e, &p, &out), ==, STATUS_OK);
  CHECK(frame_read(d, out.data + 4, out.size - 4, &type, &error), ==, STATUS_PROTOCOL);
  bytes_finish(&out);
  frame_encoder_destroy(e);
  frame_decoder_destroy(d);
}

int test_stream_body(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_counts_are_not_believed), cmocka_unit_test(test_in_frames),
                                     cmocka_unit_test(test_limbs_round_trip)};
  return cmocka_run_group_tests_name("stream_body", tests, NULL, NULL);
}
