// How far a push may throw the capture point before steps no longer save the body: N-step capturability of the linear
// inverted pendulum with a finite foot. Koolen, de Boer, Rebula, Goswami & Pratt, IJRR 31 (2012) 1094, sec. 5.
//
//   d_0 = r                                     the centre of pressure reaches the sole's edge and holds
//   d_N = r + (l - r + d_(N-1)) e^(-w T)        push it away for T at the edge, step l, be left with d_(N-1)
//   d_inf = (r + (l - r) e^(-w T)) / (1 - e^(-w T))   no number of steps saves a body beyond it
//
// Distances are those of xi from the stance ankle at the instant of the push, in the direction of the push; the swing
// starts at that instant. A body at rest above its ankle that takes the impulse J has xi = J / (m w).
#pragma once

#define CAPTURE_NONE (-1)           // capture_steps: lost, whatever the steps

struct capture_body {
  double mass;                      // kg
  double height;                    // m    of the centre of mass
  double foot;                      // m    r: from the ankle to the sole's edge in the direction of the push
  double step;                      // m    l: the longest step that way, ankle to ankle
  double swing;                     // s    T: the shortest time from push to touch-down
};

double capture_distance(const struct capture_body *b, int steps);    // m, d_N; steps >= 0
double capture_distance_most(const struct capture_body *b);          // m, d_inf

// Steps that a capture point `distance` (m) from the ankle needs, 0: ankle alone; CAPTURE_NONE: beyond d_inf.
int capture_steps(const struct capture_body *b, double distance);

double capture_impulse(const struct capture_body *b, int steps);     // N s, the largest that N steps answer
double capture_impulse_most(const struct capture_body *b);           // N s
