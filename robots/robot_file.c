#include "robots/robot_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "base/tree.h"
#include "base/units.h"
#include "robots/revision.h"
#include "robots/skill_file.h"
#include "robots/spec_drives.h"

// ---- keys -------------------------------------------------------------------------------------------

// Every single value of robot.yaml: group, key, kind, limits (ends included), where it goes.
enum owner { TABLES, SPEC, MOTORS };
static const struct key {
  const char    *group, *name;
  enum dimension dimension;
  double         low, high;
  enum owner     owner;
  size_t         offset;
  bool           figure;            // of walks, for models without a body
} keys[] = {
#define TABLE(group, name, dimension, low, high, field) {group, name, dimension, low, high, TABLES, offsetof(struct robot_tables, field), false}
#define FIGURE(group, name, dimension, low, high, field) {group, name, dimension, low, high, TABLES, offsetof(struct robot_tables, field), true}
#define VALUE(group, name, dimension, low, high, field) {group, name, dimension, low, high, SPEC, offsetof(struct robot_spec, field), false}
#define MOTOR(group, name, dimension, low, high, field) {group, name, dimension, low, high, MOTORS, offsetof(struct actuator, field), false}
  TABLE("body",        "mass",            DIM_MASS,   1,    1000, mass),
  TABLE("body",        "height",          DIM_LENGTH, 0.2,  5,    height),
  TABLE("body",        "radius",          DIM_LENGTH, 0.05, 2,    radius),
  TABLE("body",        "load_max",        DIM_MASS,   0,    1000, load_max),
  TABLE("walking",     "speed",           DIM_SPEED,  0.05, 15,   walk_speed),
  TABLE("walking",     "slowdown_per_kg", DIM_NUMBER, 0,    1,    load_slowdown),
  FIGURE("walking",    "start_stop",      DIM_TIME,   0,    60,   start_stop),
  TABLE("hands",       "pace",            DIM_NUMBER, 0.1,  100,  hand_pace),
  TABLE("hands",       "reach",           DIM_LENGTH, 0.05, 5,    reach),
  TABLE("battery",     "energy",          DIM_ENERGY, 3600, 3.6e9, battery),
  TABLE("battery",     "charge_power",    DIM_POWER,  1,    1e6,  charge_power),
  TABLE("battery",     "charge_taper",    DIM_SHARE,  0.05, 1,    charge_taper),
  TABLE("power",       "standing",        DIM_POWER,  0,    1e5,  power_idle),
  FIGURE("power",      "walking",         DIM_POWER,  0,    1e5,  power_walk),
  TABLE("power",       "working",         DIM_POWER,  0,    1e5,  power_work),
  FIGURE("power",      "per_kg_carried",  DIM_NUMBER, 0,    1000, power_load),
  VALUE("walking",     "speed",           DIM_SPEED,  0.05, 15,   walk_speed),
  VALUE("running",     "speed",           DIM_SPEED,  0.5,  4,    run_speed),
  VALUE("battery",     "energy",          DIM_ENERGY, 3600, 3.6e9, battery.energy),
  VALUE("battery",     "charge_power",    DIM_POWER,  1,    1e6,  battery.charge_power),
  VALUE("battery",     "charge_taper",    DIM_SHARE,  0.05, 1,    battery.charge_taper),
  VALUE("battery",     "resistance",      DIM_NUMBER, 1e-5, 100,  battery.resistance),
  VALUE("battery",     "cutoff",          DIM_NUMBER, 0,    1e4,  battery.cutoff),
  VALUE("power",       "sitting",         DIM_POWER,  0,    1e5,  bus.electronics),
  VALUE("power",       "regeneration",    DIM_SHARE,  0,    1,    bus.regeneration),
  VALUE("hands",       "opening",         DIM_LENGTH, 1e-3, 1,    hands.opening),
  VALUE("hands",       "thickness",       DIM_LENGTH, 1e-3, 0.2,  hands.thickness),
  VALUE("hands",       "width",           DIM_LENGTH, 1e-3, 0.5,  hands.width),
  VALUE("hands",       "patch",           DIM_LENGTH, 0,    0.1,  hands.patch),
  VALUE("hands",       "speed",           DIM_SPEED,  0.01, 50,   hands.speed),
  VALUE("hands",       "touch",           DIM_FORCE,  0.1,  1e4,  hands.touch),
  VALUE("hands",       "stiffness",       DIM_NUMBER, 10,   1e8,  hands.stiffness),
  VALUE("hands",       "accuracy",        DIM_LENGTH, 0,    0.1,  hands.accuracy),
  VALUE("hands",       "bandwidth",       DIM_NUMBER, 0.1,  1e3,  hands.bandwidth),
  VALUE("hands",       "margin",          DIM_NUMBER, 1,    10,   hands.margin),
  VALUE("seeing",      "distance",        DIM_LENGTH, 0.01, 100,  hands.sight.distance),
  VALUE("seeing",      "across",          DIM_LENGTH, 0,    1,    hands.sight.across),
  VALUE("seeing",      "depth",           DIM_LENGTH, 0,    1,    hands.sight.depth),
  VALUE("seeing",      "yaw",             DIM_ANGLE,  0,    180,  hands.sight.yaw),
  VALUE("seeing",      "jitter",          DIM_TIME,   0,    1,    hands.sight.jitter),
  VALUE("seeing",      "exposure",        DIM_TIME,   0,    1,    hands.sight.exposure),
  VALUE("seeing",      "discrimination",  DIM_NUMBER, 0,    100,  hands.sight.discrimination),
  VALUE("seeing",      "visible_min",     DIM_SHARE,  0,    1,    hands.sight.visible_min),
  VALUE("seeing",      "look",            DIM_TIME,   0,    10,   hands.look),
  VALUE("calibration", "speed",           DIM_SPEED,  0.05, 15,   calibration.speed),
  VALUE("calibration", "power",           DIM_POWER,  1,    1e5,  calibration.power),
  VALUE("feet",        "heel",            DIM_LENGTH, -1,   -1e-3, sole.heel),
  VALUE("feet",        "ball",            DIM_LENGTH, 1e-3, 1,    sole.ball),
  VALUE("feet",        "toe",             DIM_LENGTH, 1e-3, 1,    sole.toe),
  VALUE("feet",        "inner",           DIM_LENGTH, 1e-3, 1,    sole.inner),
  VALUE("feet",        "outer",           DIM_LENGTH, 1e-3, 1,    sole.outer),
  VALUE("feet",        "height",          DIM_LENGTH, 0,    1,    sole.height),
  MOTOR("motors",      "winding_limit",   DIM_NUMBER, 50,   300,  winding_limit),
  MOTOR("motors",      "copper_coefficient", DIM_NUMBER, 0, 0.02, copper_coefficient),
  MOTOR("motors",      "inverter",        DIM_SHARE,  0,    0.5,  inverter),
  MOTOR("motors",      "weibull",         DIM_NUMBER, 0.2,  20,   weibull),
#undef TABLE
#undef FIGURE
#undef VALUE
#undef MOTOR
};
#define KEYS ((int)(sizeof keys / sizeof *keys))

// What is being read: the targets may be NULL.
struct reading {
  struct robot_tables      *tables;
  struct robot_spec        *spec;
  const struct robot_model *model;
  struct actuator           motors;           // what all drives share
  bool                      seen[KEYS];
  bool                      body;             // there is a URDF
  struct faults            *faults;
};

static void store(struct reading *r, const struct key *k, double value) {
  char *target = k->owner == TABLES ? (char *)r->tables : k->owner == SPEC ? (char *)r->spec : (char *)&r->motors;
  if (target) *(double *)(target + k->offset) = value;
}

// One value, for every owner that has this key; limits are the same for all of them.
static void read_value(struct reading *r, int first, const struct node *n) {
  const struct key *k = &keys[first];
  double value;
  if (!robot_number_read(n, k->group, k->dimension, k->low, k->high, &value, r->faults)) return;
  if (k->dimension == DIM_ANGLE) value *= M_PI_D / 180;
  for (int i = first; i < KEYS; i++)
    if (strcmp(keys[i].group, k->group) == 0 && strcmp(keys[i].name, k->name) == 0) store(r, &keys[i], value);
}

// ---- groups -----------------------------------------------------------------------------------------

static bool is_map(const struct node *n, struct faults *f) {
  if (n->kind == NODE_MAP) return true;
  fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s: a map is wanted", n->key);
  return false;
}

static void read_foot(struct reading *r, enum side side, const struct node *n) {
  if (n->kind != NODE_SCALAR) fault_add(r->faults, FAULT_ERROR, STATUS_TYPE, n->mark, "feet.%s: the name of a link is wanted", n->key);
  else if (n->size >= ROBOT_NAME_SIZE) fault_add(r->faults, FAULT_ERROR, STATUS_LIMIT, n->mark, "feet.%s: longer than %d characters", n->key, ROBOT_NAME_SIZE - 1);
  else if (r->model && robot_model_link(r->model, n->text) < 0) fault_add(r->faults, FAULT_ERROR, STATUS_REF, n->mark, "feet.%s: the URDF has no link %s", n->key, n->text);
  else if (r->spec) snprintf(r->spec->foot[side], sizeof r->spec->foot[side], "%s", n->text);
}

// Keys that are no single number.
static bool read_special(struct reading *r, const struct node *group, const struct node *n) {
  if (strcmp(group->key, "battery") == 0 && strcmp(n->key, "open_circuit") == 0) {
    robot_curve_read(r->spec ? &r->spec->battery : NULL, n, r->faults);
  } else if (strcmp(group->key, "feet") == 0 && strcmp(n->key, "left") == 0) {
    read_foot(r, LEFT, n);
  } else if (strcmp(group->key, "feet") == 0 && strcmp(n->key, "right") == 0) {
    read_foot(r, RIGHT, n);
  } else {
    return false;
  }
  return true;
}

static void read_group(struct reading *r, const struct node *group) {
  const char *words[KEYS + 3];
  if (!is_map(group, r->faults)) return;
  for (int k = 0; k < KEYS; k++) words[k] = strcmp(keys[k].group, group->key) == 0 ? keys[k].name : NULL;
  words[KEYS] = strcmp(group->key, "battery") == 0 ? "open_circuit" : NULL;
  words[KEYS + 1] = strcmp(group->key, "feet") == 0 ? "left" : NULL;
  words[KEYS + 2] = strcmp(group->key, "feet") == 0 ? "right" : NULL;
  for (const struct node *n = group->first; n; n = n->next) {
    int k = 0;
    while (k < KEYS && (!words[k] || strcmp(words[k], n->key) != 0)) k++;
    if (k < KEYS) {
      r->seen[k] = true;
      if (keys[k].figure && r->body) fault_add(r->faults, FAULT_ERROR, STATUS_CONFLICT, n->key_mark, "%s.%s: this model has a body, whose footsteps say it", keys[k].group, keys[k].name);
      else read_value(r, k, n);
    } else if (!read_special(r, group, n)) {
      robot_unknown_key(n, words, KEYS + 3, r->faults);
    }
  }
}

// The sole is known when all six of its figures are given; some of them are no sole.
static void check_feet(struct reading *r, const struct node *feet) {
  int given = 0, all = 0;
  for (int k = 0; k < KEYS; k++)
    if (strcmp(keys[k].group, "feet") == 0) all++, given += r->seen[k];
  const struct sole *s = r->spec ? &r->spec->sole : NULL;
  const struct node *left = node_get(feet, "left"), *right = node_get(feet, "right");
  if ((left == NULL) != (right == NULL)) fault_add(r->faults, FAULT_ERROR, STATUS_KEY, feet->mark, "feet: left and right are named together or not at all");
  if (given != 0 && given != all) fault_add(r->faults, FAULT_ERROR, STATUS_KEY, feet->mark, "feet: heel, ball, toe, inner, outer and height are given together or not at all");
  else if (given && s && s->toe < s->ball) fault_add(r->faults, FAULT_ERROR, STATUS_RANGE, node_get(feet, "toe")->mark, "feet.toe: %g m is behind the ball, %g m", s->toe, s->ball);
  else if (given && r->spec) r->spec->sole_known = true;
}

static void read_name(struct reading *r, const struct node *n) {
  if (n->size >= sizeof r->tables->name) {
    fault_add(r->faults, FAULT_ERROR, STATUS_LIMIT, n->mark, "name: longer than %d characters", (int)sizeof r->tables->name - 1);
    return;
  }
  if (r->tables) snprintf(r->tables->name, sizeof r->tables->name, "%s", n->text);
  if (r->spec) snprintf(r->spec->name, sizeof r->spec->name, "%s", n->text);
}

static void read_root(struct reading *r, const struct node *root) {
  static const char *const words[] = {"robot", "name", "body", "walking", "running", "hands", "seeing", "battery", "power", "calibration", "feet", "motors", "drives", "joints", "skills"};
  enum { WORDS = sizeof words / sizeof *words, GROUPS = 2, RUNNING = 4, CALIBRATION = 9, FEET = 10, DRIVES = 12, JOINTS = 13, SKILLS = 14 };
  const struct node *found[WORDS] = {NULL};
  struct faults *f = r->faults;
  if (root->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, root->mark, "a robot is a map of keys");
    return;
  }
  for (const struct node *n = root->first; n; n = n->next) {
    int w = 0;
    while (w < WORDS && strcmp(words[w], n->key) != 0) w++;
    if (w == WORDS) robot_unknown_key(n, words, WORDS, f);
    else found[w] = n;
    if (w < GROUPS && n->kind != NODE_SCALAR) fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s: one value is wanted", n->key);
    else if (w == 0 && strcmp(n->text, "1") != 0) fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "robot: version %s is not known; this program reads 1", n->text);
    else if (w == 1) read_name(r, n);
    else if (w >= GROUPS && w < DRIVES) read_group(r, n);
  }
  if (!found[0]) fault_add(f, FAULT_ERROR, STATUS_KEY, root->mark, "robot: the version is missing");
  if (found[FEET] && found[FEET]->kind == NODE_MAP) check_feet(r, found[FEET]);
  if (found[CALIBRATION] && !(node_get(found[CALIBRATION], "speed") && node_get(found[CALIBRATION], "power")))
    fault_add(f, FAULT_ERROR, STATUS_KEY, found[CALIBRATION]->mark, "calibration: speed and power are both wanted");

  if (found[RUNNING] && !r->body) fault_add(f, FAULT_ERROR, STATUS_CONFLICT, found[RUNNING]->key_mark, "running: this model has no body (a URDF of its name) that could");

  if (found[SKILLS] && is_map(found[SKILLS], f)) robot_skills_read(r->tables ? r->tables->skill : NULL, found[SKILLS], f);

  // drives last: they take what all motors share
  if (found[DRIVES] && is_map(found[DRIVES], f)) robot_drives_read(r->spec, &r->motors, found[DRIVES], f);
  if (found[JOINTS] && is_map(found[JOINTS], f)) {
    if (!found[DRIVES]) fault_add(f, FAULT_ERROR, STATUS_KEY, found[JOINTS]->key_mark, "joints: there are no drives to choose from");
    else if (r->spec && found[DRIVES]->kind == NODE_MAP) robot_joints_read(r->spec, r->model, found[JOINTS], f);
  }
  if (found[DRIVES] && !found[JOINTS]) fault_add(f, FAULT_ERROR, STATUS_KEY, found[DRIVES]->key_mark, "drives: joints, which say where each drive sits, are missing");
  for (int k = 0; k < KEYS && r->tables; k++)
    if (keys[k].owner == TABLES && !r->seen[k] && !(keys[k].figure && r->body)) fault_add(f, FAULT_ERROR, STATUS_KEY, root->mark, "%s.%s is missing", keys[k].group, keys[k].name);
}

// ---- the file ---------------------------------------------------------------------------------------

static bool file_path(const char *folder, char *path, size_t size) {
  return (size_t)snprintf(path, size, "%s/robot.yaml", folder) < size;
}

bool robot_file_exists(const char *folder) { return revision_there(folder); }

bool robot_urdf_path(const char *address, char *path, size_t size) {
  char own[1024];
  const char *revision, *folder = revision_split(address, own, &revision) ? own : address;
  size_t n = strlen(folder);
  while (n > 1 && folder[n - 1] == '/') n--;
  size_t from = n;
  while (from > 0 && folder[from - 1] != '/') from--;
  return (size_t)snprintf(path, size, "%.*s/%.*s.urdf", (int)n, folder, (int)(n - from), folder + from) < size;
}

static bool opens(const char *path) {
  FILE *file = fopen(path, "r");
  if (file) fclose(file);
  return file != NULL;
}

bool robot_urdf_exists(const char *folder) {
  char path[2100];
  return robot_urdf_path(folder, path, sizeof path) && opens(path);
}


enum status robot_file_parse(const char *text, size_t size, const char *path, bool body, struct robot_tables *t, struct robot_spec *s,
                             const struct robot_model *m, struct faults *f) {
  // the caller's faults belong to another text: ours are handed over with their place written out
  struct faults own;
  struct tree tree;
  enum status status = STATUS_OK;
  struct reading r = {.tables = t, .spec = s, .model = m, .motors = actuator_guess(100, 10), .body = body, .faults = &own};
  faults_init(&own, path, text, size);
  if (tree_read_yaml(&tree, text, size, &own) == STATUS_OK) read_root(&r, tree.root);
  for (int i = 0; i < own.count; i++) {
    const struct fault *o = &own.fault[i];
    enum status added = fault_add(f, o->kind, o->status, (struct mark){0}, "%s:%u:%u: %s", path, (unsigned)o->mark.line, (unsigned)o->mark.column, o->text);
    if (status == STATUS_OK && o->kind == FAULT_ERROR) status = added;
  }
  tree_finish(&tree);
  faults_finish(&own);
  if (t && body) t->power_walk = t->power_idle;                        // until its body says it
  return status;
}

enum status robot_file_read(const char *folder, struct robot_tables *t, struct robot_spec *s, const struct robot_model *m, struct faults *f) {
  char path[1024];
  size_t size;
  struct error e = {0};
  if (!file_path(folder, path, sizeof path))
    return fault_add(f, FAULT_ERROR, STATUS_LIMIT, (struct mark){0}, "the path of a robot model is longer than %d bytes", (int)sizeof path - 1);
  char *text = revision_text(folder, &size, &e);
  if (!text && e.line > 0) return fault_add(f, FAULT_ERROR, e.status, (struct mark){0}, "%s:%d:%d: %s", e.file, e.line, e.column, e.text);
  if (!text) return fault_add(f, FAULT_ERROR, e.status, (struct mark){0}, "%s", e.text);
  enum status status = robot_file_parse(text, size, path, robot_urdf_exists(folder), t, s, m, f);
  free(text);
  return status;
}
