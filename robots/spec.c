#include "robots/spec.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "robots/robot_file.h"

#define TORQUE_LEAST 1e-3           // N m

// ---- guesses ----------------------------------------------------------------------------------------

// What is taken when no file says anything: the known classes of rotary drives by peak torque. Every figure is a guess
// in the range of good drives with strain-wave gears; the same as those of assets/robots/optimus-gen2.
struct known { double torque, speed, km, rotor_inertia, coulomb, viscous, winding_capacity, housing_capacity, winding_resistance, housing_resistance; };
static const struct known known[] = {
  {20,  12, 3.5, 0.03, 0.4, 0.03, 20,  300,  1.5, 4},
  {110, 10, 9,   0.30, 2,   0.15, 60,  800,  0.7, 2},
  {180, 8,  13,  0.50, 3,   0.25, 100, 1200, 0.5, 1.5},
};

// y at x on the straight line through two points in logarithms
static double between(double x, double x0, double y0, double x1, double y1) {
  return m_exp(m_log(y0) + (m_log(y1) - m_log(y0)) * (m_log(x) - m_log(x0)) / (m_log(x1) - m_log(x0)));
}

struct actuator actuator_guess(double torque, double speed) {
  assert(torque > 0);
  assert(speed > 0);
  const struct known *a = &known[torque < known[1].torque ? 0 : 1], *b = a + 1;
#define AT(field) between(torque, a->torque, a->field, b->torque, b->field)
  struct actuator guess = {
    .km = AT(km), .rotor_inertia = AT(rotor_inertia), .coulomb = AT(coulomb), .viscous = AT(viscous),
    .forward = 0.80, .backward = 0.72, .torque_peak = torque, .speed_max = isfinite(speed) ? speed : AT(speed),
    .inverter = 0.03, .drive = 1,
    .winding_capacity = AT(winding_capacity), .housing_capacity = AT(housing_capacity),
    .winding_resistance = AT(winding_resistance), .housing_resistance = AT(housing_resistance),
    .winding_limit = 120, .copper_coefficient = 0.0039,
    .rated_torque = 0.4 * torque, .life = 8e6, .weibull = 1.5,
  };
#undef AT
  return guess;
}

// A joint that names no effort, or one that no drive of the robot's weight could have (1e9 in some files): a guess by the weight;
// prismatic joints count at an arm of 5 cm.
static struct actuator guess_for(const struct robot_model *m, const struct robot_joint *j) {
  const double per_mass = 1.5, most = 20, arm = 0.05;        // N m/kg, N m/kg, m
  const double lever = j->kind == JOINT_REVOLUTE ? 1 : arm;
  double torque = j->effort > 0 && j->effort * lever < most * m->mass ? j->effort * lever : per_mass * m->mass;
  double speed = j->velocity > 0 ? j->velocity / lever : INFINITY;
  if (!(torque > TORQUE_LEAST)) torque = TORQUE_LEAST;
  struct actuator a = actuator_guess(torque, speed);
  if (j->kind == JOINT_REVOLUTE) return a;

  // at the joint: forces and metres instead of torques and radians
  a.km /= arm, a.coulomb /= arm, a.torque_peak /= arm, a.rated_torque /= arm;
  a.viscous /= arm * arm, a.rotor_inertia /= arm * arm, a.speed_max *= arm;
  return a;
}

// The pack of a person-sized robot: 40 Wh for each kg, 14 cells in a row.
static struct battery_pack guess_pack(double mass) {
  struct battery_pack p = {
    .energy = 40 * 3600 * (mass > 1 ? mass : 1), .resistance = 0.06, .cutoff = 40, .charge_taper = 0.8, .points = 3,
    .share = {0, 0.1, 1}, .volts = {42, 48.6, 58.8},
  };
  p.charge_power = 0.9 * p.energy / 3600;
  return p;
}

// The class of a guess: the same one for joints with the same limits.
static int class_for(struct robot_spec *s, const struct actuator *a, enum joint_kind kind) {
  struct drive_class class = {.actuator = *a};
  snprintf(class.name, sizeof class.name, "%.4g %s at %.4g", a->torque_peak, kind == JOINT_REVOLUTE ? "N m" : "N", a->speed_max);
  for (int i = 0; i < s->class_count; i++)
    if (strcmp(s->classes[i].name, class.name) == 0) return i;
  s->classes[s->class_count] = class;
  return s->class_count++;
}

static void fill_defaults(struct robot_spec *s, const struct robot_model *m) {
  snprintf(s->name, sizeof s->name, "%s", m->name);
  s->guessed = true;
  s->km_factor = 1;
  s->bus = (struct bus){.electronics = 100, .regeneration = 0.85};
  s->battery = guess_pack(m->mass);
  s->hands = hand_figures_defaults();
  for (int j = 0; j < m->joint_count; j++) {
    s->drive[j] = -1;
    if (m->joint[j].mimic >= 0) continue;
    struct actuator a = guess_for(m, &m->joint[j]);
    s->drive[j] = class_for(s, &a, m->joint[j].kind);
  }
}

// ---- reading ----------------------------------------------------------------------------------------

// Each joint's drive from its class, and the sums over joints.
static void settle(struct robot_spec *s) {
  for (int j = 0; j < s->joint_count; j++) {
    if (s->drive[j] < 0) continue;
    s->actuator[j] = s->classes[s->drive[j]].actuator;
    s->driven++;
    s->enabled += s->actuator[j].drive;
  }
}

// Peak torques and speeds are said twice, here and in the URDF: they must be the same.
static void compare_limits(const struct robot_spec *s, const struct robot_model *m, struct faults *f) {
  for (int j = 0; j < m->joint_count && !s->guessed; j++) {
    const struct robot_joint *u = &m->joint[j];
    const struct actuator *a = &s->actuator[j];
    if (u->mimic >= 0) continue;
    if (isfinite(u->effort) && fabs(u->effort - a->torque_peak) > 1e-6 * a->torque_peak)
      fault_add(f, FAULT_WARNING, STATUS_RANGE, (struct mark){0}, "joint %s: the URDF says effort %g, robot.yaml torque %g; robot.yaml counts", u->name, u->effort, a->torque_peak);
    if (isfinite(u->velocity) && fabs(u->velocity - a->speed_max) > 1e-6 * a->speed_max)
      fault_add(f, FAULT_WARNING, STATUS_RANGE, (struct mark){0}, "joint %s: the URDF says velocity %g, robot.yaml speed %g; robot.yaml counts", u->name, u->velocity, a->speed_max);
  }
}

enum status robot_spec_read(struct robot_spec *s, const struct robot_model *m, const char *folder, struct faults *f) {
  *s = (struct robot_spec){.joint_count = m->joint_count};
  s->drive = calloc((size_t)m->joint_count + 1, sizeof *s->drive);
  s->actuator = calloc((size_t)m->joint_count + 1, sizeof *s->actuator);
  s->classes = calloc((size_t)(m->joint_count > DRIVE_CLASSES_MAX ? m->joint_count : DRIVE_CLASSES_MAX), sizeof *s->classes);
  if (!s->drive || !s->actuator || !s->classes) {
    robot_spec_finish(s);
    return fault_add(f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory for %d drives", m->joint_count);
  }
  fill_defaults(s, m);
  if (folder && robot_file_exists(folder)) {
    enum status status = robot_file_read(folder, NULL, s, m, f);
    if (status != STATUS_OK) {
      robot_spec_finish(s);
      return status;
    }
  }
  settle(s);
  compare_limits(s, m, f);
  if (s->guessed)
    fault_add(f, FAULT_WARNING, STATUS_KEY, (struct mark){0}, "%s: no robot.yaml names its drives; they are guessed from the effort limits", m->name);
  bool ready = battery_pack_init(&s->battery);                // the reader has checked its figures
  assert(ready);
  return STATUS_OK;
}

void robot_spec_finish(struct robot_spec *s) {
  free(s->drive);
  free(s->actuator);
  free(s->classes);
  *s = (struct robot_spec){0};
}

void robot_spec_scale(struct robot_spec *s, double km_factor) {
  assert(km_factor >= 0.1);
  assert(km_factor <= 10);
  for (int j = 0; j < s->joint_count; j++)
    if (s->drive[j] >= 0) s->actuator[j].km = s->classes[s->drive[j]].actuator.km * km_factor;
  s->km_factor = km_factor;
}

const char *const *robot_spec_feet(const struct robot_spec *s, const char *feet[2]) {
  if (!s->foot[LEFT][0]) return NULL;
  feet[LEFT] = s->foot[LEFT];
  feet[RIGHT] = s->foot[RIGHT];
  return feet;
}
