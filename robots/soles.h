// Soles seen from above: how far two feet are apart.
#pragma once

#include "robots/humanoid.h"

#define SOLES_GAP 0.010             // m    kept between two soles, also while one passes the other

struct sole_outline { double x[4], y[4], c, s; };                       // m  corners; cosine and sine of the heading

struct sole_outline sole_outline_of(const struct humanoid *h, enum side side, double x, double y, double yaw);   // m  of the ankle

// Distance along the best of the outlines' own directions, m: what is between them, or how deep one covers the other (negative).
double soles_apart(const struct sole_outline *a, const struct sole_outline *b);

// Are they at least `gap` apart along one of those directions?
bool soles_clear(const struct sole_outline *a, const struct sole_outline *b, double gap);
