// Rods with round ends: how far they are apart. What arms and hands are when they pass each other.
#pragma once

#include "base/vector.h"

struct rod { struct v3 a, b; double radius; };        // m

// Between the surfaces, m; below 0 they overlap by so much. Closest points of two line segments: Lumelsky, Inf. Process. Lett. 21 (1985) 55.
double rods_apart(const struct rod *p, const struct rod *q);
