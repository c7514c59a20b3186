// takt robot MODEL push: a robot is pushed; ankles, capture steps, a walk that goes on, or a fall.
#include <stdio.h>

#include "app/options.h"
#include "app/output.h"
#include "app/robot.h"
#include "base/json.h"
#include "robots/balance.h"
#include "robots/fall.h"
#include "robots/impulse.h"

#define STEPS_SHOWN 3
#define RATE        200.0           // Hz

struct push {
  double impulse, direction_deg, height, twist, speed, friction, load;
  struct balance_params  params;
  struct balance_outcome outcome;
  struct fall_params     fall;
  struct impulse_answer  answer;
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
      const struct balance_params *b = &p->params;
      double way = p->direction_deg * M_PI_D / 180, share = p->height > 0 ? p->height / b->com_height : 1;
      struct impulse j = {{p->impulse * m_cos(way), p->impulse * m_sin(way)}, p->height, p->twist};
      // in mid-step, as a walk of that speed has it
      struct impulse_walk w = {p->speed, b->swing_time, 0.5 * b->swing_time, RIGHT};
      p->answer = p->speed > 0 ? impulse_walking(b, &j, &w, p->friction) : impulse_standing(b, &j, p->friction);
      p->outcome = balance_try_push(b, p->impulse * share, way, p->friction, RATE);
      p->fall = fall_params_of(&p->params);
    }
    posture_load_finish(&loaded);
  }
  if (status == STATUS_OK) return 0;
  return output_error("robot", &e);
}

static void number(struct json *j, const char *key, double x) { json_key(j, key), json_number(j, x); }

static void answer(const struct robot_case *r, const struct push *p) {
  const struct balance_params *b = &p->params;
  const struct balance_outcome *o = &p->outcome;
  const struct impulse_answer *a = &p->answer;
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "robot"), json_text(&j, r->spec.name);
  number(&j, "impulse_n_s", p->impulse);
  number(&j, "direction_deg", p->direction_deg);
  number(&j, "height_m", p->height > 0 ? p->height : b->com_height);
  number(&j, "twist_n_m_s", p->twist);
  number(&j, "speed_m_s", p->speed);
  json_key(&j, "strategy"), json_text(&j, impulse_strategy_text(a->strategy));
  json_key(&j, "answer"), json_object(&j);
  number(&j, "steps", a->steps);
  number(&j, "jump_ahead_m", a->jump[0]), number(&j, "jump_left_m", a->jump[1]);
  number(&j, "step_shift_ahead_m", a->shift[0]), number(&j, "step_shift_left_m", a->shift[1]);
  number(&j, "most_n_s", a->most);
  number(&j, "time_s", a->time);
  number(&j, "turn_deg", a->turn * 180 / M_PI_D);
  json_object_end(&j);
  if (p->speed > 0) json_key(&j, "standing"), json_object(&j);
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
  if (p->speed > 0) json_object_end(&j);
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
  const struct impulse_answer *a = &p->answer;
  printf("%s, %.1f kg, pushed by %g N s towards %g deg (0: ahead, 90: to its left)", r->spec.name, b->mass, p->impulse, p->direction_deg);
  if (p->height > 0) printf(" at %g m", p->height);
  if (p->twist != 0) printf(", turned by %g N m s", p->twist);
  printf("\n  closed form: %s", impulse_strategy_text(a->strategy));
  if (a->steps) printf(", %d step%s", a->steps, a->steps == 1 ? "" : "s");
  printf(", %.2f s; xi jumps by %.3f m ahead and %.3f to the left; the most this way is %.1f N s", a->time, a->jump[0], a->jump[1], a->most);
  if (a->strategy == IMPULSE_WALKS_ON) printf("\n  walking at %g m/s, in mid-step: the next footstep goes %.3f m ahead and %.3f to the left", p->speed, a->shift[0], a->shift[1]);
  if (a->turn != 0) printf("\n  turns on its soles by %.1f deg", a->turn * 180 / M_PI_D);
  printf("\n  closed loop, standing: ");
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
    {"height", OPTION_NUMBER, &p.height, "M", "above the floor (left out: of the centre of mass)", 0, 10, NULL},
    {"twist", OPTION_NUMBER, &p.twist, "N_M_S", "of it about the vertical, counter-clockwise", -1000, 1000, NULL},
    {"walk", OPTION_NUMBER, &p.speed, "M_S", "it walks ahead at that speed, in mid-step (left out: it stands)", 0, 10, NULL},
    {"floor", OPTION_NUMBER, &p.friction, "MU", "friction (dry concrete 0.6-0.9, wet 0.4-0.6)", 0.01, 10, NULL},
    {"load", OPTION_NUMBER, &p.load, "KG", "held close before the chest", 0, 200, NULL},
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL push", "[options]",
                              "  takt robot optimus-gen2 push --impulse 30\n"
                              "  takt robot optimus-gen2 push --impulse 40 --direction 180 --json\n"
                              "  takt robot optimus-gen2 push --impulse 25 --direction 90 --walk 1.2\n",
                              "A robot is pushed: it answers by its ankles, by capture steps, walks on beside its line, or falls.",
                              options, 9, 0, 0};
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
