// What a robot can do on its legs, as a library made from its own model when it is loaded: how it strides at
// each speed, what a stride, a start, a stop and a turn cost by speed, load and slope.
//
// Two readers: walks (robots/walker.h) take their strides from here, the event tables take times and energies. Both see the
// same clips, so they agree. Made in parallel on `threads` threads; the result does not depend on their number.
// Nothing is typed in and nothing is cached on disk.
#pragma once

#include "robots/gait.h"
#include "robots/stand.h"

#define LIBRARY_SPEEDS 6
#define LIBRARY_LOADS  3
#define LIBRARY_SLOPES 3

struct robot_spec;

// How the robot strides at a speed.
struct stride {
  double length, period;            // m, s  of one step
  double double_support;            // s    of a step with both feet on the floor
  double strike, toe_off, toe_off_rate;        // rad, rad, rad/s
  double cop_start, cop_end;        // m    along the sole
  double clearance;                 // m
  double arm_swing;                 // rad  amplitude at the shoulders
};

// Cost of one clip.
struct clip_cost { double time, energy, distance; };                   // s, J, m

struct gait_library {
  const struct humanoid   *humanoid;                                   // borrowed
  const struct robot_spec *spec;                                       // borrowed
  struct stand             stand;   // the pose between walks
  double speed[LIBRARY_SPEEDS], load[LIBRARY_LOADS], slope[LIBRARY_SLOPES];     // m/s, kg, rad: the grid
  double power[LIBRARY_SPEEDS][LIBRARY_LOADS][LIBRARY_SLOPES];         // W    of steady walking; infinity where it cannot
  struct clip_cost start[LIBRARY_SPEEDS][LIBRARY_LOADS];               // from standing into the steady stride
  struct clip_cost stop[LIBRARY_SPEEDS][LIBRARY_LOADS];
  struct clip_cost turn[LIBRARY_LOADS];                                // on the spot, by one radian
  double stand_power[LIBRARY_LOADS];                                   // W
  double speed_max;                 // m/s  fastest of the grid that holds its limits unloaded
};

// Make the library. threads: 1 .. 64.
enum status gait_library_make(struct gait_library *l, const struct humanoid *h, const struct robot_spec *s, int threads, struct error *e);
void        gait_library_finish(struct gait_library *l);

// The stride at a speed with a load on a slope, between the grid's points by interpolation.
struct stride gait_library_stride(const struct gait_library *l, double speed, double load, double slope);
// Power of steady walking, W, and the fastest speed (m/s) whose limits hold, by load and slope.
double gait_library_power(const struct gait_library *l, double speed, double load, double slope);
double gait_library_speed_max(const struct gait_library *l, double load, double slope);
