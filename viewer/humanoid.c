#include "viewer/humanoid.h"


#include "base/maths.h"

#define STANCE    0.6f              // share of the cycle a foot is on the ground
#define ARM_REACH 1.28f             // u, greatest plan distance of a hand from its shoulder
#define SHOULDER  0.44f
#define HEAD_X    0.05f
#define HEAD_R    0.20f

enum level level_next(enum level now, float zoom) {
  static const float up[3] = {14, 36, 96}, down[3] = {13, 33, 88};
  while (now < LEVEL_FULL && zoom >= up[now]) now++;
  while (now > LEVEL_DOT && zoom < down[now - 1]) now--;
  return now;
}

static const float torso[12][2] = {{.27f, 0}, {.25f, .18f}, {.18f, .41f}, {.05f, .50f}, {-.12f, .48f}, {-.22f, .30f}, {-.25f, 0},
                                   {-.22f, -.30f}, {-.12f, -.48f}, {.05f, -.50f}, {.18f, -.41f}, {.25f, -.18f}};
static const float foot[10][2] = {{.32f, 0}, {.29f, .10f}, {.19f, .135f}, {.02f, .12f}, {-.20f, .10f}, {-.25f, 0},
                                  {-.20f, -.10f}, {.02f, -.12f}, {.19f, -.135f}, {.29f, -.10f}};

// the body's place and turn on the screen
struct frame { float x, y, c, s, u; };

static struct frame frame_of(const struct figure *f, float yaw) {
  double s, c;
  m_sincos((double)f->heading + yaw, &s, &c);
  return (struct frame){f->x, f->y, (float)c, (float)s, f->u};
}

static struct point at(const struct frame *f, float x, float y) {
  return (struct point){f->x + f->u * (x * f->c - y * f->s), f->y - f->u * (x * f->s + y * f->c)};
}

struct point figure_point(const struct figure *f, float x, float y) {
  struct frame p = frame_of(f, 0);
  return at(&p, x, y);
}

static int place(const struct frame *f, const float (*q)[2], int n, float dx, float dy, float sx, struct point *out) {
  for (int i = 0; i < n; i++) out[i] = at(f, q[i][0] * sx + dx, q[i][1] + dy);
  return n;
}

static void area(struct canvas *c, const struct point *q, int n, struct paint fill, uint32_t rim, float width) {
  draw_polygon(c, q, n, fill);
  draw_outline(c, q, n, width, ink(rim));
}

// a limb: an outlined thick line with round ends
static void limb(struct canvas *c, const struct point *q, int n, float width, float rim, uint32_t fill, uint32_t outline) {
  draw_polyline(c, q, n, width + 2 * rim, CAP_ROUND, ink(outline));
  draw_polyline(c, q, n, width, CAP_ROUND, ink(fill));
}

static void knob(struct canvas *c, struct point p, float r, float rim, uint32_t fill, uint32_t outline) {
  draw_disc(c, p.x, p.y, r + rim / 2, ink(outline));
  draw_disc(c, p.x, p.y, r - rim / 2, ink(fill));
}

// ---- gait ------------------------------------------------------------------------------------------

float figure_foot(float p, float stride) {
  p -= (float)(int)p;
  if (p < 0) p += 1;
  if (p < STANCE) return stride * (1 - 2 * p / STANCE);
  float q = (p - STANCE) / (1 - STANCE);
  return stride * (-1 + 2 * q * q * (3 - 2 * q));
}

struct gait { float foot[2], yaw, hand[2][2]; };                // left, right

static struct gait gait_of(const struct figure *f) {
  struct gait g = {.foot = {.02f, .02f}, .hand = {{.06f, .50f}, {.06f, -.50f}}};
  if (!f->walks && !f->jogs) return g;
  for (int i = 0; i < 2; i++) {
    g.foot[i] = figure_foot(f->phase + 0.5f * (float)i, f->stride);
    float y = i ? -1.0f : 1.0f;
    g.hand[i][0] = f->jogs ? .30f - .45f * g.foot[i] : .06f - .55f * g.foot[i];
    g.hand[i][1] = y * (f->jogs ? .36f : .50f);
  }
  if (f->stride > 0.01f) g.yaw = 0.122173f * (g.foot[1] - g.foot[0]) / (2 * f->stride);   // 7 degrees
  return g;
}

// ---- parts of the figure ---------------------------------------------------------------------------

static float rim_width(const struct figure *f) { return f->level == LEVEL_FULL ? 1.4f : 1.1f; }

static void draw_legs(struct look *l, struct canvas *c, const struct figure *f, const struct gait *g) {
  const struct theme *t = l->theme;
  struct frame p = frame_of(f, 0);
  float rim = rim_width(f);
  for (int i = 0; i < 2; i++) {
    float hip = i ? -.16f : .16f, side = i ? -.20f : .20f, s = g->foot[i];
    struct frame own = p;
    if (f->feet) {
      // where the foot is, turned as it is
      struct point middle = at(&p, f->foot[i][0], f->foot[i][1]);
      own = frame_of(f, f->foot[i][2]);
      own.x = middle.x;
      own.y = middle.y;
      s = side = 0;
    }
    struct point leg[2] = {at(&p, 0, hip), at(&own, s - .06f, side)}, q[10];
    limb(c, leg, 2, .20f * f->u, rim, t->leg, t->outline);
    area(c, q, place(&own, foot, 10, s, side, 1, q), ink(t->leg), t->outline, rim);
    if (f->level == LEVEL_FULL) {
      struct point sole[2] = {at(&own, s + .12f, side - .07f), at(&own, s + .12f, side + .07f)};
      draw_polyline(c, sole, 2, 1.2f, CAP_ROUND, tint(t->outline, 0.35f));
    }
  }
}

static void draw_hand(struct look *l, struct canvas *c, const struct figure *f, struct point e, struct point h) {
  const struct theme *t = l->theme;
  float rim = rim_width(f), r = .11f * f->u;
  if (f->level == LEVEL_FULL) {
    // fingers: two wedges that open away from the elbow
    float dx = h.x - e.x, dy = h.y - e.y, n = dx * dx + dy * dy;
    n = n > 1e-4f ? (float)m_sqrt((double)n) : 1;
    dx *= r / n;
    dy *= r / n;
    for (int i = -1; i <= 1; i += 2) {
      float k = (float)i;
      // along and across the hand: root, back, tip, inside
      static const float at_hand[4][2] = {{0.4f, 0.95f}, {1.45f, 0.86f}, {1.62f, 0.46f}, {1.0f, 0.12f}};
      struct point w[4];
      for (int n = 0; n < 4; n++)
        w[n] = (struct point){h.x + dx * at_hand[n][0] - dy * at_hand[n][1] * k, h.y + dy * at_hand[n][0] + dx * at_hand[n][1] * k};
      area(c, w, 4, ink(t->skin), t->outline, 1);
    }
  }
  knob(c, h, r, rim, t->skin, t->outline);
}

static void draw_arm(struct look *l, struct canvas *c, const struct figure *f, const struct frame *p, int i, const float hand[2]) {
  const struct theme *t = l->theme;
  float side = i ? -1.0f : 1.0f, sy = side * SHOULDER, dx = hand[0], dy = hand[1] - sy;
  float d = (float)m_sqrt((double)(dx * dx + dy * dy));
  if (d > ARM_REACH) {
    dx *= ARM_REACH / d;
    dy *= ARM_REACH / d;
    d = ARM_REACH;
  }
  float bend = .30f * (d < .6f ? d / .6f : 1) * (float)m_sqrt((double)(1 - (d / ARM_REACH) * (d / ARM_REACH) > 0 ? 1 - (d / ARM_REACH) * (d / ARM_REACH) : 0)) * side;
  float n = d > 1e-4f ? d : 1, ex = dx / 2 - dy / n * bend * (dx >= 0 ? 1.0f : -1.0f), ey = sy + dy / 2 + (dx < 0 ? -dx : dx) / n * bend;
  struct point q[3] = {at(p, 0, sy), at(p, ex, ey), at(p, dx, sy + dy)};
  limb(c, q, 3, .17f * f->u, rim_width(f), t->limb, t->outline);
  draw_hand(l, c, f, q[1], q[2]);
}

static void draw_head(struct look *l, struct canvas *c, const struct figure *f, const struct frame *p) {
  // visor: the front 116 degrees, out at .98 of the head, in along an ellipse
  static const float visor[18][2] = {
    {.1539f, -.1662f}, {.1922f, -.1349f}, {.2214f, -.0950f}, {.2398f, -.0491f}, {.2460f, 0}, {.2398f, .0491f}, {.2214f, .0950f},
    {.1922f, .1349f}, {.1539f, .1662f},
    {.0883f, .1195f}, {.0949f, .0950f}, {.0999f, .0659f}, {.1030f, .0338f}, {.1040f, 0}, {.1030f, -.0338f}, {.0999f, -.0659f},
    {.0949f, -.0950f}, {.0883f, -.1195f}};
  knob(c, at(p, HEAD_X, 0), HEAD_R * f->u, rim_width(f), l->theme->skin, l->theme->outline);
  struct point q[18];
  draw_polygon(c, q, place(p, visor, 18, 0, 0, 1, q), ink(l->theme->outline));
}

static void draw_person(struct look *l, struct canvas *c, const struct figure *f) {
  const struct theme *t = l->theme;
  struct frame p = frame_of(f, 0);
  struct point q[12];
  for (int i = -1; i <= 1; i += 2) {
    float k = (float)i;
    struct point a[2] = {at(&p, 0, .44f * k), at(&p, .55f, .36f * k)};
    limb(c, a, 2, .16f * f->u, 1.5f, t->panel, t->ink);
  }
  area(c, q, place(&p, torso, 12, 0, 0, 1, q), ink(t->panel), t->ink, 1.5f);
  for (int i = -1; i <= 1; i += 2) {
    float k = (float)i;
    struct point a = at(&p, .19f, .27f * k), b = at(&p, -.19f, -.27f * k);
    draw_line(c, a.x, a.y, b.x, b.y, 1.3f, ink(t->ink));
  }
  struct point head = at(&p, .03f, 0);
  draw_disc(c, head.x, head.y, .19f * f->u, ink(t->ink));
}

static void draw_fallen(struct look *l, struct canvas *c, const struct figure *f) {
  static const float trunk[10][2] = {{.55f, .10f}, {.50f, .46f}, {.36f, .52f}, {-.30f, .36f}, {-.62f, .34f}, {-.66f, 0},
                                     {-.62f, -.34f}, {-.30f, -.36f}, {.36f, -.52f}, {.50f, -.46f}};
  static const float limbs[4][3][2] = {{{-.55f, .20f}, {-1.15f, .34f}, {-1.85f, .30f}}, {{-.55f, -.20f}, {-1.05f, -.50f}, {-1.62f, -.28f}},
                                       {{.42f, .44f}, {.70f, .86f}, {1.20f, .78f}}, {{.42f, -.44f}, {.05f, -.92f}, {.45f, -1.18f}}};
  const struct theme *t = l->theme;
  struct frame p = frame_of(f, 0);
  float rim = rim_width(f);
  for (int i = 0; i < 4; i++) {
    struct point q[3];
    place(&p, limbs[i], 3, 0, 0, 1, q);
    limb(c, q, 3, (i < 2 ? .24f : .17f) * f->u, rim, i < 2 ? t->leg : t->limb, t->outline);
    if (i >= 2) knob(c, q[2], .105f * f->u, rim, t->skin, t->outline);
  }
  struct point q[10];
  area(c, q, place(&p, trunk, 10, 0, 0, 1, q), look_cause(l, f->cause), t->outline, rim);
  knob(c, at(&p, .78f, 0), HEAD_R * f->u, rim, t->skin, t->outline);
}

// ---- small levels, as sprites ------------------------------------------------------------------------

static void paint_body(struct look *l, struct canvas *c, const struct figure *f) {
  const struct theme *t = l->theme;
  struct frame p = frame_of(f, 0);
  struct point nose[3] = {at(&p, .30f, .20f), at(&p, .62f, 0), at(&p, .30f, -.20f)}, q[12];
  area(c, nose, 3, ink(t->ink), t->outline, 1);
  place(&p, torso, 12, 0, 0, 1.25f, q);
  if (f->person) area(c, q, 12, ink(t->panel), t->ink, 1.5f);
  else area(c, q, 12, look_cause(l, f->cause), cause_rim(t, f->cause), 1.1f);
  struct point head = at(&p, HEAD_X, 0);
  draw_disc(c, head.x, head.y, .17f * f->u, ink(t->dark && !f->person ? t->skin : t->ink));
}

#define HEADINGS 64
static int nearest(float v) { int i = (int)(v + 0.5f); return i - ((float)i > v + 0.5f); }

static void draw_small(struct look *l, struct canvas *c, const struct figure *f) {
  const float turn = (float)(2 * M_PI_D);
  unsigned step = f->level == LEVEL_DOT ? 0 : (unsigned)nearest(f->heading / turn * HEADINGS) & (HEADINGS - 1);
  uint64_t key = UINT64_C(2) << 60 | (uint64_t)(f->u * 16) << 24 | (uint64_t)f->person << 20 | (uint64_t)f->cause << 12 |
                 (uint64_t)step << 2 | f->level;
  const struct sprite *s = look_sprite(l, key);
  if (!s) {
    struct canvas own;
    if (!look_sprite_canvas(l, &own, f->u * 1.5f + 8)) return;
    struct figure g = *f;
    g.x = g.y = 0;
    g.heading = (float)step * turn / HEADINGS;
    if (f->level == LEVEL_DOT) {
      float r = f->u / 2 > 3.5f ? f->u / 2 : 3.5f;
      draw_disc(&own, 0, 0, r + 0.5f, ink(f->person ? l->theme->ink : cause_rim(l->theme, f->cause)));
      draw_disc(&own, 0, 0, r - 0.5f, ink(f->person ? l->theme->panel : cause_fill(l->theme, f->cause)));
    } else {
      paint_body(l, &own, &g);
    }
    s = look_sprite_keep(l, key, &own);
  }
  draw_sprite(c, s, nearest(f->x * c->scale + c->ox), nearest(f->y * c->scale + c->oy));
}

// ---- the whole -----------------------------------------------------------------------------------------

void figure_below(struct look *l, struct canvas *c, const struct figure *f) {
  if (f->level < LEVEL_FIGURE || f->lies) return;
  struct gait g = gait_of(f);
  draw_legs(l, c, f, &g);
}

void figure_above(struct look *l, struct canvas *c, const struct figure *f) {
  const struct theme *t = l->theme;
  if (f->level < LEVEL_FIGURE) {
    draw_small(l, c, f);
    return;
  }
  if (f->person) {
    draw_person(l, c, f);
    return;
  }
  if (f->lies) {
    draw_fallen(l, c, f);
    return;
  }
  struct gait g = gait_of(f);
  struct frame p = frame_of(f, f->hands ? 0 : g.yaw), still = frame_of(f, 0);
  for (int i = 0; i < 2; i++) draw_arm(l, c, f, &p, i, f->hands ? f->hand[i] : g.hand[i]);
  struct point q[12];
  area(c, q, place(&p, torso, 12, 0, 0, 1, q), look_cause(l, f->cause), cause_rim(t, f->cause), rim_width(f) + 0.2f);
  if (f->level == LEVEL_FULL) {
    struct point breast[3] = {at(&p, .17f, .25f), at(&p, .10f, 0), at(&p, .17f, -.25f)};
    draw_polyline(c, breast, 3, 1.2f, CAP_ROUND, tint(t->outline, 0.45f));
    struct point pack[4] = {at(&p, -.20f, .13f), at(&p, -.13f, .16f), at(&p, -.13f, -.16f), at(&p, -.20f, -.13f)};
    draw_polygon(c, pack, 4, tint(t->outline, 0.55f));
    for (int i = -1; i <= 1; i += 2) knob(c, at(&p, -.01f, .42f * (float)i), .085f * f->u, 1, t->skin, t->outline);
  }
  draw_head(l, c, f, &still);
}

void figure_print(struct look *l, struct canvas *c, float x, float y, float heading, float u, int side, float alpha) {
  struct figure f = {.x = x, .y = y, .heading = heading, .u = u};
  struct frame p = frame_of(&f, 0);
  struct point q[10];
  draw_polygon(c, q, place(&p, foot, 10, 0, .20f * (float)side, 1, q), tint(l->theme->ink2, alpha));
}
