// The columns behind engine/sim/body_clear.h, shared by its two files and by nobody else.
#pragma once

#include "engine/sim/body_clear.h"
#include "engine/sim/body_state.h"
#include "engine/sim/body_tracks.h"
#include "engine/sim/way.h"
#include "engine/world/between.h"
#include "engine/world/floor.h"

#define CLEAR_RING 4.0              // m    around its spot in which one waits for it; a guess

struct clear {
  int32_t spot, leaving;            //      held where it stands or goes; where it stands until it sets out. NONE
  int32_t planned;                  //      the spot that its walk at hand leads to
  bool    due, off;                 //      its walk begins later; it walks or stands where others did not expect it, until it sets out again
  bool    stays;                    //      the walk at hand is none: no way was worth solving
  bool    near, aside;              //      the walk at hand ends where one waits; it only makes room
  ns_t    since, tried;             //      it waits; it last looked for other ways
};

struct clears {
  struct spots   spots;
  struct clear  *of;                // (robots)
  struct floor   wide[64];          // of each set of routes: where two can pass
  struct between *between;
  struct between_other others[TRACKS_NEAR];
  double       (*pool)[2], (*rough)[2];                // (CLEAR_POOL), (TRACKS_POINTS) scratch
  int32_t       *waiting;           // (robots) scratch
  int32_t        dues;
  bool           alone;             // there is one body only
  ns_t           retry;
};

static inline struct clears *clears_of(const struct twin *t) { return t->body->clears; }
static inline double clear_radius(const struct twin *t, int32_t i) { return t->fleet[t->robot[i].fleet].radius; }

// ---- body_ways.c: ways, and where one waits ----

#define CLEAR_POOL 60000            // points of others' tracks in one search

// Its track leads through a spot beside its goal where others may come to work: nobody could be sent there before it has gone by.
bool ways_through_spots(const struct twin *t, int32_t i, const struct track *track, struct v3 from);
// About where one is on a way, before that is solved: it turns, then walks at one speed. Its points are scratch.
struct track ways_rough(const struct twin *t, const struct way_route *way, double heading);
// Nobody minds its standing at p.
bool ways_good_to_wait(const struct twin *t, int32_t i, const double p[2]);
// The way to the goal of *way between all others; *time: when it is there, about, s. false: none was found.
bool ways_between(struct twin *t, int32_t i, const struct way_route *way, struct v3 from, double heading, int64_t step, struct way_route *out, double *time);
// *way becomes that to where it waits for a spot at its end; room: to where it is in nobody's way. false: it stays, *way is as it was.
bool ways_to_wait(struct twin *t, int32_t i, struct v3 from, double heading, int64_t step, bool room, struct way_route *way);
// *way becomes as much of it as nobody who walks is met on, to where it is in nobody's way. false: that is not far, *way is as it was.
bool ways_ahead(struct twin *t, int32_t i, struct v3 from, double heading, int64_t step, struct way_route *way);
