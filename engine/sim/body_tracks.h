// Who is where, when: each body on its walk from now to its end, where it then stands.
//
// A walk that has begun, or is to begin at a known step, is known to its end (engine/sim/walks.h). All else stands where it is. Positions are those of the pelvis over the
// floor; a footprint is a disc about it. Boxes of all walks are kept and looked at anew five times a second, and whenever one begins: between two looks a box
// may be larger than what is left of the walk, never smaller.
#pragma once

#include "engine/sim/body.h"
#include "engine/sim/walks.h"

#define TRACKS_SWAYS   0.05         // m    that a pelvis is beside the middle of its footprint as it walks
#define TRACKS_BETWEEN 0.015        // m    that two can come nearer between two points of their tracks than at them, both at 1.3 m/s
#define TRACKS_AHEAD   150          // points of a track that somebody may wait; beyond it is asked again
#define TRACKS_NEAR    128          // robots that a way or a place to wait is looked for between; walks are checked against all
#define TRACKS_POINTS  3000         // of a track that are looked at: five minutes

struct tracks;

bool tracks_create(struct twin *t);                     // false: no memory
void tracks_look(struct twin *t);                       // all boxes anew
void tracks_changed(struct twin *t, int32_t i);         // robot i has another walk, comes or goes

static inline bool tracks_nearer(const double p[2], const double q[2], double need) {
  double x = p[0] - q[0], y = p[1] - q[1];
  return x * x + y * y < need * need;
}

// It walks, or will from a known step on.
bool tracks_walks(const struct twin *t, int32_t i);
// The first robot from row j on but i, and those who carry with it, that is or comes within `by` m of the box; NONE: no more.
int32_t tracks_next(const struct twin *t, int32_t i, const double box[4], double by, int32_t j);
// All of these: how many, at most TRACKS_NEAR.
int  tracks_near(const struct twin *t, int32_t i, const double box[4], double by, int32_t out[TRACKS_NEAR]);
// Where robot j is from step `from` on, a point each TRACK_DT; what comes after the last one is there: how many, at most TRACKS_POINTS.
int  tracks_points(const struct twin *t, int32_t j, int64_t from, double (*out)[2]);
// Where it will stand.
void tracks_end(const struct twin *t, int32_t j, double out[2]);
// Its walk, from its beginning on, comes nearer to p than `need`.
bool tracks_passes(const struct twin *t, int32_t j, const double p[2], double need);
// It comes nearer to p than `need` within that time of step `from`, from farther off.
bool tracks_comes(const struct twin *t, int32_t j, const double p[2], double need, int64_t from, ns_t within);
// Its box holds it from now to its end. Of one who reels, and of one that is not in the hall: always.
bool tracks_hold(const struct twin *t, int32_t i);
// What i has to keep from the middle of j.
double tracks_need(const struct twin *t, int32_t i, int32_t j);

// Points of TRACK_DT that robot i has to wait before it goes that track from `origin` (turned: rad of its frame) when it could begin at step `from`; TRACKS_AHEAD + 1:
// longer than is looked at. *met, where not NULL: what is in its way if it begins at once.
struct tracks_met { int point; int32_t who; };          // the first point of the track where it meets somebody who walks; a robot for which it has to wait, NONE
int  tracks_wait(const struct twin *t, int32_t i, const struct track *track, struct v3 origin, double turned, int64_t from, struct tracks_met *met);
