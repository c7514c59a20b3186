// A software canvas: anti-aliased polygons, strokes and sprites in a 32-bit picture.
//
// Coverage is exact area per pixel, accumulated as signed trapezoids (the method of font rasterisers),
// so hairlines and curves are as crisp at 12 px as at 1,200. Coordinates are UI pixels: the canvas
// multiplies them by its scale. Only + - * / and sqrt are used, so the same calls give the same bits.
//
// Pixels are 0xAARRGGBB, alpha premultiplied; an opaque canvas stays opaque. Nothing here allocates
// after the scratch memory has grown to the largest shape.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pattern { int w, h; const uint32_t *tile; };             // premultiplied, addressed by pixel modulo w, h

struct paint {
  uint32_t              colour;     // 0xRRGGBB
  float                 alpha;      // 0..1
  const struct pattern *pattern;    // instead of colour; NULL
};

struct point { float x, y; };

struct canvas {
  uint32_t *pixels;                 // borrowed unless canvas_make made them
  int       w, h;                   // px of the screen
  float     scale;                  // px of the screen in one UI pixel
  float     ox, oy;                 // px of the screen, added to everything
  int       cx0, cy0, cx1, cy1;     // clip, px of the screen, end exclusive
  // scratch of the shape at hand
  struct { float x0, y0, x1, y1; } *edge;
  int       edges, edge_capacity;
  float     bx0, by0, bx1, by1;     // its bounds
  float    *cover;
  int       cover_capacity;
};

bool canvas_make(struct canvas *c, int w, int h, float scale);  // with pixels of its own, all transparent
void canvas_finish(struct canvas *c);                           // pixels and scratch
void canvas_borrow(struct canvas *c, uint32_t *pixels, int w, int h, float scale);
void canvas_release(struct canvas *c);                          // scratch only

struct clip { int x0, y0, x1, y1; };
struct clip canvas_clip(struct canvas *c, float x, float y, float w, float h);  // narrows; returns the old one
void        canvas_unclip(struct canvas *c, struct clip old);

static inline struct paint ink(uint32_t colour) { return (struct paint){.colour = colour, .alpha = 1}; }
static inline struct paint tint(uint32_t colour, float alpha) { return (struct paint){.colour = colour, .alpha = alpha}; }

// Axis-aligned, snapped to pixels of the screen: hairlines are one crisp pixel at any scale.
void draw_rect(struct canvas *c, float x, float y, float w, float h, struct paint p);
void draw_frame(struct canvas *c, float x, float y, float w, float h, float width, struct paint p);   // inside the rectangle
void draw_hline(struct canvas *c, float x0, float x1, float y, struct paint p);
void draw_vline(struct canvas *c, float x, float y0, float y1, struct paint p);
void draw_round(struct canvas *c, float x, float y, float w, float h, float r, struct paint p);

void draw_disc(struct canvas *c, float x, float y, float r, struct paint p);
void draw_ring(struct canvas *c, float x, float y, float r, float width, struct paint p);             // centred on r
void draw_arc(struct canvas *c, float x, float y, float r, float from, float to, float width, struct paint p);
void draw_polygon(struct canvas *c, const struct point *q, int n, struct paint p);
void draw_outline(struct canvas *c, const struct point *q, int n, float width, struct paint p);       // closed, mitred

enum cap { CAP_BUTT, CAP_ROUND, CAP_SQUARE };
void draw_line(struct canvas *c, float x0, float y0, float x1, float y1, float width, struct paint p);
void draw_polyline(struct canvas *c, const struct point *q, int n, float width, enum cap cap, struct paint p);
// Along a line, closed or open: on and off lengths in turn.
void draw_dashes(struct canvas *c, const struct point *q, int n, bool closed, float width, enum cap cap,
                 const float *dash, int dashes, struct paint p);

// Shapes of several contours: add them, then fill once. Inner contours run the other way round.
void shape_begin(struct canvas *c);
void shape_add(struct canvas *c, const struct point *q, int n);
void shape_fill(struct canvas *c, struct paint p);

// A small picture drawn once and placed often. x, y is where its hot spot goes, px of the screen.
struct sprite { int w, h, hx, hy; uint32_t *pixels; };
void draw_sprite(struct canvas *c, const struct sprite *s, int x, int y);
// An 8-bit mask in one colour (glyphs).
void draw_mask(struct canvas *c, const uint8_t *mask, int w, int h, int x, int y, struct paint p);

void canvas_copy(struct canvas *to, const struct canvas *from);   // all pixels, same size
