// What the options of a command change in a layout before it is read: --set PATH=VALUE, and options that stand for one path, such as --for.
// All of it goes through the layout's text, so a recording has it too.
//
//   struct overrides o = {0};
//   int code = overrides_options(&o, &usage, "set", &set);
//   overrides_put(&o, "run.for", a.length);
//   if (code == 0) code = overrides_read(&o, path, &layout, quiet);
//   overrides_finish(&o);
#pragma once

#include "app/options.h"
#include "engine/layout/layout.h"

#define OVERRIDES_MAX (3 * OPTION_LIST_MAX + 16)

struct overrides {                  // all zero: nothing is changed
  struct layout_override list[OVERRIDES_MAX];
  char *kept[OVERRIDES_MAX];        // texts of its own
  int   count, keeps;
};

// Add PATH=VALUE texts, values borrowed. 0, or 2 when one is none: that is said.
int  overrides_options(struct overrides *o, const struct usage *u, const char *option, const struct option_list *texts);
// Add one, borrowed; value NULL: the option was not given, nothing is added.
void overrides_put(struct overrides *o, const char *path, const char *value);
void overrides_integer(struct overrides *o, const char *path, int64_t value);       // path borrowed
// --for, --warmup ("auto" too where it may be), --fidelity and --policy; text NULL: not given. What is none of these is said as a mistake of the command line. 0 or 2.
int  overrides_length(struct overrides *o, const struct usage *u, const char *text);
int  overrides_warmup(struct overrides *o, const struct usage *u, const char *text);
int  overrides_fidelity(struct overrides *o, const struct usage *u, const char *text);
int  overrides_policy(struct overrides *o, const struct usage *u, const char *text);
// A time from 0 s to 100 years; 0, or 2 with what is wrong said.
int  overrides_time(const struct usage *u, const char *option, const char *text, double *seconds);
void overrides_finish(struct overrides *o);

// Read a layout and look at its flows. Faults are on stderr, warnings unless quiet. 0, or the exit code; layout_finish takes it in either case.
int  overrides_read(const struct overrides *o, const char *path, struct layout *l, bool quiet);
