// takt: the command line. One table of commands; each is a file of its own (app/commands.h).
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/output.h"
#include "base/fault.h"

struct command { const char *name; int (*run)(int argc, char **argv); const char *help; };

static const struct command commands[] = {
  {"run",      command_run,      "run a layout as fast as it can; what it makes, and what holds it back"},
  {"sweep",    command_sweep,    "many variants of a layout, many runs each, into a database"},
  {"compare",  command_compare,  "two layouts, or two results: what changes, and how surely"},
  {"check",    command_check,    "everything wrong or doubtful with layouts, before anything runs"},
  {"live",     command_live,     "run it at the pace of the clock and serve viewers"},
  {"view",     command_view,     "the control room: a live run, a recording, or a layout"},
  {"replay",   command_replay,   "run a recording again and compare every digest"},
  {"validate", command_validate, "hold the engine against exact results"},
  {"robot",    command_robot,    "one humanoid by itself: its body, its gaits, what they cost"},
  {"schedule", command_schedule, "job shops and line balancing: optimised, with a true bound"},
  {"traffic",  command_traffic,  "many robots on a grid map: who moves, turns, waits, and does which task"},
  {"bench",    command_bench,    "the benchmarks: named scenes with counters"},
};
#define COMMANDS ((int)(sizeof commands / sizeof *commands))

// named in the plans, not there yet: said plainly
static const char *const unbuilt[] = {"test"};

static void print_help(void) {
  printf("Takt runs a factory line staffed by humanoid robots before anyone builds it.\n\n"
         "  takt check layouts/cell-sorting.yaml             is the layout sound?\n"
         "  takt run layouts/cell-sorting.yaml               what does it make, and what holds it back?\n"
         "  takt run layouts/cell-sorting.yaml --set robots.sorters.count=6 --replications 10\n"
         "  takt view layouts/cell-sorting.yaml              see it work\n\n"
         "usage: takt COMMAND ...\n\n");
  for (int i = 0; i < COMMANDS; i++) printf("  %-10s %s\n", commands[i].name, commands[i].help);
  printf("\ntakt COMMAND --help says more; takt --version. Exit codes: 0 ok, 1 a goal not met, a check failed\n"
         "or a deadlock, 2 wrong use, 3 layout or model invalid, 4 input/output, 5 internal fault,\n"
         "130 interrupted.\n");
}

static int unknown(const char *name) {
  for (size_t i = 0; i < sizeof unbuilt / sizeof *unbuilt; i++) {
    if (strcmp(name, unbuilt[i])) continue;
    fprintf(stderr, "takt: '%s' is not built yet (takt help lists what is)\n", name);
    return 2;
  }
  const char *words[COMMANDS + 1];
  for (int i = 0; i < COMMANDS; i++) words[i] = commands[i].name;
  words[COMMANDS] = "help";
  const char *near = nearest_word(name, words, COMMANDS + 1);
  if (near) fprintf(stderr, "takt: there is no command '%s'; did you mean '%s'?\n", name, near);
  else fprintf(stderr, "takt: there is no command '%s' (takt help)\n", name);
  return 2;
}

int main(int argc, char **argv) {
  // a reader that goes away and a file that may not grow are errors of the write, seen where they happen
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  if (argc < 2) {
    print_help();
    return output_close(2);
  }
  const char *name = argv[1];
  if (!strcmp(name, "--version") || !strcmp(name, "version")) {
    printf("takt %s\n", TAKT_VERSION);
    return output_close(0);
  }
  bool help = !strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h");
  if (help && argc == 2) {
    print_help();
    return output_close(0);
  }
  // `takt help CMD` is `takt CMD --help`
  char option[] = "--help", *asked[] = {argv[0], argv[help ? 2 : 1], option, NULL};
  if (help) {
    name = argv[2];
    argv = asked;
    argc = 3;
  }
  for (int i = 0; i < COMMANDS; i++)
    if (!strcmp(name, commands[i].name)) return output_close(commands[i].run(argc - 1, argv + 1));
  return unknown(name);
}
