#include "engine/layout/check.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

// ---- faults ------------------------------------------------------------------------------------

const char *shown(const struct node *n, char out[SHOWN_SIZE]) {
  if (n->kind != NODE_SCALAR) return node_kind_text(n);
  size_t size = n->size;
  if (size > 40) {
    size = 37;
    while (size > 0 && ((unsigned char)n->text[size] & 0xC0) == 0x80) size--;
    snprintf(out, SHOWN_SIZE, "%.*s...", (int)size, n->text);
  } else {
    snprintf(out, SHOWN_SIZE, "%.*s", (int)size, n->text);
  }
  return out;
}

const char *node_kind_text(const struct node *n) {
  return n->kind == NODE_MAP ? "a map" : n->kind == NODE_LIST ? "a list" : n->size == 0 && !n->quoted ? "nothing" : "a plain value";
}

// true when the value, or what holds it, was put there from the command line
static bool overridden(const struct check *c, const char *path) {
  for (int i = 0; i < c->set_count; i++) {
    size_t n = strlen(c->set[i].path);
    if (strncmp(path, c->set[i].path, n) == 0 && (path[n] == 0 || path[n] == '.')) return true;
  }
  return false;
}

static enum status add(struct check *c, const struct node *n, enum fault_kind kind, enum status s, struct mark m,
                       const char *format, va_list list) {
  if (c->f->count >= FAULTS_MAX) return fault_add(c->f, kind, s, m, "not shown");
  char path[300] = "", text[600];
  if (n->parent) node_path(n, path, sizeof path);
  vsnprintf(text, sizeof text, format, list);
  if (!path[0]) return fault_add(c->f, kind, s, m, "%s", text);
  return fault_add(c->f, kind, s, m, "%s%s: %s", overridden(c, path) ? "--set " : "", path, text);
}

enum status check_fault(struct check *c, const struct node *n, enum status s, const char *format, ...) {
  va_list list;
  va_start(list, format);
  add(c, n, FAULT_ERROR, s, n->mark, format, list);
  va_end(list);
  return s;
}

enum status check_fault_key(struct check *c, const struct node *n, enum status s, const char *format, ...) {
  va_list list;
  va_start(list, format);
  add(c, n, FAULT_ERROR, s, n->key_mark.line ? n->key_mark : n->mark, format, list);
  va_end(list);
  return s;
}

void check_warn(struct check *c, const struct node *n, enum status s, const char *format, ...) {
  va_list list;
  va_start(list, format);
  add(c, n, FAULT_WARNING, s, n->key_mark.line ? n->key_mark : n->mark, format, list);
  va_end(list);
}

void *check_alloc(struct check *c, size_t size, size_t align) {
  void *p = arena_alloc(c->a, size ? size : 1, align);
  if (!p) {
    fault_add(c->f, FAULT_ERROR, STATUS_LIMIT, (struct mark){0}, "the layout needs more than %zu MiB", c->a->size >> 20);
    longjmp(*c->full, 1);
  }
  return p;
}

// ---- limits ------------------------------------------------------------------------------------

// a limit as one would write it
static const char *limit_text(const struct key *k, double v, char out[40]) {
  if (k->dimension == DIM_TIME && v >= 86400) snprintf(out, 40, "%.10g d", v / 86400);
  else if (k->dimension == DIM_ANGLE) snprintf(out, 40, "%.10g degrees", v);
  else snprintf(out, 40, v > 0 && v < 1e-4 ? "%.6f%s%s" : "%.16g%s%s", v, *dimension_unit(k->dimension) ? " " : "", dimension_unit(k->dimension));
  return out;
}

static const char *text_of(const struct node *n) { return n->kind == NODE_SCALAR ? n->text : ""; }

static bool inside_limits(struct check *c, const struct node *n, const struct key *k, double v, const char *what) {
  char limit[40], text[SHOWN_SIZE];
  if (v < k->min) check_fault(c, n, STATUS_RANGE, "%s%s is below %s", what, shown(n, text), limit_text(k, k->min, limit));
  else if (v > k->max) {
    // a share of 2 is meant as 2 %
    bool percent = k->max == 1 && k->dimension == DIM_SHARE && v >= 2 && v <= 100 && !strchr(text_of(n), '%');
    check_fault(c, n, STATUS_RANGE, "%s%s is above %s%s%.40s%s", what, shown(n, text), limit_text(k, k->max, limit), percent ? "; did you mean " : "", percent ? text_of(n) : "", percent ? " %?" : "");
  }
  else if (k->flags & KEY_ABOVE && v <= k->min) check_fault(c, n, STATUS_RANGE, "%s%s must be above %s", what, shown(n, text), limit_text(k, k->min, limit));
  else return true;
  return false;
}

// ---- scalars -----------------------------------------------------------------------------------

bool read_scalar(struct check *c, const struct node *n, const char *wanted) {
  if (n->kind == NODE_SCALAR && (n->size > 0 || n->quoted)) return true;
  check_fault(c, n, STATUS_TYPE, "%s is wanted, here is %s", wanted, node_kind_text(n));
  return false;
}

bool read_quantity(struct check *c, const struct node *n, const struct key *k, double *out) {
  if (!read_scalar(c, n, k->dimension == DIM_TIME ? "a time" : "a number")) return false;
  double v;
  char text[SHOWN_SIZE];
  const char *wrong = quantity_read(n->text, n->size, k->dimension, &v);
  if (wrong) {
    check_fault(c, n, STATUS_TYPE, "%s %s", shown(n, text), wrong);
    return false;
  }
  if (!inside_limits(c, n, k, v, "")) return false;
  *out = v;
  return true;
}

bool read_integer(struct check *c, const struct node *n, const struct key *k, int64_t *out) {
  if (!read_scalar(c, n, "a whole number")) return false;
  double v;
  char text[SHOWN_SIZE];
  const char *wrong = quantity_read(n->text, n->size, DIM_NUMBER, &v);
  if (wrong) {
    check_fault(c, n, STATUS_TYPE, "%s %s", shown(n, text), wrong);
    return false;
  }
  if (!inside_limits(c, n, k, v, "")) return false;
  if (v != m_floor(v)) {
    check_fault(c, n, STATUS_TYPE, "%s is not a whole number", shown(n, text));
    return false;
  }
  *out = (int64_t)v;
  return true;
}

static bool read_bool(struct check *c, const struct node *n, bool *out) {
  char text[SHOWN_SIZE];
  if (!read_scalar(c, n, "true or false")) return false;
  if (!n->quoted && strcmp(n->text, "true") == 0) *out = true;
  else if (!n->quoted && strcmp(n->text, "false") == 0) *out = false;
  else {
    check_fault(c, n, STATUS_TYPE, "%s is neither true nor false", shown(n, text));
    return false;
  }
  return true;
}

// "fifo, lifo or priority"
static const char *words_text(const char *words, char *out, size_t size) {
  size_t used = 0, n;
  const char *w;
  out[0] = 0;
  for (int i = 0; (w = word_at(words, i, &n)); i++) {
    const char *join = i == 0 ? "" : w[n] ? ", " : " or ";
    int put = snprintf(out + used, size - used, "%s%.*s", join, (int)n, w);
    if (put < 0 || (size_t)put >= size - used) break;
    used += (size_t)put;
  }
  return out;
}

static bool read_word(struct check *c, const struct node *n, const struct key *k, int *out) {
  if (!read_scalar(c, n, "a word")) return false;
  char text[SHOWN_SIZE], near[100], all[200];
  int i = word_index(k->words, n->text, n->size);
  if (i >= 0 && strlen(n->text) == n->size) {
    *out = i;
    return true;
  }
  word_nearest(c, k->words, n->text, near, sizeof near);
  check_fault(c, n, STATUS_RANGE, "%s is not %s%s", shown(n, text), words_text(k->words, all, sizeof all), near);
  return false;
}

static bool read_text(struct check *c, const struct node *n, const char **out) {
  if (!read_scalar(c, n, "text")) return false;
  if (n->size > 1000) {
    check_fault(c, n, STATUS_LIMIT, "text of %zu bytes is longer than 1000", n->size);
    return false;
  }
  if (!out) return true;
  char *copy = CHECK_NEW(c, char, n->size + 1);
  memcpy(copy, n->text, n->size);
  *out = copy;
  return true;
}

bool read_clock(struct check *c, const struct node *n, ns_t *out) {
  char text[SHOWN_SIZE];
  if (!read_scalar(c, n, "a time of day")) return false;
  const char *t = n->text;
  size_t colon = strcspn(t, ":");
  bool right = n->size == colon + 3 && colon >= 1 && colon <= 2;
  for (size_t i = 0; right && i < n->size; i++) right = i == colon || (t[i] >= '0' && t[i] <= '9');
  int hour = 0, minute = 0;
  if (right) {
    for (size_t i = 0; i < colon; i++) hour = hour * 10 + t[i] - '0';
    minute = (t[colon + 1] - '0') * 10 + t[colon + 2] - '0';
    right = minute < 60 && (hour < 24 || (hour == 24 && minute == 0));
  }
  if (!right) {
    check_fault(c, n, STATUS_TYPE, "%s is not a time of day between 00:00 and 24:00", shown(n, text));
    return false;
  }
  *out = (ns_t)(hour * 60 + minute) * 60 * NS_SECOND;
  return true;
}

int read_day(const char *text, size_t size) {
  return word_index("Mon Tue Wed Thu Fri Sat Sun", text, size);
}

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

static bool read_integers(struct check *c, const struct node *n, const struct key *k, int out[2]) {
  if (!read_list(c, n, 2, 2, "a pair [n, m]")) return false;
  int64_t v[2];
  bool ok = read_integer(c, n->first, k, &v[0]);
  ok = read_integer(c, n->first->next, k, &v[1]) && ok;
  if (!ok) return false;
  out[0] = (int)v[0];
  out[1] = (int)v[1];
  return true;
}

static bool read_numbers(struct check *c, const struct node *n, const struct key *k, double **list, int *count) {
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

static bool read_refs(struct check *c, const struct node *n, enum named what, int **list, int *count) {
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

// ---- by the table ------------------------------------------------------------------------------

static bool store_number(const struct key *k, void *out, double v) {
  switch (k->store) {
    case STORE_DOUBLE:  *(double *)out = v; break;
    case STORE_RADIANS: *(double *)out = v * (M_PI_D / 180); break;
    case STORE_NS:      *(ns_t *)out = ns_from_seconds(v); break;
    case STORE_INT:     *(int *)out = (int)v; break;
    case STORE_INT64:   *(int64_t *)out = (int64_t)v; break;
    case STORE_ENUM:    *(int *)out = (int)v; break;
    case STORE_BOOL:
    case STORE_FLAG:    *(bool *)out = v != 0; break;
    default: break;
  }
  return true;
}

static bool check_word(struct check *c, const struct node *n, const struct key *k, void *out) {
  int i;
  // a policy may be a shared library
  if (k->scope == SCOPE_SCHEDULER && n->kind == NODE_SCALAR && n->size > 3 && strcmp(n->text + n->size - 3, ".so") == 0) {
    if (n->size > 500 || strlen(n->text) != n->size) {
      check_fault(c, n, STATUS_LIMIT, "the path of a policy is too long");
      return false;
    }
    if (out) store_number(k, out, POLICY_LIBRARY);
    c->l->policy_file = arena_text(c->a, n->text, n->size);
    return true;
  }
  if (!read_word(c, n, k, &i)) return false;
  if (out) store_number(k, out, i);
  if (k->built && !(k->built >> i & 1)) {
    // events and zones are told after their other values have been checked
    if (k->flags & KEY_VARIANT) return true;
    check_fault(c, n, STATUS_UNBUILT, "%s is understood but not built yet; %s", n->text, k->instead);
    return false;
  }
  return true;
}

bool check_value(struct check *c, const struct node *n, const struct key *k, void *out) {
  double v, pair[2];
  int64_t whole;
  int integers[2], row;
  bool flag;
  ns_t ns;
  const char *text;
  struct polygon area;
  struct part_count *counts;
  struct distribution d;
  struct duration duration;
  int *rows, n_rows;
  double *numbers;
  if (k->store == STORE_NONE) out = NULL;
  char *counter = out ? (char *)out - k->offset + k->counter : NULL;

  switch (k->kind) {
    case VALUE_NUMBER:  return read_quantity(c, n, k, &v) && (!out || store_number(k, out, v));
    case VALUE_INTEGER:
      if (!read_integer(c, n, k, &whole)) return false;
      return !out || store_number(k, out, (double)whole);
    case VALUE_BOOL:    return read_bool(c, n, &flag) && (!out || store_number(k, out, flag));
    case VALUE_WORD:    return check_word(c, n, k, out);
    case VALUE_TEXT:
      if (!read_text(c, n, out ? &text : NULL)) return false;
      if (out) *(const char **)out = text;
      return true;
    case VALUE_CLOCK:
      if (!read_clock(c, n, &ns)) return false;
      if (out) *(ns_t *)out = ns;
      return true;
    case VALUE_NAME:
      if (!read_scalar(c, n, "a name")) return false;
      row = name_refer(c, n, k->refers);
      if (row != NONE && out) *(int *)out = row;
      return row != NONE;
    case VALUE_NAMES:
      if (!read_refs(c, n, k->refers, &rows, &n_rows)) return false;
      if (out) *(int **)out = rows, *(int *)counter = n_rows;
      return true;
    case VALUE_PAIR:
      if (!read_pair(c, n, k, pair)) return false;
      if (out) memcpy(out, pair, sizeof pair);
      return true;
    case VALUE_INTEGERS:
      if (!read_integers(c, n, k, integers)) return false;
      if (out) memcpy(out, integers, sizeof integers);
      return true;
    case VALUE_NUMBERS:
      if (!read_numbers(c, n, k, &numbers, &n_rows)) return false;
      if (out) *(double **)out = numbers, *(int *)counter = n_rows;
      return true;
    case VALUE_POINTS:
      if (!read_points(c, n, k, 2, &area)) return false;
      if (out) *(struct polygon *)out = area;
      return true;
    case VALUE_AREA:
      if (!read_area(c, n, k, &area)) return false;
      if (out) *(struct polygon *)out = area;
      return true;
    case VALUE_COUNTS:
      if (!read_counts(c, n, k, &counts, &n_rows)) return false;
      if (out) *(struct part_count **)out = counts, *(int *)counter = n_rows;
      return true;
    case VALUE_DISTRIBUTION:
      if (!read_distribution(c, n, k, &d)) return false;
      if (out) *(struct distribution *)out = d;
      return true;
    case VALUE_DURATION:
      if (!read_duration(c, n, k, &duration)) return false;
      if (out) *(struct duration *)out = duration;
      return true;
    case VALUE_MAP: case VALUE_NAMED: case VALUE_LIST: case VALUE_SPECIAL: break;
  }
  return true;
}

void check_unbuilt(struct check *c, const struct node *n, const struct key *k, int errors) {
  if (c->f->errors == errors) check_fault_key(c, n, STATUS_UNBUILT, "understood but not built yet: %s", k->instead);
}

void check_variant_built(struct check *c, const struct node *map, enum scope scope, int variant, int errors) {
  const struct key *choice = key_variant(scope);
  if (variant < 0 || !choice->built || choice->built >> variant & 1 || c->f->errors != errors) return;
  const struct node *chosen = node_get(map, choice->name);
  check_fault(c, chosen, STATUS_UNBUILT, "%s is understood but not built yet; %s", chosen->text, choice->instead);
}

// the kinds of stations (or events ...) that a key is for: "machine, assembly or sorter"
static const char *variants_text(const struct key *variant, const char *name, char *out, size_t size) {
  const struct key *k, *end;
  uint32_t bits = 0;
  for (keys_of(variant->scope, &k, &end); k < end; k++)
    if (strcmp(k->name, name) == 0) bits |= k->of;
  size_t used = 0, n;
  out[0] = 0;
  for (int i = 0; bits >> i; i++) {
    if (!(bits >> i & 1)) continue;
    const char *w = word_at(variant->words, i, &n);
    bool last = !(bits >> i >> 1);
    int put = snprintf(out + used, size - used, "%s%.*s", used == 0 ? "" : last ? " or " : ", ", (int)n, w);
    if (put < 0 || (size_t)put >= size - used) break;
    used += (size_t)put;
  }
  return out;
}

void check_unknown(struct check *c, const struct node *item, enum scope scope, int variant) {
  if (cut_by_comma(c, item)) return;
  // 11,5 s in { }: the comma has made two of one number
  const struct node *before = NULL;
  if (item->parent && item->parent->flow && item->key[0] >= '0' && item->key[0] <= '9' && item->size == 0)
    for (const struct node *n = item->parent->first; n && n != item; n = n->next) before = n;
  if (before && before->kind == NODE_SCALAR && before->size > 0 && before->text[before->size - 1] >= '0' && before->text[before->size - 1] <= '9') {
    check_fault_key(c, item, STATUS_SYNTAX, "a comma ends a value: write %.40s.%.40s", before->text, item->key);
    return;
  }
  if (c->f->count >= FAULTS_MAX) {
    check_fault_key(c, item, STATUS_KEY, "unknown key");
    return;
  }
  const struct key *choice = key_variant(scope);
  size_t size;
  char text[300];
  if (choice && variant >= 0 && key_find(scope, -1, item->key)) {
    const char *is = word_at(choice->words, variant, &size);
    check_fault_key(c, item, STATUS_KEY, "`%s` is for %s, not for %.*s", item->key, variants_text(choice, item->key, text, sizeof text), (int)size, is);
    return;
  }

  // nearest among the keys that may stand here, then among all of the scope
  const struct key *k, *end;
  const char *words[128];
  int n = 0;
  keys_of(scope, &k, &end);
  for (; k < end && n < 128; k++)
    if (variant < 0 || !k->of || k->of >> variant & 1) words[n++] = k->name;
  const char *near = nearest_word(item->key, words, n);
  // or the one that it begins
  size_t begun = strlen(item->key);
  for (int i = 0; i < n && !near && begun >= 3; i++)
    if (strncmp(words[i], item->key, begun) == 0) near = words[i];
  if (near) {
    check_fault_key(c, item, STATUS_KEY, "there is no such key; did you mean %s?", near);
    return;
  }
  n = 0;
  for (keys_of(scope, &k, &end); k < end && n < 128; k++) words[n++] = k->name;
  near = nearest_word(item->key, words, n);
  if (near && choice && variant >= 0) {
    check_fault_key(c, item, STATUS_KEY, "there is no such key; `%s` is for %s", near, variants_text(choice, near, text, sizeof text));
    return;
  }
  size_t used = 0;
  keys_of(scope, &k, &end);
  text[0] = 0;
  for (n = 0; k < end; k++) {
    if (variant >= 0 && k->of && !(k->of >> variant & 1)) continue;
    int put = snprintf(text + used, sizeof text - used, "%s%s", n++ ? ", " : "", k->name);
    if (put < 0 || (size_t)put >= sizeof text - used) break;
    used += (size_t)put;
  }
  check_fault_key(c, item, STATUS_KEY, "there is no such key; here may stand %s", text);
}

// a default, written in the table as one would write it in a layout
static void put_default(struct check *c, const struct key *k, char *row) {
  char *out = row + k->offset;
  const char *t = k->fallback;
  double v;
  switch (k->kind) {
    case VALUE_NUMBER: case VALUE_INTEGER:
      if (quantity_read(t, strlen(t), k->dimension, &v) == NULL) store_number(k, out, v);
      break;
    case VALUE_BOOL: store_number(k, out, strcmp(t, "true") == 0); break;
    case VALUE_WORD: store_number(k, out, word_index(k->words, t, strlen(t))); break;
    case VALUE_TEXT: *(const char **)out = t; break;
    case VALUE_PAIR: {
      size_t comma = strcspn(t, ",");
      quantity_read(t + 1, comma - 1, k->dimension, (double *)out);
      quantity_read(t + comma + 1, strlen(t) - comma - 2, k->dimension, (double *)out + 1);
      break;
    }
    case VALUE_DISTRIBUTION: *(struct distribution *)out = *c->zero[0]; break;
    default: break;
  }
}

void check_missing(struct check *c, const struct node *map, const struct key *k) {
  check_fault_key(c, map, STATUS_KEY, "%s is missing: %s", k->name, k->help);
}

void check_defaults(struct check *c, enum scope scope, int variant, void *row) {
  const struct key *k, *end;
  for (keys_of(scope, &k, &end); k < end; k++)
    if ((!k->of || (variant >= 0 && k->of >> variant & 1)) && k->fallback && k->store != STORE_NONE) put_default(c, k, row);
}

int check_map(struct check *c, const struct node *map, enum scope scope, void *row) {
  const struct key *begin, *end, *choice = key_variant(scope);
  keys_of(scope, &begin, &end);
  assert(end - begin <= 128);
  if (map->kind != NODE_MAP) {
    check_fault(c, map, STATUS_TYPE, "a map {%s: ...} is wanted, here is %s", begin->name, node_kind_text(map));
    return -1;
  }
  int variant = -1;
  const struct node *chosen = choice ? node_get(map, choice->name) : NULL;
  if (chosen && read_word(c, chosen, choice, &variant) && row && choice->store != STORE_NONE) store_number(choice, (char *)row + choice->offset, variant);

  uint64_t seen[2] = {0};
  for (const struct node *item = map->first; item; item = item->next) {
    const struct key *k = key_find(scope, variant, item->key);
    if (!k) {
      check_unknown(c, item, scope, variant);
      continue;
    }
    seen[(k - begin) / 64] |= UINT64_C(1) << (k - begin) % 64;
    if (item == chosen || (chosen && k == choice)) continue;      // written twice: the first counts, the second was told
    int errors = c->f->errors;
    if (k->kind == VALUE_MAP) check_map(c, item, k->inner, row && k->store != STORE_NONE ? (char *)row + k->offset : NULL);
    else if (!check_value(c, item, k, row ? (char *)row + k->offset : NULL) && row && k->fallback && k->store != STORE_NONE) put_default(c, k, row);
    if (k->flags & KEY_UNBUILT && k->kind != VALUE_LIST && k->kind != VALUE_SPECIAL) check_unbuilt(c, item, k, errors);
  }

  for (const struct key *k = begin; k < end; k++) {
    if (seen[(k - begin) / 64] >> (k - begin) % 64 & 1) continue;
    if (k->of && (variant < 0 || !(k->of >> variant & 1))) continue;
    bool required = k->flags & KEY_REQUIRED && (c->tree || !(k->flags & KEY_EVENT));
    if (required) check_missing(c, map, k);
    else if (row && k->fallback && k->store != STORE_NONE) put_default(c, k, row);
  }

  return variant;
}
