#include "app/overrides.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
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
    char *path = keep(o, strndup(text, (size_t)(equals - text)));
    for (int k = 0; k < i; k++)
      if (!strncmp(texts->value[k], text, (size_t)(equals - text) + 1)) return usage_wrong(u, "--%s %s is given twice: '%s' and '%s'", option, path, strchr(texts->value[k], '=') + 1, equals + 1);
    add(o, path, equals + 1);
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

int overrides_time(const struct usage *u, const char *option, const char *text, double *seconds) {
  const char *trouble = quantity_read(text, strlen(text), DIM_TIME, seconds);
  if (trouble) return usage_wrong(u, "--%s: '%s': %s", option, text, trouble);
  if (*seconds < 0 || *seconds > ns_to_seconds(NS_LIMIT)) return usage_wrong(u, "--%s: %s is outside 0 s ... 100 years", option, text);
  return 0;
}

int overrides_length(struct overrides *o, const struct usage *u, const char *text) {
  double s;
  if (text && overrides_time(u, "for", text, &s)) return 2;
  if (text && !(s > 0)) return usage_wrong(u, "--for: must be longer than 0 s");
  overrides_put(o, "run.for", text);
  return 0;
}

int overrides_warmup(struct overrides *o, const struct usage *u, const char *text) {
  double s;
  if (text && strcmp(text, "auto") && overrides_time(u, "warmup", text, &s)) return 2;
  overrides_put(o, "run.warmup", text);
  return 0;
}

// one of the words; else what is near, and all of them
static int take_word(struct overrides *o, const struct usage *u, const char *option, const char *path, const char *text, const char *const *words, int count, const char *all) {
  bool known = !text;
  for (int i = 0; i < count && !known; i++) known = !strcmp(text, words[i]);
  const char *near = known ? NULL : nearest_word(text, words, count);
  if (!known) return usage_wrong(u, "--%s: there is no '%s'%s%s; %s", option, text, near ? ", did you mean " : "", near ? near : "", all);
  overrides_put(o, path, text);
  return 0;
}

int overrides_fidelity(struct overrides *o, const struct usage *u, const char *text) {
  static const char *const words[] = {"event", "motion", "body"};
  return take_word(o, u, "fidelity", "run.fidelity", text, words, 3, "event, motion or body");
}

int overrides_policy(struct overrides *o, const struct usage *u, const char *text) {
  static const char *const words[] = {"nearest", "fifo", "idle-first", "spt", "edd", "atc", "lookahead"};
  size_t n = text ? strlen(text) : 0;
  if (n > 3 && !strcmp(text + n - 3, ".so")) {
    overrides_put(o, "scheduler.policy", text);
    return 0;
  }
  return take_word(o, u, "policy", "scheduler.policy", text, words, (int)(sizeof words / sizeof *words), "nearest, fifo, idle-first, spt, edd, atc, lookahead or FILE.so");
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
