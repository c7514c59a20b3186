// takt robot MODEL info: what the model says of itself: masses, lengths, joints, drives, pack; a drawn figure.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/figure.h"
#include "app/options.h"
#include "app/output.h"
#include "app/robot.h"
#include "base/json.h"
#include "robots/arm.h"
#include "robots/dynamics.h"

#define DEGREE (M_PI_D / 180)

struct measures {
  double    height;                 // m   of the highest link's origin above the soles, all joints at 0
  struct v3 com;                    // m   from the floor below the root's origin, all joints at 0
  double    reach;                  // m   shoulder to wrist; 0 without arms
  int       moving, driven, followers;
};

static struct measures measure(const struct robot_case *r) {
  struct body_motion body[ROBOT_JOINTS_MAX + 1];
  const double q[ROBOT_JOINTS_MAX] = {0};
  struct base_motion base = {.orientation = {1, 0, 0, 0}};
  struct measures s = {.moving = r->model.joint_count, .driven = r->spec.driven};
  struct v3 velocity;
  robot_forward(&r->model, &base, q, NULL, body);
  double floor = body[r->humanoid.leg[LEFT].body].position.z - r->humanoid.sole.height, top = floor;
  for (int i = 0; i < r->model.link_count; i++) {
    struct m3 rotation;
    struct v3 at;
    robot_link_pose(&r->model, body, i, &rotation, &at);
    if (at.z > top) top = at.z;
  }
  s.height = top - floor;
  s.com = robot_com(&r->model, body, &velocity);
  s.com.z -= floor;
  for (int j = 0; j < r->model.joint_count; j++) s.followers += r->model.joint[j].mimic >= 0;
  if (r->humanoid.arm[LEFT].count) {
    struct arm arm;
    arm_init(&arm, &r->humanoid, LEFT);
    s.reach = arm.reach;
  }
  return s;
}

// ---- JSON -------------------------------------------------------------------------------------------

static void pair(struct json *j, const char *key, double value) {
  json_key(j, key);
  json_number(j, value);
}

static void answer_joint(struct json *j, const struct robot_case *r, int i) {
  const struct robot_joint *joint = &r->model.joint[i];
  const struct actuator *a = &r->spec.actuator[i];
  json_key(j, joint->name), json_object(j);
  json_key(j, "kind"), json_text(j, joint->kind == JOINT_REVOLUTE ? "revolute" : "prismatic");
  pair(j, "lower", joint->lower);
  pair(j, "upper", joint->upper);
  if (joint->mimic >= 0) json_key(j, "follows"), json_text(j, r->model.joint[joint->mimic].name);
  if (r->spec.drive[i] >= 0) {
    json_key(j, "drive"), json_text(j, r->spec.classes[r->spec.drive[i]].name);
    pair(j, "torque", a->torque_peak);
    pair(j, "speed", a->speed_max);
  }
  pair(j, "mass_kg", r->model.body[i + 1].mass);
  json_object_end(j);
}

static void answer_drive(struct json *j, const struct robot_case *r, int class) {
  const struct actuator *a = &r->spec.classes[class].actuator;
  int count = 0;
  for (int i = 0; i < r->model.joint_count; i++) count += r->spec.drive[i] == class;
  json_key(j, r->spec.classes[class].name), json_object(j);
  json_key(j, "count"), json_integer(j, count);
  pair(j, "torque", a->torque_peak);
  pair(j, "speed", a->speed_max);
  pair(j, "km", a->km);
  pair(j, "rotor_inertia", a->rotor_inertia);
  pair(j, "coulomb", a->coulomb);
  pair(j, "viscous", a->viscous);
  pair(j, "forward", a->forward);
  pair(j, "backward", a->backward);
  pair(j, "winding_limit_c", a->winding_limit);
  pair(j, "rated_torque", a->rated_torque);
  pair(j, "life", a->life);
  json_object_end(j);
}

static void answer(const struct robot_case *r, const struct measures *s) {
  const struct battery_pack *p = &r->spec.battery;
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "robot"), json_text(&j, r->spec.name);
  pair(&j, "mass_kg", r->model.mass);
  pair(&j, "height_m", s->height);
  pair(&j, "com_height_m", s->com.z);
  pair(&j, "leg_length_m", r->humanoid.leg_length);
  pair(&j, "hip_width_m", 2 * r->humanoid.hip_half);
  pair(&j, "reach_m", s->reach);
  json_key(&j, "closed_form_legs"), json_bool(&j, r->humanoid.closed_form);
  json_key(&j, "degrees_of_freedom"), json_integer(&j, s->moving);
  json_key(&j, "drives_count"), json_integer(&j, s->driven);
  json_key(&j, "drives_guessed"), json_bool(&j, r->spec.guessed);
  json_key(&j, "battery"), json_object(&j);
  pair(&j, "energy_j", p->energy);
  pair(&j, "volts_empty", p->volts[0]);
  pair(&j, "volts_full", p->volts[p->points - 1]);
  pair(&j, "resistance_ohm", p->resistance);
  pair(&j, "cutoff_v", p->cutoff);
  pair(&j, "charge_w", p->charge_power);
  json_object_end(&j);
  json_key(&j, "power"), json_object(&j);
  pair(&j, "sitting_w", r->spec.bus.electronics);
  pair(&j, "drives_enabled_w", r->spec.enabled);
  pair(&j, "regeneration", r->spec.bus.regeneration);
  json_object_end(&j);
  json_key(&j, "drives"), json_object(&j);
  for (int i = 0; i < r->spec.class_count; i++) answer_drive(&j, r, i);
  json_object_end(&j);
  json_key(&j, "joints"), json_object(&j);
  for (int i = 0; i < r->model.joint_count; i++) answer_joint(&j, r, i);
  json_object_end(&j);
  json_object_end(&j);
  printf("%s\n", j.text);
  json_finish(&j);
}

// ---- text -------------------------------------------------------------------------------------------

static void print_range(const struct robot_joint *joint) {
  if (!isfinite(joint->lower) || !isfinite(joint->upper)) printf("%18s", "turns freely");
  else if (joint->kind == JOINT_PRISMATIC) printf("%6.0f .. %5.0f mm ", joint->lower * 1000, joint->upper * 1000);
  else printf("%6.0f .. %4.0f deg ", joint->lower / DEGREE, joint->upper / DEGREE);
}

static void print(const struct robot_case *r, const struct measures *s) {
  const struct battery_pack *p = &r->spec.battery;
  printf("%s: %.1f kg, %.2f m, legs %.3f m", r->spec.name, r->model.mass, s->height, r->humanoid.leg_length);
  if (s->reach > 0) printf(", arms %.3f m to the wrist\n", s->reach);
  else printf(", no arms\n");
  printf("  %d moving joints, %d driven, %d follow another\n", s->moving, s->driven, s->followers);
  printf("  centre of mass %.3f m above the floor, straight up\n", s->com.z);
  printf("  pack %.2f kWh, %.0f to %.0f V; sitting %.0f W, drives enabled %.0f W more\n", p->energy / 3.6e6, p->volts[0], p->volts[p->points - 1],
         r->spec.bus.electronics, r->spec.enabled);
  if (r->spec.guessed) printf("  drives and pack are guessed: no robot.yaml\n");
  printf("\n  %-28s %18s %8s %8s %9s  %s\n", "joint", "range", "N m", "rad/s", "kg", "drive");
  for (int i = 0; i < r->model.joint_count; i++) {
    const struct robot_joint *joint = &r->model.joint[i];
    const struct actuator *a = &r->spec.actuator[i];
    printf("  %-28s ", joint->name);
    print_range(joint);
    if (joint->mimic >= 0) printf(" %8s %8s %9.3f  follows %s\n", "", "", r->model.body[i + 1].mass, r->model.joint[joint->mimic].name);
    else printf(" %8.4g %8.4g %9.3f  %s\n", a->torque_peak, a->speed_max, r->model.body[i + 1].mass, r->spec.classes[r->spec.drive[i]].name);
  }
}

int robot_info_verb(const char *model, int argc, char **argv) {
  bool as_json = false, quiet = false;
  const char *png = NULL;
  const struct option options[] = {
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"png", OPTION_TEXT, &png, "FILE", "draw the figure, as it stands", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL info", "[options]",
                              "  takt robot optimus-gen2 info\n"
                              "  takt robot g1.urdf info --json\n"
                              "  takt robot optimus-gen2 info --png figure.png\n",
                              "What a model says of itself: masses, lengths, joints with their ranges and drives, and the pack.",
                              options, 3, 0, 0};
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, NULL, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  if (output_spares(&usage, "png", png, model, "the model")) return 2;
  struct robot_case r;
  int code = robot_open(&r, model, ROBOT_LIMBS, quiet);
  if (code == 0) {
    struct measures s = measure(&r);
    if (as_json) answer(&r, &s);
    else print(&r, &s);
    struct error e = {0};
    if (png && figure_body_png(&r.humanoid, &r.spec, png, &e) != STATUS_OK) code = output_error("robot", &e);
  }
  robot_close(&r);
  return code;
}
