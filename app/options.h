// The arguments of a command: `--key value`, `--key=value`, `--flag`, `-q`, and names without dashes.
//
// A table says what a command takes; help is printed from the same table, examples first. Wrong use
// is said in one sentence on stderr, with the nearest known option. What takes one value may be given once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTION_LIST_MAX 64
#define OPTIONS_MAX     64          // in the table of a command

struct option_list { const char *value[OPTION_LIST_MAX]; int count; };

enum option_kind {
  OPTION_FLAG,                      // bool                 set when given
  OPTION_TEXT,                      // const char *
  OPTION_LIST,                      // struct option_list   may be given again and again
  OPTION_NUMBER,                    // double               low <= value <= high
  OPTION_INTEGER,                   // int64_t              low <= value <= high
  OPTION_TIME                       // double, s            "8 h", "90 s", "90"
};

struct option {
  const char      *name;            // without dashes; "q": a single dash
  enum option_kind kind;
  void            *value;           // kept as it was when the option is not given
  const char      *argument;        // shown in help: "T", "FILE"; NULL for flags
  const char      *help;            // one line
  double           low, high;       // OPTION_NUMBER, OPTION_INTEGER, OPTION_TIME; both 0: any
  bool            *given;           // may be NULL
};

struct usage {
  const char          *command;     // "run"
  const char          *synopsis;    // "LAYOUT [options]"
  const char          *examples;    // lines, each a comment or a command
  const char          *about;       // a sentence or two
  const struct option *options;
  int                  count;       // at most OPTIONS_MAX
  int                  names_min, names_max;    // arguments without dashes
};

enum options_answer { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_WRONG };

// Read argv[1] ... argv[argc - 1]. names gets the arguments without dashes, *name_count how many. After
// OPTIONS_HELP the help is on stdout: exit 0; after OPTIONS_WRONG the reason is on stderr: exit 2.
enum options_answer options_read(const struct usage *u, int argc, char **argv, const char **names, int *name_count);

// Say "takt COMMAND: ..." on stderr and return exit code 2.
int usage_wrong(const struct usage *u, const char *format, ...) __attribute__((format(printf, 2, 3)));
