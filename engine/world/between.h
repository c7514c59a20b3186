// A way between others whose own ways are known: the soonest to a goal that keeps clear of everybody, when and where they are, without stopping on it.
//
// A* over the cells of a grid in the order of time, as walked at one speed: a cell may not be entered when somebody is, or soon will be or just was, nearer to it than
// two footprints (cooperative path finding by a table of who is where when, Silver 2005; without its waits in mid-way). Then its corners are pulled
// straight where the floor and the others allow it. Times are of one speed and a time to get ready, so what comes out is a plan that has to be checked by the true walk.
//
// Others are columns of points, one each BETWEEN_DT from now on; each stays at its last one.
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "engine/world/floor.h"

#define BETWEEN_DT    0.1           // s
#define BETWEEN_OTHERS 128
#define BETWEEN_BESIDE 0.40         // m    between two who stand side by side, at least
#define BETWEEN_CELLS 60000         // of the grid, at most: larger boxes get larger cells

struct between;

struct between_other {
  double need;                      // m    to keep from its middle
  int    count;
  const double (*at)[2];            // m    (count), borrowed
};

struct between_wish {
  const struct floor *floor;
  double from[2], goal[2];          // m    either may be a step off the free floor
  double speed;                     // m/s
  double beside;                    // m    kept beside what others need
  double ready;                     // s    until it moves, from now
  double box[4];                    // m    that the way may use, clipped to the hall
  const struct between_other *other;
  int    others;
};

// Scratch for searches, in the arena. NULL: no memory.
struct between *between_create(struct arena *a);

// Points of a way, from and goal with it; *time: when it gets there, s from now. Returns how many; 0: none of at most `room` points was found (a long search is given up);
// -1: somebody is going to stand at the goal.
int between_find(struct between *b, const struct between_wish *w, double (*out)[2], int room, double *time);
