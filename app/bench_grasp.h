// Grasps by themselves: microseconds a verdict, a quality, a plan.
#pragma once

#define BENCH_GRASP_CONTACTS 4

// Processor time of one call, in us.
struct bench_grasp {
  double closed[BENCH_GRASP_CONTACTS + 1];    // grasp_planar_closed of 2, 3, 4 contacts
  double quality[BENCH_GRASP_CONTACTS + 1];   // grasp_planar, both norms
  double spatial;                             // grasp_spatial of three fingers, pyramids of 8 edges
  double plan;                                // grip_plan of a box among six neighbours in a bin
};

// The least of many short runs.
struct bench_grasp bench_grasp(void);
