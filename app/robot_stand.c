// takt robot MODEL stand: what standing still takes, joint by joint, and how warm it gets.
#include <math.h>
#include <stdio.h>

#include "app/options.h"
#include "app/output.h"
#include "app/robot.h"
#include "base/json.h"
#include "robots/battery.h"
#include "robots/calibrate.h"
#include "robots/hold.h"
#include "robots/stand.h"

#define JOINTS_TOP 8                // joints in the short table

struct standing {
  double       load;
  double       root_height;
  struct hold  hold;
  double       hours;               // from a full pack
  bool         holds;
};

// The pack from full to its cut-off.
static double hours_of(const struct battery_pack *p, double power) {
  double energy = p->energy, used = 0;
  battery_draw(p, &energy, power, 1e9, &used, NULL);
  return used / 3600;
}

static int solve(struct robot_case *r, struct standing *s) {
  struct posture posture;
  struct stand stand;
  struct error e = {0};
  struct robot_model loaded;
  if (gait_calibrate(&r->spec, &r->humanoid, &e) != STATUS_OK) fprintf(stderr, "takt robot: warning: %s\n", e.text);
  posture_find(&posture, &r->humanoid, s->load > 0 ? LOAD_HELD_CLOSE : LOAD_NONE);
  enum status status = posture_load(&loaded, &r->humanoid, s->load, &e);
  if (status == STATUS_OK) {
    status = stand_find(&stand, &r->humanoid, &loaded, &posture, &e);
    if (status == STATUS_OK) {
      struct base_motion base = {.position = {0, 0, stand.root_height}, .orientation = {1, 0, 0, 0}};
      s->root_height = stand.root_height;
      hold_pose(&s->hold, &r->humanoid, &loaded, &r->spec, &base, stand.q, HEAT_AMBIENT);
      s->holds = hold_stands(&s->hold, &r->humanoid, &base, stand.q);
      s->hours = hours_of(&r->spec.battery, s->hold.power);
    }
    posture_load_finish(&loaded);
  }
  if (status == STATUS_OK) return 0;
  return output_error("robot", &e);
}

static void answer(const struct robot_case *r, const struct standing *s) {
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "robot"), json_text(&j, r->spec.name);
  json_key(&j, "km_factor"), json_number(&j, r->spec.km_factor);
  json_key(&j, "load_kg"), json_number(&j, s->load);
  json_key(&j, "stands"), json_bool(&j, s->holds);
  json_key(&j, "com_height_m"), json_number(&j, s->hold.com.z);
  json_key(&j, "power_w"), json_number(&j, s->hold.power);
  json_key(&j, "sitting_w"), json_number(&j, r->spec.bus.electronics);
  json_key(&j, "drives_w"), json_number(&j, r->spec.enabled);
  json_key(&j, "joints_w"), json_number(&j, s->hold.joints);
  json_key(&j, "hours"), json_number(&j, s->hours);
  json_key(&j, "joints"), json_object(&j);
  for (int i = 0; i < r->model.joint_count; i++) {
    if (r->spec.drive[i] < 0) continue;
    json_key(&j, r->model.joint[i].name), json_object(&j);
    json_key(&j, "torque_n_m"), json_number(&j, s->hold.tau[i]);
    json_key(&j, "power_w"), json_number(&j, s->hold.joint_power[i]);
    json_key(&j, "winding_c"), json_number(&j, s->hold.winding[i]);
    json_object_end(&j);
  }
  json_object_end(&j);
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

static void print(const struct robot_case *r, const struct standing *s) {
  bool shown[ROBOT_JOINTS_MAX] = {false};
  printf("%s, standing", r->spec.name);
  if (s->load > 0) printf(" with %g kg before the chest", s->load);
  printf(": %.0f W, %.1f h from a full pack\n", s->hold.power, s->hours);
  printf("  sitting, drives off   %6.1f W\n", r->spec.bus.electronics);
  printf("  drives enabled        %6.1f W\n", r->spec.enabled);
  printf("  joints that hold      %6.1f W\n\n", s->hold.joints);
  printf("  %-22s %8s %8s %10s\n", "joint", "N m", "W", "winding");
  for (int n = 0; n < JOINTS_TOP; n++) {
    int best = -1;
    for (int i = 0; i < r->model.joint_count; i++)
      if (!shown[i] && s->hold.joint_power[i] > 0 && (best < 0 || s->hold.joint_power[i] > s->hold.joint_power[best])) best = i;
    if (best < 0) break;
    shown[best] = true;
    printf("  %-22s %8.1f %8.2f", r->model.joint[best].name, s->hold.tau[best], s->hold.joint_power[best]);
    if (isfinite(s->hold.winding[best])) printf(" %5.0f degC\n", s->hold.winding[best]);
    else printf(" too hot\n");
  }
  if (!s->holds) printf("\nIt would tip over: its weight is not above its soles.\n");
}

int robot_stand_verb(const char *model, int argc, char **argv) {
  struct standing s = {0};
  bool as_json = false, quiet = false;
  const struct option options[] = {
    {"load", OPTION_NUMBER, &s.load, "KG", "held close before the chest", 0, 500, NULL},
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL stand", "[options]",
                              "  takt robot optimus-gen2 stand\n"
                              "  takt robot optimus-gen2 stand --load 10 --json\n",
                              "What standing still takes: torques that hold the pose, power with the drives enabled, and how warm\n"
                              "the windings become when it stands so for ever in air of 25 degC.",
                              options, 3, 0, 0};
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, NULL, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  struct robot_case r;
  int code = robot_open(&r, model, ROBOT_LIMBS, quiet);
  if (code == 0) code = solve(&r, &s);
  if (code == 0 && as_json) answer(&r, &s);
  else if (code == 0) print(&r, &s);
  robot_close(&r);
  return code;
}
