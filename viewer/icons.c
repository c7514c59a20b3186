// Icons and state chips.
#include "viewer/look.h"

#define DOT(x, y, r) draw_disc(c, x, y, r, p)
#define PATH(width, ...) do { const struct point q[] = {__VA_ARGS__}; \
    draw_polyline(c, q, (int)(sizeof q / sizeof *q), width, CAP_ROUND, p); } while (0)
#define AREA(...) do { const struct point q[] = {__VA_ARGS__}; draw_polygon(c, q, (int)(sizeof q / sizeof *q), p); } while (0)
#define LOOP(width, ...) do { const struct point q[] = {__VA_ARGS__}; \
    draw_outline(c, q, (int)(sizeof q / sizeof *q), width, p); } while (0)

static void dome(struct canvas *c, struct paint p) {
  // shoulders: a cubic from (-5.8, 5.4) over -0.2 to (5.8, 5.4)
  struct point q[17];
  for (int i = 0; i < 17; i++) {
    float t = (float)i / 16, s = 1 - t;
    q[i] = (struct point){-5.8f * s * s * s - 5.8f * 3 * s * s * t + 5.8f * 3 * s * t * t + 5.8f * t * t * t,
                          5.4f * (s * s * s + t * t * t) - 0.2f * 3 * (s * s * t + s * t * t)};
  }
  draw_polygon(c, q, 17, p);
}

static void moon(struct canvas *c, struct paint p) {
  // a disc of 6 less one of 5.2 up and to the right: outer arc, then the inner one back
  struct point q[40];
  static const float outer[20][2] = {
    {2.2f, -5.6f}, {0.4f, -6.0f}, {-1.4f, -5.8f}, {-3.1f, -5.1f}, {-4.6f, -3.9f}, {-5.6f, -2.2f}, {-6.0f, -0.3f}, {-5.8f, 1.6f},
    {-5.0f, 3.4f}, {-3.8f, 4.7f}, {-2.2f, 5.6f}, {-0.4f, 6.0f}, {1.5f, 5.8f}, {3.3f, 5.0f}, {4.7f, 3.9f}, {5.6f, 3.0f}, {4.4f, 3.2f},
    {3.0f, 3.1f}, {1.4f, 2.4f}, {0.2f, 1.0f}};
  static const float inner[4][2] = {{-0.4f, -0.8f}, {-0.3f, -2.6f}, {0.5f, -4.2f}, {1.4f, -5.2f}};
  int n = 0;
  for (int i = 0; i < 20; i++) q[n++] = (struct point){outer[i][0], outer[i][1]};
  for (int i = 0; i < 4; i++) q[n++] = (struct point){inner[i][0], inner[i][1]};
  draw_polygon(c, q, n, p);
}

static void wave(struct canvas *c, float y, struct paint p) {
  struct point q[17];
  for (int i = 0; i < 17; i++) {
    float t = (float)i / 8, v = t < 1 ? t : t - 1;
    q[i] = (struct point){-6 + 6 * t, y + (t < 1 ? -6.8f : 6.8f) * v * (1 - v)};
  }
  draw_polyline(c, q, 17, 1.8f, CAP_ROUND, p);
}

static void draw_state_icon(struct canvas *c, enum icon i, struct paint p) {
  switch (i) {
    case ICON_NUT:
      LOOP(2.4f, {6, 0}, {3, 5.196f}, {-3, 5.196f}, {-6, 0}, {-3, -5.196f}, {3, -5.196f});
      DOT(0, 0, 1.6f);
      break;
    case ICON_CHEVRONS:
      PATH(2, {-4.5f, -4}, {-0.5f, 0}, {-4.5f, 4});
      PATH(2, {1, -4}, {5, 0}, {1, 4});
      break;
    case ICON_EMPTY: PATH(2, {-5, -4}, {-5, 5}, {5, 5}, {5, -4}); break;
    case ICON_FULL:
      PATH(2, {-5, -4}, {-5, 5}, {5, 5}, {5, -4});
      AREA({-2.6f, -5}, {2.6f, -5}, {2.6f, 2.4f}, {-2.6f, 2.4f});
      break;
    case ICON_YIELD: PATH(2, {-5.6f, -4}, {5.6f, -4}, {0, 5.5f}, {-5.6f, -4}); break;
    case ICON_BUST:
      DOT(0, -3.4f, 2.7f);
      dome(c, p);
      break;
    case ICON_BOLT: AREA({1.5f, -7}, {-5, 1.2f}, {-0.6f, 1.2f}, {-1.8f, 7}, {5, -1.4f}, {0.5f, -1.4f}); break;
    case ICON_LYING:
      DOT(-5, -0.5f, 2.2f);
      PATH(2, {-1.6f, 0.2f}, {6, 0.2f});
      PATH(2, {-6.5f, 4.8f}, {6.5f, 4.8f});
      break;
    case ICON_CROSS:
      PATH(2.6f, {-4.4f, -4.4f}, {4.4f, 4.4f});
      PATH(2.6f, {4.4f, -4.4f}, {-4.4f, 4.4f});
      break;
    case ICON_SQUARE: AREA({-4, -4}, {4, -4}, {4, 4}, {-4, 4}); break;
    case ICON_DOTS:
      DOT(-4.6f, 0, 1.5f);
      DOT(0, 0, 1.5f);
      DOT(4.6f, 0, 1.5f);
      break;
    case ICON_MOON: moon(c, p); break;
    default:
      PATH(1.6f, {-6, -2.8f}, {6, -2.8f});
      PATH(1.6f, {-6, 3.2f}, {6, 3.2f});
      DOT(-2.2f, -2.8f, 2.3f);
      DOT(2.6f, 3.2f, 2.3f);
  }
}

static void draw_other_icon(struct canvas *c, enum icon i, struct paint p) {
  switch (i) {
    case ICON_PLAY: AREA({-3.6f, -5.4f}, {5.6f, 0}, {-3.6f, 5.4f}); break;
    case ICON_PAUSE:
      AREA({-5, -5.4f}, {-1.4f, -5.4f}, {-1.4f, 5.4f}, {-5, 5.4f});
      AREA({1.4f, -5.4f}, {5, -5.4f}, {5, 5.4f}, {1.4f, 5.4f});
      break;
    case ICON_STEP:
      AREA({-5, -5}, {2.4f, 0}, {-5, 5});
      PATH(2, {4.4f, -4.6f}, {4.4f, 4.6f});
      break;
    case ICON_BACK:
      AREA({5, -5}, {-2.4f, 0}, {5, 5});
      PATH(2, {-4.4f, -4.6f}, {-4.4f, 4.6f});
      break;
    case ICON_SEARCH:
      draw_ring(c, -1, -1, 4, 2, p);
      PATH(2, {2, 2}, {5.4f, 5.4f});
      break;
    case ICON_WAVES:
      wave(c, -2, p);
      wave(c, 3, p);
      break;
    case ICON_NO_GO:
      draw_ring(c, 0, 0, 5.6f, 2, p);
      PATH(2.6f, {-3.4f, 0}, {3.4f, 0});
      break;
    case ICON_ARROW:
      PATH(2, {-5.5f, 0}, {5, 0});
      PATH(2, {1.5f, -3.6f}, {5.2f, 0}, {1.5f, 3.6f});
      break;
    case ICON_LEFT:
      PATH(2, {5.5f, 0}, {-5, 0});
      PATH(2, {-1.5f, -3.6f}, {-5.2f, 0}, {-1.5f, 3.6f});
      break;
    case ICON_UP:
      PATH(2, {0, 5.5f}, {0, -5});
      PATH(2, {-3.6f, -1.5f}, {0, -5.2f}, {3.6f, -1.5f});
      break;
    case ICON_DOWN:
      PATH(2, {0, -5.5f}, {0, 5});
      PATH(2, {-3.6f, 1.5f}, {0, 5.2f}, {3.6f, 1.5f});
      break;
    case ICON_GAUGE: {
      // 240 degrees of a circle of 6 by its half-angle form, t = tan of a quarter of the turn
      struct point q[25];
      for (int k = 0; k < 25; k++) {
        float t = 1.732f * (-1 + (float)k / 12), d = 1 + t * t;
        q[k] = (struct point){6 * 2 * t / d, -6 * (1 - t * t) / d + 1};
      }
      draw_polyline(c, q, 25, 2, CAP_ROUND, p);
      PATH(2, {0, 2.4f}, {-3, -1.6f});
      break;
    }
    case ICON_RAMP: LOOP(2, {-6, 5}, {6, 5}, {6, -4}); break;
    case ICON_DIM:
      draw_ring(c, 0, 0, 5, 2, p);
      AREA({0, -5}, {0, 5}, {-3.5f, 3.5f}, {-5, 0}, {-3.5f, -3.5f});
      break;
    case ICON_CHECK: PATH(2, {-4.6f, 0.4f}, {-1.2f, 3.8f}, {5, -3.4f}); break;
    default: break;
  }
}

void draw_icon(struct canvas *c, enum icon i, float x, float y, float size, uint32_t colour) {
  float scale = c->scale, ox = c->ox, oy = c->oy;
  c->ox += x * scale;
  c->oy += y * scale;
  c->scale *= size / 16;
  if (i <= ICON_SLIDERS) draw_state_icon(c, i, ink(colour));
  else draw_other_icon(c, i, ink(colour));
  c->scale = scale;
  c->ox = ox;
  c->oy = oy;
}

static int nearest(float v) { int i = (int)(v + 0.5f); return i - ((float)i > v + 0.5f); }

void draw_chip(struct look *l, struct canvas *c, const struct state_look *state, float x, float y, float d, bool round) {
  uint64_t key = UINT64_C(1) << 60 | (uint64_t)state->icon << 24 | (uint64_t)state->cause << 16 | (uint64_t)(d * 8) << 1 | round;
  const struct sprite *s = look_sprite(l, key);
  if (!s) {
    struct canvas own;
    if (!look_sprite_canvas(l, &own, d + 4)) return;
    struct paint fill = ink(cause_fill(l->theme, state->cause)), rim = ink(cause_rim(l->theme, state->cause));
    if (round) {
      draw_disc(&own, 0, 0, d / 2 + 0.5f, rim);
      draw_disc(&own, 0, 0, d / 2 - 0.5f, fill);
    } else {
      draw_round(&own, -d / 2, -d / 2, d, d, 3, rim);
      draw_round(&own, -d / 2 + 1, -d / 2 + 1, d - 2, d - 2, 2.2f, fill);
    }
    draw_icon(&own, state->icon, 0, 0, d * 0.76f, cause_pen(l->theme, state->cause));
    s = look_sprite_keep(l, key, &own);
  }
  draw_sprite(c, s, nearest(x * c->scale + c->ox), nearest(y * c->scale + c->oy));
}

void draw_state_bar(struct look *l, struct canvas *c, float x, float y, float w, float h, const float share[CAUSES]) {
  float width[CAUSES];
  int widest = 0;
  for (int i = 0; i < CAUSES; i++) {
    width[i] = share[i] * w;
    if (share[i] > share[widest]) widest = i;
  }
  for (int i = 0; i < CAUSES; i++)
    if (i != widest && width[i] < 4) {
      width[widest] += width[i];
      width[i] = 0;
    }
  float at = x;
  for (int i = 0; i < CAUSES; i++) {
    if (width[i] <= 0) continue;
    draw_rect(c, at, y, width[i], h, look_cause(l, (enum cause)i));
    if (at > x) draw_vline(c, at, y, y + h, ink(l->theme->panel));
    at += width[i];
  }
  draw_frame(c, x, y, w, h, 1, tint(l->theme->ink, 0.35f));
}
