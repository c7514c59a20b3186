// The humanoid seen from above, at four levels of detail.
//
// Body frame: x forward, y left, in shoulder widths (FIGURE_SHOULDERS metres). Hands go where the stream
// says; the elbow only joins them. Phase comes from the stream, so planted feet do not slide.
#pragma once

#include "viewer/look.h"

#define FIGURE_SHOULDERS 0.46f      // m

enum level { LEVEL_DOT, LEVEL_BODY, LEVEL_FIGURE, LEVEL_FULL };

// Level at a zoom in px/m: up at 14, 36, 96, down again at 13, 33, 88.
enum level level_next(enum level now, float zoom);

struct figure {
  float      x, y;                  // UI px
  float      heading;               // rad
  float      u;                     // UI px in one shoulder width
  enum cause cause;
  enum level level;
  bool       walks, jogs, lies, person;
  float      phase;                 // 0..1
  float      stride;                // half step length in u
  bool       feet;                  // foot[] is known
  float      foot[2][3];            // body frame, left and right: x, y in u, turn in rad
  bool       hands;                 // hand[] is known
  float      hand[2][2];            // body frame, left and right
};

// What is under the load, then what is over it. Dots and bodies are drawn whole by the second.
void figure_below(struct look *l, struct canvas *c, const struct figure *f);
void figure_above(struct look *l, struct canvas *c, const struct figure *f);

// A point of the body frame on the screen.
struct point figure_point(const struct figure *f, float x, float y);
// Foot ahead of the hip in u at a phase; on the ground for p < 0.6.
float figure_foot(float phase, float stride);
// One footprint; side 1 left, -1 right.
void figure_print(struct look *l, struct canvas *c, float x, float y, float heading, float u, int side, float alpha);
