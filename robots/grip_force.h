// How hard fingers must press so that a part does not slip.
//
// Coulomb: k fingers that press with N each hold a force F across the normals while F <= k mu N. A soft finger also holds a torque about
// its normal; force and torque share the friction by the ellipsoid (F / mu N)^2 + (M / c N)^2 <= 1 (Goyal, Ruina & Papadopoulos 1991;
// Howe & Cutkosky 1996), with c = 2/3 mu a for even pressure on a disc of radius a. Inertia along the closing direction
// takes from one of two fingers what it gives to the other; neither may come to zero.
#pragma once

#include <stdbool.h>

// What must be held, of the part at the instant that asks most.
struct grip_load {
  double mass;                      // kg
  double across;                    // m/s2  gravity and acceleration together, the part across the normals
  double along;                     // m/s2  the part along them
  double arm;                       // m     from the line between the fingers to the centre of mass, across `across`
};

struct grip_contact {
  double mu;                        // 1     friction of finger on part
  double patch;                     // m     radius of the finger's contact, 0: hard
  int    fingers;                   // that share the load
};

// Load of a part that is lifted or carried with accelerations up and sideways, m/s2, fingers closing level.
struct grip_load grip_load_lift(double mass, double up, double sideways);

// Normal force of each finger at which the part just holds, N; infinity when no force does. Times a margin it is what to press.
double grip_force(const struct grip_load *load, const struct grip_contact *c);

// Does it slip when each finger presses with `force`?
bool grip_slips(const struct grip_load *load, const struct grip_contact *c, double force);

// Upward acceleration at which a part that is pressed with `force` by each finger starts to slip, m/s2; negative: it cannot even be held.
double grip_slip_acceleration(double mass, const struct grip_contact *c, double force);
