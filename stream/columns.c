#include "stream/columns.h"

#include <stdlib.h>
#include <string.h>

const struct table_shape table_shape[TABLES] = {
  [TABLE_ROBOTS] = { "robots", ROBOT_COLUMNS, {
    [ROBOT_COLUMN_ID]      = { "id", 4 },
    [ROBOT_COLUMN_FLEET]   = { "fleet", 1 },
    [ROBOT_COLUMN_POS]     = { "pos", 8 },
    [ROBOT_COLUMN_CAUSE]   = { "cause", 1 },
    [ROBOT_COLUMN_POSE]    = { "pose", 1 },
    [ROBOT_COLUMN_HEADING] = { "heading", 2 },
    [ROBOT_COLUMN_SPEED]   = { "speed", 2 },
    [ROBOT_COLUMN_PHASE]   = { "phase", 1 },
    [ROBOT_COLUMN_CHARGE]  = { "charge", 2 },
    [ROBOT_COLUMN_HELD]    = { "held", 2 },
    [ROBOT_COLUMN_FROM]    = { "from", 2 },
    [ROBOT_COLUMN_TO]      = { "to", 2 },
    [ROBOT_COLUMN_HAND]    = { "hand", 4 },
    [ROBOT_COLUMN_STEP]    = { "step", 4 },
    [ROBOT_COLUMN_WAITS]   = { "waits", 4 },
    [ROBOT_COLUMN_KEPT]    = { "kept", 4 } } },
  [TABLE_STATIONS] = { "stations", STATION_COLUMNS, {
    [STATION_COLUMN_CAUSE]    = { "cause", 1 },
    [STATION_COLUMN_COUNT]    = { "count", 2 },
    [STATION_COLUMN_PROGRESS] = { "progress", 2 },
    [STATION_COLUMN_MADE]     = { "made", 8 } } },
  [TABLE_PARTS] = { "parts", PART_COLUMNS, {
    [PART_COLUMN_ID]   = { "id", 4 },
    [PART_COLUMN_TYPE] = { "type", 1 },
    [PART_COLUMN_POS]  = { "pos", 8 } } },
};

bool table_resize(struct table *t, enum table_kind k, int n) {
  if (n <= t->capacity) {
    t->n = n;
    return true;
  }
  int capacity = t->capacity ? t->capacity : 64;
  while (capacity < n) capacity *= 2;
  for (int c = 0; c < table_shape[k].columns; c++) {
    uint8_t *larger = realloc(t->column[c], (size_t)capacity * (size_t)table_shape[k].column[c].size);
    if (!larger) return false;      // columns that grew are only larger than they need be
    t->column[c] = larger;
  }
  t->capacity = capacity;
  t->n = n;
  return true;
}

void table_copy(struct table *to, const struct table *from, enum table_kind k) {
  for (int c = 0; c < table_shape[k].columns; c++)
    if (from->n) memcpy(to->column[c], from->column[c], (size_t)from->n * (size_t)table_shape[k].column[c].size);
}

void table_finish(struct table *t) {
  for (int c = 0; c < COLUMNS_MAX; c++) free(t->column[c]);
  *t = (struct table){ 0 };
}
