// The moving part of the hall: belts at work, parts, station states, robots and their labels.
#pragma once

#include "stream/frame.h"
#include "viewer/ground.h"
#include "viewer/humanoid.h"

enum selected { SELECT_NONE, SELECT_ROBOT, SELECT_STATION };
struct selection { enum selected kind; int row; };              // robot: row of the picture; station: of the plan

// Parts that lie in one station: how many, and how many of them were drawn so far.
struct heap { int small, large, small_drawn, large_drawn; };

struct actors {
  enum level   level;               // kept between frames: hysteresis
  uint8_t     *side;                // where a robot's label stands, tried first the next time
  int          capacity;
  struct heap *heap;                // one per station
  int          heaps;
  struct boxes taken;               // bodies and labels on the screen
  // footprints of the selected robot, newest last
  struct { float x, y, heading; int side; } print[8];
  int          prints, print_row, half;
  bool         paths;               // the ways of all are drawn
  int          pairs;               // that may still be compared in this picture
  double       steps_per_second;    // of wall time; above 6 the legs stand still
};

void actors_finish(struct actors *a);
void actors_draw(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, struct selection s);

// "R5", or "P2" for people.
void actor_name(const struct plan *plan, const struct picture *p, int row, char out[16]);
// Robot or station under a point of the screen.
struct selection actors_pick(const struct ground *f, const struct picture *p, float x, float y);
