// Walks whose feet turn on a slippery floor: only where friction does not hold them, as quick as the moment that is missing makes them, and never beside their spot in the end.
#include <math.h>
#include <string.h>

#include "engine/sim/body_state.h"
#include "engine/sim/twin.h"
#include "engine/sim/way.h"
#include "engine/world/kind.h"
#include "robots/walk_stop.h"
#include "tests/check.h"

static struct twin *twin_of(struct layout *l, const char *text) {
  struct faults f;
  struct error e = {0};
  struct twin_options o = twin_defaults();
  *l = (struct layout){0};
  faults_init(&f, "wet", text, strlen(text));
  if (layout_read_text(l, "wet", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  o.assets = "assets";
  struct twin *t = twin_create(l, &o, &e);
  if (!t) fail_msg("%s", e.text);
  return t;
}

static void line_of_two(char *text, size_t size, double friction, double every) {
  snprintf(text, size, "takt: 1\nname: wet\nfloor: {size: [12, 7], friction: %g}\nparts: {box: {mass: 2 kg}}\nstations:\n  from: {kind: source, makes: box, every: %g s, at: [1.5, 2], size: [1, 1], facing: 0}\n"
    "  to: {kind: sink, at: [9.5, 2], size: [1, 1], facing: 180}\n  rest: {kind: dock, at: [4, 5.5], size: [2, 1], facing: 270, slots: 2}\nflow: [{path: from -> to, by: robots}]\n"
    "robots: {crew: {model: optimus-gen2, count: 2, home: rest}}\nrun: {fidelity: body, body_rate: 100}\n", friction, every);
}

// Two robots on a hall's floor of that friction, looked at in each step. Feet turn only when friction does not hold them, against the floor's moment and no quicker than
// it can; a foot that stands flat turns with its walk by no more; who has come to rest stands on its spot. Returns the farthest that a walk was turned.
static double walk_on(double friction) {
  char text[2048];
  line_of_two(text, sizeof text, friction, 6);
  struct layout l;
  struct twin *t = twin_of(&l, text);
  struct body_rows *k = t->body->rows[0];
  double farthest = 0, was[2] = {0, 0}, before[2] = {0, 0}, rate[2] = {0, 0}, yaw[2][2] = {{0}}, dt = 1.0 / l.run.body_rate;
  bool twisted[2] = {false, false}, flat[2][2] = {{false}};
  int rested = 0;
  for (int n = 1; n <= 60 * l.run.body_rate; n++) {
    if (twin_run(t, n * NS_SECOND / l.run.body_rate) != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
    for (int r = 0; r < 2; r++) {
      const struct upset *u = &k->upset[r];
      const struct walk_sample *x = &k->sample[r];
      double moment = 0;
      twisted[r] |= (k->fault[r] & (BODY_TWIST | BODY_SLIP)) != 0;
      if (!twisted[r] && u->turned != 0) fail_msg("at %g s robot %d has turned by %g, and friction held it", n * dt, r + 1, u->turned);
      bool one = x->contact[LEFT] != x->contact[RIGHT];
      for (int f = 0; f < 2; f++) moment += x->contact[f] ? x->wrench[f].moment.z : 0;
      double gains = u->turning - rate[r], walks = k->walk[r] && !u->make && (u->turned != 0 || u->turning != 0);
      if (walks && one && rate[r] == 0 && gains != 0 && !(gains * moment < 0 && fabs(gains) < dt * fabs(moment) / k->yaw_inertia))
        fail_msg("at %g s robot %d begins to turn by %g rad/s under %g N m", n * dt, r + 1, gains, moment);
      for (int f = 0; f < 2; f++) {
        bool now = k->walk[r] && x->contact[f] && x->foot[f].z < k->kind.humanoid.sole.height + 1e-9;
        double by = x->foot_yaw[f] - yaw[r][f];
        by -= 2 * M_PI_D * floor(by / (2 * M_PI_D) + 0.5);
        // by the turn of the step before, or not at all
        if (now && flat[r][f] && fabs(by) > 1e-6 && fabs(by - (was[r] - before[r])) > 1e-6) fail_msg("at %g s robot %d: a flat foot turns by %g, the walk by %g", n * dt, r + 1, by, was[r] - before[r]);
        flat[r][f] = now, yaw[r][f] = x->foot_yaw[f];
      }
      farthest = fmax(farthest, fabs(u->turned));
      rate[r] = u->turning, before[r] = was[r], was[r] = u->turned;
      if (!k->walk[r]) before[r] = was[r] = 0;
      uint8_t act = t->robot[k->robot[r]].act;
      if (k->walk[r] || u->make || (act != ACT_PICK && act != ACT_PLACE)) continue;
      // on its spot, before its hands move it
      double goal[2], facing;
      way_goal(t, k->robot[r], goal, &facing);
      double off = hypot(k->origin[r].x - goal[0], k->origin[r].y - goal[1]);
      if (k->act[r].act == NULL && off > 0.03) fail_msg("at %g s robot %d stands %g m from its spot", n * dt, r + 1, off);
      rested++;
    }
  }
  CHECK(rested, >, 0);
  if (!(twin_bodies(t).worst_residual < 1e-6)) fail_msg("feet and body disagree by %g", twin_bodies(t).worst_residual);
  if (twin_validate(t)) fail_msg("%s", twin_validate(t));
  twin_destroy(t);
  layout_finish(&l);
  return farthest;
}

static void test_turns(void **state) {
  (void)state;
  double dry = walk_on(0.8), wet = walk_on(0.1);
  CHECK(dry == 0, ==, 1);
  if (!(wet > 0.005 && wet < 0.6)) fail_msg("on 0.1 a walk was turned by %g rad", wet);
}

// a walk that is stopped, in a turn too, ends with both feet side by side, as the next one begins
static void test_side_by_side(void **state) {
  (void)state;
  struct kind own, *kind = &own;
  struct error e = {0};
  int stops = 0;
  if (kind_load(kind, "assets/robots/optimus-gen2", 2, &e) != STATUS_OK) fail_msg("%s", e.text);
  for (int a = -1; a <= 1; a++) {
    struct v3 point[3] = {v3(0, 0, 0), v3(3, 0, 0), v3(3, 3, 0)};
    struct walk_route r = walk_route_defaults(point, 3);
    struct walk w, o;
    r.heading_start = 2.1 * a, r.heading_end = 2;
    if (walk_make(&w, &kind->library, &r, &e) != STATUS_OK) fail_msg("%s", e.text);
    for (double t = 0.7; t < w.time - 1; t += 0.37) {
      if (walk_stop(&o, &w, t, &e) != STATUS_OK) continue;
      stops++;
      const struct walk_sample *x = &o.sample[o.samples - 1];
      CHECK_NEAR(x->foot_yaw[LEFT], x->foot_yaw[RIGHT], 1e-9);
      CHECK_NEAR(hypot(x->foot[LEFT].x - x->foot[RIGHT].x, x->foot[LEFT].y - x->foot[RIGHT].y), 2 * kind->library.standing.half_width, 1e-9);
      walk_finish(&o);
    }
    walk_finish(&w);
  }
  CHECK(stops, >, 25);
  kind_finish(kind);
}

// How many seconds somebody at most stood with a job that it should have walked to; called: those who were walking back when they were looked at.
static int stands_longest(struct twin *t, int seconds, int *called) {
  struct body_rows *k = t->body->rows[0];
  int stood[16] = {0}, longest = 0;
  CHECK(k->n, <=, 16);
  *called = 0;
  for (int s = 1; s <= seconds; s++) {
    if (twin_run(t, s * NS_SECOND) != TWIN_RUNS) fail_msg("ended: %s", twin_why(t));
    for (int r = 0; r < k->n; r++) {
      uint8_t act = t->robot[k->robot[r]].act;
      bool goes = act == ACT_FETCH || act == ACT_CARRY;
      *called += goes && k->returns[r];
      stood[r] = goes && !k->walk[r] && !k->upset[r].make ? stood[r] + 1 : 0;
      if (stood[r] > longest) longest = stood[r];
    }
  }
  if (twin_validate(t)) fail_msg("%s", twin_validate(t));
  return longest;
}

// Pushed in its dock on a slippery floor a robot walks back to its spot, and its feet slide and turn on the way. A job that comes meanwhile is begun when it is there: nobody
// stands for ever with a job that it never goes to. Ten lines of one robot each, whose first job comes at another time of the way back.
static void test_a_job_on_the_way_back(void **state) {
  (void)state;
  char text[16384];
  enum { LINES = 10 };
  int n = snprintf(text, sizeof text, "takt: 1\nname: wet docks\nfloor: {size: [14, %d], friction: 0.1}\nparts: {box: {mass: 2 kg}}\nrun: {fidelity: body, body_rate: 100}\nstations:\n", 5 * LINES);
#define ADD(...) n += snprintf(text + n, sizeof text - (size_t)n, __VA_ARGS__)
  for (int k = 0; k < LINES; k++)
    ADD("  from%d: {kind: source, makes: box, every: %g s, at: [1.5, %d], size: [1, 1], facing: 0}\n  to%d: {kind: sink, at: [12.5, %d], size: [1, 1], facing: 180}\n"
        "  rest%d: {kind: dock, at: [7, %d], size: [2, 2], facing: 270, slots: 1}\n", k, 20 + 0.25 * k, 5 * k + 1, k, 5 * k + 1, k, 5 * k + 4);
  ADD("flow:\n");
  for (int k = 0; k < LINES; k++) ADD("  - {path: from%d -> to%d, by: crew%d}\n", k, k, k);
  ADD("robots:\n");
  for (int k = 0; k < LINES; k++) ADD("  crew%d: {model: optimus-gen2, count: 1, home: rest%d}\n", k, k);
  ADD("events:\n");
  for (int k = 0; k < LINES; k++) ADD("  - {at: 1 s, do: push, what: crew%d-1, impulse: 25, direction: %d}\n", k, 180 + k);
#undef ADD
  struct layout l;
  struct twin *t = twin_of(&l, text);
  int called;
  CHECK(stands_longest(t, 60, &called), <, 5);
  CHECK(called, >, 5);
  twin_destroy(t);
  layout_finish(&l);
}

// They fall there again and again. Who gets up with a job that waits sets out for it at once, not back first.
static void test_a_job_after_falls(void **state) {
  (void)state;
  char text[2048];
  struct layout l;
  int called;
  line_of_two(text, sizeof text, 0.1, 6);
  struct twin *t = twin_of(&l, text);
  CHECK(stands_longest(t, 300, &called), <, 5);
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 22));
  struct sums s = sums_make(&l, &a);
  twin_measure(t, &s);
  CHECK(s.fleet[0].falls, >, 5);
  arena_finish(&a);
  twin_destroy(t);
  layout_finish(&l);
}

int test_feet_turn(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_turns), cmocka_unit_test(test_side_by_side), cmocka_unit_test(test_a_job_on_the_way_back), cmocka_unit_test(test_a_job_after_falls)};
  return cmocka_run_group_tests_name("feet_turn", tests, NULL, NULL);
}
