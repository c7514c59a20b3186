#include "robots/skill_file.h"

#include <string.h>

#include "robots/spec_drives.h"

static const char *const names[ROBOT_SKILLS] = {"pick", "place", "insert", "fasten", "press", "inspect", "scan", "open", "close", "handover", "carry"};

static const struct figure { const char *name; enum dimension dimension; double low, high; size_t offset; } figures[] = {
  {"learning", DIM_SHARE,  0.7, 1,   offsetof(struct robot_skill, learning)},
  {"practice", DIM_NUMBER, 1,   1e9, offsetof(struct robot_skill, practice)},
  {"least",    DIM_SHARE,  0,   1,   offsetof(struct robot_skill, least)},
};
enum { FIGURES = sizeof figures / sizeof *figures };

static void read_skill(struct robot_skill *into, const struct node *skill, struct faults *f) {
  const char *words[FIGURES];
  struct robot_skill s = {.learning = 1, .practice = 1};
  if (skill->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, skill->mark, "skills.%s: a map is wanted", skill->key);
    return;
  }
  for (int k = 0; k < FIGURES; k++) words[k] = figures[k].name;
  for (const struct node *n = skill->first; n; n = n->next) {
    int k = 0;
    while (k < FIGURES && strcmp(words[k], n->key) != 0) k++;
    if (k == FIGURES) robot_unknown_key(n, words, FIGURES, f);
    else robot_number_read(n, "skills", figures[k].dimension, figures[k].low, figures[k].high, (double *)((char *)&s + figures[k].offset), f);
  }
  if (into) *into = s;
}

void robot_skills_read(struct robot_skill *into, const struct node *skills, struct faults *f) {
  for (const struct node *n = skills->first; n; n = n->next) {
    int k = 0;
    while (k < ROBOT_SKILLS && strcmp(names[k], n->key) != 0) k++;
    if (k == ROBOT_SKILLS) robot_unknown_key(n, names, ROBOT_SKILLS, f);
    else read_skill(into ? &into[k] : NULL, n, f);
  }
}
