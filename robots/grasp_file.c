#include "robots/grasp_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/tree.h"
#include "robots/dynamics.h"

// Largest of anything that is read: lengths m, friction, mass kg, acceleration m/s2, torsion m.
#define PLACE_MAX    1e3
#define FRICTION_MAX 100
#define MASS_MAX     1e4
#define ACCEL_MAX    1e4
#define TORSION_MAX  10
#define FINGERS_MAX  64

static bool read_number(const struct node *n, const char *key, double low, double high, double *out, struct faults *f) {
  char *end = NULL;
  double v = n->kind == NODE_SCALAR && !n->quoted ? strtod(n->text, &end) : 0;
  if (n->kind != NODE_SCALAR || n->quoted || end == n->text || *end) return !fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s: expected a number", key);
  if (!(v >= low && v <= high)) return !fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "%s: %.60s is outside %g ... %g", key, n->text, low, high);
  *out = v;
  return true;
}

static const struct node *need(const struct node *map, const char *key, struct faults *f) {
  const struct node *n = node_get(map, key);
  if (!n) fault_add(f, FAULT_ERROR, STATUS_KEY, map->mark, "needs '%s'", key);
  return n;
}

static bool need_number(const struct node *map, const char *key, double low, double high, double *out, struct faults *f) {
  const struct node *n = need(map, key, f);
  return n && read_number(n, key, low, high, out, f);
}

static bool need_whole(const struct node *map, const char *key, int low, int high, int *out, struct faults *f) {
  double v;
  if (!need_number(map, key, low, high, &v, f)) return false;
  *out = (int)v;
  return v == *out || !fault_add(f, FAULT_ERROR, STATUS_TYPE, node_get(map, key)->mark, "%s: expected a whole number", key);
}

static bool need_vector(const struct node *map, const char *key, int dimensions, double *out, struct faults *f) {
  const struct node *list = need(map, key, f);
  if (!list) return false;
  if (list->kind != NODE_LIST || list->count != dimensions)
    return !fault_add(f, FAULT_ERROR, STATUS_TYPE, list->mark, "%s: expected a list of %d numbers", key, dimensions);
  bool good = true;
  for (const struct node *n = list->first; n; n = n->next) good &= read_number(n, key, -PLACE_MAX, PLACE_MAX, out++, f);
  return good;
}

// ---- contacts -------------------------------------------------------------------------------------------------------

static bool need_normal(const struct node *map, int dimensions, double *n, struct faults *f) {
  if (!need_vector(map, "n", dimensions, n, f)) return false;
  double square = 0;
  for (int k = 0; k < dimensions; k++) square += n[k] * n[k];
  double length = m_sqrt(square);
  if (!(fabs(length - 1) <= 1e-3)) return !fault_add(f, FAULT_ERROR, STATUS_RANGE, node_get(map, "n")->mark, "n: a unit normal has length 1, this one %g", length);
  for (int k = 0; k < dimensions; k++) n[k] /= length;
  return true;
}

static void warn_of_others(const struct node *map, const char *const *known, int count, struct faults *f) {
  for (const struct node *k = map->first; k; k = k->next) {
    bool found = false;
    for (int i = 0; i < count; i++) found = found || !strcmp(k->key, known[i]);
    const char *near = found ? NULL : nearest_word(k->key, known, count);
    if (near) fault_add(f, FAULT_WARNING, STATUS_KEY, k->key_mark, "a contact has no '%.60s' and it is not read; did you mean '%s'?", k->key, near);
    else if (!found) fault_add(f, FAULT_WARNING, STATUS_KEY, k->key_mark, "a contact has no '%.60s' and it is not read", k->key);
  }
}

// The contacts of a case, or NULL with a fault.
static const struct node *need_contacts(const struct node *map, struct faults *f) {
  if (map->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, map->mark, "a case is a map with contacts");
    return NULL;
  }
  const struct node *list = need(map, "contacts", f);
  if (!list) return NULL;
  if (list->kind != NODE_LIST) fault_add(f, FAULT_ERROR, STATUS_TYPE, list->mark, "contacts: expected a list");
  else if (list->count > GRASP_CONTACTS_MAX) fault_add(f, FAULT_ERROR, STATUS_LIMIT, list->mark, "contacts: %d of them, at most %d are accepted", list->count, GRASP_CONTACTS_MAX);
  else return list;
  return NULL;
}

static bool is_contact(const struct node *n, struct faults *f) {
  return n->kind == NODE_MAP || !fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "a contact is a map with p, n and mu");
}

static void read_planar(void *out, const struct node *map, struct faults *f) {
  static const char *const known[] = {"p", "n", "mu"};
  struct planar_case *p = out;
  const struct node *list = need_contacts(map, f);
  if (!list) return;
  for (const struct node *n = list->first; n; n = n->next) {
    struct planar_contact *c = &p->contact[p->count++];
    if (!is_contact(n, f)) continue;
    need_vector(n, "p", 2, c->p, f);
    need_normal(n, 2, c->n, f);
    need_number(n, "mu", 0, FRICTION_MAX, &c->mu, f);
    warn_of_others(n, known, 3, f);
  }
}

static void read_spatial(void *out, const struct node *map, struct faults *f) {
  static const char *const known[] = {"p", "n", "mu", "cone_edges", "soft_torsion_coeff"};
  struct spatial_case *s = out;
  const struct node *list = need_contacts(map, f);
  int primitives = 0;
  if (!list) return;
  for (const struct node *n = list->first; n; n = n->next) {
    struct contact *c = &s->contact[s->count++];
    double p[3] = {0}, normal[3] = {0};
    if (!is_contact(n, f)) continue;
    need_vector(n, "p", 3, p, f);
    need_normal(n, 3, normal, f);
    need_number(n, "mu", 0, FRICTION_MAX, &c->mu, f);
    if (c->mu > 0) need_whole(n, "cone_edges", 3, GRASP_EDGES_MAX, &c->edges, f);
    const struct node *torsion = node_get(n, "soft_torsion_coeff");
    if (torsion) read_number(torsion, "soft_torsion_coeff", 0, TORSION_MAX, &c->torsion, f);
    warn_of_others(n, known, 5, f);
    c->p = v3(p[0], p[1], p[2]);
    c->n = v3(normal[0], normal[1], normal[2]);
    primitives += grasp_primitives(c);
  }
  if (primitives > HULL_POINTS_MAX)
    fault_add(f, FAULT_ERROR, STATUS_LIMIT, list->mark, "contacts: %d edges of friction cones together, at most %d are accepted", primitives, HULL_POINTS_MAX);
}

static void read_grip(void *out, const struct node *map, struct faults *f) {
  struct grip_case *g = out;
  double mass = 0, accel = 0;
  if (map->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, map->mark, "a case is a map with mass, mu, accel_up and contacts");
    return;
  }
  need_number(map, "mass", 0, MASS_MAX, &mass, f);
  if (need_number(map, "mu", 0, FRICTION_MAX, &g->contact.mu, f) && g->contact.mu == 0)
    fault_add(f, FAULT_ERROR, STATUS_RANGE, node_get(map, "mu")->mark, "mu: without friction no force holds the part");
  need_number(map, "accel_up", -ACCEL_MAX, ACCEL_MAX, &accel, f);
  need_whole(map, "contacts", 1, FINGERS_MAX, &g->contact.fingers, f);
  g->load = grip_load_lift(mass, accel, 0);
}

// ---- the document ---------------------------------------------------------------------------------------------------

typedef void read_case(void *out, const struct node *map, struct faults *f);

static void *read_list(const struct node *root, const char *key, size_t size, read_case *read, int *count, struct faults *f) {
  const struct node *list = node_get(root, key);
  if (!list) return NULL;
  if (list->kind != NODE_LIST) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, list->mark, "%s: expected a list of cases", key);
    return NULL;
  }
  // one at a time what is really there: the reader's own limit bounds it
  char *cases = calloc((size_t)list->count + 1, size);
  if (!cases) {
    fault_add(f, FAULT_ERROR, STATUS_MEMORY, list->mark, "%s: no memory for %d cases", key, list->count);
    return NULL;
  }
  for (const struct node *n = list->first; n; n = n->next) read(cases + size * (size_t)(*count)++, n, f);
  return cases;
}

enum status grasp_file_parse(struct grasp_file *g, const char *text, size_t size, struct faults *f) {
  struct tree t;
  *g = (struct grasp_file){0};
  if (tree_read_json(&t, text, size, f) == STATUS_OK) {
    if (t.root->kind != NODE_MAP || !(node_get(t.root, "planar") || node_get(t.root, "spatial") || node_get(t.root, "grip_force"))) {
      fault_add(f, FAULT_ERROR, STATUS_KEY, t.root->mark, "expected a map with planar, spatial or grip_force");
    } else {
      g->planar = read_list(t.root, "planar", sizeof *g->planar, read_planar, &g->planar_count, f);
      g->spatial = read_list(t.root, "spatial", sizeof *g->spatial, read_spatial, &g->spatial_count, f);
      g->grip = read_list(t.root, "grip_force", sizeof *g->grip, read_grip, &g->grip_count, f);
    }
  }
  tree_finish(&t);
  if (f->errors == 0) return STATUS_OK;
  grasp_file_finish(g);
  return STATUS_RANGE;
}

void grasp_file_finish(struct grasp_file *g) {
  free(g->planar);
  free(g->spatial);
  free(g->grip);
  *g = (struct grasp_file){0};
}
