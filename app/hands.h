// What the verbs `reach` and `pick` of takt robot share: a robot with its reacher, lists of numbers, and pictures.
#pragma once

#include "app/robot.h"
#include "robots/handling.h"

struct hands_case {
  struct reacher    reacher;
  struct reach_pose standing;
  double            foot[2];
};

// Calibrate the drives and make the reacher. Returns 0 or the exit code; r must stay where it is.
int hands_open(struct hands_case *h, struct robot_case *r, bool quiet);

// "0.3,0.2,0.1": at least `least` numbers, at most `most`, each within low .. high. Says what is wrong; missing ones are 0.
bool hands_numbers(const char *option, const char *text, int least, int most, double low, double high, double *out);

enum status hands_reach_png(const struct hands_case *h, const struct robot_case *r, const struct reach_pose *p, bool both, double load, const char *path, struct error *e);

// person: MTM-1's seconds for reach, grasp, move, position, release.
enum status hands_pick_png(const struct hands_case *h, const struct robot_case *r, const struct handling_wish *w, const struct handling *a, const double robot[5], const double person[5],
                           const char *path, struct error *e);
