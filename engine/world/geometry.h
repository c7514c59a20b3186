// Plane geometry of the floor: points, segments, simple polygons and convex pieces.
//
// Coordinates are metres in the hall; GEO_EPSILON is the width of "touching". Obstacles are kept as
// convex pieces, each the meeting of half-planes, so that one short loop (Cyrus & Beck 1978) tells
// whether a leg passes through. Only + - * / and sqrt are used: the same bits everywhere.
#pragma once

#include <stdbool.h>

#include "base/maths.h"
#include "engine/layout/layout.h"

#define GEO_EPSILON 1e-6            // m

struct halfplane { double n[2], c; };   // inside: n . p < c, n of length 1

static inline double geo_distance(const double a[2], const double b[2]) {
  double x = b[0] - a[0], y = b[1] - a[1];
  return m_sqrt(x * x + y * y);
}
double geo_cross(const double o[2], const double a[2], const double b[2]);      // (a - o) x (b - o)

// Distance of p from the segment a b.
double geo_segment_distance(const double p[2], const double a[2], const double b[2]);

// Parameter in [0, 1] along a b where it crosses the segment c d; < 0: none, or parallel.
double geo_crossing(const double a[2], const double b[2], const double c[2], const double d[2]);

// Even-odd rule; a point on the rim may fall to either side.
bool polygon_contains(const struct polygon *g, const double p[2]);
bool polygon_near(const struct polygon *g, const double p[2], double distance); // of its rim
bool polygon_convex(const struct polygon *g);
double polygon_area(const struct polygon *g);                                   // > 0: counter-clockwise
// Smallest parameter > t along a b where it crosses the rim of g; 2 when there is none.
double polygon_next_crossing(const struct polygon *g, const double a[2], const double b[2], double t);

// Box {x0, y0, x1, y1} of n points.
void geo_box(const double (*point)[2], int n, double box[4]);
bool geo_box_meets(const double box[4], const double a[2], const double b[2]);  // the box of a b

// True when the segment a b has an inner point of the piece of n half-planes.
bool convex_meets(const struct halfplane *h, int n, const double a[2], const double b[2]);
bool convex_contains(const struct halfplane *h, int n, const double p[2]);

// Normals of the rounded corner between two edges with outward normals n0, n1 (a left turn): n0,
// n1 and what lies between so that no step turns by more than 45 degrees. Returns their number:
// 2, 3 or 5. The grown corner runs along the circumscribed lines n . (p - v) = r; it is outside the
// round one by at most 0.083 r.
#define CORNER_NORMALS_MAX 5
int corner_normals(const double n0[2], const double n1[2], double out[CORNER_NORMALS_MAX][2]);

// Where the lines at distance r from v with normals na, nb meet.
void corner_point(const double v[2], const double na[2], const double nb[2], double r, double out[2]);
