// takt robot MODEL walk, jog: one steady stride of the whole body, its power and the limits it meets.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/figure.h"
#include "app/options.h"
#include "app/output.h"
#include "app/robot.h"
#include "app/robot_way.h"
#include "base/json.h"
#include "base/tree.h"
#include "robots/calibrate.h"
#include "robots/gait_measure.h"
#include "robots/walk_run.h"
#include "robots/toll.h"

#define DEGREE  (M_PI_D / 180)
#define FAILED  0.1                 // share of robots with a failed drive that a life is told for

static const char *const pose_words[] = {"none", "sides", "close", "front"};
static const char *const foot_words[] = {"heel-to-toe", "flat"};

struct choice { const char *foot, *pose, *png; double speed, side, turn, slope, way, walk; bool json, quiet; };

// Place of a word in a list, or -1 after saying so.
static int word_of(const struct usage *u, const char *option, const char *text, const char *const *words, int count) {
  for (int i = 0; i < count; i++)
    if (!strcmp(text, words[i])) return i;
  const char *near = nearest_word(text, words, count);
  usage_wrong(u, "--%s: '%s' is none of %s, %s%s%s%s", option, text, words[0], words[1], count > 2 ? " ..." : "",
              near ? "; did you mean " : "", near ? near : "");
  return -1;
}

static void json_pair(struct json *j, const char *key, double value) {
  json_key(j, key);
  json_number(j, value);
}

// Seconds until the first drive is derated when the robot goes on for ever, and which one it is; infinity: none.
static double first_derated(const struct drive_toll *toll, int joints, int *which) {
  double first = INFINITY;
  for (int i = 0; i < joints; i++)
    if (toll[i].derated_after < first) {
      first = toll[i].derated_after;
      if (which) *which = i;
    }
  return first;
}

static void answer(const struct gait *g, const struct gait_report *r, const struct robot_case *c, const struct drive_toll *toll,
                   const struct walk_run *change) {
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_pair(&j, "speed_m_s", g->wish.speed);
  json_pair(&j, "step_length_m", g->step_length);
  json_pair(&j, "step_period_s", g->step_period);
  json_pair(&j, "duty_factor", g->duty);
  json_pair(&j, "flight_share", r->flight);
  json_pair(&j, "froude", r->froude);
  json_pair(&j, "zmp_margin_m", r->zmp_margin);
  json_pair(&j, "zmp_error_m", r->zmp_error);
  json_pair(&j, "power_w", r->power);
  json_pair(&j, "cost_of_transport", r->cost_of_transport);
  json_pair(&j, "mechanical_w", r->mechanical_positive);
  json_pair(&j, "copper_w", r->copper);
  json_pair(&j, "gear_w", r->gear);
  json_pair(&j, "friction_w", r->friction);
  json_pair(&j, "electronics_w", r->electronics);
  json_pair(&j, "sticking_w", r->sticking_power);
  json_pair(&j, "friction_demand", r->friction_demand);
  json_pair(&j, "yaw_moment_nm", r->yaw_moment);
  json_pair(&j, "km_factor", c->spec.km_factor);
  if (change->speed > 0) json_pair(&j, "walk_run_speed_m_s", change->speed);
  json_key(&j, "peak_torque_share");
  json_object(&j);
  for (int i = 0; i < g->joints; i++)
    if (c->spec.actuator[i].torque_peak > 0) json_pair(&j, c->model.joint[i].name, r->torque_share[i]);
  json_object_end(&j);
  json_key(&j, "peak_speed_share");
  json_object(&j);
  for (int i = 0; i < g->joints; i++)
    if (c->spec.actuator[i].torque_peak > 0) json_pair(&j, c->model.joint[i].name, r->speed_share[i]);
  json_object_end(&j);
  json_pair(&j, "derated_after_s", first_derated(toll, g->joints, NULL));
  json_pair(&j, "life_h", toll_life(toll, &c->spec, FAILED) / 3600);
  json_key(&j, "winding_c");
  json_object(&j);
  for (int i = 0; i < g->joints; i++)
    if (c->spec.drive[i] >= 0) json_pair(&j, c->model.joint[i].name, toll[i].winding);
  json_object_end(&j);
  json_key(&j, "limits");
  json_list(&j);
  for (int i = 0; gait_limit_name(i); i++)
    if (r->broken >> i & 1) json_text(&j, gait_limit_name(i));
  json_list_end(&j);
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

// Which joints or contacts broke a limit, in words.
static void print_limits(const struct gait *g, const struct gait_report *r, const struct robot_case *c) {
  if (!r->broken) printf("limits   all held\n");
  for (int i = 0; gait_limit_name(i); i++) {
    if (!(r->broken >> i & 1)) continue;
    printf("limit    %s", gait_limit_name(i));
    for (int k = 0; k < g->joints; k++) {
      double share = 1 << i == LIMIT_TORQUE ? r->torque_share[k] : 1 << i == LIMIT_SPEED ? r->speed_share[k] : 0;
      if (share > 1) printf(", %s %.0f %%", c->model.joint[k].name, 100 * share);
    }
    if (1 << i == LIMIT_FRICTION) printf(": %.2f needed, the floor has %.2f", r->friction_demand, g->wish.friction);
    if (1 << i == LIMIT_YAW) printf(": %.1f N m is more than the sole can hold", r->yaw_moment);
    if (1 << i == LIMIT_SOLE) printf(": the centre of pressure leaves it by %.1f mm", -1e3 * r->zmp_margin);
    if (1 << i == LIMIT_REACH) printf(": a leg is too short for its step");
    if (1 << i == LIMIT_LIFT) printf(": a foot would have to pull on the floor");
    if (1 << i == LIMIT_JOINT) printf(": a joint leaves its range");
    printf("\n");
  }
}

// The warmest winding, the first that is derated, and how long the drives last.
static void print_toll(const struct gait *g, const struct robot_case *c, const struct drive_toll *toll) {
  int warmest = 0, derated = 0;
  for (int i = 1; i < g->joints; i++)
    if (toll[i].winding > toll[warmest].winding) warmest = i;
  printf("heat     ");
  double after = first_derated(toll, g->joints, &derated);
  if (isfinite(toll[warmest].winding)) printf("%s ends at %.0f degC in air of %.0f", c->model.joint[warmest].name, toll[warmest].winding, HEAT_AMBIENT);
  else printf("%s never stops warming up", c->model.joint[warmest].name);
  if (isfinite(after)) printf("; %s is derated after %.0f min", c->model.joint[derated].name, after / 60);
  printf("\nwear     one robot in ten has had a drive fail after %.3g h of this\n", toll_life(toll, &c->spec, FAILED) / 3600);
}

static void print(const struct gait *g, const struct gait_report *r, const struct robot_case *c, const struct drive_toll *toll,
                  const struct walk_run *change) {
  printf("%s, %.1f kg, %s at %g m/s", c->model.name, c->model.mass, g->wish.kind == GAIT_JOG ? "jogging" : "walking", g->wish.speed);
  if (g->wish.load > 0) printf(" with %g kg", g->wish.load);
  if (g->wish.rise != 0) printf(" on stairs of %g m", g->wish.rise);
  if (g->wish.slope != 0) printf(" on a slope of %.1f degrees", g->wish.slope / DEGREE);
  printf("\nstep     %.3f m every %.3f s, duty factor %.3f, flight %.0f %%, Froude %.3f\n", g->step_length, g->step_period, g->duty, 100 * r->flight, r->froude);
  printf("power    %.0f W, cost of transport %.2f: %.0f electronics, %.0f copper, %.0f gears, %.0f friction; joints give %.0f W and take %.0f W back\n",
         r->power, r->cost_of_transport, r->electronics, r->copper, r->gear, r->friction, r->mechanical_positive,
         r->mechanical_positive - r->sticking_power);
  printf("contact  friction %.2f, yaw %.1f N m; centre of pressure %.2f mm from the plan, ", r->friction_demand, r->yaw_moment, 1e3 * r->zmp_error);
  if (fabs(r->zmp_margin) < 1e-3) printf("at the sole's edge where the foot rolls\n");
  else printf("%.0f mm inside the sole at least\n", 1e3 * r->zmp_margin);
  printf("peaks    of torque and speed, shares of the drives':\n");
  const struct limb *leg = &c->humanoid.leg[LEFT];
  for (int i = 0; i < leg->count; i++)
    if (c->spec.actuator[leg->joint[i]].torque_peak > 0)
      printf("         %-28s %3.0f %%  %3.0f %%\n", c->model.joint[leg->joint[i]].name, 100 * r->torque_share[leg->joint[i]], 100 * r->speed_share[leg->joint[i]]);
  print_toll(g, c, toll);
  print_limits(g, r, c);
  if (change->speed > 0)
    printf("change   from walking to jogging at %.2f m/s (Froude %.2f): %s\n", change->speed, change->froude,
           change->cause == WALK_RUN_COST ? "from there on it takes less power" : "the walk breaks more limits there");
}

static int run(const char *model, struct gait_wish *wish, const struct choice *o) {
  struct robot_case c;
  struct gait g;
  struct gait_report r;
  struct error e;
  int code = robot_open(&c, model, ROBOT_DRIVES | ROBOT_LIMBS, o->quiet);
  if (code == 0) {
    // the fit is the model's affair: without one the figures stand on the estimates, and that is said
    if (gait_calibrate(&c.spec, &c.humanoid, &e) != STATUS_OK && !o->quiet) fprintf(stderr, "takt robot: %s\n", e.text);
    if (o->way > 0) {
      struct way_choice way = {o->way, o->walk > 0 ? o->walk : c.spec.walk_speed > 0 ? c.spec.walk_speed : 1.4, o->png, o->json};
      code = robot_way(&c, wish, &way);
      robot_close(&c);
      return code;
    }
    enum status s = gait_solve(&g, &r, &c.humanoid, &c.spec, wish, &e);
    if (s == STATUS_OK) {
      struct drive_toll toll[ROBOT_JOINTS_MAX];
      toll_find(toll, &c.spec, g.tau, g.qd, g.qdd, g.samples, HEAT_AMBIENT);
      struct walk_run change = {0};
      if (wish->kind == GAIT_JOG) walk_run_find(&change, &c.humanoid, &c.spec, wish, NULL);
      if (o->json) answer(&g, &r, &c, toll, &change);
      else print(&g, &r, &c, toll, &change);
      if (o->png && figure_stride_png(&c.humanoid, &c.spec, &g, &r, o->png, &e) != STATUS_OK) code = output_error("robot", &e);
      gait_finish(&g, &r);
    }
    if (s != STATUS_OK) {
      fprintf(stderr, "takt robot: %s: %s\n", c.model.name, e.text);
      code = status_exit_code(s);
    }
  }
  robot_close(&c);
  return code;
}

static int verb(const char *model, int argc, char **argv, enum gait_kind kind) {
  struct gait_wish wish = gait_wish_defaults(kind, kind == GAIT_JOG ? 2.5 : 1.4);
  struct choice o = {.foot = "heel-to-toe", .pose = NULL, .speed = wish.speed};
  bool of_stride[6] = {false}, around = false;
  int64_t samples = wish.samples;
  const struct option options[] = {
    {"speed", OPTION_NUMBER, &o.speed, "V", "m/s; negative: backwards", -2, 4, NULL},
    {"load", OPTION_NUMBER, &wish.load, "KG", "in both hands together", 0, 200, NULL},
    {"pose", OPTION_TEXT, &o.pose, "NAME", "how it is held: sides, close, front (default: sides when there is a load)", 0, 0, NULL},
    {"slope", OPTION_NUMBER, &o.slope, "DEG", "of the floor, up is positive", -20, 20, &of_stride[0]},
    {"stairs", OPTION_NUMBER, &wish.rise, "M", "rise of the floor from step to step, down is negative", -0.3, 0.3, &of_stride[1]},
    {"floor", OPTION_NUMBER, &wish.friction, "MU", "friction of the floor (0.6)", 0.01, 10, NULL},
    {"foot", OPTION_TEXT, &o.foot, "STYLE", "heel-to-toe or flat", 0, 0, &of_stride[2]},
    {"side", OPTION_NUMBER, &o.side, "V", "m/s to the left", -1, 1, &of_stride[3]},
    {"turn", OPTION_NUMBER, &o.turn, "DEG", "degrees a second, counter-clockwise", -170, 170, &of_stride[4]},
    {"samples", OPTION_INTEGER, &samples, "N", "of the stride (200)", 200, 4000, &of_stride[5]},
    {"png", OPTION_TEXT, &o.png, "FILE", "draw the stride", 0, 0, NULL},
    {"json", OPTION_FLAG, &o.json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &o.quiet, NULL, "no warnings", 0, 0, NULL},
    {"way", OPTION_NUMBER, &o.way, "M", "a whole way instead of a stride: from standing, walking, jogging, walking, to standing", 0.5, 200, NULL},
    {"walk", OPTION_NUMBER, &o.walk, "V", "m/s of the walk around it (the model's); with --way", 0.3, 2, &around},
  };
  bool jog = kind == GAIT_JOG;
  const int options_of_jog = 2;     // the last ones
  const struct usage usage = {jog ? "robot MODEL jog" : "robot MODEL walk", "[options]",
                              jog ? "  takt robot optimus-gen2 jog --speed 2.5\n  takt robot optimus-gen2 jog --speed 2.2 --png jog.png\n  takt robot optimus-v3 jog --speed 2.4 --way 20 --png way.png\n"
                                  : "  takt robot optimus-gen2 walk --speed 1.2\n  takt robot optimus-gen2 walk --speed 1 --load 20 --slope 5 --json\n"
                                    "  takt robot h1.urdf walk --speed 0.6 --foot flat --png walk.png\n",
                              "Solves one stride from footsteps, inverse kinematics and the full body's inverse dynamics, and says what it draws and\n"
                              "which limits it meets. Nothing is looked up.",
                              options, (int)(sizeof options / sizeof *options) - (jog ? 0 : options_of_jog), 0, 0};
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, NULL, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  if (output_spares(&usage, "png", o.png, model, "the model")) return 2;
  static const char *const stride_words[] = {"slope", "stairs", "foot", "side", "turn", "samples"};
  for (int i = 0; i < 6 && o.way > 0; i++)
    if (of_stride[i]) return usage_wrong(&usage, "--%s is of a single stride; a whole way (--way) is on a level floor and straight ahead", stride_words[i]);
  if (around && o.way <= 0) return usage_wrong(&usage, "--walk is the walk before and after a jog on a whole way; say how long it is: --way M");
  int foot = word_of(&usage, "foot", o.foot, foot_words, 2), pose = o.pose ? word_of(&usage, "pose", o.pose, pose_words, 4) : wish.load > 0;
  if (foot < 0 || pose < 0) return 2;
  wish.speed = o.speed;
  wish.side_speed = o.side;
  wish.turn_rate = o.turn * DEGREE;
  wish.slope = o.slope * DEGREE;
  wish.foot = foot == 0 ? FOOT_HEEL_TO_TOE : FOOT_FLAT;
  wish.load_pose = (enum load_pose)pose;
  wish.samples = (int)samples;
  return run(model, &wish, &o);
}

int robot_walk_verb(const char *model, int argc, char **argv) { return verb(model, argc, argv, GAIT_WALK); }
int robot_jog_verb(const char *model, int argc, char **argv) { return verb(model, argc, argv, GAIT_JOG); }
