// Where robots are going: the way of the selected one, what it keeps free for itself, and who waits for whom.
#pragma once

#include "stream/frame.h"
#include "viewer/ground.h"

// The way of one robot with its end in a ring, and the cells of it that it keeps others out of. False: it is going nowhere that is told.
bool paths_draw_way(const struct ground *f, struct canvas *c, const struct picture *p, int row);
// The ways of all, thin.
void paths_draw_all(const struct ground *f, struct canvas *c, const struct picture *p);
// A bar before whoever waits and a dotted line to whom it waits for; those of `selected` (-1: nobody) and of the chain behind it are strong.
void paths_draw_waits(const struct ground *f, struct canvas *c, const struct picture *p, int selected);

// m to go along the way; and the row of an id, -1: not in the picture.
float paths_left(const struct picture *p, int row);
int   paths_row_of(const struct picture *p, int32_t id);
