// Text: Inter at any size, placed to a quarter of a pixel, digits of equal width.
//
// SDL_ttf draws each glyph once at four times its size, unhinted; four phases of it are averaged down
// to the screen, so small sizes keep their shapes and spacing. Tabular figures are made here: 0-9 get
// the advance of the widest digit. Falls back to DejaVu Sans where Inter or a glyph is missing.
#pragma once

#include <stdint.h>

#include "base/status.h"
#include "viewer/canvas.h"

enum face { FACE_REGULAR, FACE_MEDIUM, FACE_SEMIBOLD, FACE_BOLD, FACE_MONO, FACES };

struct type;
struct type *type_create(struct error *e);
void         type_destroy(struct type *t);

// Baseline at y. Sizes and positions in UI pixels; returns the width. Bad UTF-8 draws as a box.
float draw_text(struct type *t, struct canvas *c, float x, float y, enum face face, float size, uint32_t colour, const char *text);
float draw_text_right(struct type *t, struct canvas *c, float x, float y, enum face face, float size, uint32_t colour, const char *text);
float draw_text_middle(struct type *t, struct canvas *c, float x, float y, enum face face, float size, uint32_t colour, const char *text);
// With a soft rim of another colour around it, for names over lines.
float draw_text_halo(struct type *t, struct canvas *c, float x, float y, enum face face, float size, uint32_t colour, uint32_t halo, const char *text);
// Cut with an ellipsis when wider than width.
float draw_text_fit(struct type *t, struct canvas *c, float x, float y, float width, enum face face, float size, uint32_t colour, const char *text);
float text_width(struct type *t, const struct canvas *c, enum face face, float size, const char *text);
