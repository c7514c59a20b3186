// Running as a point mass on a springy leg without mass: the spring-loaded inverted pendulum.
//
//   stance  m r'' = k (l - |r|) r / |r| - m g    r from the foot       Blickhan, J. Biomechanics 22 (1989) 1217;
//   flight  r'' = -g                                                   McMahon & Cheng, J. Biomechanics 23 (1990) 65
// The leg lands at `angle` from the floor when its length l fits under the mass and leaves when it is l again. From one
// apex of flight to the next this is a map of height and speed (Seyfarth, Geyer & Herr, J. Exp. Biology 206 (2003) 2547).
// Energy is conserved, so of the two one is free.
//
// Stance has no closed form. It is integrated by extrapolation of the modified midpoint rule to order 12 (Gragg 1965,
// Bulirsch & Stoer 1966) in steps of an eighth of sqrt(m / k); lift-off is found by Newton's method on the last step.
// Errors are below 1e-12 m and m/s; the same bits everywhere.
#pragma once

#include <stdbool.h>

struct slip {
  double mass;                      // kg
  double stiffness;                 // N/m   k
  double length;                    // m     l, of the unloaded leg
};

// Mass in the plane: x ahead of the stance foot, y above the floor.
struct slip_state { double x, y, vx, vy; };   // m, m/s

// One step, apex to apex.
struct slip_step {
  double apex_y, apex_v;            // m, m/s  at the end of the step
  double descent, contact, ascent;  // s       from apex to touch-down, on the floor, from lift-off to apex
  double period, length;            // s, m    of the step
  double duty;                      // 1       contact / (2 period): the share of a stride that one foot is down
  double compression;               // m       largest of the leg
  double peak_force;                // N       of the leg
  struct slip_state land, lift;     //         at touch-down and lift-off
};

// The mass after t seconds of stance; the leg may be pulled too (t is not checked against lift-off).
struct slip_state slip_stance(const struct slip *s, struct slip_state start, double t);

// Stance to lift-off. false: the mass comes down to the floor or does not come off within ten sqrt(m / k).
bool slip_lift(const struct slip *s, struct slip_state start, double *t, struct slip_state *lift);

// Energy per kg in stance, J/kg: (vx^2 + vy^2) / 2 + g y + k (l - |r|)^2 / (2 m).
double slip_energy(const struct slip *s, struct slip_state a);

// The step from an apex of height y and speed v with the leg landing at `angle` (rad, from the floor in front). false: no
// next apex ahead. The leg cannot be brought under the mass, it falls, is thrown back, or leaves the floor sinking.
bool slip_apex(const struct slip *s, double y, double v, double angle, struct slip_step *out);

// The jog that repeats itself: mean speed and time of flight of a step given, landing angle out. Stance is symmetric about
// the foot, so the step is found from the middle of stance, by Newton's method on compression and speed there. false: none,
// or the leg would be compressed by more than half of its length.
bool slip_jog(const struct slip *s, double speed, double flight, double *angle, struct slip_step *out);

// The same with the compression given (m) and the stiffness found; s->stiffness is written.
bool slip_jog_compressed(struct slip *s, double speed, double flight, double compression, double *angle, struct slip_step *out);

// Speed at which v^2 / (g l) is `froude`. Legged animals change from walk to run at 0.5; at 1 the foot of a stiff leg would
// leave the floor (Alexander 1989, Physiological Reviews 69, 1199).
double froude_speed(double froude, double leg_length);
