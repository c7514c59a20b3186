// All drives of many robots, one tick: power, heat, wear and what the bus draws, in one pass over columns.
//
// Row j * stride + r is joint j of robot r. Each element is what actuator_power, heat_step_run and wear_rate give, and is the
// same to the bit at every lane width (robots/drives_kernel.h); sums over joints go from joint 0 upwards.
// Nothing allocates. Joints without a drive (mimic) add nothing.
#pragma once

#include "robots/dynamics.h"
#include "robots/heat.h"
#include "robots/spec.h"
#include "robots/wear.h"

// One joint's constants for a tick of dt s; made by drives_prepare for each joint.
struct drive_tick {
  struct actuator  actuator;
  struct heat_step heat;
  double           wear;            // wear_rate times dt
  bool             driven;
};

struct drive_columns {
  int           n, stride;          // robots, distance between two joints' rows (a multiple of 8)
  double        ambient;            // degC
  const double *tau, *w, *dw;       // N m, rad/s, rad/s2   of inverse dynamics                (joints x stride)
  double       *winding, *housing;  // degC                 state                              (joints x stride)
  double       *damage;             // 1                    state; 1 is the L10 life           (joints x stride)

  // sums over a robot's joints, written anew by every call                                    (stride)
  double *electrical;               // W    into the drives: what bus_power takes
  double *mechanical;               // W    tau w
  double *heat;                     // W    copper, gear, friction and inverter
  double *rotor;                    // W    rate of change of the rotors' kinetic energy: electrical = mechanical + heat + rotor
  double *excess;                   // 1    largest (|motor torque| - derated peak) / peak; above 0 a drive gives less than asked
};

void drives_prepare(struct drive_tick *ticks, const struct robot_spec *s, double dt);        // (joint_count)

// Rows from .. to-1, from a multiple of 8; to is rounded up to one, so rows n .. stride-1 hold any finite numbers.
void drives_run(const struct drive_tick *ticks, int joints, const struct drive_columns *c, int from, int to, enum lane_width width);
