// Polynomials of fifth degree that carry a coordinate from one motion into another with no jump of the acceleration.
#pragma once

struct jet { double x, v, a; };     // value, rate and acceleration of one coordinate

struct quintic { double c[6], duration; };

// From one jet to another in `duration` s, above 0.
struct quintic quintic_between(struct jet from, struct jet to, double duration);

// At t s from the beginning.
struct jet quintic_at(const struct quintic *q, double t);
