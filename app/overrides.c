#include "app/overrides.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/shape.h"

#define NUMBER 24                   // characters of an integer

static void add(struct overrides *o, const char *path, const char *value) {
  assert(o->count < OVERRIDES_MAX);
  o->list[o->count++] = (struct layout_override){path, value};
}

static char *keep(struct overrides *o, char *text) {
  assert(text);
  return o->kept[o->keeps++] = text;
}

int overrides_options(struct overrides *o, const struct usage *u, const char *option, const struct option_list *texts) {
  for (int i = 0; i < texts->count; i++) {
    const char *text = texts->value[i], *equals = strchr(text, '=');
    if (!equals || equals == text) return usage_wrong(u, "--%s wants PATH=VALUE, not '%s'", option, text);
    add(o, keep(o, strndup(text, (size_t)(equals - text))), equals + 1);
  }
  return 0;
}

void overrides_put(struct overrides *o, const char *path, const char *value) {
  if (value) add(o, path, value);
}

void overrides_integer(struct overrides *o, const char *path, int64_t value) {
  char *text = keep(o, malloc(NUMBER));
  snprintf(text, NUMBER, "%" PRId64, value);
  add(o, path, text);
}

void overrides_finish(struct overrides *o) {
  for (int i = 0; i < o->keeps; i++) free(o->kept[i]);
  *o = (struct overrides){0};
}

int overrides_read(const struct overrides *o, const char *path, struct layout *l, bool quiet) {
  struct faults f;
  faults_init(&f, path, NULL, 0);
  enum status status = layout_read_file(l, path, o->list, o->count, &f);
  if (status == STATUS_OK) layout_check_flows(l, &f);
  faults_sort(&f);
  if (f.errors > 0 || !quiet) faults_print(&f, stderr);
  if (status == STATUS_OK && f.errors > 0) status = STATUS_CONFLICT;
  faults_finish(&f);
  return status_exit_code(status);
}
