// takt robot MODEL push: a standing robot is pushed; ankles, capture steps, or a fall.
#include <stdio.h>

#include "app/options.h"
#include "app/robot.h"
#include "base/json.h"
#include "robots/balance.h"
#include "robots/fall.h"

#define STEPS_SHOWN 3
#define RATE        200.0           // Hz

struct push {
  double impulse, direction_deg, friction, load;
  struct balance_params  params;
  struct balance_outcome outcome;
  struct fall_params     fall;
};

static int solve(const struct robot_case *r, struct push *p) {
  struct posture posture;
  struct stand stand;
  struct robot_model loaded;
  struct error e = {0};
  posture_find(&posture, &r->humanoid, p->load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE);
  enum status status = posture_load(&loaded, &r->humanoid, p->load, &e);
  if (status == STATUS_OK) {
    status = stand_find(&stand, &r->humanoid, &loaded, &posture, &e);
    if (status == STATUS_OK) {
      p->params = balance_params_of(&r->humanoid, &loaded, &stand);
      p->outcome = balance_try_push(&p->params, p->impulse, p->direction_deg * M_PI_D / 180, p->friction, RATE);
      p->fall = fall_params_of(&p->params);
    }
    posture_load_finish(&loaded);
  }
  if (status == STATUS_OK) return 0;
  fprintf(stderr, "takt robot: %s\n", e.text);
  return status_exit_code(status);
}

static void number(struct json *j, const char *key, double x) { json_key(j, key), json_number(j, x); }

static void answer(const struct robot_case *r, const struct push *p) {
  const struct balance_params *b = &p->params;
  const struct balance_outcome *o = &p->outcome;
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "robot"), json_text(&j, r->spec.name);
  number(&j, "impulse_n_s", p->impulse);
  number(&j, "direction_deg", p->direction_deg);
  json_key(&j, "recovered"), json_bool(&j, o->recovered);
  number(&j, "steps", o->steps);
  json_key(&j, "fell"), json_bool(&j, o->fell);
  json_key(&j, "slipped"), json_bool(&j, o->slid > 0);
  number(&j, "time_s", o->time);
  number(&j, "moved_m", o->moved);
  number(&j, "slid_m", o->slid);
  number(&j, "friction_demand", o->friction_demand);
  number(&j, "impact_j", o->impact_energy);
  number(&j, "damage_probability", fall_damage(&p->fall, o->impact_energy));
  json_key(&j, "most_n_s"), json_list(&j);            // closed form, with 0, 1, 2, 3 steps
  for (int n = 0; n <= STEPS_SHOWN; n++) json_number(&j, balance_impulse_max(b, p->direction_deg * M_PI_D / 180, n));
  json_list_end(&j);
  json_key(&j, "body"), json_object(&j);
  number(&j, "mass_kg", b->mass), number(&j, "com_height_m", b->com_height), number(&j, "omega_per_s", b->rate);
  number(&j, "heel_m", b->heel), number(&j, "toe_m", b->toe), number(&j, "half_width_m", b->half_width), number(&j, "rest_m", b->rest);
  number(&j, "feet_apart_m", b->width), number(&j, "step_ahead_m", b->step_ahead), number(&j, "step_back_m", b->step_back);
  number(&j, "step_near_m", b->step_near), number(&j, "step_far_m", b->step_far), number(&j, "swing_s", b->swing_time);
  json_object_end(&j);
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

static void print(const struct robot_case *r, const struct push *p) {
  const struct balance_params *b = &p->params;
  const struct balance_outcome *o = &p->outcome;
  printf("%s, %.1f kg, pushed by %g N s towards %g deg (0: ahead, 90: to its left): ", r->spec.name, b->mass, p->impulse, p->direction_deg);
  if (o->recovered && o->steps) printf("stands again after %d step%s, %.2f s and %.2f m", o->steps, o->steps == 1 ? "" : "s", o->time, o->moved);
  else if (o->recovered) printf("stands, by its ankles, after %.2f s", o->time);
  else if (o->fell) printf("falls, and lies after %.2f s with an impact of %.0f J", o->time, o->impact_energy);
  else printf("has not come to rest after %.0f s", o->time);
  printf("\n  friction needed %.2f of %.2f", o->friction_demand, p->friction);
  if (o->slid > 0) printf(", slid %.0f mm", 1e3 * o->slid);
  printf("\n\n  the most that it stands in this direction, closed form (N-step capturability)\n");
  for (int n = 0; n <= STEPS_SHOWN; n++)
    printf("    with %d step%s  %6.1f N s\n", n, n == 1 ? " " : "s", balance_impulse_max(b, p->direction_deg * M_PI_D / 180, n));
  printf("\n  centre of mass %.3f m, omega %.3f 1/s; sole %.3f .. %.3f m, %.3f m to a side\n", b->com_height, b->rate, b->heel, b->toe, b->half_width);
  printf("  capture step: %.2f m ahead, %.2f m back, %.2f m to the side, %.2f s (reach and reaction are guesses)\n", b->step_ahead, b->step_back,
         b->step_far, b->swing_time);
}

int robot_push_verb(const char *model, int argc, char **argv) {
  struct push p = {.impulse = 20, .friction = 0.8};
  bool as_json = false, quiet = false;
  const struct option options[] = {
    {"impulse", OPTION_NUMBER, &p.impulse, "N_S", "of the push on the centre of mass", 0, 10000, NULL},
    {"direction", OPTION_NUMBER, &p.direction_deg, "DEG", "it pushes towards: 0 ahead, 90 to the left", -360, 360, NULL},
    {"floor", OPTION_NUMBER, &p.friction, "MU", "friction (dry concrete 0.6-0.9, wet 0.4-0.6)", 0.01, 10, NULL},
    {"load", OPTION_NUMBER, &p.load, "KG", "held close before the chest", 0, 200, NULL},
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL push", "[options]",
                              "  takt robot optimus-gen2 push --impulse 30\n"
                              "  takt robot optimus-gen2 push --impulse 40 --direction 180 --json\n",
                              "A robot that stands is pushed: it answers by its ankles, by capture steps, or falls.",
                              options, 6, 0, 0};
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, NULL, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  struct robot_case r;
  int code = robot_open(&r, model, ROBOT_LIMBS, quiet);
  if (code == 0) code = solve(&r, &p);
  if (code == 0 && as_json) answer(&r, &p);
  else if (code == 0) print(&r, &p);
  robot_close(&r);
  return code;
}
