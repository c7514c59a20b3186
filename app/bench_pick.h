// Planning picks, timed: random parts in random places of random bins, each planned once and cold.
#pragma once

#include "base/status.h"

#define BENCH_PICKS 200

struct bench_pick {
  double mean, median, worst;       // us   of a plan that one hand or both carry out
  double one_hand, both;            // us   means of those
  double refused;                   // us   mean of those that cannot be done
  double takes;                     // s    mean time of the picks that were planned
  int    done, with_both, not_done; // scenes
};

// folder: of the robot's model. The least of some runs over all scenes counts for each scene.
enum status bench_pick(const char *folder, struct bench_pick *out, struct error *e);
