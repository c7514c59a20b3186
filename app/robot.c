// takt robot MODEL VERB: one humanoid by itself. One table of verbs; each is a file of its own.
#include "app/robot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/commands.h"
#include "base/tree.h"
#include "engine/world/assets.h"

struct verb { const char *name; int (*run)(const char *model, int argc, char **argv); const char *help; };

static const struct verb verbs[] = {
  {"info", robot_info_verb, "masses, lengths, joints, drives and pack; --png draws it"},
  {"dynamics", robot_dynamics_verb, "inverse dynamics, centre of mass and poses of given states"},
  {"stand", robot_stand_verb, "what standing still takes, joint by joint"},
  {"walk", robot_walk_verb, "a steady walk: steps, power, contact, limits"},
  {"jog", robot_jog_verb, "the same with flight"},
  {"tables", robot_tables_verb, "what walks, turns and standing take in event runs"},
  {"push", robot_push_verb, "a push: ankles, capture steps, or a fall"},
  {"rise", robot_rise_verb, "getting up from the floor, contact phase by contact phase"},
  {"reach", robot_reach_verb, "can a hand come there, and how long does it take"},
  {"pick", robot_pick_verb, "one pick and place beside a person's; outcomes"},
  {"grasp", robot_grasp_verb, "contacts that hold a part: force closure, quality, grip force"},
};
#define VERBS ((int)(sizeof verbs / sizeof *verbs))

static int print_help(void) {
  printf("One humanoid by itself: what its body weighs, reaches, draws and can do.\n\n"
         "  takt robot optimus-gen2 info --png figure.png\n"
         "  takt robot optimus-gen2 dynamics states.json --json\n\n"
         "usage: takt robot MODEL VERB [options]\n"
         "MODEL is a URDF file, a folder, or a name under assets/robots/.\n\n");
  for (int i = 0; i < VERBS; i++) printf("  %-10s %s\n", verbs[i].name, verbs[i].help);
  printf("\ntakt robot MODEL VERB --help says more.\n");
  return 0;
}

int command_robot(int argc, char **argv) {
  for (int i = 1; i < argc && i < 3; i++)
    if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return print_help();
  if (argc < 3) {
    fprintf(stderr, "takt robot: expected MODEL and a verb (takt robot --help)\n");
    return 2;
  }
  for (int i = 0; i < VERBS; i++)
    if (!strcmp(argv[2], verbs[i].name)) return verbs[i].run(argv[1], argc - 2, argv + 2);
  const char *words[VERBS];
  for (int i = 0; i < VERBS; i++) words[i] = verbs[i].name;
  const char *near = nearest_word(argv[2], words, VERBS);
  if (near) fprintf(stderr, "takt robot: there is no verb '%s'; did you mean '%s'?\n", argv[2], near);
  else fprintf(stderr, "takt robot: there is no verb '%s' (takt robot --help)\n", argv[2]);
  return 2;
}

// ---- the robot ------------------------------------------------------------------------------------------------

static bool file_there(const char *path) {
  struct stat s;
  return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

// The URDF of MODEL and its folder. A folder holds a URDF of its own name.
static bool find(const char *model, char urdf[2048], char folder[1024]) {
  if (file_there(model)) {
    const char *slash = strrchr(model, '/');
    snprintf(urdf, 2048, "%s", model);
    if (slash) snprintf(folder, 1024, "%.*s", (int)(slash - model), model); else snprintf(folder, 1024, ".");
    return true;
  }
  struct stat s;
  if (stat(model, &s) == 0 && S_ISDIR(s.st_mode)) snprintf(folder, 1024, "%.1000s", model);
  else if (!assets_find(model, NULL, NULL, folder)) return false;
  size_t n = strlen(folder);
  while (n > 1 && folder[n - 1] == '/') folder[--n] = 0;
  const char *slash = strrchr(folder, '/');
  snprintf(urdf, 2048, "%.1000s/%.1000s.urdf", folder, slash ? slash + 1 : folder);
  return file_there(urdf);
}

// Print what is worth saying; true when there is an error.
static bool say(struct faults *f, bool quiet) {
  bool wrong = f->errors > 0;
  faults_sort(f);
  for (int i = 0; i < f->count; i++)
    if (f->fault[i].kind == FAULT_ERROR || !quiet) fault_print(f, i, stderr);
  faults_finish(f);
  return wrong;
}

int robot_open(struct robot_case *r, const char *model, int parts, bool quiet) {
  *r = (struct robot_case){0};
  char urdf[2048];
  if (!find(model, urdf, r->folder)) {
    fprintf(stderr, "takt robot: %s is no URDF file, and no model of that name with a URDF is in assets/robots/, $TAKT_ASSETS or beside the program\n", model);
    return 3;
  }
  struct faults f;
  size_t size;
  struct error e;
  char *text = file_read(urdf, 16 << 20, &size, &e);
  if (!text) {
    fprintf(stderr, "takt robot: %s: %s\n", urdf, e.text);
    return status_exit_code(e.status);
  }
  faults_init(&f, urdf, text, size);
  robot_model_parse(&r->model, text, size, urdf, &f);
  bool wrong = say(&f, quiet);
  free(text);
  if (wrong) return 3;
  if (!(parts & (ROBOT_DRIVES | ROBOT_LIMBS))) return 0;

  char yaml[1100];
  snprintf(yaml, sizeof yaml, "%s/robot.yaml", r->folder);
  faults_init(&f, yaml, NULL, 0);
  robot_spec_read(&r->spec, &r->model, file_there(yaml) ? r->folder : NULL, &f);
  if (say(&f, quiet)) return 3;
  if (!(parts & ROBOT_LIMBS)) return 0;
  const char *feet[2];
  enum status s = humanoid_find(&r->humanoid, &r->model, robot_spec_feet(&r->spec, feet), r->spec.sole_known ? &r->spec.sole : NULL, &e);
  if (s == STATUS_OK) return 0;
  fprintf(stderr, "takt robot: %s: %s\n", urdf, e.text);
  return status_exit_code(s);
}

void robot_close(struct robot_case *r) {
  robot_spec_finish(&r->spec);
  robot_model_finish(&r->model);
}
