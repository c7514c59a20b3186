// Convex outlines in plan: parts, neighbours and pockets as seen from above.
#pragma once

#include <stdbool.h>

#define OUTLINE_CORNERS_MAX 12

struct outline {
  int    corners;                             // 0: a circle
  double corner[OUTLINE_CORNERS_MAX][2];      // m   counter-clockwise
  double middle[2];                           // m   of a circle; of a polygon any point inside, as its centre of mass
  double radius;                              // m   of a circle; of a polygon the farthest corner from middle
};

struct outline outline_circle(double x, double y, double radius);
// length along yaw, width across; rad
struct outline outline_rectangle(double x, double y, double yaw, double length, double width);
// the same, along the unit vector (ux, uy)
struct outline outline_block(double x, double y, double ux, double uy, double length, double width);
// corners about the origin, turned by yaw and moved to (x, y)
struct outline outline_polygon(double x, double y, double yaw, const double (*corner)[2], int corners);
// Are the corners finite, counter-clockwise, convex, of some area, and around the origin?
bool outline_is_convex(const double (*corner)[2], int corners);

// Do they overlap? By separating axes; touching is no overlap.
bool outlines_overlap(const struct outline *a, const struct outline *b);
// Is a polygon wholly inside?
bool outline_holds(const struct outline *room, const struct outline *polygon);

// Where a line goes through: into it at one point, out of it at the other, with the inward unit normals there.
struct outline_chord { double point[2][2], normal[2][2]; };

// The line through p along the unit vector d; false when it passes by or only touches.
bool outline_chord(const struct outline *o, const double *p, const double *d, struct outline_chord *out);
