// What every drawing needs: theme, type, patterns, icons and sprites, made for one theme and scale.
#pragma once

#include "viewer/canvas.h"
#include "viewer/theme.h"
#include "viewer/type.h"

enum zone_look { ZONE_LOOK_SLOW, ZONE_LOOK_ONE_WAY, ZONE_LOOK_SLIPPERY, ZONE_LOOK_RAMP, ZONE_LOOK_DIM, ZONE_LOOK_NO_GO, ZONE_LOOK_PEOPLE, ZONE_LOOK_CHARGING, ZONE_LOOKS };

struct sprite_slot { uint64_t key; struct sprite sprite; };

struct look {
  const struct theme *theme;
  struct type        *type;         // owned
  float               scale;
  struct pattern      cause[CAUSES];      // tile NULL: plain
  struct pattern      zone[ZONE_LOOKS];   // on transparent ground
  struct sprite_slot *slot;         // hash of sprites
  int                 sprites, slots;
};

bool look_init(struct look *l, struct error *e);
void look_finish(struct look *l);
// Make patterns for a theme and scale and forget all sprites, if anything changed.
void look_set(struct look *l, const struct theme *theme, float scale);

struct paint look_cause(const struct look *l, enum cause c);  // area paint, with its pattern

// A sprite by key; NULL: not drawn yet. To draw one: make a canvas of `size` UI px around 0,0 with
// look_sprite_canvas, draw, and hand it to look_sprite_keep, which takes its pixels.
const struct sprite *look_sprite(const struct look *l, uint64_t key);
bool                 look_sprite_canvas(const struct look *l, struct canvas *c, float size);
const struct sprite *look_sprite_keep(struct look *l, uint64_t key, struct canvas *c);

// Icons stand on a 16 x 16 grid around x, y, scaled to size.
void draw_icon(struct canvas *c, enum icon i, float x, float y, float size, uint32_t colour);
// State chip: round for robots, a rounded square for stations. Centre x, y; d wide.
void draw_chip(struct look *l, struct canvas *c, const struct state_look *state, float x, float y, float d, bool round);
// A stacked bar of shares in the order of causes; slices below 4 px go to the widest neighbour.
void draw_state_bar(struct look *l, struct canvas *c, float x, float y, float w, float h, const float share[CAUSES]);
