#include "study/vary.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX 10000            // of one path

static enum status add(struct grid *g, struct vary *v, const char *text, size_t size, struct error *e) {
  while (size > 0 && *text == ' ') text++, size--;
  while (size > 0 && text[size - 1] == ' ') size--;
  if (size == 0) return error_at(e, STATUS_SYNTAX, "", 0, 0, "--vary %s: a value is missing between commas", v->path);
  if (v->count == VALUES_MAX) return error_at(e, STATUS_LIMIT, "", 0, 0, "--vary %s: more than %d values", v->path, VALUES_MAX);
  v->value[v->count] = arena_text(&g->arena, text, size);
  if (!v->value[v->count]) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the values of a sweep");
  for (int k = 0; k < v->count; k++)
    if (!strcmp(v->value[k], v->value[v->count])) return error_at(e, STATUS_SYNTAX, "", 0, 0, "--vary %s: %s is given twice", v->path, v->value[k]);
  v->count++;
  return STATUS_OK;
}

// 4..10: false when it is no such range.
static bool range(const char *text, size_t size, long *from, long *to) {
  char copy[64], *end;
  if (size >= sizeof copy) return false;
  memcpy(copy, text, size);
  copy[size] = 0;
  errno = 0;
  *from = strtol(copy, &end, 10);
  if (end == copy || strncmp(end, "..", 2) != 0) return false;
  char *second = end + 2;
  *to = strtol(second, &end, 10);
  return end != second && *end == 0 && errno == 0;
}

static enum status add_range(struct grid *g, struct vary *v, long from, long to, struct error *e) {
  if (to < from || (unsigned long)to - (unsigned long)from >= VALUES_MAX) return error_at(e, STATUS_LIMIT, "", 0, 0, "--vary %s: %ld..%ld goes down, or holds more than %d values", v->path, from, to, VALUES_MAX);
  for (long k = 0; k <= to - from; k++) {
    char text[32];
    int size = snprintf(text, sizeof text, "%ld", from + k);
    enum status s = add(g, v, text, (size_t)size, e);
    if (s != STATUS_OK) return s;
  }
  return STATUS_OK;
}

// Up to the next comma that parts.
static size_t item_size(const char *text) {
  int depth = 0;
  char quote = 0;
  const char *c = text;
  for (; *c; c++) {
    if (quote) { if (*c == quote) quote = 0; continue; }
    if (*c == '"' || *c == '\'') quote = *c;
    else if (*c == '(' || *c == '[' || *c == '{') depth++;
    else if (*c == ')' || *c == ']' || *c == '}') depth--;
    else if (*c == ',' && depth <= 0) break;
  }
  return (size_t)(c - text);
}

static enum status read_one(struct grid *g, const char *text, struct error *e) {
  const char *equals = strchr(text, '=');
  if (g->varies == VARY_MAX) return error_at(e, STATUS_LIMIT, "", 0, 0, "--vary: more than %d paths", VARY_MAX);
  if (!equals || equals == text || !equals[1]) return error_at(e, STATUS_SYNTAX, "", 0, 0, "--vary wants PATH=VALUE,VALUE..., not '%.80s'", text);
  struct vary *v = &g->vary[g->varies++];
  v->path = arena_text(&g->arena, text, (size_t)(equals - text));
  v->value = ARENA_NEW(&g->arena, const char *, VALUES_MAX);
  if (!v->path || !v->value) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the values of a sweep");
  for (int k = 0; k + 1 < g->varies; k++)
    if (!strcmp(g->vary[k].path, v->path)) return error_at(e, STATUS_SYNTAX, "", 0, 0, "--vary %s is given twice", v->path);
  enum status s = STATUS_OK;
  for (const char *c = equals + 1; s == STATUS_OK;) {
    size_t size = item_size(c);
    long from, to;
    s = range(c, size, &from, &to) ? add_range(g, v, from, to, e) : add(g, v, c, size, e);
    if (!c[size]) break;
    c += size + 1;
  }
  return s;
}

enum status grid_read(struct grid *g, const char *const *text, int count, struct error *e) {
  *g = (struct grid){.variants = 1};
  // address space: values here, and the names of variants of whoever runs them
  if (!arena_init(&g->arena, (size_t)1 << 28)) return error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the values of a sweep");
  for (int k = 0; k < count; k++) {
    enum status s = read_one(g, text[k], e);
    if (s != STATUS_OK) return s;
    if ((long)g->variants * g->vary[k].count > VARY_VARIANTS_MAX) return error_at(e, STATUS_LIMIT, "", 0, 0, "more than %d variants", VARY_VARIANTS_MAX);
    g->variants *= g->vary[k].count;
  }
  return error_at(e, STATUS_OK, "", 0, 0, "%s", "");
}

void grid_finish(struct grid *g) {
  if (g->arena.base) arena_finish(&g->arena);
  *g = (struct grid){0};
}

int grid_index(const struct grid *g, int variant, int k) {
  for (int i = g->varies - 1; i > k; i--) variant /= g->vary[i].count;
  return variant % g->vary[k].count;
}

int grid_variant(const struct grid *g, const int *index) {
  int variant = 0;
  for (int k = 0; k < g->varies; k++) variant = variant * g->vary[k].count + index[k];
  return variant;
}

const char *grid_value(const struct grid *g, int variant, int k) { return g->vary[k].value[grid_index(g, variant, k)]; }

const char *grid_settings(const struct grid *g, int variant, char *out, size_t size) {
  size_t used = (size_t)snprintf(out, size, "%s", g->varies ? "" : "as it is");
  for (int k = 0; k < g->varies && used < size; k++) used += (size_t)snprintf(out + used, size - used, "%s%s=%s", k ? " " : "", g->vary[k].path, grid_value(g, variant, k));
  return out;
}
