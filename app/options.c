#include "app/options.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/units.h"

static void usage_print(const struct usage *u) {
  printf("usage: takt %s %s\n\n", u->command, u->synopsis);
  if (u->examples) printf("%s\n", u->examples);
  if (u->about) printf("%s\n\n", u->about);
  for (int i = 0; i < u->count; i++) {
    const struct option *o = &u->options[i];
    char left[64];
    snprintf(left, sizeof left, "%s%s%s%s", strlen(o->name) == 1 ? "-" : "--", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
    printf("  %-24s %s\n", left, o->help);
  }
  printf("  %-24s %s\n", "--help", "this text");
}

static int say_wrong(const struct usage *u, const char *format, va_list args) {
  fprintf(stderr, "takt %s: ", u->command);
  vfprintf(stderr, format, args);
  fprintf(stderr, " (takt %s --help)\n", u->command);
  return 2;
}

int usage_wrong(const struct usage *u, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int code = say_wrong(u, format, args);
  va_end(args);
  return code;
}

static enum options_answer wrong(const struct usage *u, const char *format, ...) __attribute__((format(printf, 2, 3)));

static enum options_answer wrong(const struct usage *u, const char *format, ...) {
  va_list args;
  va_start(args, format);
  say_wrong(u, format, args);
  va_end(args);
  return OPTIONS_WRONG;
}

// what is wrong with a number outside its limits
static enum options_answer outside(const struct usage *u, const struct option *o, const char *text) {
  const char *unit = o->kind == OPTION_TIME ? " s" : "";
  return wrong(u, "--%s: %s is outside %.10g%s ... %.10g%s", o->name, text, o->low, unit, o->high, unit);
}

static enum options_answer take(const struct usage *u, const struct option *o, const char *text) {
  bool limited = o->low != 0 || o->high != 0;
  double number;
  const char *trouble;
  char *end;
  switch (o->kind) {
    case OPTION_FLAG:
      *(bool *)o->value = true;
      break;
    case OPTION_TEXT:
      if (!*text) return wrong(u, "--%s: wants %s", o->name, o->argument);
      *(const char **)o->value = text;
      break;
    case OPTION_LIST: {
      struct option_list *list = o->value;
      if (list->count == OPTION_LIST_MAX) return wrong(u, "--%s: at most %d of them", o->name, OPTION_LIST_MAX);
      list->value[list->count++] = text;
      break;
    }
    case OPTION_INTEGER: {
      errno = 0;
      intmax_t n = strtoimax(text, &end, 10);
      if (end == text || *end || errno) return wrong(u, "--%s: '%s' is not a whole number", o->name, text);
      if (limited && ((double)n < o->low || (double)n > o->high)) return outside(u, o, text);
      *(int64_t *)o->value = n;
      break;
    }
    case OPTION_NUMBER:
    case OPTION_TIME:
      trouble = quantity_read(text, strlen(text), o->kind == OPTION_TIME ? DIM_TIME : DIM_NUMBER, &number);
      if (trouble) return wrong(u, "--%s: '%s': %s", o->name, text, trouble);
      if (limited && !(number >= o->low && number <= o->high)) return outside(u, o, text);
      *(double *)o->value = number;
      break;
  }
  if (o->given) *o->given = true;
  return OPTIONS_RUN;
}

static const struct option *find(const struct usage *u, const char *name, size_t size) {
  for (int i = 0; i < u->count; i++)
    if (strlen(u->options[i].name) == size && !memcmp(u->options[i].name, name, size)) return &u->options[i];
  return NULL;
}

// argument: as it was typed, with its dashes
static enum options_answer unknown(const struct usage *u, const char *argument, size_t dashes, size_t size) {
  const char *words[OPTIONS_MAX + 1];
  int n = 0;
  for (int i = 0; i < u->count; i++) words[n++] = u->options[i].name;
  words[n++] = "help";
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)size, argument + dashes);
  const char *near = nearest_word(name, words, n);
  if (near) return wrong(u, "there is no option %.*s; did you mean %s%s?", (int)(dashes + size), argument, near[1] ? "--" : "-", near);
  return wrong(u, "there is no option %.*s", (int)(dashes + size), argument);
}

enum options_answer options_read(const struct usage *u, int argc, char **argv, const char **names, int *name_count) {
  bool only_names = false, given[OPTIONS_MAX] = {false};
  *name_count = 0;
  assert(u->count <= OPTIONS_MAX);
  for (int i = 1; i < argc; i++) {
    const char *a = argv[i];
    if (!only_names && !strcmp(a, "--")) { only_names = true; continue; }
    if (!only_names && (!strcmp(a, "--help") || !strcmp(a, "-h"))) { usage_print(u); return OPTIONS_HELP; }

    // a name; "-" alone is one too
    if (only_names || a[0] != '-' || !a[1]) {
      if (*name_count == u->names_max) return wrong(u, "'%s' is one argument too many", a);
      names[(*name_count)++] = a;
      continue;
    }
    size_t dashes = a[1] == '-' ? 2 : 1;
    const char *key = a + dashes;
    size_t size = strcspn(key, "=");
    const struct option *o = find(u, key, size);
    if (!o) return unknown(u, a, dashes, size);
    const char *text = key[size] == '=' ? key + size + 1 : NULL;
    if (o->kind == OPTION_FLAG && text) return wrong(u, "--%s takes no value", o->name);
    if (o->kind != OPTION_FLAG && !text) {
      if (i + 1 >= argc) return wrong(u, "--%s wants %s after it", o->name, o->argument);
      text = argv[++i];
    }
    // of two values one would be dropped without a word
    bool many = o->kind == OPTION_FLAG || o->kind == OPTION_LIST;
    if (!many && given[o - u->options]) return wrong(u, "--%s is given twice; the second time as '%s'", o->name, text);
    given[o - u->options] = true;
    enum options_answer answer = take(u, o, text);
    if (answer != OPTIONS_RUN) return answer;
  }
  if (*name_count < u->names_min) return wrong(u, "%s is missing: takt %s %s", *name_count == 0 ? "an argument" : "one more argument", u->command, u->synopsis);
  return OPTIONS_RUN;
}
