#include "robots/model.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/tree.h"
#include "robots/urdf.h"

#define SUGGESTIONS_MAX 8           // each is a look at every name

struct named { const char *name; int row; };

struct builder {
  const struct urdf  *u;
  struct faults      *f;
  struct robot_model *m;
  struct named       *by_name;      // links in the order of their names                          (links)
  int                *parent, *child;       // links of each joint of the file                    (joints)
  int                *above;        // joint of the file above each link, -1: root                (links)
  int                *first, *next; // joints below a link in the order of the file, -1: none     (links, joints)
  int                *row;          // moving joint of the model of each joint of the file, -1    (joints)
  int                 left_out;     // links that are not on the tree
  bool                failed;
};

#define SAY(b, status, mark, ...) ((b)->failed = true, (void)fault_add((b)->f, FAULT_ERROR, status, mark, __VA_ARGS__))
#define WARN(b, mark, ...) ((void)fault_add((b)->f, FAULT_WARNING, STATUS_RANGE, mark, __VA_ARGS__))

static int named_order(const void *a, const void *b) {
  const struct named *x = a, *y = b;
  int order = strcmp(x->name, y->name);
  return order ? order : (x->row > y->row) - (x->row < y->row);
}

static int link_named(const struct builder *b, const char *name) {
  int low = 0, high = b->u->link_count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (strcmp(b->by_name[middle].name, name) < 0) low = middle + 1; else high = middle;
  }
  return low < b->u->link_count && strcmp(b->by_name[low].name, name) == 0 ? b->by_name[low].row : -1;
}

static const char *nearest_link(const struct builder *b, const char *name) {
  const char **words = malloc((size_t)b->u->link_count * sizeof *words);
  if (!words) return NULL;
  for (int i = 0; i < b->u->link_count; i++) words[i] = b->u->link[i].name;
  const char *word = nearest_word(name, words, b->u->link_count);
  free(words);
  return word;
}

// ---- the tree ----------------------------------------------------------------------------------------------

static void find_repeats(struct builder *b) {
  for (int i = 0; i < b->u->link_count; i++) b->by_name[i] = (struct named){b->u->link[i].name, i};
  qsort(b->by_name, (size_t)b->u->link_count, sizeof *b->by_name, named_order);
  for (int i = 1; i < b->u->link_count; i++) {
    if (strcmp(b->by_name[i - 1].name, b->by_name[i].name) != 0) continue;
    SAY(b, STATUS_CONFLICT, b->u->link[b->by_name[i].row].mark, "link '%s' stands on line %u already", b->by_name[i].name, b->u->link[b->by_name[i - 1].row].mark.line);
  }
  const struct urdf_joint *joint = b->u->joint;
  struct named *named = malloc(((size_t)b->u->joint_count + 1) * sizeof *named);
  if (!named) {
    SAY(b, STATUS_MEMORY, (struct mark){0}, "no memory for the names of joints");
    return;
  }
  for (int k = 0; k < b->u->joint_count; k++) named[k] = (struct named){joint[k].name, k};
  qsort(named, (size_t)b->u->joint_count, sizeof *named, named_order);
  for (int k = 1; k < b->u->joint_count; k++) {
    if (strcmp(named[k - 1].name, named[k].name) != 0) continue;
    SAY(b, STATUS_CONFLICT, joint[named[k].row].mark, "joint '%s' stands on line %u already", named[k].name, joint[named[k - 1].row].mark.line);
  }
  free(named);
}

static int joint_end(struct builder *b, int k, const char *name, struct mark mark, const char *role) {
  int link = link_named(b, name);
  if (link < 0) {
    // a look at every name: for the first few only, a hostile file has thousands
    const char *near = b->f->errors < SUGGESTIONS_MAX ? nearest_link(b, name) : NULL;
    if (near) SAY(b, STATUS_REF, mark, "%s '%s' of joint '%s' is no link; the nearest is '%s'", role, name, b->u->joint[k].name, near);
    else      SAY(b, STATUS_REF, mark, "%s '%s' of joint '%s' is no link", role, name, b->u->joint[k].name);
  }
  return link;
}

// Who hangs on whom; one root; every link below it.
static int join(struct builder *b) {
  const struct urdf *u = b->u;
  for (int i = 0; i < u->link_count; i++) b->above[i] = b->first[i] = -1;
  for (int k = 0; k < u->joint_count; k++) {
    b->parent[k] = joint_end(b, k, u->joint[k].parent, u->joint[k].parent_mark, "parent");
    b->child[k] = joint_end(b, k, u->joint[k].child, u->joint[k].child_mark, "child");
    b->row[k] = -1;
  }
  // from the last one, so that lists are in the order of the file
  for (int k = u->joint_count - 1; k >= 0; k--) {
    const struct urdf_joint *j = &u->joint[k];
    int parent = b->parent[k], child = b->child[k];
    if (parent < 0 || child < 0) continue;
    b->next[k] = b->first[parent];
    b->first[parent] = k;
    if (b->above[child] >= 0) SAY(b, STATUS_CONFLICT, u->joint[b->above[child]].child_mark, "link '%s' hangs on two joints, '%s' and '%s'", j->child, j->name, u->joint[b->above[child]].name);
    b->above[child] = k;
  }
  if (b->failed) return -1;
  int root = -1;
  for (int i = 0; i < u->link_count; i++) {
    if (b->above[i] >= 0) continue;
    if (root >= 0) SAY(b, STATUS_CONFLICT, u->link[i].mark, "links '%s' and '%s' both hang on nothing; a robot has one root", u->link[root].name, u->link[i].name);
    else root = i;
  }
  if (root < 0) SAY(b, STATUS_CONFLICT, u->link[0].mark, "every link hangs on another: the joints go in a circle");
  return b->failed ? -1 : root;
}

static void place_link(struct builder *b, int link, int body, struct m3 rotation, struct v3 origin) {
  struct robot_link *l = &b->m->link[link];
  memcpy(l->name, b->u->link[link].name, sizeof l->name);
  l->body = body;
  l->rotation = rotation;
  l->origin = origin;
}

// A world without mass that the robot floats in by a joint says what holds anyway: its child is the root. Returns the root.
static int leave_world(struct builder *b, int root) {
  int k = b->first[root];
  if (k < 0 || b->next[k] >= 0 || b->u->joint[k].kind != URDF_FLOATING || b->u->link[root].inertial) return root;
  const struct urdf_joint *j = &b->u->joint[k];
  WARN(b, j->mark, "joint '%s' is left out: '%s' is the root, and a root floats; link '%s' is put on it", j->name, j->child, j->parent);
  place_link(b, root, 0, m3_identity(), v3(0, 0, 0));
  b->left_out = 1;
  return b->child[k];
}

// The axis on z: x and y are any two that make a right-handed frame, exact where the axis is one of the frame's own.
static struct m3 frame_of_axis(struct v3 z) {
  double ax = fabs(z.x), ay = fabs(z.y), az = fabs(z.z);
  struct v3 e = ax <= ay && ax <= az ? v3(1, 0, 0) : ay <= az ? v3(0, 1, 0) : v3(0, 0, 1);
  struct v3 x = v3_sub(e, v3_scale(z, v3_dot(z, e)));
  x = v3_scale(x, 1 / v3_norm(x));
  struct v3 y = v3_cross(z, x);
  return (struct m3){{x.x, y.x, z.x, x.y, y.y, z.y, x.z, y.z, z.z}};
}

static void moving_joint(struct builder *b, int k) {
  const struct urdf_joint *j = &b->u->joint[k];
  const struct robot_link *above = &b->m->link[b->parent[k]];
  if (j->kind == URDF_FLOATING || j->kind == URDF_PLANAR) {
    SAY(b, STATUS_UNBUILT, j->mark, "joint '%s' is %s; a joint turns or slides, and only the root floats", j->name, j->kind == URDF_FLOATING ? "floating" : "planar");
    return;
  }
  if (b->m->joint_count == ROBOT_JOINTS_MAX) {
    SAY(b, STATUS_LIMIT, j->mark, "joint '%s' is one too many; at most %d may move", j->name, ROBOT_JOINTS_MAX);
    return;
  }
  int row = b->row[k] = b->m->joint_count++;
  struct robot_joint *r = &b->m->joint[row];
  struct m3 to_z = frame_of_axis(j->axis);
  bool ends = j->range && j->kind != URDF_CONTINUOUS && j->lower <= j->upper;
  *r = (struct robot_joint){.kind = j->kind == URDF_PRISMATIC ? JOINT_PRISMATIC : JOINT_REVOLUTE,
                            .parent = above->body,
                            .rotation = m3_product(m3_product(above->rotation, j->rotation), to_z),
                            .origin = v3_add(above->origin, m3_apply(&above->rotation, j->xyz)),
                            .lower = ends ? j->lower : -INFINITY, .upper = ends ? j->upper : INFINITY,
                            .effort = j->effort, .velocity = j->velocity, .mimic = -1};
  memcpy(r->name, j->name, sizeof r->name);
  place_link(b, b->child[k], row + 1, m3_transpose(to_z), v3(0, 0, 0));
}

static void fixed_joint(struct builder *b, int k) {
  const struct urdf_joint *j = &b->u->joint[k];
  const struct robot_link *above = &b->m->link[b->parent[k]];
  place_link(b, b->child[k], above->body, m3_product(above->rotation, j->rotation), v3_add(above->origin, m3_apply(&above->rotation, j->xyz)));
}

// Outwards from the root, depth first without recursion; returns how many links were met.
static int walk(struct builder *b, int root) {
  int met = 1, at = root;
  place_link(b, root, 0, m3_identity(), v3(0, 0, 0));
  int k = b->first[root];
  while (!b->failed) {
    while (k < 0 && at != root) {
      int up = b->above[at];
      at = b->parent[up];
      k = b->next[up];
    }
    if (k < 0) break;
    if (b->u->joint[k].kind == URDF_FIXED) fixed_joint(b, k); else moving_joint(b, k);
    at = b->child[k];
    k = b->first[at];
    met++;
  }
  return met;
}

static void number_and_mimic(struct builder *b) {
  int order = 0;
  for (int k = 0; k < b->u->joint_count; k++) {
    const struct urdf_joint *j = &b->u->joint[k];
    if (b->row[k] < 0) continue;
    struct robot_joint *r = &b->m->joint[b->row[k]];
    r->file_order = order++;
    if (!j->mimic[0]) continue;
    r->mimic = robot_model_joint(b->m, j->mimic);
    r->mimic_factor = j->mimic_factor;
    r->mimic_offset = j->mimic_offset;
    if (r->mimic < 0) SAY(b, STATUS_REF, j->mimic_mark, "joint '%s' follows '%s', which is no moving joint", j->name, j->mimic);
  }
  // who follows a follower follows whom that one follows
  for (int k = 0; k < b->u->joint_count && !b->failed; k++) {
    struct robot_joint *r = b->row[k] < 0 ? NULL : &b->m->joint[b->row[k]];
    if (!r || r->mimic < 0) continue;
    for (int steps = 0; b->m->joint[r->mimic].mimic >= 0; steps++) {
      const struct robot_joint *up = &b->m->joint[r->mimic];
      if (steps > b->m->joint_count) {
        SAY(b, STATUS_CONFLICT, b->u->joint[k].mimic_mark, "joint '%s' follows itself", r->name);
        break;
      }
      r->mimic_offset += r->mimic_factor * up->mimic_offset;
      r->mimic_factor *= up->mimic_factor;
      r->mimic = up->mimic;
    }
  }
}

// ---- masses ------------------------------------------------------------------------------------------------------

// inertia += mass (d.d 1 - d d^T), Steiner
static void add_steiner(struct m3 *inertia, double mass, struct v3 d) {
  double *m = inertia->m, dd = v3_dot(d, d), v[3] = {d.x, d.y, d.z};
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) m[3 * i + k] += mass * ((i == k ? dd : 0) - v[i] * v[k]);
}

static void add_turned(struct m3 *inertia, const struct m3 *rotation, const struct m3 *other) {
  struct m3 t = m3_product(m3_product(*rotation, *other), m3_transpose(*rotation));
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 3; k++) inertia->m[3 * i + k] += 0.5 * (t.m[3 * i + k] + t.m[3 * k + i]);
}

// First masses and their middles, then inertias about them, so that nothing cancels.
static void sum_masses(struct builder *b) {
  struct robot_model *m = b->m;
  for (int i = 0; i < m->link_count; i++) {
    const struct robot_link *l = &m->link[i];
    struct robot_body *y = &m->body[l->body];
    struct v3 com = v3_add(l->origin, m3_apply(&l->rotation, b->u->link[i].com));
    y->mass += b->u->link[i].mass;
    y->com = v3_mul_add(y->com, com, b->u->link[i].mass);
    m->mass += b->u->link[i].mass;
  }
  for (int i = 0; i <= m->joint_count; i++) {
    if (m->body[i].mass > 0) m->body[i].com = v3_scale(m->body[i].com, 1 / m->body[i].mass);
  }
  for (int i = 0; i < m->link_count; i++) {
    const struct robot_link *l = &m->link[i];
    struct robot_body *y = &m->body[l->body];
    struct v3 com = v3_add(l->origin, m3_apply(&l->rotation, b->u->link[i].com));
    add_turned(&y->inertia, &l->rotation, &b->u->link[i].inertia);
    add_steiner(&y->inertia, b->u->link[i].mass, v3_sub(com, y->com));
  }
}

// Angles about z of the rows' axes against the bodies': the z axis of the first body that turns on a body lies in its y-z plane.
static void row_angles(const struct robot_model *m, double *angle, int *main_joint) {
  for (int i = 0; i <= m->joint_count; i++) angle[i] = 0, main_joint[i] = -1;
  for (int i = 0; i < m->joint_count; i++) {
    const struct robot_joint *j = &m->joint[i];
    if (j->parent == 0 || j->kind == JOINT_PRISMATIC || main_joint[j->parent] >= 0) continue;
    main_joint[j->parent] = i;
    double x = j->rotation.m[2], y = j->rotation.m[5];
    if (x != 0 || y != 0) angle[j->parent] = m_atan2(x, -y);
  }
}

static void pack_body(const struct robot_body *y, const struct m3 *turn, struct robot_row *r) {
  struct v3 com = m3_apply_inverse(turn, y->com);
  struct m3 second = m3_product(m3_product(m3_transpose(*turn), y->inertia), *turn);
  *r = (struct robot_row){.mass = y->mass, .com = {com.x, com.y, com.z}, .first = {y->mass * com.x, y->mass * com.y, y->mass * com.z}};
  add_steiner(&second, y->mass, com);
  // from moments of inertia to second moments of mass
  const int upper[6] = {0, 1, 2, 4, 5, 8};
  double half = 0.5 * (second.m[0] + second.m[4] + second.m[8]);
  for (int k = 0; k < 6; k++) r->second[k] = (upper[k] % 4 == 0 ? half : 0) - second.m[upper[k]];
}

void robot_model_pack(struct robot_model *m) {
  double angle[ROBOT_JOINTS_MAX + 1];
  int main_joint[ROBOT_JOINTS_MAX + 1];
  row_angles(m, angle, main_joint);
  for (int i = 0; i <= m->joint_count; i++) {
    struct robot_row *r = &m->row[i];
    struct m3 turn = m3_rotation_z(angle[i]);
    pack_body(&m->body[i], &turn, r);
    if (i == 0) continue;
    const struct robot_joint *j = &m->joint[i - 1];
    struct m3 back = m3_rotation_z(-angle[j->parent]), rotation = m3_product(back, j->rotation);
    struct v3 origin = m3_apply(&back, j->origin);
    r->origin[0] = origin.x;
    r->origin[1] = origin.y;
    r->origin[2] = origin.z;
    r->parent = j->parent;
    r->slides = j->kind == JOINT_PRISMATIC;
    r->bends = main_joint[j->parent] == i - 1;
    if (r->bends) {
      // the joint's z axis is (0, -sin, cos) of the bend; what is left is a turn about z
      double c = rotation.m[8], s = -rotation.m[5], length = m_sqrt(c * c + s * s);
      c /= length, s /= length;
      struct m3 bend = {{1, 0, 0, 0, c, -s, 0, s, c}}, rest = m3_product(m3_transpose(bend), rotation);
      r->offset = m_atan2(rest.m[3], rest.m[0]) + angle[i];
      rotation = bend;
    } else {
      rotation = m3_product(rotation, turn);
    }
    memcpy(r->rotation, rotation.m, sizeof r->rotation);
  }
}

// ---- what a robot is unlikely to be ---------------------------------------------------------------------------------

// An inertia is some body's when its second moments of mass, tr(I)/2 - I, are those of a cloud of points:
// positive semidefinite (Wensing, Kim & Slotine, IEEE RA-L 2018).
static bool physical(const struct m3 *inertia) {
  const double *m = inertia->m;
  double half = (m[0] + m[4] + m[8]) / 2, a = half - m[0], b = half - m[4], c = half - m[8], d = -m[1], e = -m[2], f = -m[5];
  double small = 1e-6 * half;       // files round their numbers
  if (half < 0 || a < -small || b < -small || c < -small) return false;
  if (a * b - d * d < -small * half || a * c - e * e < -small * half || b * c - f * f < -small * half) return false;
  return a * (b * c - f * f) - d * (d * c - f * e) + e * (d * f - b * e) >= -small * half * half;
}

static void doubt_link(struct builder *b, const struct urdf_link *l) {
  if (!l->inertial) return;
  double largest = fmax(l->inertia.m[0], fmax(l->inertia.m[4], l->inertia.m[8]));
  if (!physical(&l->inertia)) WARN(b, l->inertial_mark, "link '%s': no body has this inertia (its principal moments break the triangle inequality); it is used as it is", l->name);
  if (l->mass == 0 && largest > 0) WARN(b, l->inertial_mark, "link '%s' has an inertia but no mass", l->name);
  if (l->mass > 0 && largest > 9 * l->mass) WARN(b, l->inertial_mark, "link '%s': an inertia of %g kg m2 on %g kg would need points %.0f m away; are the units kg m2?", l->name, largest, l->mass, m_sqrt(largest / l->mass));
}

static void doubt_joint(struct builder *b, const struct urdf_joint *j) {
  const double turns = 4 * M_PI_D, far = 5;                            // rad, m: no humanoid's joint does more
  double away = v3_norm(j->xyz);
  if (away > far) WARN(b, j->mark, "joint '%s' is %g m from its parent; are the units metres?", j->name, away);
  if (j->kind == URDF_REVOLUTE && j->range && (j->lower < -turns || j->upper > turns)) WARN(b, j->limit_mark, "joint '%s': a range of %g to %g rad; are these degrees?", j->name, j->lower, j->upper);
  if (j->kind == URDF_PRISMATIC && j->range && (j->lower < -far || j->upper > far)) WARN(b, j->limit_mark, "joint '%s': a range of %g to %g m; are the units metres?", j->name, j->lower, j->upper);
  if (j->kind != URDF_FIXED && j->kind != URDF_CONTINUOUS && j->range && j->lower > j->upper) WARN(b, j->limit_mark, "joint '%s': its lower limit %g is above its upper limit %g; it is taken to move without end", j->name, j->lower, j->upper);
}

static void doubt(struct builder *b, int root) {
  for (int i = 0; i < b->u->link_count; i++) doubt_link(b, &b->u->link[i]);
  for (int k = 0; k < b->u->joint_count; k++) doubt_joint(b, &b->u->joint[k]);
  if (b->m->mass > 1000 || (b->m->mass > 0 && b->m->mass < 0.5)) WARN(b, b->u->link[root].mark, "the robot has a mass of %g kg; are the units kg?", b->m->mass);
}

// ---- reading -------------------------------------------------------------------------------------------------------

static void *rows(int count, size_t size) { return calloc((size_t)count + 1, size); }

static void build(struct builder *b) {
  find_repeats(b);
  if (b->failed) return;
  int root = join(b);
  if (root < 0) return;
  root = leave_world(b, root);
  int met = walk(b, root) + b->left_out;
  if (b->failed) return;
  if (met < b->u->link_count) {
    SAY(b, STATUS_CONFLICT, b->u->link[root].mark, "only %d of %d links hang on the root '%s': the joints of the others go in a circle", met, b->u->link_count, b->u->link[root].name);
    return;
  }
  number_and_mimic(b);
  sum_masses(b);
  robot_model_pack(b->m);
  if (!b->failed && b->m->mass <= 0) SAY(b, STATUS_RANGE, b->u->link[root].mark, "the robot has no mass");
  if (!b->failed) doubt(b, root);
}

enum status robot_model_parse(struct robot_model *m, const char *text, size_t size, const char *file, struct faults *f) {
  *m = (struct robot_model){0};
  (void)file;
  struct urdf u;
  enum status s = urdf_read(&u, text, size, f);
  if (s == STATUS_OK) {
    int links = u.link_count, joints = u.joint_count;
    struct builder b = {.u = &u, .f = f, .m = m,
                        .by_name = rows(links, sizeof *b.by_name), .parent = rows(joints, sizeof *b.parent), .child = rows(joints, sizeof *b.child),
                        .above = rows(links, sizeof *b.above), .first = rows(links, sizeof *b.first), .next = rows(joints, sizeof *b.next),
                        .row = rows(joints, sizeof *b.row)};
    int moving = 0;
    for (int k = 0; k < joints; k++) moving += u.joint[k].kind != URDF_FIXED;
    if (moving > ROBOT_JOINTS_MAX) moving = ROBOT_JOINTS_MAX;
    memcpy(m->name, u.name, sizeof m->name);
    m->link_count = links;
    m->joint = rows(moving, sizeof *m->joint);
    m->body = rows(moving + 1, sizeof *m->body);
    m->link = rows(links, sizeof *m->link);
    m->row = rows(moving + 1, sizeof *m->row);
    if (!b.by_name || !b.parent || !b.child || !b.above || !b.first || !b.next || !b.row || !m->joint || !m->body || !m->link || !m->row) {
      s = fault_add(f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory for the model");
    } else {
      build(&b);
      if (b.failed) s = STATUS_CONFLICT;
    }
    free(b.by_name);
    free(b.parent);
    free(b.child);
    free(b.above);
    free(b.first);
    free(b.next);
    free(b.row);
  }
  urdf_finish(&u);
  if (s != STATUS_OK) robot_model_finish(m);
  return s;
}

enum status robot_model_read(struct robot_model *m, const char *file, struct faults *f) {
  *m = (struct robot_model){0};
  size_t size;
  struct error e;
  char *text = file_read(file, URDF_BYTES_MAX, &size, &e);
  if (!text) return fault_add(f, FAULT_ERROR, e.status, (struct mark){0}, "%s", e.text);
  enum status s = robot_model_parse(m, text, size, file, f);
  free(text);
  return s;
}

void robot_model_finish(struct robot_model *m) {
  free(m->joint);
  free(m->body);
  free(m->link);
  free(m->row);
  *m = (struct robot_model){0};
}

int robot_model_joint(const struct robot_model *m, const char *name) {
  for (int i = 0; i < m->joint_count; i++)
    if (strcmp(m->joint[i].name, name) == 0) return i;
  return -1;
}

int robot_model_link(const struct robot_model *m, const char *name) {
  for (int i = 0; i < m->link_count; i++)
    if (strcmp(m->link[i].name, name) == 0) return i;
  return -1;
}

void robot_model_attach(struct robot_model *m, int link, double mass, struct v3 com, const struct m3 *inertia) {
  assert(link >= 0);
  assert(link < m->link_count);
  const struct robot_link *l = &m->link[link];
  struct robot_body *y = &m->body[l->body];
  assert(y->mass + mass > 0);
  struct v3 there = v3_add(l->origin, m3_apply(&l->rotation, com));
  struct v3 middle = v3_scale(v3_add(v3_scale(y->com, y->mass), v3_scale(there, mass)), 1 / (y->mass + mass));
  add_steiner(&y->inertia, y->mass, v3_sub(y->com, middle));
  struct m3 other = *inertia;
  if (mass < 0) for (int i = 0; i < 9; i++) other.m[i] = -other.m[i];
  add_turned(&y->inertia, &l->rotation, &other);
  add_steiner(&y->inertia, mass, v3_sub(there, middle));
  y->com = middle;
  y->mass += mass;
  m->mass += mass;
  robot_model_pack(m);
}
