// Parts: the class by shape first, then by size. Rejects are a ring with a cross in the hue of "broken".
#pragma once

#include "viewer/look.h"
#include "viewer/plan.h"

enum glyph { GLYPH_DISC, GLYPH_DIAMOND, GLYPH_TRIANGLE, GLYPH_SQUARE, GLYPH_REJECT, GLYPH_BOX, GLYPH_SLOT, GLYPH_SLOT_REJECT, GLYPH_FREE, GLYPH_DOT };

struct part_style {
  enum glyph glyph;
  float      length, width;         // m      in plan
  int        grid[2];               // places it shows, when it leaves an assembly with a pattern
  float      pitch[2];              // m
};

// A glyph for every part of the plan, different ones for different parts as far as they go.
void part_styles(const struct plan *p, struct part_style *out);

// Centre x, y; d UI px across.
void draw_part(struct look *l, struct canvas *c, enum glyph g, float x, float y, float d);
// A large part at its true size, zoom in UI px per metre, turned by heading; its places filled.
void draw_part_box(struct look *l, struct canvas *c, const struct part_style *s, float x, float y, float heading, float zoom, bool filled);
