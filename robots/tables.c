#include "robots/tables.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "base/tree.h"
#include "base/units.h"
#include "robots/mtm.h"

#define FILE_SIZE_MAX (64 * 1024)   // bytes of robot.yaml
#define TAPER_END     1.02          // share of charge at which the falling power would be zero
#define SPEED_SHARE_MIN 0.2         // of walk_speed, under any load

// ---- reading ----------------------------------------------------------------------------------------

// Every key of robot.yaml: group, key, kind, limits (ends included), where it goes.
static const struct key {
  const char    *group, *name;
  enum dimension dimension;
  double         low, high;
  size_t         offset;
} keys[] = {
#define KEY(group, name, dimension, low, high, field) {group, name, dimension, low, high, offsetof(struct robot_tables, field)}
  KEY("body",    "mass",            DIM_MASS,   1,    1000, mass),
  KEY("body",    "height",          DIM_LENGTH, 0.2,  5,    height),
  KEY("body",    "radius",          DIM_LENGTH, 0.05, 2,    radius),
  KEY("body",    "load_max",        DIM_MASS,   0,    1000, load_max),
  KEY("walking", "speed",           DIM_SPEED,  0.05, 15,   walk_speed),
  KEY("walking", "slowdown_per_kg", DIM_NUMBER, 0,    1,    load_slowdown),
  KEY("walking", "start_stop",      DIM_TIME,   0,    60,   start_stop),
  KEY("hands",   "pace",            DIM_NUMBER, 0.1,  100,  hand_pace),
  KEY("hands",   "reach",           DIM_LENGTH, 0.05, 5,    reach),
  KEY("battery", "energy",          DIM_ENERGY, 3600, 3.6e9, battery),
  KEY("battery", "charge_power",    DIM_POWER,  1,    1e6,  charge_power),
  KEY("battery", "charge_taper",    DIM_SHARE,  0.05, 1,    charge_taper),
  KEY("power",   "standing",        DIM_POWER,  0,    1e5,  power_idle),
  KEY("power",   "walking",         DIM_POWER,  0,    1e5,  power_walk),
  KEY("power",   "working",         DIM_POWER,  0,    1e5,  power_work),
  KEY("power",   "per_kg_carried",  DIM_NUMBER, 0,    1000, power_load),
#undef KEY
};
#define KEYS ((int)(sizeof keys / sizeof *keys))

static void unknown(struct faults *f, const struct node *n, const char *const *words, int count) {
  const char *near = nearest_word(n->key, words, count);
  fault_add(f, FAULT_ERROR, STATUS_KEY, n->key_mark, "%s is no key here%s%s%s", n->key, near ? "; " : "", near ? near : "", near ? " is" : "");
}

static void read_value(struct robot_tables *t, const struct key *k, const struct node *n, struct faults *f) {
  double value;
  if (n->kind != NODE_SCALAR) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s.%s: one value is wanted", k->group, k->name);
    return;
  }
  const char *wrong = quantity_read(n->text, n->size, k->dimension, &value);
  if (wrong) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s.%s: %s", k->group, k->name, wrong);
    return;
  }
  if (!(value >= k->low && value <= k->high)) {
    const char *unit = dimension_unit(k->dimension);
    fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "%s.%s: %s is outside %g to %g%s%s", k->group, k->name, n->text, k->low, k->high, *unit ? " " : "", unit);
    return;
  }
  *(double *)((char *)t + k->offset) = value;
}

static void read_group(struct robot_tables *t, const struct node *group, bool *seen, struct faults *f) {
  const char *words[KEYS];
  if (group->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, group->mark, "%s: a map is wanted", group->key);
    return;
  }
  for (int k = 0; k < KEYS; k++) words[k] = strcmp(keys[k].group, group->key) == 0 ? keys[k].name : NULL;
  for (const struct node *n = group->first; n; n = n->next) {
    int k = 0;
    while (k < KEYS && (!words[k] || strcmp(words[k], n->key) != 0)) k++;
    if (k == KEYS) {
      unknown(f, n, words, KEYS);
      continue;
    }
    seen[k] = true;
    read_value(t, &keys[k], n, f);
  }
}

static void read_root(struct robot_tables *t, const struct node *root, struct faults *f) {
  static const char *const words[] = {"robot", "name", "body", "walking", "hands", "battery", "power"};
  const int count = (int)(sizeof words / sizeof *words);
  bool seen[KEYS] = {false}, version = false;
  if (root->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, root->mark, "a robot is a map of keys");
    return;
  }
  for (const struct node *n = root->first; n; n = n->next) {
    int w = 0;
    while (w < count && strcmp(words[w], n->key) != 0) w++;
    if (w == count) unknown(f, n, words, count);
    else if (w >= 2) read_group(t, n, seen, f);
    else if (n->kind != NODE_SCALAR) fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s: one value is wanted", n->key);
    else if (w == 0) {
      version = true;
      if (strcmp(n->text, "1") != 0) fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "robot: version %s is not known; this program reads 1", n->text);
    } else if (n->size >= sizeof t->name) {
      fault_add(f, FAULT_ERROR, STATUS_LIMIT, n->mark, "name: longer than %d characters", (int)sizeof t->name - 1);
    } else {
      snprintf(t->name, sizeof t->name, "%s", n->text);
    }
  }
  if (!version) fault_add(f, FAULT_ERROR, STATUS_KEY, root->mark, "robot: the version is missing");
  for (int k = 0; k < KEYS; k++)
    if (!seen[k]) fault_add(f, FAULT_ERROR, STATUS_KEY, root->mark, "%s.%s is missing", keys[k].group, keys[k].name);
}

enum status robot_tables_read(struct robot_tables *t, const char *folder, struct faults *f) {
  char path[1024];
  size_t size;
  struct error e = {0};
  *t = (struct robot_tables){0};
  if ((size_t)snprintf(path, sizeof path, "%s/robot.yaml", folder) >= sizeof path)
    return fault_add(f, FAULT_ERROR, STATUS_LIMIT, (struct mark){0}, "the path of a robot model is longer than %d bytes", (int)sizeof path - 1);
  char *text = file_read(path, FILE_SIZE_MAX, &size, &e);
  if (!text) return fault_add(f, FAULT_ERROR, e.status, (struct mark){0}, "%s", e.text);

  // the caller's faults belong to another text: ours are handed over with their place written out
  struct faults own;
  struct tree tree;
  enum status status = STATUS_OK;
  faults_init(&own, path, text, size);
  if (tree_read_yaml(&tree, text, size, &own) == STATUS_OK) read_root(t, tree.root, &own);
  for (int i = 0; i < own.count; i++) {
    const struct fault *o = &own.fault[i];
    enum status s = fault_add(f, o->kind, o->status, (struct mark){0}, "%s:%u:%u: %s", path, (unsigned)o->mark.line, (unsigned)o->mark.column, o->text);
    if (status == STATUS_OK && o->kind == FAULT_ERROR) status = s;
  }
  tree_finish(&tree);
  faults_finish(&own);
  free(text);
  return status;
}

// ---- hands --------------------------------------------------------------------------------------------

// A part that MTM-1 calls heavy for one hand (above 2.5 lb) is taken with both; each bears half.
static double per_hand(double mass) {
  return mass > 2.5 * 0.45359237 ? mass / 2 : mass;
}

double robot_pick_time(const struct robot_tables *t, double distance, double mass, enum hand_case c) {
  double tmu = mtm_weight_constant(per_hand(mass));
  if (c == HAND_JUMBLED) tmu += mtm_reach(MTM_REACH_CD, distance) + mtm_grasp(MTM_GRASP_4B);
  else tmu += mtm_reach(MTM_REACH_B, distance) + mtm_grasp(MTM_GRASP_1A);
  if (c == HAND_MOVING) tmu += mtm_eye_focus();         // to see where the part will be: our reading, MTM-1 has no belt
  return tmu * MTM_TMU * t->hand_pace;
}

double robot_place_time(const struct robot_tables *t, double distance, double mass, double tolerance) {
  enum mtm_position p = tolerance > 0 && tolerance <= 0.4e-3 ? MTM_POSITION_3SE
                      : tolerance > 0 && tolerance <= 1.5e-3 ? MTM_POSITION_2SE : MTM_POSITION_1SE;
  double tmu = mtm_move(MTM_MOVE_C, distance) * mtm_weight_factor(per_hand(mass)) + mtm_position(p) + mtm_release();
  return tmu * MTM_TMU * t->hand_pace;
}

// ---- walking and charging -----------------------------------------------------------------------------

double robot_walk_speed(const struct robot_tables *t, double load) {
  assert(load >= 0);
  double share = 1 - t->load_slowdown * load;
  return t->walk_speed * (share > SPEED_SHARE_MIN ? share : SPEED_SHARE_MIN);
}

double robot_walk_time(const struct robot_tables *t, double distance, double load) {
  assert(distance >= 0);
  return distance > 0 ? distance / robot_walk_speed(t, load) + t->start_stop : 0;
}

double robot_charge_time(const struct robot_tables *t, double a, double b, double power) {
  assert(power > 0);
  if (b > 1) b = 1;
  if (!(b > a)) return 0;

  // what the pack takes falls linearly from charge_power at the taper to zero at TAPER_END; a weaker
  // charger gives its own power until that line has come down to it
  double top = power < t->charge_power ? power : t->charge_power;
  double slope = t->charge_power / (TAPER_END - t->charge_taper);       // W per share
  double bend = TAPER_END - top / slope, time = 0;
  if (a < bend) time += ((b < bend ? b : bend) - a) * t->battery / top;
  if (b > bend) time += t->battery / slope * m_log((TAPER_END - (a > bend ? a : bend)) / (TAPER_END - b));
  return time;
}
