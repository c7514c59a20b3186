#include "engine/layout/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

// What each value of a distribution is, in the order in which it is written.
enum argument { ARG_TIME, ARG_ABOVE, ARG_WHOLE, ARG_SHAPE, ARG_SHARE, ARG_FILE };
enum field    { FIELD_A, FIELD_B, FIELD_C, FIELD_N };

static const struct form {
  const char            *name;
  enum distribution_kind kind;
  int                    count;
  const char            *help;
  struct { enum argument what; enum field to; } argument[3];
} forms[] = {
  {"exponential", DIST_EXPONENTIAL, 1, "mean", {{ARG_ABOVE, FIELD_A}}},
  {"uniform", DIST_UNIFORM, 2, "a, b", {{ARG_TIME, FIELD_A}, {ARG_TIME, FIELD_B}}},
  {"triangular", DIST_TRIANGULAR, 3, "a, mode, b", {{ARG_TIME, FIELD_A}, {ARG_TIME, FIELD_B}, {ARG_TIME, FIELD_C}}},
  {"normal", DIST_NORMAL, 2, "mean, sd", {{ARG_TIME, FIELD_A}, {ARG_TIME, FIELD_B}}},
  {"lognormal", DIST_LOGNORMAL, 2, "mean, sd", {{ARG_ABOVE, FIELD_A}, {ARG_TIME, FIELD_B}}},
  {"erlang", DIST_ERLANG, 2, "k, mean", {{ARG_WHOLE, FIELD_N}, {ARG_ABOVE, FIELD_A}}},
  {"gamma", DIST_GAMMA, 2, "shape, mean", {{ARG_SHAPE, FIELD_B}, {ARG_ABOVE, FIELD_A}}},
  {"weibull", DIST_WEIBULL, 2, "shape, scale", {{ARG_SHAPE, FIELD_B}, {ARG_ABOVE, FIELD_A}}},
  {"hyperexponential", DIST_HYPEREXPONENTIAL, 3, "p, mean1, mean2", {{ARG_SHARE, FIELD_B}, {ARG_ABOVE, FIELD_A}, {ARG_ABOVE, FIELD_C}}},
  {"geometric", DIST_GEOMETRIC, 2, "p, slot", {{ARG_SHARE, FIELD_B}, {ARG_ABOVE, FIELD_A}}},
  {"empirical", DIST_EMPIRICAL, 1, "file.csv", {{ARG_FILE, FIELD_N}}},
};

static const char *const form_words = "exponential uniform triangular normal lognormal erlang gamma weibull hyperexponential geometric empirical";

// ---- the comma that YAML takes for its own -----------------------------------------------------

static bool unclosed(const struct node *n) {
  return n->kind == NODE_SCALAR && !n->quoted && strchr(n->text, '(') && !strchr(strchr(n->text, '('), ')');
}

bool cut_by_comma(struct check *c, const struct node *n) {
  if (!n->parent || !n->parent->flow) return false;
  bool open = false;
  for (const struct node *item = n->parent->first; item && item != n && --c->cuts_left > 0; item = item->next) {
    if (unclosed(item)) open = true;
    else if (open && item->key && strchr(item->key, ')')) open = false;
    else if (open && !item->key && item->kind == NODE_SCALAR && strchr(item->text, ')')) open = false;
  }
  return open;
}

// the whole of what was meant, put together again from the pieces
static void forgotten_quote(struct check *c, const struct node *n) {
  char whole[120];
  int used = snprintf(whole, sizeof whole, "%.60s", n->text);
  for (const struct node *item = n->next; item && used < 100; item = item->next) {
    const char *piece = item->key ? item->key : item->kind == NODE_SCALAR ? item->text : "";
    used += snprintf(whole + used, sizeof whole - (size_t)used, ", %.30s", piece);
    if (strchr(piece, ')')) break;
  }
  check_fault(c, n, STATUS_SYNTAX, "in { } and [ ] YAML ends a value at a comma: write \"%s\" in quotes", whole);
}

// ---- values from a file ------------------------------------------------------------------------

// A file is read once, however many stations draw from it.
struct csv { const char *name; int count; double sum; const double *values; struct csv *next; };

static bool inside_folder(const char *name) {
  if (name[0] == '/' || name[0] == 0 || strchr(name, '\\')) return false;
  for (const char *p = name; p;) {
    size_t n = strcspn(p, "/");
    if (n == 2 && p[0] == '.' && p[1] == '.') return false;
    p = p[n] ? p + n + 1 : NULL;
  }
  return true;
}

char *read_beside(struct check *c, const struct node *n, const char *name, size_t *size) {
  if (!inside_folder(name)) {
    check_fault(c, n, STATUS_RANGE, "%.60s is not a file beside the layout: no absolute paths, no ..", name);
    return NULL;
  }
  const char *slash = c->l->file ? strrchr(c->l->file, '/') : NULL;
  char path[1024];
  if (snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - c->l->file) + 1 : 0, c->l->file ? c->l->file : "", name) >= (int)sizeof path) {
    check_fault(c, n, STATUS_LIMIT, "the path of %.60s is too long", name);
    return NULL;
  }
  struct error e = {0};
  char *text = file_read(path, 32u << 20, size, &e);
  if (!text) check_fault(c, n, STATUS_IO, "%.60s: %s", name, e.text);
  return text;
}

static bool read_empirical(struct check *c, const struct node *n, const char *name, struct distribution *d) {
  for (const struct csv *k = c->csv; k; k = k->next)
    if (strcmp(k->name, name) == 0) {
      d->n = k->count;
      d->a = k->sum / k->count;
      d->values = k->values;
      return true;
    }
  size_t size;
  char *text = read_beside(c, n, name, &size);
  if (!text) return false;

  int line = 1, count = 0;
  for (size_t i = 0; i < size; i++) count += text[i] == '\n';
  bool ok = count <= EMPIRICAL_MAX;
  double *values = NULL;
  if (!ok) check_fault(c, n, STATUS_LIMIT, "%.60s has %d lines, more than %d", name, count, EMPIRICAL_MAX);
  else values = arena_alloc(c->a, sizeof(double) * (size_t)(count + 1), _Alignof(double));
  if (ok && !values) {
    free(text);
    check_alloc(c, c->a->size, 8);        // says that the layout is full
  }
  count = 0;
  double sum = 0;
  for (size_t at = 0; ok && at < size; line++) {
    size_t end = at;
    while (end < size && text[end] != '\n') end++;
    size_t length = end - at;
    while (length > 0 && (text[at + length - 1] == '\r' || text[at + length - 1] == ' ')) length--;
    if (length > 0) {
      double v;
      const char *wrong = quantity_read(text + at, length, DIM_TIME, &v);
      if (!wrong && v < 0) wrong = "is below 0 s";
      if (!wrong && v > KEY_TIME_MAX) wrong = "is above 36600 d";
      if (wrong) {
        check_fault(c, n, STATUS_RANGE, "%.60s:%d: %.*s %s", name, line, length > 40 ? 40 : (int)length, text + at, wrong);
        ok = false;
      } else {
        values[count++] = v;
        sum += v;
      }
    }
    at = end + 1;
  }
  free(text);
  if (ok && count == 0) {
    check_fault(c, n, STATUS_RANGE, "%.60s holds no values", name);
    ok = false;
  }
  if (!ok) return false;
  struct csv *k = CHECK_NEW(c, struct csv, 1);
  *k = (struct csv){arena_text(c->a, name, strlen(name)), count, sum, values, c->csv};
  c->csv = k->name ? k : NULL;
  d->n = count;
  d->a = sum / count;
  d->values = values;
  return true;
}

// ---- one distribution --------------------------------------------------------------------------

// one value between the parentheses; *wrong is what is wrong with it
static bool read_argument(const char *text, size_t size, enum argument what, double *out, const char **wrong) {
  double v;
  *wrong = quantity_read(text, size, what == ARG_TIME || what == ARG_ABOVE ? DIM_TIME : what == ARG_SHARE ? DIM_SHARE : DIM_NUMBER, &v);
  if (*wrong) return false;
  switch (what) {
    case ARG_TIME: case ARG_ABOVE:
      if (v < 0) *wrong = "is below 0 s";
      else if (what == ARG_ABOVE && v == 0) *wrong = "must be above 0 s";
      else if (v > KEY_TIME_MAX) *wrong = "is above 36600 d";
      break;
    case ARG_WHOLE:
      if (v != m_floor(v)) *wrong = "is not a whole number";
      else if (v < 1) *wrong = "is below 1";
      else if (v > 1000) *wrong = "is above 1000";
      break;
    case ARG_SHAPE:
      if (v < 0.05) *wrong = "is below 0.05";
      else if (v > 1000) *wrong = "is above 1000";
      break;
    case ARG_SHARE:
      if (v < 1e-6) *wrong = "is below 0.000001";
      else if (v > 1) *wrong = "is above 1";
      break;
    case ARG_FILE: break;
  }
  *out = v;
  return !*wrong;
}

static bool in_order(struct check *c, const struct node *n, const struct distribution *d) {
  if (d->kind == DIST_UNIFORM && d->a > d->b) {
    check_fault(c, n, STATUS_RANGE, "uniform(a, b): a is above b");
    return false;
  }
  if (d->kind == DIST_TRIANGULAR && (d->a > d->b || d->b > d->c)) {
    check_fault(c, n, STATUS_RANGE, "triangular(a, mode, b): a <= mode <= b is wanted");
    return false;
  }
  return true;
}

static const char *skip_blanks(const char *p, const char *end) {
  while (p < end && *p == ' ') p++;
  return p;
}

// the values between ( and )
static bool read_arguments(struct check *c, const struct node *n, const struct form *form, const char *p, const char *end, struct distribution *d) {
  int count = 0;
  bool ok = true;
  for (const char *q = p; q < end; q++) count += *q == ',';
  count += skip_blanks(p, end) < end;
  if (count != form->count) {
    check_fault(c, n, STATUS_TYPE, "%s(%s) has %d value%s, here %s %d", form->name, form->help, form->count, form->count == 1 ? "" : "s", count == 1 ? "is" : "are", count);
    return false;
  }
  if (form->kind == DIST_EMPIRICAL) {
    char name[300];
    p = skip_blanks(p, end);
    while (end > p && end[-1] == ' ') end--;
    snprintf(name, sizeof name, "%.*s", (int)(end - p > 299 ? 299 : end - p), p);
    return read_empirical(c, n, name, d);
  }
  for (int i = 0; i < count; i++) {
    const char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma ? comma : end, *wrong;
    double v = 0;
    p = skip_blanks(p, stop);
    if (!read_argument(p, (size_t)(stop - p), form->argument[i].what, &v, &wrong)) {
      check_fault(c, n, STATUS_RANGE, "%s(%s): %.*s %s", form->name, form->help, stop - p > 40 ? 40 : (int)(stop - p), p, wrong);
      ok = false;
      v = 0;                        // it may not even fit its field
    }
    switch (form->argument[i].to) {
      case FIELD_A: d->a = v; break;
      case FIELD_B: d->b = v; break;
      case FIELD_C: d->c = v; break;
      case FIELD_N: d->n = (int)v; break;
    }
    p = comma ? comma + 1 : end;
  }
  return ok;
}

bool read_distribution(struct check *c, const struct node *n, const struct key *k, struct distribution *out) {
  *out = (struct distribution){.kind = DIST_CONSTANT};
  if (!read_scalar(c, n, "a time or a distribution")) return false;
  if (unclosed(n)) {
    if (n->parent && n->parent->flow) forgotten_quote(c, n);
    else check_fault(c, n, STATUS_SYNTAX, "a ) is missing");
    return false;
  }
  const char *open = memchr(n->text, '(', n->size), *end = n->text + n->size;
  char text[SHOWN_SIZE], near[100];
  if (!open) {
    // a plain time; a letter first is the name of a distribution without its values
    char first = n->text[0];
    if ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z')) {
      size_t length = strcspn(n->text, " ");
      int i = word_index(form_words, n->text, length);
      if (i >= 0) check_fault(c, n, STATUS_TYPE, "%s needs its values: %s(%s)", forms[i].name, forms[i].name, forms[i].help);
      else check_fault(c, n, STATUS_TYPE, "%s is neither a time nor a distribution", shown(n, text));
      return false;
    }
    if (!read_quantity(c, n, k, &out->a)) return false;
    distribution_prepare(out);
    return true;
  }

  size_t length = (size_t)(open - n->text);
  while (length > 0 && n->text[length - 1] == ' ') length--;
  int i = word_index(form_words, n->text, length);
  if (i < 0) {
    char word[NAME_MAX_SIZE];
    snprintf(word, sizeof word, "%.*s", length > 40 ? 40 : (int)length, n->text);
    check_fault(c, n, STATUS_RANGE, "there is no distribution %s%s", word, word_nearest(c, form_words, word, near, sizeof near));
    return false;
  }
  const char *close = memchr(open, ')', (size_t)(end - open));
  if (!close || skip_blanks(close + 1, end) != end) {
    check_fault(c, n, STATUS_SYNTAX, close ? "%s: nothing may follow the )" : "%s: a ) is missing", shown(n, text));
    return false;
  }
  out->kind = forms[i].kind;
  if (!read_arguments(c, n, &forms[i], open + 1, close, out) || !in_order(c, n, out)) return false;
  distribution_prepare(out);
  double mean = distribution_mean(out);
  if (!(mean <= KEY_TIME_MAX)) check_fault(c, n, STATUS_RANGE, "the mean of %s is above 36600 d", shown(n, text));
  else if (k->flags & KEY_ABOVE && !(mean > 0)) check_fault(c, n, STATUS_RANGE, "the mean of %s must be above 0 s", shown(n, text));
  else return true;
  return false;
}

// ---- durations ---------------------------------------------------------------------------------

static void by_part(struct check *c, struct duration *d) {
  int parts = c->l->part_count;
  d->by_part = CHECK_NEW(c, const struct distribution *, parts > 0 ? parts : 1);
}

bool read_duration(struct check *c, const struct node *n, const struct key *k, struct duration *out) {
  *out = (struct duration){.given = true, .mark = n->mark};
  if (n->kind != NODE_MAP) {
    struct distribution *d = CHECK_NEW(c, struct distribution, 1);
    if (!read_distribution(c, n, k, d)) return false;
    by_part(c, out);
    for (int i = 0; i < c->l->part_count; i++) out->by_part[i] = d;
    return true;
  }
  if (n->count == 0) {
    check_fault(c, n, STATUS_TYPE, "a time, a distribution or a map {part: time} is wanted, here is an empty map");
    return false;
  }
  by_part(c, out);
  bool ok = true;
  for (const struct node *item = n->first; item; item = item->next) {
    char near[100];
    int part = name_find(c, NAMED_PART, item->key);
    struct distribution *d = CHECK_NEW(c, struct distribution, 1);
    if (part == NONE) {
      if (!cut_by_comma(c, item)) check_fault_key(c, item, STATUS_REF, "there is no part %.40s%s", item->key, name_nearest(c, NAMED_PART, item->key, near, sizeof near));
      ok = false;
    }
    if (!cut_by_comma(c, item)) ok = read_distribution(c, item, k, d) && ok;
    if (part != NONE) out->by_part[part] = d;
  }
  return ok;
}

void duration_zero(struct check *c, struct duration *d) {
  d->given = false;
  d->by_part = c->zero;
}
