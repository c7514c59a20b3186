// Optimal reciprocal collision avoidance: the velocity nearest to a wished one that keeps clear of others for some time to
// come, if they do their share. Van den Berg, Guy, Lin & Manocha, "Reciprocal n-body collision avoidance", ISRR 2009 (STAR 70,
// 2011), sec. 4 and 5.
//
// Each neighbour allows a half-plane of velocities (a line, allowed on its left); the best velocity in all of them and in the
// disc of speeds is found by a linear program, one line after the other (de Berg et al., Computational Geometry, ch. 4). Where
// no velocity is in all of them, lines that bind (`fixed`, the first ones: walls) hold and the largest breach of the others
// is made as small as can be (sec. 5.3).
//
// Arrays in, numbers out: no allocation, no state; only + - * / and sqrt.
#pragma once

#define ORCA_LINES_MAX 40

struct orca_line { double point[2], direction[2]; };    // direction of length 1; what is on its left is allowed

// The line of a neighbour: `offset` of it from us and `closing` our velocity less its own, radii together, seconds `horizon` to keep
// clear and `step` until velocities are chosen again. share is what we do of the change, 0.5: half; 1: all.
struct orca_line orca_neighbour(const double velocity[2], const double offset[2], const double closing[2], double radius, double horizon, double step, double share);

// The line of a flat thing that stands still at `distance` against a unit normal pointing away from it: come no nearer than it is
// within `horizon` seconds.
struct orca_line orca_wall(const double normal[2], double distance, double horizon);

// Fill out. lines: the first `fixed` bind. speed: the largest.
void orca_velocity(const struct orca_line *line, int lines, int fixed, double speed, const double wished[2], double out[2]);
