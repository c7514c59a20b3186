// From a solved trajectory of one stride to a gait: samples, power by joint, contact and joint limits.
//
// Used by every kind of gait. The power of a sample is that of all joints' drives on one bus (robots/bus.h), means are over
// the stride. What a limit compares:
//   torque, speed   motor torque (losses and rotor included) and joint rate, against the actuator's
//   friction        |tangential| / normal force of a foot, against the floor's
//   yaw             moment about the floor's normal, against mu Fn r, r the mean distance of a sole's points from its middle
//   sole            centre of pressure against the edges heel, ball, inner and outer, 2 mm allowed
//   lift            a foot that pulls
#pragma once

#include "robots/gait.h"
#include "robots/spec.h"
#include "robots/trajectory.h"

// Fill g and r from t (solved, trajectory_contacts done). residual: what trajectory_contacts returned is not judged here.
// step_period in s; duty as in struct gait. On an error both are empty.
enum status gait_measure(struct gait *g, struct gait_report *r, const struct trajectory *t, const struct robot_spec *spec,
                         const struct gait_wish *wish, double step_period, double duty, struct error *e);

// Only the power, W, with spec's actuators as they are now; fills the power figures of r and its torque shares.
double gait_power(const struct gait *g, const struct robot_spec *spec, struct gait_report *r);

// Names of the bits of gait_report.broken, in their order: "torque", "speed", ... NULL after the last.
const char *gait_limit_name(int bit);
