// Distance fields of a grid with facings: from every cell and facing near a goal, the least cost of getting to it.
//
// A field is a rectangle of cells around its goal and those who asked for it, so that a thousand far goals in a large hall do not
// cost a thousand halls; on a small grid it is the whole. A cell's four facings are packed into 4 bytes: the least of them, and what each is
// above it, which is at most two quarter turns. Where every way costs the same, into 2 bytes: the steps above the straight distance, and which of the
// 19 patterns the facings make, in which neighbours differ by a turn at most; a field with a longer way around is built anew with 4. Built backwards from the goal in buckets of cost (Dial 1969), several at once
// by threads, each by itself. Kept by goal, the one longest unused goes first when the budget is used up.
#pragma once

#include "base/split.h"
#include "scheduler/traffic.h"

#define FIELD_PAGE_BITS  12
#define FIELD_PAGE_SIZE  (1 << FIELD_PAGE_BITS)     // of a page, in halves: a cell takes one or two
#define FIELD_WHOLE_CELLS 8192                     // grids of no more cells: a field is all of them
#define FIELD_THREADS    64

struct field {
  int32_t  goal;                    // TRAFFIC_NONE: free
  int32_t  x, y, w, h;              // the rectangle
  int32_t  goal_x, goal_y;
  bool     wide;                    // 4 bytes a cell
  int32_t  pages;
  uint32_t version;                 // of the costs it was built with
  int64_t  used;                    // step
  int32_t  newer, older;            // list by use
};

struct field_want { int32_t goal, x0, y0, x1, y1; };    // rectangle that is asked for, inclusive

struct field_scratch;               // of one thread

struct fields {
  int32_t   width, height, cells;
  bool      whole;                  // grid so small that every field is all of it
  bool      plain;                  // every way costs TRAFFIC_UNIT
  bool      sideways;               // turns cost nothing
  const uint8_t *wall;              // (cells) the owner's; walls and blocked cells
  const uint8_t *cost;              // (cells x 4) the owner's
  uint32_t  version;                // of wall and cost
  struct field *field;              // (slots)
  int32_t   slots, slots_used;
  int32_t   free_slot;              // list by newer
  int32_t   pages_a_field;
  uint16_t **page;                  // (slots x pages_a_field)
  uint8_t  *wide;                   // (cells) the field of this goal has ways around that 2 bytes cannot hold
  uint32_t  turns[32];              // by pattern: what the facings are above the least, as 4 bytes have it
  uint8_t   pattern[256];           // by steps above the least, 2 bits a facing; 255: none
  int32_t  *slot_of;                // (cells) of the field of a goal, or TRAFFIC_NONE
  int32_t  *want_of;                // (cells) its place in the list of wants, or TRAFFIC_NONE
  uint16_t *pool;                   // all pages
  size_t    pool_bytes;
  int32_t  *free_page;              // stack
  int32_t   pages, free_pages;
  int32_t   newest, oldest;
  int64_t   now;
  struct field_want *want;          // in the order of asking
  int32_t   wants, wants_max;
  struct split *split;
  struct field_scratch *scratch[FIELD_THREADS];
  int32_t   threads;
  int64_t   built, dropped;
};

// The split is borrowed.
bool fields_init(struct fields *f, int32_t width, int32_t height, const uint8_t *wall, const uint8_t *cost, int32_t slots, size_t bytes,
                 struct split *split);
void fields_finish(struct fields *f);

// Wall or cost have changed: what is there is used until it is built anew.
void fields_change(struct fields *f, bool plain);

// Mark as used in this step; ask for it when it is not there, does not reach to `from`, or is out of date. False: not usable yet.
bool fields_use(struct fields *f, int32_t goal, int32_t from);

// Build what was asked for, in order, at most `states` settled (0: all).
void fields_build(struct fields *f, int64_t states);
size_t fields_bytes(const struct fields *f);

// Least cost to the goal by straight lines with turns.
static inline int32_t field_straight(const struct fields *f, int32_t cell, int facing, int32_t goal) {
  int32_t dx = goal % f->width - cell % f->width, dy = goal / f->width - cell / f->width;
  int32_t far = (dx < 0 ? -dx : dx) + (dy < 0 ? -dy : dy), turns = 0;
  if (far == 0) return 0;
  if (f->sideways) return TRAFFIC_UNIT * far < TRAFFIC_FAR ? TRAFFIC_UNIT * far : TRAFFIC_FAR;
  bool ahead = (facing == TRAFFIC_EAST && dx > 0) || (facing == TRAFFIC_WEST && dx < 0) || (facing == TRAFFIC_SOUTH && dy > 0) ||
               (facing == TRAFFIC_NORTH && dy < 0);
  if (dx != 0 && dy != 0) turns = ahead ? 1 : 2;
  else if (!ahead) turns = (facing & 1) == (dx != 0) ? 1 : 2;
  far = TRAFFIC_UNIT * (far + turns);
  return far < TRAFFIC_FAR ? far : TRAFFIC_FAR;
}

// What 2 bytes hold: the steps above the straight distance << 5 | pattern.
#define FIELD_AROUND_MAX 2046
#define FIELD_NO_WAY     UINT16_MAX

// The four facings of a cell as 4 bytes have them, or FIELD_NO: the field does not reach there.
#define FIELD_NO UINT32_MAX
static inline uint32_t field_at(const struct fields *f, int32_t slot, int32_t x, int32_t y) {
  const struct field *d = &f->field[slot];
  uint32_t i = (uint32_t)(x - d->x), j = (uint32_t)(y - d->y);
  if (i >= (uint32_t)d->w || j >= (uint32_t)d->h) return FIELD_NO;
  uint32_t at = (j * (uint32_t)d->w + i) << d->wide;
  const uint16_t *v = &f->page[(size_t)slot * (size_t)f->pages_a_field + (at >> FIELD_PAGE_BITS)][at & (FIELD_PAGE_SIZE - 1)];
  if (d->wide) return (uint32_t)v[1] << 16 | v[0];
  if (*v == FIELD_NO_WAY) return TRAFFIC_FAR;
  int32_t dx = x - d->goal_x, dy = y - d->goal_y;
  return f->turns[*v & 31] | (uint32_t)(TRAFFIC_UNIT * ((*v >> 5) + (dx < 0 ? -dx : dx) + (dy < 0 ? -dy : dy)));
}

static inline int32_t field_facing(uint32_t v, int facing) { return (int32_t)(v & 0xFFFF) + (int32_t)(v >> (16 + 4 * facing) & 15); }

// What the field says, or -1.
static inline int32_t field_look(const struct fields *f, int32_t slot, int32_t cell, int facing) {
  int32_t y = cell / f->width;
  uint32_t v = field_at(f, slot, cell - y * f->width, y);
  return v == FIELD_NO ? -1 : field_facing(v, facing);
}

// Cost to go: the field's, or by straight lines where there is none.
static inline int32_t field_cost(const struct fields *f, int32_t cell, int facing, int32_t goal) {
  int32_t slot = f->slot_of[goal];
  int32_t v = slot >= 0 ? field_look(f, slot, cell, facing) : -1;
  return v >= 0 ? v : field_straight(f, cell, facing, goal);
}
