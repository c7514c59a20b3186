// A stretch of jogging within a walk: its steps and their times, from a walking step into a steady jog and back.
//
//     walking foot      ball of a foot ...            steady ...             walking foot
//      |-- stance --| flight |-- stance --| flight |-- stance --| .. flight |-- stance --|-- both feet ..
//
// Speed grows from that of the walk by at most GAIN a step and falls likewise. Flight and contact of each step are those of the steady jog at the
// speed between: the time of flight is a rule of the style (robots/jog.h), the contact goes with 1 / sqrt(speed) from that of the
// spring-mass jog. A step is as long as the mean of the speeds at its ends says.
#pragma once

#include "robots/jog.h"

#define JOG_GAIN 0.30               // m/s  of speed from one step to the next; a guess

// A jog at one speed, as plans use it.
struct jog_pace {
  double           speed;           // m/s  0: none
  struct jog_style style;
  struct slip      slip;
  struct slip_step step;
};

// STATUS_RANGE: no such jog.
enum status jog_pace_of(struct jog_pace *p, const struct humanoid *h, double speed, struct error *e);

double jog_contact(const struct jog_pace *p, double speed);            // s    of a step at a speed up to the pace's
double jog_flight(const struct jog_pace *p, const struct humanoid *h, double speed);

// Speed at which the body passes over foot i of n (0 .. n - 1) that jog between walks of walk[0] and walk[1] m/s. n is at least both ramps'.
int    jog_ramp(const struct jog_pace *p, double walk);                // steps until the pace is reached
double jog_speed(const struct jog_pace *p, const double walk[2], int i, int n);

// Way from passing over a foot to passing over the next one, m: i = 0 .. n, the first from a walking foot, the last to one. single: s that a walking
// foot carries alone.
double jog_step_way(const struct jog_pace *p, const struct humanoid *h, const double walk[2], double single, int i, int n);
