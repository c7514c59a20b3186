// What a walk takes from the battery, from its footsteps alone.
//
// Steady walking at each step's speed, standing while both feet rest, and terms in which a walk differs from that: the change of
// (speed)^2 from step to step, a cadence quicker than steady walking's, swings, turning, stepping aside. Their weights come from walks
// of the robot itself, solved with its full dynamics when the library is made, by least squares with a small ridge (Hoerl &
// Kennard 1970); with a load they are straight lines over it.
#pragma once

#include "robots/transition.h"

#define WALK_TERMS 8                // without a load; with one twice as many, the second half times the load

// speed: m/s that the steps were asked for.
struct walk_terms {
  double steps;                     // s    from the first lift to the last but one: walking; the rest of the time stands
  double speed_most;                // m/s
  double rise[2];                   // m    gained and lost
  double term[WALK_TERMS];
};

// Called with each step: its speed ahead and its time.
typedef double walk_power_fn(void *context, double speed);             // W

// Terms of a plan; *base: J of its steps by `power`.
void walk_terms_of(struct walk_terms *out, double *base, const struct humanoid *h, const struct step_plan *p, const struct step_target *from,
                   const struct step_target *target, walk_power_fn *power, void *context);

// One walk that was solved: the energy that base and rest do not explain.
struct walk_example { struct walk_terms terms; double load, left, energy; };   // kg, J, J

// Weights from examples; loaded: of terms and of terms times the load. 0 where examples are too few.
void walk_terms_fit(double weight[2 * WALK_TERMS], const struct walk_example *example, int count, bool loaded);
double walk_terms_energy(const double weight[2 * WALK_TERMS], const struct walk_terms *t, double load);
