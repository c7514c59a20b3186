// Reading and keeping decisions: for the decoder alone.
#pragma once

#include "stream/cursor.h"
#include "stream/decision.h"

// The newest of each robot.
struct decision_store { int n, capacity; struct frame_decision *decision; };

void decisions_clear(struct decision_store *s);                 // forgets all, keeps the memory
void decisions_finish(struct decision_store *s);
const struct frame_decision *decisions_find(const struct decision_store *s, uint32_t robot);    // NULL: none

// An array of decisions behind the cursor: all are valid, or the store is as before and the cursor bad. False: no memory.
bool decisions_read(struct decision_store *s, struct cursor *c);
