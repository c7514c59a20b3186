// Flight of the whole body: nothing pushes, so the six accelerations of the root follow from the limbs.
//
// With the feet on their way through the air given in the world, the wrench on the root is affine in its six accelerations, w = A a + b, A
// the inertia that it feels while the legs follow; a = -A^-1 b is taken and integrated. The root is led by a point P at `arm` above its origin,
// the centre of percussion of all that hangs on it: turning about P needs no force, so that attitude and place can be corrected apart.
// Attitude is R = Rz(yaw) Ry(pitch) Rx(roll). Rows of samples belong to the trajectory; columns are the caller's.
#pragma once

#include "robots/quintic.h"
#include "robots/trajectory.h"

#define FLIGHT_AXES 6               // of P: x, y, z, roll, pitch, yaw

struct flight_axes {
  struct trajectory *t;             // borrowed
  double  arm;                      // m
  double *x[FLIGHT_AXES], *v[FLIGHT_AXES], *a[FLIGHT_AXES];            // place of P and attitude, rates, accelerations  (n)
  double *lack[FLIGHT_AXES];        //      accelerations that flight lacks                      (n)
  double (*inverse)[FLIGHT_AXES][FLIGHT_AXES];                         // of the inertia that the root feels in flight   (n)
  bool    lost;                     //      a motion that no acceleration mends: legs locked
};

// Give t->pelvis of sample k, or of all, what the axes say.
void flight_set_sample(struct flight_axes *f, int k);
void flight_set_pelvis(struct flight_axes *f);

// Coordinates of a root that moves like that, with P at `arm`.
void flight_axes_of(const struct frame_motion *p, double arm, struct jet out[FLIGHT_AXES]);

// Lead by the centre of percussion: the arm at which pitching and rolling take least force at sample k. Moves x and y (the caller moves
// what it wishes of z by the rise that is returned).
double flight_find_arm(struct flight_axes *f, int k);

// Bring a coordinate to a path (n; lost) by a share of the way, and by less where that is more than `most` anywhere.
void flight_bring(struct flight_axes *f, int axis, struct jet *path, double most, double share);

// What sample k of flight lacks for no wrench at all, after trajectory_dynamics. inertia: find its inverse anew.
void flight_find_lack(struct flight_axes *f, int k, bool inertia);

// A jet carried over h (s) by an acceleration that goes from a0 to a1 in a straight line.
struct jet flight_carry(struct jet d, double a0, double a1, double h);

// One coordinate over one flight of n >= 2 samples as difference from what is wished: its acceleration is given, rate and value are free by
// a straight line, taken so that the mean square difference is least. before, after: s from lift-off to the first
// sample and from the last one to touch-down, whose jets go to *lift and *land.
void flight_path(int n, double h, double before, double after, const double *accel, struct jet *d, struct jet *lift, struct jet *land);
