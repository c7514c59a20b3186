// What the viewer has seen: when each robot and station changed its cause, and how KPIs went.
//
// Only changes are kept, the newest HISTORY_CHANGES of each; bars, the Gantt rows and the sparkline are
// read from here. A picture older than the last one begins a new history.
#pragma once

#include "stream/frame.h"
#include "viewer/heat.h"
#include "viewer/theme.h"

#define HISTORY_CHANGES 2048
#define HISTORY_SPARK   64

struct change { int64_t at; uint8_t code; };
struct track { struct change *change; int count, capacity; };   // oldest first

struct history {
  struct track *robot, *station;
  int           robots, stations;
  int64_t       first, last;        // ns seen; last < first: nothing yet
  struct { int64_t at; double value; } spark[HISTORY_SPARK];    // throughput, oldest first
  int           sparks;
  struct heat   heat;               // where robots were
};

void history_finish(struct history *h);
void history_clear(struct history *h);
void history_add(struct history *h, const struct picture *p);
void history_spark(struct history *h, int64_t at, double value);

// Shares of the causes of one row between two times; false when nothing is known of it.
bool history_shares(const struct history *h, bool robot, int row, int64_t from, int64_t to, float out[CAUSES]);
