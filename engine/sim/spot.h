// Where exactly one stands: every place of the routes as one or more spots, each for one walker at a time.
//
// A dock, a charger and a repair station have a spot a slot, a place along a belt has one, a station as many as fit side by side along its face, and more
// beside them where its work needs several at once; beside these are those of teams. Where some operate a station and others bring or fetch, the crew has spots of its own
// beside the others', CREW_GAP apart, when the floor has room for all of it; else they share. Spots closer together than two footprints exclude each other: who may stand
// shoulder to shoulder with whom is decided by metres, not by the layout's rows.
#pragma once

#include "engine/sim/state.h"

struct spot {
  double   at[2];                   // m
  double   radius;                  // m    of the largest footprint that stands here
  int32_t  place, slot;
  int32_t  holder;                  // robot, NONE
  ns_t     since;                   // it stands here; -1: it has not come to pick or place alone, or is not there yet
  uint32_t first_near, nears;       // in spots.near: those that exclude this one
};

// Of those who operate the station, where others bring and fetch. Who comes alone to pick or place does not stand there.
#define SPOT_CREW 90000
// Of those who stand side by side to do one thing together (engine/sim/team.h): the k-th of n. Nobody else stands there.
#define SPOT_TEAM 100000
static inline int32_t spot_team(int n, int k) { return SPOT_TEAM + n * 64 + k; }

#define SPOT_WAIT 1.4               // m    from a taken spot where one waits for it, at least; a guess

// s of the last steps of who stands in line when a spot gets free.
static inline double spot_walk_up(const struct fleet_row *f, const struct make *m) {
  double speed = f->typed ? f->speed : m->tables.walk_speed;
  return speed > 0 ? SPOT_WAIT / speed + (f->typed ? 0 : m->tables.start_stop) : 0;
}

#define SPOT_NEWEST 16              // values in a running mean; a choice

// One more value in a mean over the newest SPOT_NEWEST, of which n are in it.
static inline void spot_mean(float *mean, uint8_t *n, float x) {
  if (*n < SPOT_NEWEST) (*n)++;
  *mean += (x - *mean) / (float)*n;
}

struct spots {
  const struct twin *twin;
  struct spot *spot;     int32_t count;
  int32_t     *first;               // (places + 1)
  int32_t     *near;                // spots, by spot
  float       *visit;               // s of each place, mean of the newest visits of who comes alone to pick or place: from standing there to leaving the spot to others, or to idling there
  uint8_t     *visits;              // that are in it    (places)
  int32_t     *cell, *filed;        // squares of the hall: first of each in `filed`, spots by square
  int          nx, ny;
};

// The slot of robot i's side in a team that carries, NONE: it goes alone. It comes to operate a station, or to relieve who does, whose crew has spots of its own.
int32_t spots_team(const struct twin *t, int32_t i);
bool    spots_operates(const struct spots *s, const struct twin *t, int32_t i);

enum status spots_make(struct spots *s, const struct twin *t, struct arena *a, struct error *e);

// The spot of a place that robot i (at `from`) may take now: free, nobody in those that exclude it; the nearest, or that of
// `slot` (NONE: any but a crew's and a team's). NONE: it must wait.
int32_t spots_free(const struct spots *s, int32_t i, int32_t place, int32_t slot, const double from[2]);
// Spots with their middle in the box: how many, at most `most`.
int     spots_within(const struct spots *s, const double box[4], int32_t *out, int most);
// Is some spot nearer to p than that? distance: at most 2 m.
bool    spots_near(const struct spots *s, const double p[2], double distance);
// The place has spots of its crew's own.
bool    spots_crew(const struct spots *s, int32_t place);
// How many of a place are for one who comes alone: not those of a crew or a team.
int32_t spots_single(const struct spots *s, int32_t place);
void    spots_take(struct spots *s, int32_t k, int32_t i);
// Who has it stands there now.
void    spots_stand(struct spots *s, int32_t k);
// What it came for is done: the visit ends, though it stands there still.
void    spots_done(struct spots *s, int32_t k);
void    spots_leave(struct spots *s, int32_t k);
