// Values that are lists: of numbers, points, parts with counts or shares, names.
#include "engine/layout/check.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

// ---- lists -------------------------------------------------------------------------------------

static bool read_list(struct check *c, const struct node *n, int least, int most, const char *wanted) {
  if (n->kind != NODE_LIST) {
    check_fault(c, n, STATUS_TYPE, "%s is wanted, here is %s", wanted, node_kind_text(n));
    return false;
  }
  if (n->count < least || n->count > most) {
    if (least == most) check_fault(c, n, STATUS_TYPE, "%s is wanted, here are %d values", wanted, n->count);
    else if (n->count < least) check_fault(c, n, STATUS_TYPE, "%s is wanted, here are %d", wanted, n->count);
    else check_fault(c, n, STATUS_LIMIT, "%d values are more than %d", n->count, most);
    return false;
  }
  return true;
}

bool read_pair(struct check *c, const struct node *n, const struct key *k, double out[2]) {
  if (!read_list(c, n, 2, 2, k->scope == SCOPE_PATTERN || !(k->flags & KEY_INSIDE) ? "a pair [x, y]" : "a point [x, y]")) return false;
  double v[2];
  bool ok = read_quantity(c, n->first, k, &v[0]);
  ok = read_quantity(c, n->first->next, k, &v[1]) && ok;
  if (!ok) return false;
  if (k->flags & KEY_INSIDE && c->hall && (v[0] > c->l->size[0] || v[1] > c->l->size[1])) {
    check_fault(c, n, STATUS_RANGE, "[%.10g, %.10g] is outside the hall of %.10g m x %.10g m", v[0], v[1], c->l->size[0], c->l->size[1]);
    return false;
  }
  out[0] = v[0];
  out[1] = v[1];
  return true;
}

bool read_integers(struct check *c, const struct node *n, const struct key *k, int out[2]) {
  if (!read_list(c, n, 2, 2, "a pair [n, m]")) return false;
  int64_t v[2];
  bool ok = read_integer(c, n->first, k, &v[0]);
  ok = read_integer(c, n->first->next, k, &v[1]) && ok;
  if (!ok) return false;
  out[0] = (int)v[0];
  out[1] = (int)v[1];
  return true;
}

bool read_numbers(struct check *c, const struct node *n, const struct key *k, double **list, int *count) {
  if (!read_list(c, n, 1, 100, "a list of numbers")) return false;
  double *v = CHECK_NEW(c, double, n->count);
  bool ok = true;
  int i = 0;
  for (const struct node *item = n->first; item; item = item->next) ok = read_quantity(c, item, k, &v[i++]) && ok;
  if (!ok) return false;
  *list = v;
  *count = i;
  return true;
}

bool read_points(struct check *c, const struct node *n, const struct key *k, int least, struct polygon *out) {
  if (!read_list(c, n, least, POINTS_MAX, least == 2 ? "a list of at least 2 points" : "a list of at least 3 points")) return false;
  double (*v)[2] = (double (*)[2])check_alloc(c, sizeof(double[2]) * (size_t)n->count, _Alignof(double));
  bool ok = true;
  int i = 0;
  for (const struct node *item = n->first; item; item = item->next, i++) {
    ok = read_pair(c, item, k, v[i]) && ok;
    if (ok && i > 0 && v[i][0] == v[i - 1][0] && v[i][1] == v[i - 1][1]) {
      check_fault(c, item, STATUS_CONFLICT, "the same point as the one before it");
      ok = false;
    }
  }
  if (!ok) return false;
  *out = (struct polygon){n->count, v};
  return true;
}

static double turn(const double a[2], const double b[2], const double p[2]) {
  return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
}

// p, known to be on the line through a and b, is between them
static bool between(const double a[2], const double b[2], const double p[2]) {
  return fmin(a[0], b[0]) <= p[0] && p[0] <= fmax(a[0], b[0]) && fmin(a[1], b[1]) <= p[1] && p[1] <= fmax(a[1], b[1]);
}

static bool segments_meet(const double a[2], const double b[2], const double p[2], const double q[2]) {
  if (fmax(a[0], b[0]) < fmin(p[0], q[0]) || fmax(p[0], q[0]) < fmin(a[0], b[0])) return false;
  if (fmax(a[1], b[1]) < fmin(p[1], q[1]) || fmax(p[1], q[1]) < fmin(a[1], b[1])) return false;
  double d1 = turn(a, b, p), d2 = turn(a, b, q), d3 = turn(p, q, a), d4 = turn(p, q, b);
  if (((d1 > 0 && d2 < 0) || (d1 < 0 && d2 > 0)) && ((d3 > 0 && d4 < 0) || (d3 < 0 && d4 > 0))) return true;
  return (d1 == 0 && between(a, b, p)) || (d2 == 0 && between(a, b, q)) || (d3 == 0 && between(p, q, a)) || (d4 == 0 && between(p, q, b));
}

bool read_area(struct check *c, const struct node *n, const struct key *k, struct polygon *out) {
  struct polygon p;
  if (!read_points(c, n, k, 3, &p)) return false;
  double (*v)[2] = p.point;

  // a first point repeated at the end closes what is closed already
  if (v[0][0] == v[p.count - 1][0] && v[0][1] == v[p.count - 1][1]) p.count--;
  double area = 0;
  bool flat = true;
  for (int i = 0; i < p.count; i++) {
    const double *a = v[i], *b = v[(i + 1) % p.count];
    area += a[0] * b[1] - b[0] * a[1];
    flat = flat && fabs(turn(v[0], v[1], a)) < 1e-9;
  }
  if (p.count < 3 || flat) {
    check_fault(c, n, STATUS_RANGE, "the area is empty");
    return false;
  }
  for (int i = 0; i < p.count; i++)
    for (int j = i + 1; j < p.count; j++) {
      const double *a = v[i], *b = v[(i + 1) % p.count], *q = v[j], *r = v[(j + 1) % p.count];
      // neighbours share a point; they may only not fold back on each other
      bool next = j == i + 1, last = i == 0 && j == p.count - 1;
      bool bad = next ? turn(a, b, r) == 0 && between(a, b, r) : last ? turn(q, r, b) == 0 && between(q, r, b) : segments_meet(a, b, q, r);
      if (bad || (next && turn(a, b, r) == 0 && between(b, r, a))) {
        check_fault(c, n, STATUS_CONFLICT, "its sides %d and %d cross: an area is a simple polygon", i + 1, j + 1);
        return false;
      }
    }

  // counter-clockwise inside
  if (area < 0)
    for (int i = 0, j = p.count - 1; i < j; i++, j--) {
      double x = v[i][0], y = v[i][1];
      v[i][0] = v[j][0], v[i][1] = v[j][1];
      v[j][0] = x, v[j][1] = y;
    }
  *out = p;
  return true;
}

bool read_counts(struct check *c, const struct node *n, const struct key *k, struct part_count **list, int *count) {
  if (n->kind != NODE_MAP || n->count == 0) {
    check_fault(c, n, STATUS_TYPE, "a map {part: number} is wanted, here is %s", n->kind == NODE_MAP ? "an empty map" : node_kind_text(n));
    return false;
  }
  if (n->count > PARTS_MAX) {
    check_fault(c, n, STATUS_LIMIT, "%d parts are more than %d", n->count, PARTS_MAX);
    return false;
  }
  struct part_count *v = CHECK_NEW(c, struct part_count, n->count);
  bool ok = true;
  int64_t sum = 0;
  int i = 0;
  for (const struct node *item = n->first; item; item = item->next, i++) {
    int64_t number = 0;
    v[i].part = name_find(c, NAMED_PART, item->key);
    if (v[i].part == NONE) {
      char near[100];
      check_fault_key(c, item, STATUS_REF, "there is no part %.*s%s", 40, item->key, name_nearest(c, NAMED_PART, item->key, near, sizeof near));
      ok = false;
    }
    ok = read_integer(c, item, k, &number) && ok;
    v[i].count = (int)number;
    sum += number;
  }
  if (ok && sum > (int64_t)k->max) {
    check_fault(c, n, STATUS_RANGE, "%lld parts in all are more than %.10g", (long long)sum, k->max);
    ok = false;
  }
  if (!ok) return false;
  *list = v;
  *count = i;
  return true;
}

bool read_mix(struct check *c, const struct node *n, const struct key *k, struct part_share **list, int *count) {
  if (n->kind == NODE_SCALAR) {
    int part = name_refer(c, n, NAMED_PART);
    if (part == NONE) return false;
    *list = CHECK_NEW(c, struct part_share, 1);
    (*list)[0] = (struct part_share){part, 1};
    *count = 1;
    return true;
  }
  if (n->kind != NODE_MAP || n->count == 0 || n->count > PARTS_MAX) {
    check_fault(c, n, STATUS_TYPE, "a part or a mix {part: share} is wanted, here is %s", n->kind == NODE_MAP ? n->count ? "too long a map" : "an empty map" : node_kind_text(n));
    return false;
  }
  struct part_share *v = CHECK_NEW(c, struct part_share, n->count);
  bool ok = true;
  double sum = 0;
  int i = 0;
  for (const struct node *item = n->first; item; item = item->next, i++) {
    char near[100];
    v[i].part = name_find(c, NAMED_PART, item->key);
    if (v[i].part == NONE) {
      check_fault_key(c, item, STATUS_REF, "there is no part %.*s%s", 40, item->key, name_nearest(c, NAMED_PART, item->key, near, sizeof near));
      ok = false;
    }
    ok = read_quantity(c, item, k, &v[i].share) && ok;
    sum += v[i].share;
  }
  if (ok && fabs(sum - 1) > 1e-9) {
    check_fault(c, n, STATUS_RANGE, "the shares sum to %.10g, not to 1", sum);
    ok = false;
  }
  if (!ok) return false;
  *list = v;
  *count = i;
  return true;
}

bool read_refs(struct check *c, const struct node *n, enum named what, int **list, int *count) {
  bool one = n->kind == NODE_SCALAR;
  if (!one && !read_list(c, n, 1, what == NAMED_FLEET ? FLEETS_MAX : AREAS_MAX, "a name or a list of names")) return false;
  int *v = CHECK_NEW(c, int, one ? 1 : n->count);
  bool ok = true;
  int i = 0;
  for (const struct node *item = one ? n : n->first; item; item = one ? NULL : item->next) {
    int row = name_refer(c, item, what);
    for (int j = 0; row != NONE && j < i; j++)
      if (v[j] == row) {
        check_fault(c, item, STATUS_CONFLICT, "%s is named twice", item->text);
        row = NONE;
      }
    if (row == NONE) ok = false;
    else v[i++] = row;
  }
  if (!ok) return false;
  *list = v;
  *count = i;
  return true;
}
