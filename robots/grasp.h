// Grasps as contacts with friction: can they hold the part against every push, and how well?
//
// A contact presses with a force in the Coulomb cone about its inward normal n. Its primitive wrenches are the edges of the cone
// at unit NORMAL force: n +- mu t in the plane, n + mu (t cos a + b sin a) in space with the cone cut to a pyramid, each with
// its torque about the origin. Torque is not scaled: lengths count as given.
//   force closure   the origin is strictly inside the hull of the primitive wrenches: every wrench can be answered by
//                   contact forces (Salisbury & Roth 1983; planar: Nguyen, IJRR 1988; hulls: Mishra, Schwartz & Sharir 1987)
//   epsilon         the largest ball about the origin that fits into what the contacts can answer (Ferrari & Canny, ICRA 1992; its
//                   place among task wrench spaces: Borst, Fischer & Hirzinger, ICRA 2004): with the normal forces summing to 1 at most
//                   (L1: the hull of the primitives) or each of them 1 at most (L-infinity: the Minkowski sum over contacts)
//
// Both are decided by directions: u is a way out when no contact can push against it, and epsilon is the least over all unit u of
// the support h(u) of the set, which is taken on where u is normal to a facet. Every direction gives an upper bound, so trying
// all normals that could be a facet's (two or three primitives, or two edges) gives epsilon itself, degenerate sets included.
//
// The verdict is taken in wrenches about the middle of the contacts, torque over their extent: it does not change when the grasp is
// moved, turned, scaled or its contacts are put in another order. The boundary itself is not closed, and what comes closer
// to it than GRASP_ROUNDING counts as the boundary, since positions and normals are rounded numbers already.
// Nothing here allocates.
#pragma once

#include <stdbool.h>

#include "base/vector.h"
#include "robots/hull.h"

#define GRASP_CONTACTS_MAX 16       // five fingers of three links, and the palm
#define GRASP_ROUNDING     1e-12    // margin, of unit wrenches, up to which a grasp counts as on the boundary
#define GRASP_EDGES_MAX    32       // of a pyramid

struct planar_contact {
  double p[2];                      // m   place
  double n[2];                      // 1   inward unit normal
  double mu;                        // 1   friction, 0: none
};

struct grasp_quality {
  bool   closed;
  double epsilon_sum;               // L1,         0 when not closed
  double epsilon_each;              // L-infinity, 0 when not closed; NaN of a grasp in space: not computed
};

// Force closure of n <= GRASP_CONTACTS_MAX contacts.
bool grasp_planar_closed(const struct planar_contact *c, int n);

// The same, with both qualities. Work grows with n^4.
struct grasp_quality grasp_planar(const struct planar_contact *c, int n);
// With epsilon_sum alone, 0 where they do not close.
bool grasp_planar_sum(const struct planar_contact *c, int n, double *epsilon);

struct contact {
  struct v3 p;                      // m   place
  struct v3 n;                      // 1   inward unit normal
  double    mu;                     // 1   friction, 0: none, one primitive
  int       edges;                  // of the pyramid, 3 to GRASP_EDGES_MAX, the first along n x z (n x y when n is within 26 deg of z)
  double    torsion;                // m   soft finger: the torque about n that unit normal force resists, as two primitives
};                                  //     more (n, p x n +- torsion n); 0: hard finger

// Primitive wrenches of a contact: 1, edges, or edges + 2.
int grasp_primitives(const struct contact *c);

// Force closure and epsilon_sum in space, by the facets of the hull in six dimensions. n <= GRASP_CONTACTS_MAX, and at most
// HULL_POINTS_MAX primitives together. False when the workspace holds too few facets; then *out says nothing.
bool grasp_spatial(struct hull *work, const struct contact *c, int n, struct grasp_quality *out);

// Two contacts alone, with their exact cones: the line between them lies strictly inside both (Nguyen 1988). That is
// force closure in the plane, and in space for soft fingers.
bool grasp_antipodal(const struct contact *a, const struct contact *b);
