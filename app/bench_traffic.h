// Bench: robots that go to and fro in a sorting hall of 140 x 500 cells, a wall for every fourth cell of its middle.
#pragma once

struct bench_traffic {
  int    robots, steps;
  double first, mean, p99, max;     // ms of the clock a step
  double reached;                   // goals a step
  double moves;                     // share of the robots that go forward in a step
  double fields;                    // MiB of distance fields
};

// False: out of memory.
_Bool bench_traffic(struct bench_traffic *b, int robots, int window, int steps);
