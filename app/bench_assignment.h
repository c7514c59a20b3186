// The policy lookahead by itself, on points in a hall: time of a whole assignment, of one after few changes, and its quality.
#pragma once

#include <stdint.h>

struct bench_assignment {
  double  cold_mean, cold_worst;    // ms   everything new: 5,000 jobs, 5,000 robots
  double  spare;                    // ms   5,500 robots
  double  change_mean, change_worst;// ms   100 jobs and 100 robots changed
  double  above;                    // share that robots walk above the optimum, 1,000 jobs and 1,100 robots
  double  above_sparse;             //       the same in a hall five times as long
  double  above_greedy;             //       when every job takes the nearest robot left
  double  given;                    // jobs given then with 5,000 robots, on average: the others cost more to reach than to leave for later
};

struct bench_assignment bench_assignment(void);
