// The plane world: impulses against closed forms, fixed shapes, order, and nothing on stdout.
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/random.h"
#include "engine/world/space.h"
#include "tests/check.h"

static const char hall[] =
  "takt: 1\nname: hall\nfloor: {size: [10, 8], walls: [[[0, 4], [6, 4]]], obstacles: {pillar: {area: [[7, 6], [8, 6], [7.5, 7]]}}}\n"
  "parts: {p: {}}\nstations:\n  in: {kind: source, makes: p, at: [2, 2], size: [1, 1]}\n  out: {kind: sink, at: [8, 2], size: [1, 1]}\nflow: [in -> out]\n";

static struct space *open_hall(struct layout *l, int walkers) {
  struct faults f;
  struct error e = {0};
  faults_init(&f, "hall", hall, strlen(hall));
  if (layout_read_text(l, "hall", hall, strlen(hall), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  struct space *s = space_create(l, walkers, &e);
  if (!s) fail_msg("%s", e.text);
  return s;
}

// Perfectly inelastic: J = v / (1/m + 1/m') for the part of the closing speed along the line of middles.
static void test_two_discs(void **state) {
  (void)state;
  struct layout l = {0};
  struct space *s = open_hall(&l, 2);
  const double a[2] = {4, 6}, b[2] = {4.61, 6}, va[2] = {1.2, 0}, vb[2] = {-0.8, 0};
  space_enter(s, 0, 56, 0.3, a);
  space_enter(s, 1, 75, 0.3, b);
  space_put(s, 0, a, va);
  space_put(s, 1, b, vb);
  int n;
  const struct space_contact *c = space_step(s, 0.02, &n);
  CHECK(n, ==, 1);
  CHECK(c->a, ==, 0);
  CHECK(c->b, ==, 1);
  CHECK_NEAR(c->normal[0], 1, 1e-9);
  CHECK_NEAR(c->impulse, 2.0 / (1 / 56.0 + 1 / 75.0), 1e-6);
  // the drift is dropped: put back, they do not touch
  const double still[2] = {0, 0};
  space_put(s, 0, a, still);
  space_put(s, 1, b, still);
  space_step(s, 0.02, &n);
  CHECK(n, ==, 0);
  // and a second hit right after it is the same as the first
  for (int k = 0; k < 3; k++) {
    space_put(s, 0, a, va);
    space_put(s, 1, b, vb);
    c = space_step(s, 0.02, &n);
    CHECK(n, ==, 1);
    CHECK_NEAR(c->impulse, 2.0 / (1 / 56.0 + 1 / 75.0), 1e-6);
    space_put(s, 0, a, still);
    space_put(s, 1, b, still);
    space_step(s, 0.02, &n);
  }
  space_destroy(s);
  layout_finish(&l);
}

// Into a wall, a station and a pillar: m v along the normal.
static void test_fixed_shapes(void **state) {
  (void)state;
  struct layout l = {0};
  struct space *s = open_hall(&l, 4);
  const double at[4][2] = {{3, 4.36}, {2, 2.81}, {9.69, 3}, {7.5, 5.69}}, v[4][2] = {{0, -1}, {0, -1}, {1, 0}, {0, 1}};
  CHECK(space_shapes(s), >=, 4 + 1 + 2 + 1);
  for (int i = 0; i < 4; i++) {
    space_enter(s, i, 56, 0.3, at[i]);
    space_put(s, i, at[i], v[i]);
  }
  int n;
  const struct space_contact *c = space_step(s, 0.02, &n);
  CHECK(n, ==, 4);
  for (int k = 0; k < 4; k++) {
    CHECK(c[k].a, ==, k);
    CHECK(c[k].b, ==, SPACE_FIXED);
    CHECK_NEAR(c[k].impulse, 56.0, 1e-6);
    CHECK_NEAR(c[k].normal[0], v[k][0], 1e-6);
    CHECK_NEAR(c[k].normal[1], v[k][1], 1e-6);
  }
  space_destroy(s);
  layout_finish(&l);
}

// A crowd in a heap: contacts come sorted, and two spaces give the same bits.
static uint64_t heap_digest(void) {
  struct layout l = {0};
  enum { N = 60 };
  struct space *s = open_hall(&l, N);
  struct stream r = stream_make(3, 1, "space", "heap", 0);
  double at[N][2], v[N][2];
  uint64_t chain = DIGEST_START;
  for (int i = 0; i < N; i++) {
    at[i][0] = 1 + 8 * stream_unit(&r);
    at[i][1] = 4.5 + 1.2 * stream_unit(&r);
    space_enter(s, i, 56, 0.3, at[i]);
  }
  int most = 0;
  for (int step = 0; step < 50; step++) {
    for (int i = 0; i < N; i++) {
      v[i][0] = 2 * stream_unit(&r) - 1;
      v[i][1] = 2 * stream_unit(&r) - 1;
      space_put(s, i, at[i], v[i]);
    }
    int n;
    const struct space_contact *c = space_step(s, 0.02, &n);
    if (n > most) most = n;
    for (int k = 0; k < n; k++) {
      if (k > 0) assert_true(c[k].a > c[k - 1].a || (c[k].a == c[k - 1].a && c[k].b >= c[k - 1].b));
      const double number[3] = {c[k].normal[0], c[k].normal[1], c[k].impulse};
      chain = digest_bytes(digest_u64(chain, (uint64_t)c[k].a, (uint64_t)(c[k].b + 1)), number, sizeof number);
    }
    if (step == 20) {
      for (int i = 0; i < N; i += 3) space_leave(s, i);
      for (int i = 0; i < N; i += 3) space_enter(s, i, 60, 0.25, at[i]);
    }
  }
  CHECK(most, >, 100);
  space_destroy(s);
  layout_finish(&l);
  return chain;
}

static void test_same_bits(void **state) {
  (void)state;
  uint64_t first = heap_digest();
  assert_true(first == heap_digest());
}

// Results go to stdout, and nothing else does.
static void test_silent(void **state) {
  (void)state;
  int pipes[2], out = dup(STDOUT_FILENO);
  struct layout l = {0};
  char byte;
  assert_int_equal(pipe(pipes), 0);
  fflush(stdout);
  dup2(pipes[1], STDOUT_FILENO);
  space_destroy(open_hall(&l, 1));
  fflush(stdout);
  dup2(out, STDOUT_FILENO);
  close(out);
  close(pipes[1]);
  assert_int_equal(read(pipes[0], &byte, 1), 0);
  close(pipes[0]);
  layout_finish(&l);
}

int test_space(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_silent), cmocka_unit_test(test_two_discs), cmocka_unit_test(test_fixed_shapes), cmocka_unit_test(test_same_bits),
  };
  return cmocka_run_group_tests_name("space", tests, NULL, NULL);
}
