// takt robot MODEL dynamics STATES.json: torques, base wrench, centre of mass and link poses of given states.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/options.h"
#include "app/output.h"
#include "app/robot.h"
#include "base/json.h"
#include "base/tree.h"
#include "robots/dynamics.h"

#define LINKS_MAX  256
#define NUMBER_MAX 1e9              // of anything that is read here
#define ANGLE_MAX  1e5              // rad  of a joint: sines are exact to there
#define SUGGESTIONS_MAX 8           // each is a look at every name

struct state {
  bool               fixed;
  struct base_motion base;
  double             q[ROBOT_JOINTS_MAX], qd[ROBOT_JOINTS_MAX], qdd[ROBOT_JOINTS_MAX];
};

// ---- reading ------------------------------------------------------------------------------------------------------

static bool number(const struct node *n, double *out, struct faults *f) {
  char *end = NULL;
  double v = n->kind == NODE_SCALAR && !n->quoted ? strtod(n->text, &end) : 0;
  if (n->kind != NODE_SCALAR || n->quoted || end == n->text || *end) fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "expected a number");
  else if (!(fabs(v) <= NUMBER_MAX)) fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "%s is not a number between -1e9 and 1e9", n->text);
  else {
    *out = v;
    return true;
  }
  return false;
}

static bool numbers(const struct node *map, const char *key, int count, double *out, struct faults *f) {
  const struct node *list = node_get(map, key);
  if (!list) {
    fault_add(f, FAULT_ERROR, STATUS_KEY, map->mark, "base needs '%s', a list of %d numbers", key, count);
    return false;
  }
  if (list->kind != NODE_LIST || list->count != count) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, list->mark, "%s: expected a list of %d numbers", key, count);
    return false;
  }
  const struct node *n = list->first;
  for (int i = 0; i < count; i++, n = n->next)
    if (!number(n, &out[i], f)) return false;
  return true;
}

static bool vector(const struct node *map, const char *key, struct v3 *out, struct faults *f) {
  double v[3];
  if (!numbers(map, key, 3, v, f)) return false;
  *out = v3(v[0], v[1], v[2]);
  return true;
}

static void read_base(struct state *s, const struct node *n, struct faults *f) {
  s->base = (struct base_motion){.orientation = {1, 0, 0, 0}};
  s->fixed = n->kind == NODE_SCALAR && !strcmp(n->text, "fixed");
  if (s->fixed) return;
  if (n->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "base: expected \"fixed\" or a map of position, quaternion_wxyz and their derivatives");
    return;
  }
  double q[4];
  vector(n, "position", &s->base.position, f);
  vector(n, "velocity", &s->base.velocity, f);
  vector(n, "acceleration", &s->base.acceleration, f);
  vector(n, "angular_velocity_body", &s->base.angular_velocity, f);
  vector(n, "angular_acceleration_body", &s->base.angular_acceleration, f);
  if (!numbers(n, "quaternion_wxyz", 4, q, f)) return;
  double length = m_sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  if (fabs(length - 1) > 1e-3) fault_add(f, FAULT_ERROR, STATUS_RANGE, node_get(n, "quaternion_wxyz")->mark, "quaternion_wxyz has length %g; 1 is expected", length);
  else s->base.orientation = (struct quaternion){q[0], q[1], q[2], q[3]};
}

// Joints that are not named stand at 0.
static void read_joints(double *out, const struct robot_model *m, const struct node *state, const char *key, struct faults *f) {
  const struct node *map = node_get(state, key);
  if (!map) return;
  if (map->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, map->mark, "%s: expected a map of joints", key);
    return;
  }
  for (const struct node *n = map->first; n; n = n->next) {
    int j = robot_model_joint(m, n->key);
    if (j >= 0) {
      bool angle = !strcmp(key, "q") && m->joint[j].kind == JOINT_REVOLUTE;
      if (number(n, &out[j], f) && angle && fabs(out[j]) > ANGLE_MAX)
        fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "q: %s stands at %g rad; %g is the most", n->key, out[j], ANGLE_MAX);
      continue;
    }
    const char *words[ROBOT_JOINTS_MAX];
    for (int i = 0; i < m->joint_count; i++) words[i] = m->joint[i].name;
    const char *near = f->errors < SUGGESTIONS_MAX ? nearest_word(n->key, words, m->joint_count) : NULL;
    fault_add(f, FAULT_ERROR, STATUS_REF, n->key_mark, near ? "%s: '%s' is no joint of %s; the nearest is '%s'" : "%s: '%s' is no joint of %s", key, n->key, m->name, near);
  }
}

static void read_state(struct state *s, const struct robot_model *m, const struct node *n, struct faults *f) {
  *s = (struct state){0};
  if (n->kind != NODE_MAP || !node_get(n, "base")) {
    fault_add(f, FAULT_ERROR, STATUS_KEY, n->mark, "a state is a map with base, q, qd and qdd");
    return;
  }
  static const char *const keys[] = {"base", "q", "qd", "qdd"};
  for (const struct node *k = n->first; k; k = k->next) {
    bool known = false;
    for (int i = 0; i < 4; i++) known = known || !strcmp(k->key, keys[i]);
    if (!known) fault_add(f, FAULT_ERROR, STATUS_KEY, k->key_mark, "a state has no key '%s'; it has base, q, qd and qdd", k->key);
  }
  read_base(s, node_get(n, "base"), f);
  read_joints(s->q, m, n, "q", f);
  read_joints(s->qd, m, n, "qd", f);
  read_joints(s->qdd, m, n, "qdd", f);
}

// ---- answering ----------------------------------------------------------------------------------------------------

static void json_vector(struct json *j, const char *key, struct v3 v) {
  json_key(j, key);
  json_list(j);
  json_number(j, v.x);
  json_number(j, v.y);
  json_number(j, v.z);
  json_list_end(j);
}

static void answer(struct json *j, const struct robot_model *m, const struct state *s, const int *links, int link_count) {
  double tau[ROBOT_JOINTS_MAX];
  struct wrench root;
  struct body_motion bodies[ROBOT_JOINTS_MAX + 1];
  robot_inverse_dynamics(m, &s->base, s->q, s->qd, s->qdd, 0, NULL, NULL, tau, &root);
  robot_forward(m, &s->base, s->q, s->qd, bodies);
  json_object(j);
  json_key(j, "tau");
  json_object(j);
  for (int i = 0; i < m->joint_count; i++) {
    json_key(j, m->joint[i].name);
    json_number(j, tau[i]);
  }
  json_object_end(j);
  json_vector(j, "base_force", root.force);
  json_vector(j, "base_moment", root.moment);
  json_vector(j, "com", robot_com(m, bodies, NULL));
  json_key(j, "links");
  json_object(j);
  for (int i = 0; i < link_count; i++) {
    struct m3 rotation;
    struct v3 position;
    robot_link_pose(m, bodies, links[i], &rotation, &position);
    json_key(j, m->link[links[i]].name);
    json_object(j);
    json_vector(j, "p", position);
    json_key(j, "R");
    json_list(j);
    for (int k = 0; k < 9; k++) json_number(j, rotation.m[k]);
    json_list_end(j);
    json_object_end(j);
  }
  json_object_end(j);
  json_object_end(j);
}

static void print(const struct robot_model *m, const struct state *s, int number) {
  double tau[ROBOT_JOINTS_MAX];
  struct wrench root;
  robot_inverse_dynamics(m, &s->base, s->q, s->qd, s->qdd, 0, NULL, NULL, tau, &root);
  printf("state %d: base %.3f %.3f %.3f N, %.3f %.3f %.3f N m\n", number, root.force.x, root.force.y, root.force.z, root.moment.x, root.moment.y, root.moment.z);
  for (int i = 0; i < m->joint_count; i++)
    printf("  %-32s %12.4f %s\n", m->joint[i].name, tau[i], m->joint[i].kind == JOINT_PRISMATIC ? "N" : "N m");
}

static int links_of(const struct usage *u, const struct robot_model *m, const char *text, int *links) {
  int count = 0;
  while (text && *text) {
    char name[ROBOT_NAME_SIZE];
    size_t n = strcspn(text, ",");
    snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), text);
    int link = robot_model_link(m, name);
    if (link < 0) return -usage_wrong(u, "--links: '%s' is no link of %s", name, m->name);
    if (count == LINKS_MAX) return -usage_wrong(u, "--links: at most %d links", LINKS_MAX);
    links[count++] = link;
    text += n + (text[n] == ',');
  }
  return count;
}

// Every state is read before the first is answered: a fault loses nothing but the answer.
static int run(const struct robot_model *m, const char *file, const int *links, int link_count, bool as_json) {
  struct error e;
  size_t size;
  char *text = file_read(file, 4 << 20, &size, &e);
  if (!text) return output_error("robot", &e);
  struct faults f;
  struct tree t;
  struct state *states = NULL;
  int count = 0;
  faults_init(&f, file, text, size);
  if (tree_read_json(&t, text, size, &f) == STATUS_OK) {
    if (t.root->kind != NODE_LIST) fault_add(&f, FAULT_ERROR, STATUS_TYPE, t.root->mark, "expected a list of states");
    else count = t.root->count;
    states = calloc((size_t)count + 1, sizeof *states);
    if (!states) fault_add(&f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory for %d states", count);
    int i = 0;
    for (const struct node *n = f.errors ? NULL : t.root->first; n; n = n->next) read_state(&states[i++], m, n, &f);
  }
  int code = 0;
  if (f.errors) {
    faults_sort(&f);
    faults_print(&f, stderr);
    code = 3;
  } else if (as_json) {
    struct json j;
    json_init(&j, false);
    json_list(&j);
    for (int i = 0; i < count; i++) answer(&j, m, &states[i], links, link_count);
    json_list_end(&j);
    printf("%s\n", j.text);
    json_finish(&j);
  } else {
    for (int i = 0; i < count; i++) print(m, &states[i], i);
  }
  free(states);
  tree_finish(&t);
  faults_finish(&f);
  free(text);
  return code;
}

int robot_dynamics_verb(const char *model, int argc, char **argv) {
  const char *links_text = NULL;
  bool as_json = false, quiet = false;
  const struct option options[] = {
    {"links", OPTION_TEXT, &links_text, "A,B", "poses of these links as well", 0, 0, NULL},
    {"json", OPTION_FLAG, &as_json, NULL, "one JSON document on stdout", 0, 0, NULL},
    {"q", OPTION_FLAG, &quiet, NULL, "no warnings", 0, 0, NULL},
  };
  const struct usage usage = {"robot MODEL dynamics", "STATES.json [options]",
                              "  takt robot optimus-gen2 dynamics states.json\n"
                              "  takt robot h1.urdf dynamics states.json --links left_ankle_link --json\n",
                              "Inverse dynamics of a list of states: {base: \"fixed\" or {position, quaternion_wxyz, velocity,\n"
                              "angular_velocity_body, acceleration, angular_acceleration_body}, q, qd, qdd: {joint: rad}}.",
                              options, 3, 1, 1};
  const char *file;
  int names = 0;
  enum options_answer go = options_read(&usage, argc, argv, &file, &names);
  if (go != OPTIONS_RUN) return go == OPTIONS_HELP ? 0 : 2;
  struct robot_case r;
  int links[LINKS_MAX], code = robot_open(&r, model, ROBOT_TREE, quiet);
  if (code == 0) {
    int link_count = links_of(&usage, &r.model, links_text, links);
    code = link_count < 0 ? 2 : run(&r.model, file, links, link_count, as_json);
  }
  robot_close(&r);
  return code;
}
