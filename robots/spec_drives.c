#include "robots/spec_drives.h"

#include <stdio.h>
#include <string.h>

void robot_unknown_key(const struct node *n, const char *const *words, int count, struct faults *f) {
  const char *near = nearest_word(n->key, words, count);
  fault_add(f, FAULT_ERROR, STATUS_KEY, n->key_mark, "%s is no key here%s%s%s", n->key, near ? "; " : "", near ? near : "", near ? " is" : "");
}

bool robot_number_read(const struct node *n, const char *group, enum dimension d, double low, double high, double *value, struct faults *f) {
  double x;
  if (n->kind != NODE_SCALAR) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s.%s: one value is wanted", group, n->key);
    return false;
  }
  const char *wrong = quantity_read(n->text, n->size, d, &x);
  if (wrong) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s.%s: %s", group, n->key, wrong);
    return false;
  }
  if (!(x >= low && x <= high)) {
    const char *unit = dimension_unit(d);
    fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "%s.%s: %s is outside %g to %g%s%s", group, n->key, n->text, low, high, *unit ? " " : "", unit);
    return false;
  }
  *value = x;
  return true;
}

// ---- classes of drives ------------------------------------------------------------------------------

static const struct constant {
  const char    *name;
  enum dimension dimension;
  double         low, high;
  size_t         offset;
} constants[] = {
#define CONSTANT(name, dimension, low, high, field) {name, dimension, low, high, offsetof(struct actuator, field)}
  CONSTANT("torque",             DIM_NUMBER, 1e-3, 1e5,  torque_peak),
  CONSTANT("speed",              DIM_NUMBER, 1e-3, 1e4,  speed_max),
  CONSTANT("km",                 DIM_NUMBER, 1e-4, 1e4,  km),
  CONSTANT("rotor_inertia",      DIM_NUMBER, 0,    1e3,  rotor_inertia),
  CONSTANT("coulomb",            DIM_NUMBER, 0,    1e4,  coulomb),
  CONSTANT("viscous",            DIM_NUMBER, 0,    1e4,  viscous),
  CONSTANT("forward",            DIM_SHARE,  0.05, 1,    forward),
  CONSTANT("backward",           DIM_SHARE,  0,    1,    backward),
  CONSTANT("enabled",            DIM_POWER,  0,    1e4,  drive),
  CONSTANT("winding_capacity",   DIM_NUMBER, 1e-2, 1e6,  winding_capacity),
  CONSTANT("housing_capacity",   DIM_NUMBER, 1e-2, 1e6,  housing_capacity),
  CONSTANT("winding_resistance", DIM_NUMBER, 1e-4, 1e4,  winding_resistance),
  CONSTANT("housing_resistance", DIM_NUMBER, 1e-4, 1e4,  housing_resistance),
  CONSTANT("rated_torque",       DIM_NUMBER, 1e-4, 1e5,  rated_torque),
  CONSTANT("life",               DIM_NUMBER, 1,    1e15, life),
#undef CONSTANT
};
#define CONSTANTS ((int)(sizeof constants / sizeof *constants))

static void read_class(struct actuator *a, const struct node *class, struct faults *f) {
  const char *words[CONSTANTS];
  bool seen[CONSTANTS] = {false};
  if (class->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, class->mark, "drives.%s: a map is wanted", class->key);
    return;
  }
  char group[64];
  snprintf(group, sizeof group, "drives.%s", class->key);
  for (int k = 0; k < CONSTANTS; k++) words[k] = constants[k].name;
  for (const struct node *n = class->first; n; n = n->next) {
    int k = 0;
    while (k < CONSTANTS && strcmp(words[k], n->key) != 0) k++;
    if (k == CONSTANTS) {
      robot_unknown_key(n, words, CONSTANTS, f);
      continue;
    }
    seen[k] = true;
    const struct constant *c = &constants[k];
    robot_number_read(n, group, c->dimension, c->low, c->high, (double *)((char *)a + c->offset), f);
  }
  for (int k = 0; k < CONSTANTS; k++)
    if (!seen[k]) fault_add(f, FAULT_ERROR, STATUS_KEY, class->mark, "drives.%s.%s is missing", class->key, words[k]);
}

void robot_drives_read(struct robot_spec *s, const struct actuator *shared, const struct node *drives, struct faults *f) {
  int count = 0;
  for (const struct node *n = drives->first; n; n = n->next) {
    struct drive_class class = {.actuator = *shared};
    if (count == DRIVE_CLASSES_MAX) {
      fault_add(f, FAULT_ERROR, STATUS_LIMIT, n->key_mark, "drives: more than %d classes", DRIVE_CLASSES_MAX);
      break;
    }
    if (strlen(n->key) >= sizeof class.name) {
      fault_add(f, FAULT_ERROR, STATUS_LIMIT, n->key_mark, "drives: a name longer than %d characters", (int)sizeof class.name - 1);
      continue;
    }
    snprintf(class.name, sizeof class.name, "%s", n->key);
    read_class(&class.actuator, n, f);
    if (s) s->classes[count] = class;
    count++;
  }
  if (!s) return;
  s->class_count = count;
  s->guessed = false;
  for (int j = 0; j < s->joint_count; j++) s->drive[j] = -1;
}

// ---- which joint has which --------------------------------------------------------------------------

// The joint's name without left_ or right_ (also L_, l_ ... would be guessing: a file can name both sides).
static const char *one_side(const char *joint) {
  if (strncmp(joint, "left_", 5) == 0) return joint + 5;
  if (strncmp(joint, "right_", 6) == 0) return joint + 6;
  return joint;
}

static int find_class(const struct robot_spec *s, const struct node *n, struct faults *f) {
  const char *words[DRIVE_CLASSES_MAX];
  for (int i = 0; i < s->class_count; i++) words[i] = s->classes[i].name;
  for (int i = 0; i < s->class_count && n->kind == NODE_SCALAR; i++)
    if (strcmp(words[i], n->text) == 0) return i;
  if (n->kind != NODE_SCALAR) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "joints.%s: the name of a drive is wanted", n->key);
    return -1;
  }
  const char *near = nearest_word(n->text, words, s->class_count);
  fault_add(f, FAULT_ERROR, STATUS_REF, n->mark, "joints.%s: there is no drive %s%s%s%s", n->key, n->text, near ? "; " : "", near ? near : "", near ? " is one" : "");
  return -1;
}

static void no_such_joint(const struct robot_model *m, const struct node *n, struct faults *f) {
  const char *words[2 * ROBOT_JOINTS_MAX];
  for (int j = 0; j < m->joint_count; j++) {
    words[2 * j] = m->joint[j].name;
    words[2 * j + 1] = one_side(m->joint[j].name);
  }
  const char *near = nearest_word(n->key, words, 2 * m->joint_count);
  fault_add(f, FAULT_ERROR, STATUS_REF, n->key_mark, "joints: the URDF has no moving joint %s%s%s%s", n->key, near ? "; " : "", near ? near : "", near ? " is one" : "");
}

void robot_joints_read(struct robot_spec *s, const struct robot_model *m, const struct node *joints, struct faults *f) {
  bool named[ROBOT_JOINTS_MAX] = {false}, in_full[ROBOT_JOINTS_MAX] = {false};
  bool wrong = false;
  for (const struct node *n = joints->first; n; n = n->next) {
    bool found = false, follower = false;
    int class = find_class(s, n, f);
    for (int j = 0; j < m->joint_count; j++) {
      bool full = strcmp(m->joint[j].name, n->key) == 0;
      if (!full && strcmp(one_side(m->joint[j].name), n->key) != 0) continue;
      found = named[j] = true;
      if (m->joint[j].mimic >= 0) follower = true;
      else if (full || !in_full[j]) s->drive[j] = class;     // a full name beats the name for both sides
      if (full) in_full[j] = true;
    }
    if (!found) no_such_joint(m, n, f);
    if (follower) fault_add(f, FAULT_ERROR, STATUS_REF, n->key_mark, "joints.%s: this joint follows another and has no drive of its own", n->key);
    if (!found || follower || class < 0) wrong = true;
  }
  for (int j = 0; j < m->joint_count && !wrong; j++)
    if (!named[j] && m->joint[j].mimic < 0) fault_add(f, FAULT_ERROR, STATUS_KEY, joints->mark, "joints: %s has no drive", m->joint[j].name);
}

// ---- a curve ----------------------------------------------------------------------------------------

// Share of charge and volts, both rising, from share 0 to share 1.
void robot_curve_read(struct battery_pack *p, const struct node *list, struct faults *f) {
  struct battery_pack read = {0};
  if (list->kind != NODE_LIST || list->count < 2 || list->count > BATTERY_POINTS_MAX) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, list->mark, "battery.open_circuit: a list of 2 to %d points [share of charge, V] is wanted", BATTERY_POINTS_MAX);
    return;
  }
  for (const struct node *n = list->first; n; n = n->next) {
    const struct node *x = node_at(n, 0), *y = node_at(n, 1);
    double share, volts;
    if (n->kind != NODE_LIST || n->count != 2 || x->kind != NODE_SCALAR || y->kind != NODE_SCALAR
        || quantity_read(x->text, x->size, DIM_SHARE, &share) || quantity_read(y->text, y->size, DIM_NUMBER, &volts)) {
      fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "battery.open_circuit: a point [share of charge, V] is wanted");
      return;
    }
    int i = read.points++;
    if (!(volts > 0 && volts <= 1e4) || (i == 0 ? share != 0 : !(share > read.share[i - 1] && volts > read.volts[i - 1]))) {
      fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "battery.open_circuit: shares rise from 0 to 1, volts rise above 0");
      return;
    }
    read.share[i] = share;
    read.volts[i] = volts;
  }
  if (read.share[read.points - 1] != 1) {
    fault_add(f, FAULT_ERROR, STATUS_RANGE, list->mark, "battery.open_circuit: shares rise from 0 to 1, volts rise above 0");
    return;
  }
  if (!p) return;
  p->points = read.points;
  memcpy(p->share, read.share, sizeof p->share);
  memcpy(p->volts, read.volts, sizeof p->volts);
}
