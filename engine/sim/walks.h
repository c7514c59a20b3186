// Solved walks, shared by robots that go the same way.
//
// A walk is solved once from standing to standing (robots/walker.h), in a frame whose origin is where the robot stands: whoever
// goes the same way with the same load from another place reads the same samples. Routes are rounded to 2^-20 m and rad
// (1 um), so that equal ways of equal cells are equal. What nobody walks stays until WALKS_BYTES are in use; then the
// one that was begun the longest ago goes. Whether a walk was kept or is solved again changes no bit of it.
#pragma once

#include "engine/world/kind.h"
#include "robots/walker.h"

#define WALKS_BYTES ((size_t)96 << 20)

struct walks;

struct walks *walks_create(void);                                    // NULL: no memory
void          walks_destroy(struct walks *w);                        // takes NULL

// The walk of a route whose first point is the origin, to be given back by walks_release. NULL with *e filled when
// it cannot be walked. Route points are rounded in place.
const struct walk *walks_take(struct walks *w, const struct kind *k, struct walk_route *r, struct v3 *points, struct error *e);
void               walks_release(const struct walk *walk);
// A walk that only one robot walks: taken over (*own is empty afterwards), gone when it is released. NULL: no memory, *own is as it was.
const struct walk *walks_keep(struct walks *w, struct walk *own);

// Where a body is on its walk, a point each TRACK_DT, from the walk's origin, the last one where it ends: for those who ask who is where, when.
#define TRACK_DT 0.1                // s
struct track {
  int    count;
  double (*at)[2];                  // m    (count)
  double box[4];                    // m    least x and y, largest x and y
};
const struct track *walks_track(const struct walk *walk);
// The same of a walk that is nobody's yet; to be freed (out->at). false: no memory.
bool track_make(struct track *out, const struct walk *walk);

// How many were solved and how many times one was found that had been; bytes in use.
struct walks_count { long solved, found; size_t bytes; };
struct walks_count walks_counted(const struct walks *w);
