// Steps along a way: how the body turns while it walks off, walks, and arrives, in the least time.
//
// A way is a row of lines and arcs. The body may stand turned against it at either end; it then turns within the first and the
// last steps. Each foot turns against the one before by no more than robots/turning.h allows, and a step is as long as its
// direction lets it be: full ahead, shorter back and to the side of the foot that steps, hardly any to the other. Short ways
// may also be walked backwards, or stepped without turning to them. Tried are both feet as the first and these ways of looking; for
// each the fewest steps are taken whose soles keep clear of each other, and of those the quickest.
#pragma once

#include "robots/transition.h"
#include "robots/turning.h"

struct way_piece { struct v3 start; double heading, length, turn, rise; };   // a line (turn = 0) or an arc (rad)

// What a body's feet allow.
struct walk_feet { struct turning turning; double ankle; };            // ankle: m  ahead of the root as it stands

struct walk_way {
  const struct way_piece *piece;    // none: turning on the spot
  int        pieces;
  struct step_target from;          // the body where the way begins
  double     heading_end;           // rad  of the body where it ends, within half a turn of the way's end
  bool       first_given;           // from other steps: `first` steps next
  enum side  first;
  double     before;                // m    of the step before, where it comes walking; 0: from a stand or a corner
  bool       stops;                 // comes to rest there
  double     speed;                 // m/s  wished on lines
  struct walk_feet feet;
};

// Targets from stop to stop.
struct walk_row { struct step_target *target; int count, capacity; enum side first; };

// Append the targets of a way, without the step that brings the feet together. out->first is set unless the way's is given. STATUS_RANGE: no
// steps go there; STATUS_MEMORY, STATUS_LIMIT.
enum status way_steps(struct walk_row *out, const struct humanoid *h, const struct gait_wish *wish, const struct walk_way *way, struct error *e);

// Way of the steps after one of length `before` until one is as short as the last one before a corner, with that one, m: as way_steps lets them shrink. leg: m
double way_lead(double before, double leg);

// One more target at the end of a row.
enum status way_step(struct walk_row *row, struct step_target target, const char *name, struct error *e);

#define WAY_STEPS_MAX 20000
