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

bool read_bool(struct check *c, const struct node *n, bool *out) {
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

bool read_word(struct check *c, const struct node *n, const struct key *k, int *out) {
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

bool read_text(struct check *c, const struct node *n, const char **out) {
  if (!read_scalar(c, n, "text")) return false;
  if (n->size > 1000) {
    check_fault(c, n, STATUS_LIMIT, "text of %zu bytes is longer than 1000", n->size);
    return false;
  }
  // "\\e[2J" in quotes would reach terminals; also those from U+0080 to U+009F, which some obey
  for (size_t i = 0; i < n->size; i++) {
    unsigned char at = (unsigned char)n->text[i], next = i + 1 < n->size ? (unsigned char)n->text[i + 1] : 0;
    bool second = at == 0xC2 && next >= 0x80 && next < 0xA0;
    if (at >= 0x20 && at != 0x7F && !second) continue;
    check_fault(c, n, STATUS_SYNTAX, "a control character (U+%04X) cannot stand in a text that is shown", second ? next : at);
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
