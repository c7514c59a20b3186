#include "viewer/skeleton.h"

#include <stdio.h>
#include <string.h>

#include "base/maths.h"

#define HEAT_LOW  25.0f             // degC, ends of the ramp
#define HEAT_HIGH 85.0f
#define JOINT_NEAR 8.0f             // px; joints closer than this are drawn as one

uint32_t ramp_viridis(float share) {
  static const uint32_t ramp[9] = {0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725};
  share = share > 0 ? share < 1 ? share : 1 : 0;
  int   k = (int)(share * 8 < 7 ? share * 8 : 7);
  float f = share * 8 - (float)k;
  uint32_t out = 0;
  for (int shift = 0; shift <= 16; shift += 8) {
    float a = (float)(ramp[k] >> shift & 255), b = (float)(ramp[k + 1] >> shift & 255);
    out |= (uint32_t)(a + (b - a) * f + 0.5f) << shift;
  }
  return out;
}

struct point skeleton_project(const struct skeleton_view *v, const float p[3]) {
  switch (v->from) {
    case FROM_AHEAD: return (struct point){v->x + p[1] * v->zoom, v->y - p[2] * v->zoom};
    case FROM_ABOVE: return (struct point){v->x + p[0] * v->zoom, v->y - p[1] * v->zoom};
    default:         return (struct point){v->x + p[0] * v->zoom, v->y - p[2] * v->zoom};
  }
}

// ---- the support polygon -----------------------------------------------------------------------------

static float cross(const float o[2], const float a[2], const float b[2]) {
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
}

// A heel or a toe that has come off carries nothing: corners within 1 cm of the floor count.
static int corners(const struct skeleton_pose *p, float q[12][2]) {
  int n = 0;
  for (int f = 0; p->feet && f < 2; f++)
    for (int k = 0; p->contact[f] && k < 6; k++)
      if (p->sole[f][k][2] < 0.01f) {
        q[n][0] = p->sole[f][k][0];
        q[n++][1] = p->sole[f][k][1];
      }
  return n;
}

int skeleton_support(const struct skeleton_pose *p, float out[12][2]) {
  float q[12][2], hull[26][2];
  int n = corners(p, q), k = 0;
  // monotone chain (Andrew 1979): sorted by x, then lower and upper hull
  for (int i = 1; i < n; i++)
    for (int j = i; j > 0 && (q[j][0] < q[j - 1][0] || (q[j][0] == q[j - 1][0] && q[j][1] < q[j - 1][1])); j--)
      for (int a = 0; a < 2; a++) {
        float t = q[j][a];
        q[j][a] = q[j - 1][a];
        q[j - 1][a] = t;
      }
  if (n < 3) return 0;
  for (int i = 0; i < n; i++) {
    while (k >= 2 && cross(hull[k - 2], hull[k - 1], q[i]) <= 0) k--;
    memcpy(hull[k++], q[i], sizeof q[i]);
  }
  for (int i = n - 2, least = k + 1; i >= 0; i--) {
    while (k >= least && cross(hull[k - 2], hull[k - 1], q[i]) <= 0) k--;
    memcpy(hull[k++], q[i], sizeof q[i]);
  }
  k--;
  memcpy(out, hull, (size_t)k * sizeof *out);
  return k;
}

// ---- reach ---------------------------------------------------------------------------------------------

void skeleton_reach(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_view *v) {
  const float dash[2] = {4, 3};
  struct point q[SKELETON_REACH];
  bool above = v->from == FROM_ABOVE;
  int n = 0, count = above ? s->reach_around : s->reach_ahead;
  for (int k = 0; k < count; k++) {
    const float *r = above ? s->around[k] : s->ahead[k];
    // heights that it does not get to at all are no part of the outline
    if (r[0] * r[0] + (above ? r[1] * r[1] : 0) < 1e-6f) continue;
    q[n++] = skeleton_project(v, above ? (float[3]){r[0], r[1], 0} : (float[3]){r[0], 0, r[1]});
  }
  if (n < 3 || v->from == FROM_AHEAD) return;
  draw_dashes(c, q, n, false, 1.2f, CAP_BUTT, dash, 2, tint(l->theme->accent, 0.6f));
}

// ---- the floor ------------------------------------------------------------------------------------------

static void draw_step(struct look *l, struct canvas *c, const struct skeleton_view *v, const struct skeleton_step *s, bool planned, float alpha) {
  static const float print[6][2] = {{-.07f, -.04f}, {.13f, -.045f}, {.19f, -.03f}, {.19f, .03f}, {.13f, .045f}, {-.07f, .04f}};
  double sn, cs;
  m_sincos((double)s->heading, &sn, &cs);
  struct point q[6];
  for (int k = 0; k < 6; k++) {
    float at[3] = {s->x + print[k][0] * (float)cs - print[k][1] * (float)sn, s->y + print[k][0] * (float)sn + print[k][1] * (float)cs, 0};
    q[k] = skeleton_project(v, at);
  }
  if (planned) {
    const float dash[2] = {3, 2};
    draw_dashes(c, q, 6, true, 1.1f, CAP_BUTT, dash, 2, ink(l->theme->accent));
  } else {
    draw_polygon(c, q, 6, tint(l->theme->ink2, alpha));
  }
}

static void floor_above(struct look *l, struct canvas *c, const struct skeleton_pose *p, const struct skeleton_view *v) {
  for (int i = 0; i < p->steps; i++)
    draw_step(l, c, v, &p->step[i], i >= p->ahead, .14f + .36f * (float)(i + 1) / (float)(p->ahead > 0 ? p->ahead : 1));
  float hull[12][2];
  struct point q[12];
  int n = skeleton_support(p, hull);
  for (int i = 0; i < n; i++) q[i] = skeleton_project(v, (float[3]){hull[i][0], hull[i][1], 0});
  if (!n) return;
  draw_polygon(c, q, n, tint(l->theme->accent, 0.17f));
  draw_outline(c, q, n, 1, ink(l->theme->accent));
}

void skeleton_floor(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v, float x0, float x1) {
  const struct theme *t = l->theme;
  (void)s;
  if (v->from == FROM_ABOVE) {
    floor_above(l, c, p, v);
    return;
  }
  draw_line(c, x0, v->y, x1, v->y, 1.25f, ink(t->line2));
  float q[12][2];
  int n = corners(p, q), axis = v->from == FROM_AHEAD;
  if (!n) return;
  float lo = q[0][axis], hi = lo;
  for (int i = 1; i < n; i++) {
    lo = q[i][axis] < lo ? q[i][axis] : lo;
    hi = q[i][axis] > hi ? q[i][axis] : hi;
  }
  draw_rect(c, v->x + lo * v->zoom, v->y + 1.5f, (hi - lo) * v->zoom, 3, ink(t->accent));
}

// ---- bones ------------------------------------------------------------------------------------------------

static bool is_far(const struct skeleton_view *v, int side) { return v->from == FROM_SIDE && side == SKELETON_LEFT; }

static float bone_width(const struct skeleton_view *v, int kind) {
  float w = v->zoom * (kind == BONE_TRUNK ? 0.045f : kind == BONE_FINGER ? 0.012f : 0.04f);
  float least = kind == BONE_FINGER ? 1 : 2;
  return w < least ? least : w > 16 ? 16 : w;
}

static uint32_t bone_ink(const struct look *l, const struct skeleton_view *v, int side) {
  return is_far(v, side) ? l->theme->line2 : side == SKELETON_MIDDLE ? l->theme->ink : l->theme->ink2;
}

// The foot in outline: from the ankle to heel and toe.
static int foot_outline(const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v, int f, struct point q[6]) {
  if (!p->feet || s->ankle[f] < 0) return 0;
  if (v->from == FROM_ABOVE) {
    for (int k = 0; k < 6; k++) q[k] = skeleton_project(v, p->sole[f][k]);
    return 6;
  }
  float mid[3][3];                  // heel, ball, toe between their corners
  for (int k = 0; k < 3; k++)
    for (int a = 0; a < 3; a++) mid[k][a] = (p->sole[f][k][a] + p->sole[f][5 - k][a]) / 2;
  if (v->from == FROM_AHEAD) {
    q[0] = skeleton_project(v, p->point[s->ankle[f]]);
    q[1] = skeleton_project(v, p->sole[f][1]);
    q[2] = skeleton_project(v, p->sole[f][4]);
    return 3;
  }
  q[0] = skeleton_project(v, p->point[s->ankle[f]]);
  for (int k = 0; k < 3; k++) q[k + 1] = skeleton_project(v, mid[k]);
  return 4;
}

static void draw_feet(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v, bool far) {
  for (int f = 0; f < 2; f++) {
    int side = f ? SKELETON_RIGHT : SKELETON_LEFT;
    if (v->from == FROM_SIDE && is_far(v, side) != far) continue;
    struct point q[6];
    int n = foot_outline(s, p, v, f, q);
    if (!n) continue;
    draw_polygon(c, q, n, ink(v->from == FROM_ABOVE ? l->theme->leg : bone_ink(l, v, side)));
    if (v->from == FROM_ABOVE) draw_outline(c, q, n, 1, ink(l->theme->outline));
    else draw_outline(c, q, n, 1, ink(bone_ink(l, v, side)));
  }
}

static void draw_bones(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v, int side) {
  for (int i = 0; i < s->bones; i++) {
    const struct skeleton_bone *b = &s->bone[i];
    if (b->side != side) continue;
    struct point q[2] = {skeleton_project(v, p->point[b->a]), skeleton_project(v, p->point[b->b])};
    draw_polyline(c, q, 2, bone_width(v, b->kind), CAP_ROUND, ink(bone_ink(l, v, side)));
  }
}

// Part of a ring between two radii and two angles, clockwise from 3 o'clock.
static void sector(struct canvas *c, struct point m, float inner, float outer, float from, float to, uint32_t colour) {
  struct point q[26];
  for (int k = 0; k < 13; k++) {
    double sn, cs;
    m_sincos((double)(from + (to - from) * (float)k / 12), &sn, &cs);
    q[k] = (struct point){m.x + outer * (float)cs, m.y + outer * (float)sn};
    q[25 - k] = (struct point){m.x + inner * (float)cs, m.y + inner * (float)sn};
  }
  draw_polygon(c, q, 26, ink(colour));
}

static void draw_head(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v) {
  if (s->head < 0) return;
  struct point h = skeleton_project(v, p->point[s->head]);
  float r = s->head_radius * v->zoom;
  const float quarter = (float)(M_PI_D / 2);
  draw_disc(c, h.x, h.y, r + 0.7f, ink(l->theme->outline));
  draw_disc(c, h.x, h.y, r - 0.7f, ink(l->theme->skin));
  // the visor looks ahead
  if (v->from == FROM_AHEAD) draw_round(c, h.x - r * .62f, h.y - r * .42f, r * 1.24f, r * .62f, r * .3f, ink(l->theme->outline));
  else if (v->from == FROM_SIDE) sector(c, h, r * .55f, r * .98f, -quarter * .8f, quarter * .3f, l->theme->outline);
  else sector(c, h, r * .55f, r * .98f, -quarter * .65f, quarter * .65f, l->theme->outline);
}

void skeleton_load(const struct skeleton_pose *p, const struct skeleton_view *v, struct point q[4]) {
  double sn, cs;
  m_sincos((double)p->box_turn, &sn, &cs);
  for (int k = 0; k < 4; k++) {
    float a = (k == 0 || k == 3 ? .5f : -.5f) * p->box_size[0], b = (k < 2 ? .5f : -.5f) * p->box_size[1];
    q[k] = skeleton_project(v, (float[3]){p->box[0] + a * (float)cs - b * (float)sn, p->box[1] + a * (float)sn + b * (float)cs, 0});
  }
}

// From above a load is seen as it lies, from elsewhere as its extent.
static void draw_box(struct look *l, struct canvas *c, const struct skeleton_pose *p, const struct skeleton_view *v) {
  if (!(p->box_size[0] > 0)) return;
  if (v->from == FROM_ABOVE) {
    struct point q[4];
    skeleton_load(p, v, q);
    draw_polygon(c, q, 4, ink(l->theme->kit));
    draw_outline(c, q, 4, 1.25f, ink(l->theme->outline));
    return;
  }
  struct point m = skeleton_project(v, p->box);
  float w = p->box_size[v->from == FROM_AHEAD ? 1 : 0] * v->zoom, h = p->box_size[v->from == FROM_ABOVE ? 1 : 2] * v->zoom;
  draw_rect(c, m.x - w / 2, m.y - h / 2, w, h, ink(l->theme->kit));
  draw_frame(c, m.x - w / 2, m.y - h / 2, w, h, 1.25f, ink(l->theme->outline));
}

// ---- joints -------------------------------------------------------------------------------------------------

struct knob { struct point at; float load, heat; int side; };

// Joints that fall together on the screen are one knob with the largest load and heat of them.
static int gather(const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v, int side, struct knob out[SKELETON_POINTS]) {
  int n = 0;
  for (int i = 0; i < s->points; i++) {
    if (!s->point[i].driven || s->point[i].side != side) continue;
    struct point at = skeleton_project(v, p->point[i]);
    int k = 0;
    float near = JOINT_NEAR * (v->zoom > 160 ? v->zoom / 160 : 1);
    while (k < n && (out[k].at.x - at.x) * (out[k].at.x - at.x) + (out[k].at.y - at.y) * (out[k].at.y - at.y) > near * near) k++;
    if (k == n) out[n++] = (struct knob){at, -1, -300, side};
    if (p->load[i] > out[k].load) out[k].load = p->load[i];
    if (p->heat[i] > out[k].heat) out[k].heat = p->heat[i];
  }
  return n;
}

static void draw_knobs(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v, int side) {
  const struct theme *t = l->theme;
  struct knob knob[SKELETON_POINTS];
  int n = gather(s, p, v, side, knob);
  float r = v->zoom * 0.05f;
  r = r < 3 ? 3 : r > 11 ? 11 : r;
  bool far = is_far(v, side);
  if (far) r *= 0.8f;
  for (int k = 0; k < n; k++) {
    const struct knob *o = &knob[k];
    bool hot = o->heat > -273;
    uint32_t fill = hot ? ramp_viridis((o->heat - HEAT_LOW) / (HEAT_HIGH - HEAT_LOW)) : t->panel;
    draw_disc(c, o->at.x, o->at.y, r + 1, ink(t->panel));
    draw_disc(c, o->at.x, o->at.y, r * .78f, ink(far ? t->ink3 : t->outline));
    draw_disc(c, o->at.x, o->at.y, r * .78f - 1, ink(fill));
    if (o->load < 0) continue;
    // clockwise from 12 o'clock
    float top = (float)(-M_PI_D / 2), share = o->load > 1 ? 1 : o->load;
    draw_ring(c, o->at.x, o->at.y, r + .6f, 1.6f, ink(t->line));
    if (share > 0.005f) draw_arc(c, o->at.x, o->at.y, r + .6f, top, top + share * (float)(2 * M_PI_D), 2.2f, ink(far ? t->ink3 : t->ink));
  }
}

static void draw_com(struct look *l, struct canvas *c, const struct skeleton_pose *p, const struct skeleton_view *v) {
  const struct theme *t = l->theme;
  const float quarter = (float)(M_PI_D / 2), dash[2] = {2, 2};
  float r = v->zoom * .055f;
  r = r < 4 ? 4 : r > 9 ? 9 : r;
  if (p->pressed) {
    // centre of pressure: a tick on the floor, a cross from above
    struct point q = skeleton_project(v, (float[3]){p->cop[0], p->cop[1], 0});
    if (v->from == FROM_ABOVE) {
      draw_line(c, q.x - 4, q.y, q.x + 4, q.y, 1.6f, ink(t->ink));
      draw_line(c, q.x, q.y - 4, q.x, q.y + 4, 1.6f, ink(t->ink));
    } else {
      draw_polygon(c, (struct point[]){{q.x, q.y}, {q.x + 4, q.y + 7}, {q.x - 4, q.y + 7}}, 3, ink(t->ink));
    }
  }
  if (!p->massed) return;
  struct point m = skeleton_project(v, p->com);
  if (v->from != FROM_ABOVE) draw_dashes(c, (struct point[]){m, {m.x, v->y}}, 2, false, 1, CAP_BUTT, dash, 2, ink(t->ink));
  draw_disc(c, m.x, m.y, r + 1, ink(t->ink));
  draw_disc(c, m.x, m.y, r, ink(t->panel));
  for (int k = 0; k < 2; k++) sector(c, m, 0, r, quarter * (float)(2 * k), quarter * (float)(2 * k + 1), t->ink);
}

// ---- the whole ----------------------------------------------------------------------------------------------

void skeleton_draw(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, const struct skeleton_view *v) {
  static const int order[3] = {SKELETON_LEFT, SKELETON_MIDDLE, SKELETON_RIGHT};
  if (v->from == FROM_ABOVE) draw_feet(l, c, s, p, v, false);
  for (int k = 0; k < 3; k++) {
    int side = order[k];
    if (v->from != FROM_ABOVE && side != SKELETON_MIDDLE && (v->from == FROM_SIDE || side == SKELETON_RIGHT)) draw_feet(l, c, s, p, v, is_far(v, side));
    if (side == SKELETON_RIGHT && v->from != FROM_AHEAD) draw_box(l, c, p, v);
    draw_bones(l, c, s, p, v, side);
    if (v->from != FROM_ABOVE) draw_knobs(l, c, s, p, v, side);
    if (side == SKELETON_MIDDLE && v->from != FROM_ABOVE) draw_head(l, c, s, p, v);
  }
  if (v->from == FROM_ABOVE) draw_head(l, c, s, p, v);
  if (v->from == FROM_AHEAD) draw_box(l, c, p, v);
  draw_com(l, c, p, v);
}

// ---- bars ---------------------------------------------------------------------------------------------------

struct bar { int left, right; float most; };

static int collect(const struct skeleton *s, const struct skeleton_pose *p, struct bar out[SKELETON_POINTS]) {
  int n = 0;
  for (int i = 0; i < s->points; i++) {
    if (!s->point[i].driven || p->load[i] < 0) continue;
    int side = s->point[i].side, k = 0;
    while (k < n && !(side != SKELETON_MIDDLE && strcmp(s->point[i].name, s->point[out[k].left >= 0 ? out[k].left : out[k].right].name) == 0 &&
                      (side == SKELETON_LEFT ? out[k].left < 0 : out[k].right < 0)))
      k++;
    if (k == n) out[n++] = (struct bar){-1, -1, 0};
    if (side == SKELETON_RIGHT) out[k].right = i;
    else out[k].left = i;
    if (p->load[i] > out[k].most) out[k].most = p->load[i];
  }
  return n;
}

static void draw_share(struct look *l, struct canvas *c, float x, float y, float w, float h, float share) {
  const struct theme *t = l->theme;
  draw_rect(c, x, y, w, h, ink(t->kit));
  float k = share > 1 ? 1 : share;
  if (k > 0) draw_rect(c, x, y, w * k, h, ink(share > 1 ? cause_fill(t, CAUSE_BROKEN) : t->ink2));
  if (share > 1) draw_frame(c, x, y, w, h, 1, ink(t->ink));
}

float skeleton_bars(struct look *l, struct canvas *c, const struct skeleton *s, const struct skeleton_pose *p, float x, float y, float w, float row, int rows) {
  const struct theme *t = l->theme;
  struct bar bar[SKELETON_POINTS];
  int n = collect(s, p, bar), shown = n < rows ? n : rows;
  // the heaviest loaded ones, kept in the order of the body
  while (n > shown) {
    int least = 0;
    for (int k = 1; k < n; k++)
      if (bar[k].most < bar[least].most) least = k;
    memmove(&bar[least], &bar[least + 1], (size_t)(n - least - 1) * sizeof *bar);
    n--;
  }
  float name = w * .40f, side = (w - name - 6) / 2, top = y, h = row * .5f;
  draw_text(l->type, c, x + name, y + row * .6f, FACE_MEDIUM, 10.5f, t->ink3, "left");
  draw_text(l->type, c, x + name + side + 6, y + row * .6f, FACE_MEDIUM, 10.5f, t->ink3, "right");
  y += row;
  for (int k = 0; k < shown; k++, y += row) {
    const struct bar *b = &bar[k];
    int either = b->left >= 0 ? b->left : b->right;
    draw_text_fit(l->type, c, x, y + row * .62f, name - 6, FACE_REGULAR, 11, t->ink2, s->point[either].name);
    bool middle = s->point[either].side == SKELETON_MIDDLE;
    for (int f = 0; f < 2; f++) {
      int i = f ? b->right : b->left;
      if (i < 0) continue;
      char words[16];
      snprintf(words, sizeof words, "%.0f %%", (double)p->load[i] * 100);
      float bw = (middle ? w - name : side) - 36, bx = x + name + (float)f * (side + 6);
      draw_share(l, c, bx, y + row * .5f - h / 2, bw, h, p->load[i]);
      draw_text_right(l->type, c, bx + bw + 34, y + row * .62f, FACE_REGULAR, 10.5f, t->ink2, words);
      // at an end of its range: a tick at that end of its bar
      if (p->limit[i] & (AT_LOW | AT_HIGH)) draw_rect(c, p->limit[i] & AT_LOW ? bx - 3 : bx + bw, y + row * .5f - h / 2 - 2, 3, h + 4, ink(t->ink));
    }
  }
  return y - top;
}
