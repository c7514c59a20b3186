// Picks and places: against MTM-1, choices against all of them, errors and fits against closed forms, and why something cannot be done.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "robots/handling_build.h"
#include "robots/mtm.h"
#include "tests/hands.h"

static double between(struct stream *s, double low, double high) { return low + (high - low) * stream_unit(s); }

static void test_thirty_centimetres_beside_a_person(void **state) {
  (void)state;
  struct handling h;
  double person = MTM_TMU * (mtm_reach(MTM_REACH_B, 0.3048) + mtm_grasp(MTM_GRASP_1A) + mtm_move(MTM_MOVE_C, 0.3048) + mtm_position(MTM_POSITION_1SE) + mtm_release());
  struct handling_wish w = pick_wish(&cube, 0.9);
  CHECK(handling_plan(&reacher, &w, &h), ==, true);
  struct reach_pose above = h.pose[h.poses - 1];
  w.from = &above;
  CHECK(handling_plan(&reacher, &w, &h), ==, true);
  ORDER(h.time, >, person);
  ORDER(h.time, <, 2.5 * person);
  double time = 0, energy = 0, all = 0;
  for (int i = 0; i < h.steps; i++) time += h.step[i].time, energy += h.step[i].energy;
  for (int k = 0; k < GRIP_OUTCOME_COUNT; k++) all += h.outcome[k];
  CHECK_NEAR(time, h.time, 1e-12);
  CHECK_NEAR(energy, h.energy, 1e-9);
  CHECK_NEAR(all, 1, 1e-12);
  ORDER(h.outcome[CLOSE_HELD], >, 0.98);
  ORDER(h.winding, <, kind.spec.actuator[0].winding_limit - HEAT_DERATING);
}

static void test_shelf_clearance_and_friction_tell(void **state) {
  (void)state;
  struct handling table, low, tight, slippery;
  struct grip_part part = cube;
  struct handling_wish w = pick_wish(&part, 0.9);
  w.place.clearance = 3e-3;
  CHECK(handling_plan(&reacher, &w, &table), ==, true);
  struct handling_wish v = pick_wish(&part, 0.6);
  v.place.clearance = 3e-3;
  CHECK(handling_plan(&reacher, &v, &low), ==, true);
  ORDER(low.time, >, table.time * 1.02);
  w.place.clearance = 2e-3;
  CHECK(handling_plan(&reacher, &w, &tight), ==, true);
  ORDER(tight.time, >, table.time);
  ORDER(tight.fit.once, <, table.fit.once);
  w.place.clearance = 3e-3;
  part.mu = 0.3;
  CHECK(handling_plan(&reacher, &w, &slippery), ==, true);
  ORDER(slippery.time, >, table.time);
}

// What is given up early is seldom the quickest: mostly the same plan as when every direction is planned to its end, and on average hardly slower. No plan is better than
// the best of all.
static void test_the_choice_is_as_quick_as_all(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "hands", "map", 0);
  int done = 0, same = 0;
  double longer = 0;
  for (int i = 0; i < 60; i++) {
    struct handling quick, all;
    struct grip_part part = {.shape = i % 3 == 0 ? PART_CYLINDER : PART_BOX, .size = {between(&s, 0.03, 0.09), between(&s, 0.03, 0.09), between(&s, 0.03, 0.09)}, .mass = between(&s, 0.05, 0.5), .mu = 0.5};
    struct handling_wish w = pick_wish(&part, between(&s, 0.5, 1.3));
    w.pick.at.x = between(&s, 0.35, 0.55), w.pick.at.y = between(&s, -0.4, 0.4), w.pick.yaw = between(&s, 0, 3);
    w.places = false;
    w.to = &standing;
    bool can = handling_plan(&reacher, &w, &quick);
    w.thorough = true;
    CHECK(handling_plan(&reacher, &w, &all), ==, can);
    if (!can) continue;
    done++;
    ORDER(quick.time, >=, all.time);
    longer += quick.time / all.time - 1;
    if (quick.time != all.time) continue;
    same++;
    CHECK_NEAR(quick.energy, all.energy, 0);
    CHECK_NEAR(quick.outcome[CLOSE_HELD], all.outcome[CLOSE_HELD], 0);
  }
  ORDER(done, >, 50);
  ORDER(same, >, 0.9 * done);
  ORDER(longer, <, 0.005 * done);
}

// What is surely held is not closed on: outcomes are those of closing on every error, whatever slides meanwhile.
static void test_outcomes_are_those_of_every_error(void **state) {
  (void)state;
  struct stream s = stream_make(1, 1, "hands", "outcomes", 0);
  int done = 0, sure = 0;
  for (int i = 0; i < 60; i++) {
    static struct handling h;
    struct grip_part part = {.shape = i % 3 == 0 ? PART_CYLINDER : i % 3 == 1 ? PART_BOX : PART_SPHERE, .size = {between(&s, 0.03, 0.09), between(&s, 0.03, 0.09), between(&s, 0.03, 0.09)}, .mass = between(&s, 0.05, 0.5), .mu = 0.5};
    struct handling_wish w = pick_wish(&part, between(&s, 0.7, 1.2));
    w.pick.yaw = between(&s, 0, 3);
    w.places = false;
    if (!handling_plan(&reacher, &w, &h) || h.both) continue;
    const struct grip_wish wish = {.up = 4, .sideways = 4, .margin = 1.5, .reach = 1e3};
    const struct grip_hand hand = handling_fingers(&reacher, &part, h.side, h.stands);
    const double sigma[3] = {between(&s, 5e-4, 4e-3), between(&s, 5e-4, 4e-3), between(&s, 5e-4, 4e-3)}, yaw = between(&s, 0, 0.03);
    h.slide = i % 2 ? between(&s, 0, 5e-3) : 0;
    handling_outcomes(&reacher, &w, &wish, sigma, yaw, &h);
    int count[GRIP_OUTCOME_COUNT] = {0}, slid = 0;
    for (int k = 0; k < REACH_LOOKS; k++) {
      const double *e = reacher.look[k];
      struct grip_pose truth = {sigma[0] * e[0], sigma[1] * e[1] + h.slide * e[4], sigma[2] * e[2], w.pick.yaw + yaw * e[3]};
      count[grip_close(&part, &truth, &hand, &wish, &h.grip, h.gap, NULL)]++;
      slid += e[4] > 0 ? 1 : -1;
      if (k > 0) ORDER(reacher.look_most[k - 1], <=, reacher.look_most[k]);
    }
    CHECK(slid, ==, 0);
    for (int k = 0; k < GRIP_OUTCOME_COUNT; k++) CHECK_NEAR(h.outcome[k] * REACH_LOOKS, count[k], 0);
    done++;
    sure += count[CLOSE_HELD] == REACH_LOOKS;
  }
  ORDER(done, >, 40);
  ORDER(sure, <, done);
}

static void test_success_comes_from_the_eye(void **state) {
  (void)state;
  struct hand_figures kept = kind.spec.hands;
  double held[4], sigma[] = {0, 1e-3, 3e-3, 8e-3};
  for (int i = 0; i < 4; i++) {
    struct handling h;
    struct handling_wish w = pick_wish(&cube, 0.9);
    kind.spec.hands.sight.across = kind.spec.hands.sight.depth = sigma[i];
    if (i == 0) kind.spec.hands.accuracy = kind.spec.hands.sight.yaw = 0;
    CHECK(handling_plan(&reacher, &w, &h), ==, true);
    held[i] = h.outcome[CLOSE_HELD];
    kind.spec.hands = kept;
  }
  CHECK_NEAR(held[0], 1, 0);
  ORDER(held[1], >, 0.99);
  // pressed harder and opened wider as long as the hand can: no better, then worse
  ORDER(held[2], <=, held[1]);
  ORDER(held[3], <, held[2]);
  // what is hidden is not seen
  struct handling h;
  struct handling_wish w = pick_wish(&cube, 0.9);
  w.pick.hidden = 0.9;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_UNSEEN);
}

static void test_what_cannot_be_done_says_why(void **state) {
  (void)state;
  struct handling h;
  char text[200];
  struct grip_part heavy = {.shape = PART_BOX, .size = {0.3, 0.4, 0.2}, .mass = 60, .mu = 0.5}, wide = {.shape = PART_BOX, .size = {0.4, 1.2, 0.2}, .mass = 2, .mu = 0.5};
  struct handling_wish w = pick_wish(&heavy, 0.9);
  w.pick.at.y = w.place.at.y = 0;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_HEAVY);
  handling_say(&reacher, &w, &h, text, sizeof text);
  CHECK(strstr(text, "60 kg") != NULL, ==, true);
  w.part = &wide;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_SPAN);
  struct grip_part box = {.shape = PART_BOX, .size = {0.3, 0.4, 0.2}, .mass = 5, .mu = 0.5};
  w.part = &box;
  w.pick.at.z = 1.95;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_REACH_PICK);
  handling_say(&reacher, &w, &h, text, sizeof text);
  CHECK(strstr(text, "1.95 m") != NULL, ==, true);
}

static void test_heavy_boxes_want_both_hands_and_rest(void **state) {
  (void)state;
  struct handling light, heavy;
  struct grip_part box = {.shape = PART_BOX, .size = {0.3, 0.4, 0.2}, .mass = 2, .mu = 0.5};
  struct handling_wish w = pick_wish(&box, 0.3);
  w.pick.at.y = w.place.at.y = 0;
  w.place.at.z = 0.9;
  CHECK(handling_plan(&reacher, &w, &light), ==, true);
  CHECK(light.both, ==, true);
  box.mass = 10;
  CHECK(handling_plan(&reacher, &w, &heavy), ==, true);
  ORDER(heavy.energy, >, light.energy);
  ORDER(heavy.time, >, light.time);
  ORDER(heavy.pause, >=, light.pause);
}

// ---- fits -----------------------------------------------------------------------------------------------------------

static void test_fits_by_their_closed_forms(void **state) {
  (void)state;
  struct hand_figures f = hand_figures_defaults();
  const double sigma[2] = {1e-3, 1e-3};
  struct fit free_place = fit_find(&f, 0, sigma, 0, 0.05, 0, 0.5, 1);
  CHECK(free_place.way, ==, FIT_FREE);
  CHECK_NEAR(free_place.time, 0, 0);
  // one sigma in each axis: 0.6827^2 of the tries
  struct fit sight = fit_find(&f, 1e-3, sigma, 0, 0.05, 0, 0.5, 0.03);
  CHECK(sight.way, ==, FIT_SIGHT);
  CHECK_NEAR(sight.once, 0.682689492137 * 0.682689492137, 1e-10);
  CHECK_NEAR(sight.time, 0.03 * (1 / sight.once - 1), 1e-12);
  // a fifth of that: felt for
  struct fit feel = fit_find(&f, 2e-4, sigma, 0, 0.05, 0, 0.5, 1);
  CHECK(feel.way, ==, FIT_FEEL);
  CHECK_NEAR(feel.search, 2 * M_PI_D * 1e-6 / (1.5 * 2e-4 * 2 * M_PI_D * 8 * 2e-4), 1e-9);
  // what comes down within the clearance, of a Rayleigh law, drops in at once
  CHECK_NEAR(feel.drops, 1 - exp(-0.5 * 0.2 * 0.2), 1e-12);
  CHECK_NEAR(feel.time, exp(-0.5 * 0.2 * 0.2) * feel.search, 1e-12);
  // at four sigmas that is nearly always so: no second look pays
  struct fit wide = fit_find(&f, 4e-3, sigma, 0, 0.05, 0, 0.5, 0.5);
  CHECK(wide.way, ==, FIT_FEEL);
  CHECK_NEAR(wide.drops, 1 - exp(-8), 1e-12);
  // half the clearance: four times the search
  CHECK_NEAR(fit_find(&f, 1e-4, sigma, 0, 0.05, 0, 0.5, 1).search, 4 * feel.search, 1e-9);
  // Whitney: it wedges when tilted by more than the clearance ratio over friction
  struct fit peg = fit_find(&f, 2e-4, sigma, 0.02, 0.05, 0.03, 0.4, 1);
  CHECK_NEAR(peg.wedged, 1 - erf(4e-4 / 0.05 / 0.4 / 0.02 / sqrt(2)), 1e-9);
}

static void test_drawn_fits_have_their_means(void **state) {
  (void)state;
  struct hand_figures f = hand_figures_defaults();
  const double sigma[2] = {1e-3, 1e-3};
  struct stream s = stream_make(1, 1, "hands", "fit", 0);
  const struct fit two[2] = {fit_find(&f, 1e-3, sigma, 0, 0.05, 0, 0.5, 0.03), fit_find(&f, 1e-3, sigma, 0, 0.05, 0, 0.5, 1)};
  for (int k = 0; k < 2; k++) {
    double sum = 0, square = 0;
    int n = 20000, tries;
    for (int i = 0; i < n; i++) {
      double x = fit_draw(&two[k], &s, &tries);
      sum += x, square += x * x;
    }
    double mean = sum / n, error = sqrt((square / n - mean * mean) / n);
    ORDER(fabs(mean - two[k].time), <, 4 * error);
  }
}

// A belt too fast for the arm is refused with the speed that it can do; that speed it can do.
static void test_belts_too_fast_are_refused(void **state) {
  (void)state;
  static struct handling h;
  char text[200];
  double can = 0;
  struct handling_wish w = pick_wish(&cube, 0.9);
  w.places = false;
  w.pick.speed = 1.5;
  CHECK(handling_plan(&reacher, &w, &h), ==, false);
  CHECK(h.why, ==, HANDLING_BELT);
  handling_say(&reacher, &w, &h, text, sizeof text);
  CHECK_HAS(text, "the belt runs at 1.50 m/s, parts are picked from it up to ");
  CHECK(sscanf(strstr(text, "up to "), "up to %lf", &can), ==, 1);
  ORDER(can, >, 0.4);
  ORDER(can, <, 1.5);
  w.pick.speed = can - 0.01;
  CHECK(handling_plan(&reacher, &w, &h), ==, true);
}

int test_hands(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_thirty_centimetres_beside_a_person),
    cmocka_unit_test(test_shelf_clearance_and_friction_tell),
    cmocka_unit_test(test_the_choice_is_as_quick_as_all),
    cmocka_unit_test(test_outcomes_are_those_of_every_error),
    cmocka_unit_test(test_success_comes_from_the_eye),
    cmocka_unit_test(test_what_cannot_be_done_says_why),
    cmocka_unit_test(test_heavy_boxes_want_both_hands_and_rest),
    cmocka_unit_test(test_belts_too_fast_are_refused),
    cmocka_unit_test(test_fits_by_their_closed_forms),
    cmocka_unit_test(test_drawn_fits_have_their_means),
  };
  return cmocka_run_group_tests_name("hands", tests, hands_load, hands_unload);
}
