// Two who carry one thing: side by side with room between them, as long at motion and body as at event, no jam at a bench in the middle of others.
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "engine/world/scene.h"
#include "tests/check.h"

static struct kinds *kinds;

static const char straight[] =
  "takt: 1\nname: pair\nfloor: {size: [14, 8]}\nparts: {beam: {size: [0.7, 0.4, 0.4], mass: 28}}\nstations:\n"
  "  raw: {kind: source, makes: beam, at: [2, 4], height: 0.3, size: [0.4, 0.6]}\n  out: {kind: sink, at: [10, 4], facing: 180, height: 0.3, size: [0.4, 0.6]}\n"
  "flow: [{path: raw -> out, by: robots, robots: 2}]\nrobots: {crew: {model: optimus-gen2, count: 2, charging: {idle: false}}}\n";

// the same, but one has to come round the target
static const char round_it[] =
  "takt: 1\nname: pair\nfloor: {size: [14, 8]}\nparts: {beam: {size: [0.7, 0.4, 0.4], mass: 28}}\nstations:\n"
  "  raw: {kind: source, makes: beam, at: [2, 4], height: 0.3, size: [0.4, 0.6]}\n  out: {kind: sink, at: [10, 4], height: 0.3, size: [0.4, 0.6]}\n"
  "flow: [{path: raw -> out, by: robots, robots: 2}]\nrobots: {crew: {model: optimus-gen2, count: 2, charging: {idle: false}}}\n";

struct ran { double made, least, most; };       // m between two who carry

static struct ran run(const char *text, const char *fidelity, double seconds, bool checked) {
  struct faults f;
  struct layout l = {0};
  struct error e = {0};
  const struct layout_override set = {"run.fidelity", fidelity};
  faults_init(&f, "line", text, strlen(text));
  if (layout_read_text(&l, "line", text, strlen(text), &set, 1, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds;
  if (!kinds) o.kinds = kinds = kinds_load(&l, "assets", 1, &e);
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 25));
  struct scene s;
  assert_true(scene_make(&s, &l, &a));
  struct ran r = {0, 1e9, 0};
  for (double at = 0.5; at <= seconds; at += 0.5) {
    if (twin_run(t, ns_from_seconds(at)) != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
    const char *broken = checked ? twin_validate(t) : NULL;
    if (broken) fail_msg("%s", broken);
    twin_scene(t, &s);
    if (s.robots.n != 2 || s.robots.pose[0] != POSE_CARRY || s.robots.pose[1] != POSE_CARRY) continue;
    double x = (double)(s.robots.pos[0][0] - s.robots.pos[1][0]), y = (double)(s.robots.pos[0][1] - s.robots.pos[1][1]), d = m_sqrt(x * x + y * y);
    if (d < r.least) r.least = d;
    if (d > r.most) r.most = d;
  }
  struct sums sums = sums_make(&l, &a);
  twin_measure(t, &sums);
  r.made = (double)sums.line.made;
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
  return r;
}

// Straight from face to face nobody waits for anybody: all three fidelities make as many, and the two stay as far apart as they stand.
static void abreast(void **state) {
  (void)state;
  struct ran event = run(straight, "event", 900, false), motion = run(straight, "motion", 900, true), body = run(straight, "body", 300, false);
  assert_true(event.made > 25);
  CHECK_NEAR(motion.made, event.made, 1.01);
  CHECK_NEAR(body.made, event.made / 3, 1.01);
  CHECK_NEAR(event.least, 0.7, 1e-3);
  CHECK_NEAR(event.most, 0.7, 1e-3);
  assert_true(motion.least >= 0.6 - 1e-6);
  assert_true(motion.most > 0 && motion.most <= 1.15);
  assert_true(body.least > 0.55);
  assert_true(body.most > 0 && body.most < 0.9);
}

// Round a corner one waits for the other: some time, no jam, and never farther apart than the arms and the part between them.
static void round_a_corner(void **state) {
  (void)state;
  struct ran event = run(round_it, "event", 900, false), motion = run(round_it, "motion", 900, true);
  assert_true(motion.made > 0.85 * event.made);
  // both turn on the spot at once, which is shorter than by their footsteps: 113.8 an hour, 110.0 at event
  assert_true(motion.made <= 1.08 * event.made);
  assert_true(motion.least >= 0.6 - 1e-6);
  assert_true(motion.most > 0 && motion.most <= 1.3);
}

// Two pairs between two places: who has carried and has nothing to do stands where the next pair is to come, and makes room. Together they make more than one pair alone, with all that it costs to pass.
static void two_pairs(void **state) {
  (void)state;
  static const char hall[] =
    "takt: 1\nname: pairs\nfloor: {size: [16, 10]}\nparts: {beam: {size: [0.7, 0.4, 0.4], mass: 28}}\nstations:\n"
    "  raw: {kind: source, makes: beam, at: [2, 5], size: [1, 1]}\n  out: {kind: sink, at: [8, 8], facing: 270, size: [1, 1]}\n"
    "flow: [{path: raw -> out, by: robots, robots: 2}]\nrobots: {crew: {model: optimus-gen2, count: %d, charging: {idle: false}}}\n";
  static const char *const fidelity[] = {"motion", "body"};
  for (int k = 0; k < 2; k++) {
    double made[2];
    for (int pairs = 1; pairs <= 2; pairs++) {
      char text[1024];
      snprintf(text, sizeof text, hall, 2 * pairs);
      made[pairs - 1] = run(text, fidelity[k], k ? 400 : 900, k == 0).made;
    }
    // at body those who carry together wait for nobody who works where they go, nor does anybody else begin before they are past
    if (!(made[1] > (k ? 1 : 1.3) * made[0])) fail_msg("%s: one pair makes %g, two make %g", fidelity[k], made[0], made[1]);
  }
}

// Two teams and single robots at one bench: what traffic costs, not a jam.
static void benches_produce_at_motion(void **state) {
  (void)state;
  static const char *const files[] = {"layouts/gearbox-assembly.yaml", "layouts/gearbox-cell.yaml"};
  for (int k = 0; k < 2; k++) {
    double made[2];
    for (int m = 0; m < 2; m++) {
      struct faults f;
      struct layout l = {0};
      struct error e = {0};
      const struct layout_override set = {"run.fidelity", m ? "motion" : "event"};
      faults_init(&f, files[k], NULL, 0);
      if (layout_read_file(&l, files[k], &set, 1, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
      faults_finish(&f);
      struct twin_options o = twin_defaults();
      o.assets = "assets";
      o.kinds = kinds;
      struct twin *t = twin_create(&l, &o, &e);
      if (!t) fail_msg("%s", e.text);
      if (twin_run(t, 2 * 3600 * NS_SECOND) != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
      struct arena a;
      assert_true(arena_init(&a, (size_t)1 << 25));
      struct sums sums = sums_make(&l, &a);
      twin_measure(t, &sums);
      made[m] = (double)sums.line.made;
      arena_finish(&a);
      twin_destroy(t);
      layout_finish(&l);
    }
    assert_true(made[1] > 0.8 * made[0]);
  }
}

static int unload(void **state) {
  (void)state;
  kinds_destroy(kinds);
  kinds = NULL;
  return 0;
}

int test_team(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(abreast), cmocka_unit_test(round_a_corner), cmocka_unit_test(two_pairs), cmocka_unit_test(benches_produce_at_motion)};
  return cmocka_run_group_tests_name("team", tests, NULL, unload);
}
