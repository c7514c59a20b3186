// What jogging takes of a robot, from walks of itself that jog on their way (robots/run.h).
//
// At each of a few speeds a steady jog is solved, and one straight walk with a jog in it: what the changes from walk to jog and back take beyond
// steady power, and the friction they need. Between them parabolas. Steady walks are solved at the same speeds, so that the model itself says from
// which speed on jogging is the cheaper gait. Arms free; with a load nobody jogs.
#pragma once

#include "base/status.h"

#define JOG_SPEEDS 3

struct gait_library;

struct jog_table {
  int    count;                     //      speeds; 0: it does not jog, or nobody has asked
  double walk;                      // m/s  of the walk around it
  double speed[JOG_SPEEDS];         // m/s
  double power[JOG_SPEEDS];         // W    of a steady jog
  double walking[JOG_SPEEDS];       // W    of a steady walk at that speed, where there is one; else infinite
  double ends[JOG_SPEEDS];          // J    of the changes from walk to jog and back, beyond that power
  double friction[JOG_SPEEDS];      // 1    needed
  double limit[JOG_SPEEDS];         // 1    samples that break a limit, as a share
  double change;                    // m/s  from which on the jog draws less
};

// Jogs up to `most` m/s from walks of `walk` m/s, with l's own walks. threads: 1 .. 64; the result does not depend on it. STATUS_RANGE: this body
// has no such jog, or never a cheaper one.
enum status jog_table_make(struct jog_table *j, const struct gait_library *l, double walk, double most, int threads, struct error *e);

double jog_table_power(const struct jog_table *j, double speed);       // W
double jog_table_ends(const struct jog_table *j, double speed);        // J
double jog_table_friction(const struct jog_table *j, double speed);    // 1
