#include "viewer/canvas.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

static inline int   lower(float v) { int i = (int)v; return i - ((float)i > v); }
static inline int   upper(float v) { int i = (int)v; return i + ((float)i < v); }
static inline int   nearest(float v) { return lower(v + 0.5f); }
static inline float least(float a, float b) { return a < b ? a : b; }
static inline float most(float a, float b) { return a > b ? a : b; }
static inline float root(float v) { return (float)m_sqrt((double)v); }

// ---- the picture ---------------------------------------------------------------------------------

void canvas_borrow(struct canvas *c, uint32_t *pixels, int w, int h, float scale) {
  c->pixels = pixels;
  c->w = w;
  c->h = h;
  c->scale = scale;
  c->ox = c->oy = 0;
  c->cx0 = c->cy0 = 0;
  c->cx1 = w;
  c->cy1 = h;
}

bool canvas_make(struct canvas *c, int w, int h, float scale) {
  assert(w > 0 && h > 0);
  memset(c, 0, sizeof *c);
  uint32_t *pixels = calloc((size_t)w * (size_t)h, sizeof *pixels);
  if (!pixels) return false;
  canvas_borrow(c, pixels, w, h, scale);
  return true;
}

void canvas_release(struct canvas *c) {
  free(c->edge);
  free(c->cover);
  c->edge = NULL;
  c->cover = NULL;
  c->edges = c->edge_capacity = c->cover_capacity = 0;
}

void canvas_finish(struct canvas *c) {
  free(c->pixels);
  c->pixels = NULL;
  canvas_release(c);
}

void canvas_copy(struct canvas *to, const struct canvas *from) {
  assert(to->w == from->w && to->h == from->h);
  memcpy(to->pixels, from->pixels, (size_t)to->w * (size_t)to->h * sizeof *to->pixels);
}

struct clip canvas_clip(struct canvas *c, float x, float y, float w, float h) {
  struct clip old = {c->cx0, c->cy0, c->cx1, c->cy1};
  int x0 = nearest(x * c->scale + c->ox), y0 = nearest(y * c->scale + c->oy);
  int x1 = nearest((x + w) * c->scale + c->ox), y1 = nearest((y + h) * c->scale + c->oy);
  if (x0 > c->cx0) c->cx0 = x0;
  if (y0 > c->cy0) c->cy0 = y0;
  if (x1 < c->cx1) c->cx1 = x1;
  if (y1 < c->cy1) c->cy1 = y1;
  if (c->cx1 < c->cx0) c->cx1 = c->cx0;
  if (c->cy1 < c->cy0) c->cy1 = c->cy0;
  return old;
}

void canvas_unclip(struct canvas *c, struct clip old) {
  c->cx0 = old.x0;
  c->cy0 = old.y0;
  c->cx1 = old.x1;
  c->cy1 = old.y1;
}

// ---- blending ------------------------------------------------------------------------------------

// a share of 0..256 of s over d, two channels at a time
static inline uint32_t mix(uint32_t d, uint32_t s, uint32_t a) {
  uint32_t rb = (((s & 0xff00ffu) * a + (d & 0xff00ffu) * (256 - a)) >> 8) & 0xff00ffu;
  uint32_t ag = (((s >> 8) & 0xff00ffu) * a + ((d >> 8) & 0xff00ffu) * (256 - a)) & 0xff00ff00u;
  return rb | ag;
}

// premultiplied s over d, rounded exactly: what was opaque stays opaque
static inline uint32_t over(uint32_t d, uint32_t s) {
  uint32_t k = 255 - (s >> 24);
  uint32_t rb = (d & 0xff00ffu) * k + 0x800080u, ag = ((d >> 8) & 0xff00ffu) * k + 0x800080u;
  rb = ((rb + ((rb >> 8) & 0xff00ffu)) >> 8) & 0xff00ffu;
  ag = (ag + ((ag >> 8) & 0xff00ffu)) & 0xff00ff00u;
  return s + (rb | ag);
}

static inline uint32_t scale_pixel(uint32_t s, uint32_t a) {
  return ((((s & 0xff00ffu) * a) >> 8) & 0xff00ffu) | ((((s >> 8) & 0xff00ffu) * a) & 0xff00ff00u);
}

static void fill_span(uint32_t *row, int x0, int x1, int y, uint32_t share, struct paint p) {
  if (p.pattern) {
    const uint32_t *tile = p.pattern->tile + (y % p.pattern->h) * p.pattern->w;
    int tx = x0 % p.pattern->w;
    for (int x = x0; x < x1; x++) {
      row[x] = over(row[x], share >= 256 ? tile[tx] : scale_pixel(tile[tx], share));
      if (++tx == p.pattern->w) tx = 0;
    }
    return;
  }
  uint32_t s = 0xff000000u | p.colour;
  if (share >= 256) for (int x = x0; x < x1; x++) row[x] = s;
  else for (int x = x0; x < x1; x++) row[x] = mix(row[x], s, share);
}

// ---- shapes --------------------------------------------------------------------------------------

void shape_begin(struct canvas *c) {
  c->edges = 0;
  c->bx0 = c->by0 = 1e9f;
  c->bx1 = c->by1 = -1e9f;
}

static void add_edge(struct canvas *c, float x0, float y0, float x1, float y1) {
  if (c->edges == c->edge_capacity) {
    int capacity = c->edge_capacity ? c->edge_capacity * 2 : 256;
    void *edge = realloc(c->edge, (size_t)capacity * sizeof *c->edge);
    if (!edge) return;
    c->edge = edge;
    c->edge_capacity = capacity;
  }
  c->edge[c->edges].x0 = x0;
  c->edge[c->edges].y0 = y0;
  c->edge[c->edges].x1 = x1;
  c->edge[c->edges].y1 = y1;
  c->edges++;
}

// far outside every screen, but small enough for exact integers
static float tame(float v) { return v != v ? 0 : v < -1e6f ? -1e6f : v > 1e6f ? 1e6f : v; }

static void add_contour(struct canvas *c, const struct point *q, int n) {
  if (n < 2) return;
  struct point a = {tame(q[n - 1].x * c->scale + c->ox), tame(q[n - 1].y * c->scale + c->oy)};
  for (int i = 0; i < n; i++) {
    struct point b = {tame(q[i].x * c->scale + c->ox), tame(q[i].y * c->scale + c->oy)};
    c->bx0 = least(c->bx0, b.x);
    c->bx1 = most(c->bx1, b.x);
    c->by0 = least(c->by0, b.y);
    c->by1 = most(c->by1, b.y);
    if (a.y != b.y) add_edge(c, a.x, a.y, b.x, b.y);
    a = b;
  }
}

void shape_add(struct canvas *c, const struct point *q, int n) { add_contour(c, q, n); }

// the part of an edge inside the columns of the window; x is relative to it and within [0, w]
static void cover_edge(float *cover, int w, int h, float x0, float y0, float x1, float y1) {
  float dir = 1;
  if (y0 > y1) {
    float t = x0; x0 = x1; x1 = t;
    t = y0; y0 = y1; y1 = t;
    dir = -1;
  }
  if (y1 <= 0 || y0 >= (float)h || y0 == y1) return;
  float slope = (x1 - x0) / (y1 - y0), x = x0;
  if (y0 < 0) {
    x -= y0 * slope;
    y0 = 0;
  }
  float limit = (float)w;
  int last = upper(least(y1, (float)h));
  for (int y = lower(y0); y < last; y++) {
    float *row = cover + y * (w + 2);
    float dy = least((float)(y + 1), y1) - most((float)y, y0), next = x + slope * dy, d = dy * dir;
    float a = least(x, next), b = most(x, next);
    if (a < 0) a = 0;
    if (b > limit) b = limit;
    if (a > limit) a = limit;
    if (b < 0) b = 0;
    int ia = (int)a, ib = upper(b);
    if (ib <= ia + 1) {
      float m = 0.5f * (a + b) - (float)ia;
      row[ia] += d - d * m;
      row[ia + 1] += d * m;
    } else {
      float s = 1 / (b - a), fa = a - (float)ia, fb = b - (float)ib + 1;
      float first = 0.5f * s * (1 - fa) * (1 - fa), end = 0.5f * s * fb * fb;
      row[ia] += d * first;
      if (ib == ia + 2) {
        row[ia + 1] += d * (1 - first - end);
      } else {
        float second = s * (1.5f - fa);
        row[ia + 1] += d * (second - first);
        for (int i = ia + 2; i < ib - 1; i++) row[i] += d * s;
        row[ib - 1] += d * (1 - (second + (float)(ib - ia - 3) * s) - end);
      }
      row[ib] += d * end;
    }
    x = next;
  }
}

// split an edge where it leaves the window sideways; outside pieces slide along the rim
static void cover_clipped(float *cover, int w, int h, float x0, float y0, float x1, float y1) {
  float limit = (float)w;
  if (x0 >= 0 && x1 >= 0 && x0 <= limit && x1 <= limit) {
    cover_edge(cover, w, h, x0, y0, x1, y1);
    return;
  }
  float t[4] = {0, 1, 1, 1};
  int n = 1;
  if ((x0 < 0) != (x1 < 0)) t[n++] = (0 - x0) / (x1 - x0);
  if ((x0 > limit) != (x1 > limit)) t[n++] = (limit - x0) / (x1 - x0);
  if (n == 3 && t[1] > t[2]) {
    float swap = t[1]; t[1] = t[2]; t[2] = swap;
  }
  t[n] = 1;
  for (int i = 0; i < n; i++) {
    float ax = x0 + (x1 - x0) * t[i], ay = y0 + (y1 - y0) * t[i];
    float bx = x0 + (x1 - x0) * t[i + 1], by = y0 + (y1 - y0) * t[i + 1];
    if (i + 1 == n) {
      bx = x1;
      by = y1;
    }
    ax = ax < 0 ? 0 : ax > limit ? limit : ax;
    bx = bx < 0 ? 0 : bx > limit ? limit : bx;
    cover_edge(cover, w, h, ax, ay, bx, by);
  }
}

static void sweep(struct canvas *c, int x0, int y0, int w, int h, struct paint p) {
  float gain = p.alpha * 256;
  for (int y = 0; y < h; y++) {
    float *cover = c->cover + y * (w + 2), sum = 0;
    uint32_t *row = c->pixels + (size_t)(y0 + y) * (size_t)c->w;
    for (int x = 0; x < w;) {
      sum += cover[x];
      float a = sum < 0 ? -sum : sum;
      if (a > 1) a = 1;
      // a run of equal cover is one span
      int end = x + 1;
      while (end < w && cover[end] == 0) end++;
      uint32_t share = (uint32_t)(a * gain + 0.5f);
      if (share) fill_span(row, x0 + x, x0 + end, y0 + y, share, p);
      x = end;
    }
  }
}

void shape_fill(struct canvas *c, struct paint p) {
  if (!c->edges || p.alpha <= 0) return;
  int x0 = lower(c->bx0), y0 = lower(c->by0), x1 = upper(c->bx1), y1 = upper(c->by1);
  if (x0 < c->cx0) x0 = c->cx0;
  if (y0 < c->cy0) y0 = c->cy0;
  if (x1 > c->cx1) x1 = c->cx1;
  if (y1 > c->cy1) y1 = c->cy1;
  int w = x1 - x0, h = y1 - y0;
  if (w <= 0 || h <= 0) return;
  int need = (w + 2) * h;
  if (need > c->cover_capacity) {
    float *cover = realloc(c->cover, (size_t)need * sizeof *cover);
    if (!cover) return;
    c->cover = cover;
    c->cover_capacity = need;
  }
  memset(c->cover, 0, (size_t)need * sizeof *c->cover);
  for (int i = 0; i < c->edges; i++)
    cover_clipped(c->cover, w, h, c->edge[i].x0 - (float)x0, c->edge[i].y0 - (float)y0, c->edge[i].x1 - (float)x0,
                  c->edge[i].y1 - (float)y0);
  sweep(c, x0, y0, w, h, p);
}

// ---- straight and snapped --------------------------------------------------------------------------

static void fill_pixels(struct canvas *c, int x0, int y0, int x1, int y1, struct paint p) {
  if (x0 < c->cx0) x0 = c->cx0;
  if (y0 < c->cy0) y0 = c->cy0;
  if (x1 > c->cx1) x1 = c->cx1;
  if (y1 > c->cy1) y1 = c->cy1;
  uint32_t share = (uint32_t)(p.alpha * 256 + 0.5f);
  if (x0 >= x1 || !share) return;
  for (int y = y0; y < y1; y++) fill_span(c->pixels + (size_t)y * (size_t)c->w, x0, x1, y, share, p);
}

void draw_rect(struct canvas *c, float x, float y, float w, float h, struct paint p) {
  fill_pixels(c, nearest(tame(x * c->scale + c->ox)), nearest(tame(y * c->scale + c->oy)),
              nearest(tame((x + w) * c->scale + c->ox)), nearest(tame((y + h) * c->scale + c->oy)), p);
}

static int line_width(const struct canvas *c, float width) {
  int w = nearest(width * c->scale);
  return w < 1 ? 1 : w;
}

void draw_frame(struct canvas *c, float x, float y, float w, float h, float width, struct paint p) {
  int x0 = nearest(tame(x * c->scale + c->ox)), y0 = nearest(tame(y * c->scale + c->oy));
  int x1 = nearest(tame((x + w) * c->scale + c->ox)), y1 = nearest(tame((y + h) * c->scale + c->oy));
  int d = line_width(c, width);
  if (x1 - x0 < 2 * d || y1 - y0 < 2 * d) {
    fill_pixels(c, x0, y0, x1, y1, p);
    return;
  }
  fill_pixels(c, x0, y0, x1, y0 + d, p);
  fill_pixels(c, x0, y1 - d, x1, y1, p);
  fill_pixels(c, x0, y0 + d, x0 + d, y1 - d, p);
  fill_pixels(c, x1 - d, y0 + d, x1, y1 - d, p);
}

void draw_hline(struct canvas *c, float x0, float x1, float y, struct paint p) {
  int py = nearest(tame(y * c->scale + c->oy));
  fill_pixels(c, nearest(tame(x0 * c->scale + c->ox)), py, nearest(tame(x1 * c->scale + c->ox)), py + line_width(c, 1), p);
}

void draw_vline(struct canvas *c, float x, float y0, float y1, struct paint p) {
  int px = nearest(tame(x * c->scale + c->ox));
  fill_pixels(c, px, nearest(tame(y0 * c->scale + c->oy)), px + line_width(c, 1), nearest(tame(y1 * c->scale + c->oy)), p);
}

// ---- round things ----------------------------------------------------------------------------------

// n points of an arc; steps by a fixed rotation, so that only one sine is taken
static int arc_points(struct point *q, float x, float y, float r, float from, float to, int n) {
  double s, k, ds, dc;
  m_sincos(from, &s, &k);
  m_sincos((to - from) / (n > 1 ? n - 1 : 1), &ds, &dc);
  for (int i = 0; i < n; i++) {
    q[i] = (struct point){x + r * (float)k, y + r * (float)s};
    double t = k * dc - s * ds;
    s = s * dc + k * ds;
    k = t;
  }
  return n;
}

#define CIRCLE_MAX 96
static int circle_points(const struct canvas *c, struct point *q, float x, float y, float r, bool back) {
  float px = r * c->scale;
  // a chord stays within a tenth of a pixel of its arc
  int n = px < 1 ? 6 : px < 2 ? 10 : px < 4 ? 14 : px < 7 ? 18 : px < 12 ? 24 : px < 20 ? 32 : px < 40 ? 44 : CIRCLE_MAX;
  float turn = (float)(2 * M_PI_D) * (float)(n - 1) / (float)n;
  return arc_points(q, x, y, r, 0, back ? -turn : turn, n);
}

static bool far_off(const struct canvas *c, float x, float y, float r) {
  float px = x * c->scale + c->ox, py = y * c->scale + c->oy, pr = r * c->scale + 2;
  return !(px + pr > (float)c->cx0 && px - pr < (float)c->cx1 && py + pr > (float)c->cy0 && py - pr < (float)c->cy1);
}

void draw_disc(struct canvas *c, float x, float y, float r, struct paint p) {
  if (far_off(c, x, y, r)) return;
  struct point q[CIRCLE_MAX];
  shape_begin(c);
  add_contour(c, q, circle_points(c, q, x, y, r, false));
  shape_fill(c, p);
}

void draw_ring(struct canvas *c, float x, float y, float r, float width, struct paint p) {
  if (far_off(c, x, y, r + width)) return;
  struct point q[CIRCLE_MAX];
  shape_begin(c);
  add_contour(c, q, circle_points(c, q, x, y, r + width / 2, false));
  if (r > width / 2) add_contour(c, q, circle_points(c, q, x, y, r - width / 2, true));
  shape_fill(c, p);
}

void draw_arc(struct canvas *c, float x, float y, float r, float from, float to, float width, struct paint p) {
  struct point q[33];
  draw_polyline(c, q, arc_points(q, x, y, r, from, to, 33), width, CAP_BUTT, p);
}

static int round_points(const struct canvas *c, struct point *q, float x, float y, float w, float h, float r) {
  r = least(r, least(w, h) / 2);
  int n = r * c->scale < 4 ? 5 : 9, k = 0;
  const float quarter = (float)(M_PI_D / 2);
  k += arc_points(q + k, x + w - r, y + r, r, -quarter, 0, n);
  k += arc_points(q + k, x + w - r, y + h - r, r, 0, quarter, n);
  k += arc_points(q + k, x + r, y + h - r, r, quarter, 2 * quarter, n);
  k += arc_points(q + k, x + r, y + r, r, 2 * quarter, 3 * quarter, n);
  return k;
}

// rounded boxes have snapped sides as well: snap first, in pixels, then give the corner its radius
static void snap_box(const struct canvas *c, float *x, float *y, float *w, float *h) {
  float x0 = (float)nearest(tame(*x * c->scale + c->ox)), y0 = (float)nearest(tame(*y * c->scale + c->oy));
  float x1 = (float)nearest(tame((*x + *w) * c->scale + c->ox)), y1 = (float)nearest(tame((*y + *h) * c->scale + c->oy));
  *x = (x0 - c->ox) / c->scale;
  *y = (y0 - c->oy) / c->scale;
  *w = (x1 - x0) / c->scale;
  *h = (y1 - y0) / c->scale;
}

void draw_round(struct canvas *c, float x, float y, float w, float h, float r, struct paint p) {
  struct point q[40];
  snap_box(c, &x, &y, &w, &h);
  if (w <= 0 || h <= 0) return;
  shape_begin(c);
  add_contour(c, q, round_points(c, q, x, y, w, h, r));
  shape_fill(c, p);
}

void draw_polygon(struct canvas *c, const struct point *q, int n, struct paint p) {
  shape_begin(c);
  add_contour(c, q, n);
  shape_fill(c, p);
}

// ---- strokes ---------------------------------------------------------------------------------------

static struct point unit(struct point a, struct point b) {
  float dx = b.x - a.x, dy = b.y - a.y, l = root(dx * dx + dy * dy);
  return l > 1e-6f ? (struct point){dx / l, dy / l} : (struct point){0, 0};
}

#define OUTLINE_MAX 128
void draw_outline(struct canvas *c, const struct point *q, int n, float width, struct paint p) {
  if (n < 3 || n > OUTLINE_MAX) return;
  struct point outer[OUTLINE_MAX], inner[OUTLINE_MAX];
  float r = width / 2;
  for (int i = 0; i < n; i++) {
    struct point u = unit(q[(i + n - 1) % n], q[i]), v = unit(q[i], q[(i + 1) % n]);
    // the mitre of both normals, cut at 2.5 widths
    float mx = -u.y - v.y, my = u.x + v.x, l = mx * mx + my * my, k = l > 1e-6f ? 2 / l : 0;
    if (k * root(l) > 2.5f) k = 2.5f / root(l);
    outer[i] = (struct point){q[i].x + mx * k * r, q[i].y + my * k * r};
    inner[n - 1 - i] = (struct point){q[i].x - mx * k * r, q[i].y - my * k * r};
  }
  shape_begin(c);
  add_contour(c, outer, n);
  add_contour(c, inner, n);
  shape_fill(c, p);
}

static void add_segment(struct canvas *c, struct point a, struct point b, float r, enum cap cap, bool start, bool end) {
  struct point u = unit(a, b);
  if (u.x == 0 && u.y == 0) u.x = 1;
  if (cap == CAP_SQUARE) {
    if (start) a = (struct point){a.x - u.x * r, a.y - u.y * r};
    if (end) b = (struct point){b.x + u.x * r, b.y + u.y * r};
  }
  struct point q[4] = {{a.x + u.y * r, a.y - u.x * r}, {b.x + u.y * r, b.y - u.x * r},
                       {b.x - u.y * r, b.y + u.x * r}, {a.x - u.y * r, a.y + u.x * r}};
  add_contour(c, q, 4);
}

static void add_dot(struct canvas *c, struct point a, float r) {
  struct point q[CIRCLE_MAX];
  add_contour(c, q, circle_points(c, q, a.x, a.y, r, false));
}

static void add_polyline(struct canvas *c, const struct point *q, int n, float width, enum cap cap) {
  float r = width / 2;
  for (int i = 0; i + 1 < n; i++) {
    add_segment(c, q[i], q[i + 1], r, cap, i == 0, i + 2 == n);
    // the joint of a thin line hides in its own softness
    if (i > 0 && width * c->scale > 1.8f) add_dot(c, q[i], r);
  }
  if (cap == CAP_ROUND) {
    add_dot(c, q[0], r);
    add_dot(c, q[n - 1], r);
  }
}

void draw_polyline(struct canvas *c, const struct point *q, int n, float width, enum cap cap, struct paint p) {
  if (n < 2) return;
  shape_begin(c);
  add_polyline(c, q, n, width, cap);
  shape_fill(c, p);
}

void draw_line(struct canvas *c, float x0, float y0, float x1, float y1, float width, struct paint p) {
  struct point q[2] = {{x0, y0}, {x1, y1}};
  draw_polyline(c, q, 2, width, CAP_BUTT, p);
}

void draw_dashes(struct canvas *c, const struct point *q, int n, bool closed, float width, enum cap cap,
                 const float *dash, int dashes, struct paint p) {
  shape_begin(c);
  float left = dash[0];
  int k = 0, drawn = 0;
  for (int i = 0; i < (closed ? n : n - 1) && drawn < 20000; i++) {
    struct point a = q[i], b = q[(i + 1) % n], u = unit(a, b);
    float dx = b.x - a.x, dy = b.y - a.y, length = root(dx * dx + dy * dy), at = 0;
    while (at < length && drawn++ < 20000) {
      float to = least(length, at + left);
      if (k % 2 == 0)
        add_polyline(c, (struct point[]){{a.x + u.x * at, a.y + u.y * at}, {a.x + u.x * to, a.y + u.y * to}}, 2, width, cap);
      left -= to - at;
      at = to;
      if (left <= 1e-4f) left = dash[++k % dashes];
    }
  }
  shape_fill(c, p);
}

// ---- sprites and masks -------------------------------------------------------------------------------

void draw_sprite(struct canvas *c, const struct sprite *s, int x, int y) {
  x -= s->hx;
  y -= s->hy;
  int x0 = x < c->cx0 ? c->cx0 - x : 0, y0 = y < c->cy0 ? c->cy0 - y : 0;
  int x1 = x + s->w > c->cx1 ? c->cx1 - x : s->w, y1 = y + s->h > c->cy1 ? c->cy1 - y : s->h;
  for (int j = y0; j < y1; j++) {
    const uint32_t *from = s->pixels + (size_t)j * (size_t)s->w;
    uint32_t *to = c->pixels + (size_t)(y + j) * (size_t)c->w + x;
    for (int i = x0; i < x1; i++) {
      uint32_t v = from[i];
      if (v >> 24 == 255) to[i] = v;
      else if (v) to[i] = over(to[i], v);
    }
  }
}

void draw_mask(struct canvas *c, const uint8_t *mask, int w, int h, int x, int y, struct paint p) {
  int x0 = x < c->cx0 ? c->cx0 - x : 0, y0 = y < c->cy0 ? c->cy0 - y : 0;
  int x1 = x + w > c->cx1 ? c->cx1 - x : w, y1 = y + h > c->cy1 ? c->cy1 - y : h;
  uint32_t s = 0xff000000u | p.colour, gain = (uint32_t)(p.alpha * 256 + 0.5f);
  for (int j = y0; j < y1; j++) {
    const uint8_t *from = mask + (size_t)j * (size_t)w;
    uint32_t *to = c->pixels + (size_t)(y + j) * (size_t)c->w + x;
    for (int i = x0; i < x1; i++) {
      uint32_t a = from[i];
      if (a) to[i] = mix(to[i], s, ((a + (a >> 7)) * gain) >> 8);
    }
  }
}
