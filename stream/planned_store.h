// Reading the plan of a line: for the decoder alone.
#pragma once

#include "stream/cursor.h"
#include "stream/planned.h"

struct planned_store { int n; struct frame_bar *bar; };

void planned_finish(struct planned_store *s);
// An array of bars behind the cursor: all are valid, of `stations` stations, and take the place of those before; or the store is as before and the
// cursor bad. False: no memory.
bool planned_read(struct planned_store *s, struct cursor *c, int stations);
