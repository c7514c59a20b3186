// Heat maps of the hall: where robots are, wait and walk, added up over what was seen, one square metre a cell.
//
// Viridis, bright is much, on a square-root scale; the lowest 30 % fade into the floor. The legend has the unit, the largest value and
// the time it is the mean of.
#pragma once

#include "viewer/ground.h"
#include "stream/frame.h"

enum heat_kind { HEAT_NONE, HEAT_DENSITY, HEAT_WAITS, HEAT_SPEED, HEAT_KINDS };

struct heat {
  int     nx, ny;
  float  *stay, *wait;              // s     of robots; of those in traffic   (cells)
  float  *way, *walk;               // m, s  of those that move               (cells)
  double  seconds;                  //       added up
  int64_t last;                     // ns
};

void heat_add(struct heat *h, const struct picture *p);         // a picture older than the last one begins anew
void heat_clear(struct heat *h);
void heat_finish(struct heat *h);

// The word for it, as --heat has it; HEAT_KINDS: no such word.
const char    *heat_word(enum heat_kind k);
enum heat_kind heat_kind_of(const char *word);

void heat_draw(const struct heat *h, enum heat_kind k, const struct ground *f, struct canvas *c);
void heat_legend(const struct heat *h, enum heat_kind k, struct look *look, struct canvas *c, float x, float y);
