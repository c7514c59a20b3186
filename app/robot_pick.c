// takt robot MODEL pick: one pick and place, part by part, beside a trained person's (MTM-1).
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/hands.h"
#include "app/options.h"
#include "app/output.h"
#include "base/json.h"
#include "base/tree.h"
#include "robots/mtm.h"

struct picking {
  struct grip_part     part;
  double               ahead, height, to_height, distance, clearance, depth, belt, hidden;
  struct hands_case    hands;
  struct handling_wish wish;
  struct handling      plan;
  double               robot[5], person[5];   // s  reach, grasp, move, position, release
  bool                 possible;
};

static const char *const part_words[5] = {"reach", "grasp", "move", "position", "release"};

// Which of a person's five each phase belongs to.
static const int part_of[HAND_PHASES] = {[HAND_SEE] = 0, [HAND_REACH] = 0, [HAND_APPROACH] = 0, [HAND_GRASP] = 1, [HAND_LIFT] = 2, [HAND_MOVE] = 2,
                                         [HAND_POSITION] = 3, [HAND_RELEASE] = 4, [HAND_RETREAT] = 4, [HAND_RETURN] = 4};

static void compare(struct picking *q) {
  double hand = q->plan.both ? q->part.mass / 2 : q->part.mass, tight = q->clearance;
  for (int i = 0; i < q->plan.steps; i++) q->robot[part_of[q->plan.step[i].phase]] += q->plan.step[i].time;
  enum mtm_position p = tight > 0 && tight <= 0.4e-3 ? MTM_POSITION_3SE : tight > 0 && tight <= 1.5e-3 ? MTM_POSITION_2SE : MTM_POSITION_1SE;
  q->person[0] = MTM_TMU * mtm_reach(q->hidden > 0 ? MTM_REACH_CD : MTM_REACH_B, q->distance);
  q->person[1] = MTM_TMU * (mtm_grasp(q->hidden > 0 ? MTM_GRASP_4B : MTM_GRASP_1A) + mtm_weight_constant(hand));
  q->person[2] = MTM_TMU * mtm_move(MTM_MOVE_C, q->distance) * mtm_weight_factor(hand);
  q->person[3] = MTM_TMU * mtm_position(p);
  q->person[4] = MTM_TMU * mtm_release();
}

// The hand, or both, begins where it will place, above it: so it goes `distance` to the part and back.
static void solve(struct picking *q) {
  struct handling_wish *w = &q->wish;
  *w = handling_wish_defaults();
  w->part = &q->part;
  w->from = &q->hands.standing;
  w->foot[0] = q->hands.foot[0], w->foot[1] = q->hands.foot[1];
  double half = q->distance / 2, middle = -0.1;
  w->pick = (struct handling_spot){.at = v3(q->ahead, middle - half, q->height), .speed = q->belt, .hidden = q->hidden};
  w->place = (struct handling_spot){.at = v3(q->ahead, middle + half, q->to_height), .clearance = q->clearance, .depth = q->depth};
  q->possible = handling_plan(&q->hands.reacher, w, &q->plan);
  if (q->plan.both && (q->possible || q->plan.why != HANDLING_BELT)) {
    // both hands move it away from the body rather than across it
    w->pick.at = v3(q->ahead, 0, q->height), w->place.at = v3(q->ahead - q->distance > 0.25 ? q->ahead - q->distance : 0.25, 0, q->to_height);
    q->possible = handling_plan(&q->hands.reacher, w, &q->plan);
  }
  if (!q->possible) return;
  struct reach_pose above = q->plan.pose[q->plan.poses - 1];
  w->from = &above;
  struct handling again;
  if (handling_plan(&q->hands.reacher, w, &again)) q->plan = again;
  w->from = &q->hands.standing;
  compare(q);
}

static double sum(const double v[5]) { return v[0] + v[1] + v[2] + v[3] + v[4]; }

static void json_steps(struct json *j, const struct picking *q, const struct robot_case *r) {
  json_key(j, "steps"), json_list(j);
  for (int i = 0; i < q->plan.steps; i++) {
    const struct handling_step *s = &q->plan.step[i];
    json_object(j);
    json_key(j, "phase"), json_text(j, handling_phase_text(s->phase));
    json_key(j, "time_s"), json_number(j, s->time);
    json_key(j, "energy_j"), json_number(j, s->energy);
    json_key(j, "limit"), json_text(j, move_limit_text(s->move.limit));
    json_key(j, "limit_joint");
    if (s->move.joint >= 0) json_text(j, r->model.joint[s->move.joint].name); else json_null(j);
    json_key(j, "hand_speed_m_s"), json_number(j, s->move.speed);
    json_key(j, "torque_share"), json_number(j, s->move.torque);
    json_key(j, "level"), json_integer(j, q->plan.pose[s->pose].level);
    json_object_end(j);
  }
  json_list_end(j);
}

static void answer(const struct picking *q, const struct robot_case *r) {
  const struct handling *h = &q->plan;
  char why[200];
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "robot"), json_text(&j, r->spec.name);
  json_key(&j, "possible"), json_bool(&j, q->possible);
  handling_say(&q->hands.reacher, &q->wish, h, why, sizeof why);
  json_key(&j, "why"), json_text(&j, why);
  if (q->possible) {
    json_key(&j, "hands"), json_text(&j, h->both ? "both" : h->side == LEFT ? "left" : "right");
    json_key(&j, "time_s"), json_number(&j, h->time);
    json_key(&j, "energy_j"), json_number(&j, h->energy);
    json_key(&j, "mtm_s"), json_number(&j, sum(q->person));
    json_key(&j, "ratio"), json_number(&j, h->time / sum(q->person));
    for (int i = 0; i < 5; i++) {
      json_key(&j, part_words[i]), json_object(&j);
      json_key(&j, "time_s"), json_number(&j, q->robot[i]);
      json_key(&j, "mtm_s"), json_number(&j, q->person[i]);
      json_object_end(&j);
    }
    json_key(&j, "grip_force_n"), json_number(&j, h->grip.force);
    json_key(&j, "sigma_m"), json_list(&j);
    for (int k = 0; k < 3; k++) json_number(&j, h->sigma[k]);
    json_list_end(&j);
    json_key(&j, "outcome"), json_object(&j);
    static const char *const names[GRIP_OUTCOME_COUNT] = {"held", "struck", "missed", "squeezed", "slipped"};
    for (int k = 0; k < GRIP_OUTCOME_COUNT; k++) json_key(&j, names[k]), json_number(&j, h->outcome[k]);
    json_object_end(&j);
    json_key(&j, "placed_at_once"), json_number(&j, h->fit.once);
    json_key(&j, "search_s"), json_number(&j, (1 - h->fit.drops) * h->fit.search);
    json_key(&j, "winding_c"), json_number(&j, h->winding);
    json_key(&j, "pause_s"), json_number(&j, h->pause);
    json_steps(&j, q, r);
  }
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

static void print(const struct picking *q, const struct robot_case *r) {
  const struct handling *h = &q->plan;
  char why[200];
  handling_say(&q->hands.reacher, &q->wish, h, why, sizeof why);
  printf("%s, %.3g kg from %.2f m to %.2f m up, %.2f m ahead", r->spec.name, q->part.mass, q->height, q->to_height, q->ahead);
  if (!q->possible) {
    printf(": cannot: %s\n", why);
    return;
  }
  printf(", with %s\n\n  %-10s %7s %9s\n", h->both ? "both hands" : h->side == LEFT ? "its left hand" : "its right hand", "", "robot", "MTM-1");
  for (int i = 0; i < 5; i++) printf("  %-10s %5.2f s %7.2f s   %4.1f x\n", part_words[i], q->robot[i], q->person[i], q->robot[i] / q->person[i]);
  printf("  %-10s %5.2f s %7.2f s   %4.2f x\n\n", "all", h->time, sum(q->person), h->time / sum(q->person));
  for (int i = 0; i < h->steps; i++) {
    const struct move *m = &h->step[i].move;
    printf("  %-10s %5.2f s %6.0f J", handling_phase_text(h->step[i].phase), h->step[i].time, h->step[i].energy);
    if (m->distance > 0) printf("   %.2f m, at most %.2f m/s; limit: %s%s%s", m->distance, m->speed, move_limit_text(m->limit), m->joint >= 0 ? ", " : "", m->joint >= 0 ? r->model.joint[m->joint].name : "");
    printf("\n");
  }
  printf("\n  seen from %.2f m with sigmas of %.1f, %.1f and %.1f mm (ahead, left, up), taken for the other of two classes %.2g %%\n", h->distance, 1000 * h->sigma[0], 1000 * h->sigma[1], 1000 * h->sigma[2], 100 * h->seen.class_error);
  if (!h->both) printf("  held %.0f mm wide with %.1f N a finger, opened by %.1f mm beside it\n", 1000 * h->grip.width, h->grip.force, 1000 * h->gap);
  printf("  one try: held %.1f %%, struck %.1f %%, missed %.1f %%, squeezed out %.1f %%, slips %.1f %%\n", 100 * h->outcome[CLOSE_HELD], 100 * h->outcome[CLOSE_STRUCK], 100 * h->outcome[CLOSE_MISSED],
         100 * h->outcome[CLOSE_SQUEEZED], 100 * h->outcome[CLOSE_SLIPPED]);
  if (h->fit.way == FIT_SIGHT) printf("  placed by sight, at once in %.1f %% of the cases\n", 100 * h->fit.once);
  if (h->fit.way == FIT_FEEL) printf("  placed by feeling for it: drops in at once in %.1f %% of the cases, else after %.2f s on average\n", 100 * h->fit.drops, h->fit.search);
  printf("  repeated for ever: %s at %.0f degC", h->hottest >= 0 ? r->model.joint[h->hottest].name : "drives", h->winding);
  if (h->pause > 0) printf(", with %.1f s of rest after each", h->pause);
  printf("\n");
}

static int run(const char *model, struct picking *q, bool as_json, const char *png, bool quiet) {
  struct robot_case r;
  struct error e;
  int code = robot_open(&r, model, ROBOT_LIMBS | ROBOT_DRIVES, quiet);
  if (code == 0) code = hands_open(&q->hands, &r, quiet);
  if (code == 0) {
    solve(q);
    if (as_json) answer(q, &r); else print(q, &r);
    if (png && !q->possible) fprintf(stderr, "takt robot: --png: no picture is drawn of a pick that cannot be done\n");
    else if (png && hands_pick_png(&q->hands, &r, &q->wish, &q->plan, q->robot, q->person, png, &e) != STATUS_OK) code = output_error("robot", &e);
  }
  robot_close(&r);
  return code;
}

int robot_pick_verb(const char *model, int argc, char **argv) {
  static struct picking q;
  const char *shape = "box", *size = "0.06,0.06,0.06", *png = NULL;
  bool as_json = false, quiet = false;
  q = (struct picking){.part = {.mass = 0.3, .mu = 0.5}, .ahead = 0.45, .height = 0.9, .to_height = -1, .distance = 0.3};
  const struct option options[] = {
    {"part", OPTION_TEXT, &shape, "SHAPE", "box, cylinder (standing) or sphere", 0, 0, NULL},
    {"size", OPTION_TEXT, &size, "A,B,C", "m: box ahead, left, up; cylinder diameter, height; sphere diameter (0.06,0.06,0.06)", 0, 0, NULL},
    {"mass", OPTION_NUMBER, &q.part.mass, "KG", "(0.3)", 1e-4, 500, NULL},
    {"friction", OPTION_NUMBER, &q.part.mu, "MU", "of fingers on it (0.5)", 0.01, 5, NULL},
    {"fragility", OPTION_NUMBER, &q.part.force_max, "N", "that it stands; 0: any", 0, 1e5, NULL},
    {"ahead", OPTION_NUMBER, &q.ahead, "M", "of the robot (0.45)", 0.1, 3, NULL},
    {"height", OPTION_NUMBER, &q.height, "M", "of what it lies on (0.9)", 0, 4, NULL},
    {"to-height", OPTION_NUMBER, &q.to_height, "M", "of where it goes (the same)", 0, 4, NULL},
    {"distance", OPTION_NUMBER, &q.distance, "M", "that the hand goes there and back (0.3)", 0.02, 2, NULL},
    {"clearance", OPTION_NUMBER, &q.clearance, "M", "to every side of the place; 0: any will do", 0, 1, NULL},
    {"depth", OPTION_NUMBER, &q.depth, "M", "that it goes in", 0, 1, NULL},
    {"belt", OPTION_NUMBER, &q.belt, "V", "m/s of what it lies on, to the left; < 0: to the right", -3, 3, NULL},
    {"hidden", OPTION_NUMBER, &q.hidden, "SHARE", "of it that others cover", 0, 1, NULL},
    {"png", OPTION_TEXT, &png, "FILE", "draw it", 0, 0, NULL},
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL pick", "[options]",
                              "  takt robot optimus-gen2 pick --part box --size 0.05,0.05,0.08 --mass 0.35\n"
                              "  takt robot optimus-gen2 pick --height 0.4 --clearance 0.001 --png pick.png\n",
                              "One pick and place from above the place and back: seeing, reaching, closing, moving, feeling for the place; times from the\n"
                              "body's limits, outcomes from errors of seeing, geometry and friction.",
                              options, (int)(sizeof options / sizeof *options), 0, 0};
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, NULL, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  if (output_spares(&usage, "png", png, model, "the model")) return 2;
  static const char *const shapes[] = {"box", "cylinder", "sphere"};
  static const int counts[] = {3, 2, 1};
  int k = 0;
  while (k < 3 && strcmp(shape, shapes[k]) != 0) k++;
  if (k == 3) {
    const char *near = nearest_word(shape, shapes, 3);
    fprintf(stderr, "takt robot: --part: there is no shape '%s'%s%s%s\n", shape, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : " (box, cylinder, sphere)");
    return 2;
  }
  double v[3];
  if (!hands_numbers("size", size, counts[k], 3, 0.001, 3, v)) return 2;
  q.part.shape = (enum grip_shape[]){PART_BOX, PART_CYLINDER, PART_SPHERE}[k];
  q.part.size[0] = v[0];
  q.part.size[1] = k == 0 ? v[1] : v[0];
  q.part.size[2] = k == 0 ? v[2] : k == 1 ? v[1] : v[0];
  if (q.to_height < 0) q.to_height = q.height;
  return run(model, &q, as_json, png, quiet);
}
