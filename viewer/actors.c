#include "viewer/actors.h"

#include "viewer/paths.h"
#include "viewer/pose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

#define CHEVRON_STEP 0.5            // m
#define STEPS_MAX    6.0            // steps a second of wall time that legs still show

void actors_finish(struct actors *a) {
  free(a->side);
  free(a->heap);
  boxes_finish(&a->taken);
  memset(a, 0, sizeof *a);
}

static bool on_screen(const struct ground *f, struct point p, float r) {
  return p.x > f->view.x - r && p.x < f->view.x + f->view.w + r && p.y > f->view.y - r && p.y < f->view.y + f->view.h + r;
}

static float distance(float dx, float dy) { return (float)m_sqrt((double)(dx * dx + dy * dy)); }

static bool is_people(const struct plan *plan, const struct picture *p, int i) {
  int fleet = p->robots.fleet[i];
  return fleet < plan->fleet_count && plan->fleets[fleet].people;
}

void actor_name(const struct plan *plan, const struct picture *p, int row, char out[16]) {
  snprintf(out, 16, "%c%u", is_people(plan, p, row) ? 'P' : 'R', p->robots.id[row]);
}

// ---- belts -----------------------------------------------------------------------------------------------

static void draw_run(struct ground *f, struct canvas *c, const struct plan_station *s, double now, bool stopped) {
  const struct theme *t = f->look->theme;
  float w = ground_belt_width(s) * f->zoom;
  double first = stopped ? CHEVRON_STEP / 2 : now * (double)s->speed / CHEVRON_STEP;
  double at = (first - m_floor(first)) * CHEVRON_STEP;
  for (int i = 0; i + 1 < s->path.count; i++) {
    const float *a = s->path.point[i], *b = s->path.point[i + 1];
    float l = distance(b[0] - a[0], b[1] - a[1]);
    if (l < 1e-4f) continue;
    float ux = (b[0] - a[0]) / l, uy = (b[1] - a[1]) / l;
    for (; at < (double)l; at += CHEVRON_STEP) {
      struct point p = ground_point(f, (double)a[0] + at * (double)ux, (double)a[1] + at * (double)uy);
      if (!on_screen(f, p, 20)) continue;
      float h = w * (stopped ? .22f : .2f), tip = stopped ? 0 : w * .17f;
      struct point q[3] = {{p.x - uy * h - ux * tip / 2, p.y - ux * h + uy * tip / 2},
                           {p.x + ux * tip / 2, p.y - uy * tip / 2},
                           {p.x + uy * h - ux * tip / 2, p.y + ux * h + uy * tip / 2}};
      draw_polyline(c, q, 3, stopped ? 1.5f : 1.4f, CAP_ROUND, tint(t->ink3, stopped ? 1 : 0.75f));
    }
    at -= (double)l;
  }
}

// from afar: how much of the belt is taken, as a bar from its end
static void draw_fill(struct ground *f, struct canvas *c, const struct plan_station *s, int count) {
  float length = 0, w = ground_belt_width(s) * f->zoom, pitch = s->pitch[0] > 0.01f ? s->pitch[0] : 0.1f;
  for (int i = 0; i + 1 < s->path.count; i++)
    length += distance(s->path.point[i + 1][0] - s->path.point[i][0], s->path.point[i + 1][1] - s->path.point[i][1]);
  float left = (float)count * pitch < length ? (float)count * pitch : length;
  for (int i = s->path.count - 1; i > 0 && left > 0; i--) {
    const float *b = s->path.point[i], *a = s->path.point[i - 1];
    float l = distance(b[0] - a[0], b[1] - a[1]), part = l < left ? l : left;
    if (l < 1e-4f) continue;
    struct point p = ground_point(f, b[0], b[1]), q = ground_point(f, b[0] + (a[0] - b[0]) * part / l, b[1] + (a[1] - b[1]) * part / l);
    draw_line(c, p.x, p.y, q.x, q.y, w < 4 ? 1 : w * 0.34f, ink(f->look->theme->ink3));
    left -= part;
  }
}

static void draw_belts(struct ground *f, struct canvas *c, const struct picture *p) {
  for (int i = 0; i < f->plan->station_count; i++) {
    const struct plan_station *s = &f->plan->stations[i];
    if (!s->path.count) continue;
    enum cause cause = i < p->stations.n ? station_look(p->stations.cause[i])->cause : CAUSE_WORK;
    bool stopped = cause == CAUSE_BROKEN || cause == CAUSE_STOPPED || cause == CAUSE_NONE;
    if (f->zoom >= GROUND_CLASS_FROM) draw_run(f, c, s, (double)p->now * 1e-9, stopped);
    else if (i < p->stations.n) draw_fill(f, c, s, p->stations.count[i]);
  }
}

// ---- parts -----------------------------------------------------------------------------------------------

static void draw_dot(struct look *l, struct canvas *c, struct point p, float d) { draw_part(l, c, GLYPH_FREE, p.x, p.y, d); }

static const struct part_style *style_of(const struct ground *f, int type) { return type >= 0 && type < f->plan->part_count ? &f->style[type] : NULL; }

// the station in whose very middle the stream has a part: there it may be one of many; -1: it lies for itself
static int heap_of(const struct ground *f, const float at[2]) {
  int row = ground_station_at(f, (double)at[0], (double)at[1]);
  if (row < 0 || f->plan->stations[row].path.count) return -1;
  const struct plan_station *s = &f->plan->stations[row];
  float dx = at[0] - s->at[0], dy = at[1] - s->at[1];
  return dx * dx + dy * dy < 1e-5f ? row : -1;
}

static bool count_heaps(struct actors *a, const struct ground *f, const struct picture *p) {
  if (a->heaps < f->plan->station_count) {
    struct heap *heap = realloc(a->heap, (size_t)f->plan->station_count * sizeof *heap);
    if (!heap) return false;
    a->heap = heap;
    a->heaps = f->plan->station_count;
  }
  memset(a->heap, 0, (size_t)a->heaps * sizeof *a->heap);
  for (int i = 0; i < p->parts.n; i++) {
    int row = heap_of(f, p->parts.pos[i]);
    if (row < 0) continue;
    const struct part_style *style = style_of(f, p->parts.type[i]);
    if (style && style->glyph == GLYPH_BOX) a->heap[row].large++;
    else a->heap[row].small++;
  }
  return true;
}

// places from -1/2 to 1/2 of a side, one pitch apart, from the upper left row by row
static void grid_place(int k, int columns, int rows, float px, float py, float *x, float *y) {
  *x = ((float)(k % columns) - (float)(columns - 1) / 2) * px;
  *y = ((float)(rows - 1) / 2 - (float)(k / columns)) * py;
}

// where the next small part of a heap is drawn, from the station's middle; false: no more room
static bool small_place(struct heap *h, const struct plan_station *s, float d, float zoom, float *x, float *y) {
  int k = h->small_drawn++;
  if (s->grid[0]) {
    if (k >= s->grid[0] * s->grid[1]) return false;
    grid_place(k, s->grid[0], s->grid[1], s->pitch[0], s->pitch[1], x, y);
    return true;
  }
  float w = s->size[0] * 0.86f, l = s->size[1] * 0.86f, step = d / zoom * 1.25f;
  bool works = s->kind >= PLAN_MACHINE && s->kind <= PLAN_SORTER;
  int columns = (int)(w / step), rows = (int)(l / step);
  if (columns < 1) columns = 1;
  if (rows < 1) rows = 1;
  // a machine keeps its middle for its state: one row along the edge
  if (works || s->kind == PLAN_INSPECTION) {
    if (k >= columns) return false;
    int n = h->small < columns ? h->small : columns;
    *x = ((float)k - (float)(n - 1) / 2) * step;
    *y = -s->size[1] / 2 + step * 0.75f;
    return true;
  }
  if (k >= columns * rows) return false;
  grid_place(k, columns, rows, step, step, x, y);
  return true;
}

static void large_place(struct heap *h, const struct plan_station *s, const struct part_style *style, float *x, float *y) {
  int k = h->large_drawn++, n = h->large;
  bool along = s->size[0] >= s->size[1];
  float room = (along ? s->size[0] - style->length : s->size[1] - style->width) * 0.94f, step = along ? style->length * 1.06f : style->width * 1.06f;
  if (room < 0) room = 0;
  if (n > 1 && step * (float)(n - 1) > room) step = room / (float)(n - 1);
  float at = ((float)k - (float)(n - 1) / 2) * step;
  *x = along ? at : 0;
  *y = along ? 0 : at;
}

// the places of a tray that lies at its station, seen until cells lie on them
static void draw_empty_places(struct ground *f, struct canvas *c, const struct plan_station *s, struct point mid) {
  float pitch = (s->pitch[0] < s->pitch[1] ? s->pitch[0] : s->pitch[1]) * f->zoom;
  if (pitch < 2) return;
  double sn, cs;
  m_sincos((double)s->facing, &sn, &cs);
  for (int k = 0; k < s->grid[0] * s->grid[1]; k++) {
    float x, y;
    grid_place(k, s->grid[0], s->grid[1], s->pitch[0] * f->zoom, s->pitch[1] * f->zoom, &x, &y);
    struct point p = {mid.x + x * (float)cs - y * (float)sn, mid.y - x * (float)sn - y * (float)cs};
    draw_dot(f->look, c, p, pitch < 6 ? pitch * .32f : 2);
  }
}

static void draw_one_part(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, int i, bool large) {
  const struct picture_parts *q = &p->parts;
  const struct part_style *style = style_of(f, q->type[i]);
  bool is_large = style && style->glyph == GLYPH_BOX;
  if (is_large != large) return;
  float wx = q->pos[i][0], wy = q->pos[i][1];
  int row = ground_station_at(f, (double)wx, (double)wy), heap = heap_of(f, q->pos[i]);
  const struct plan_station *s = row < 0 ? NULL : &f->plan->stations[row];
  float d = style ? (style->length > style->width ? style->length : style->width) * f->zoom : 7;
  if (d < 7) d = 7;
  if (heap >= 0) {
    double sn, cs;
    float x = 0, y = 0;
    m_sincos((double)s->facing, &sn, &cs);
    if (is_large) large_place(&a->heap[heap], s, style, &x, &y);
    else if (!small_place(&a->heap[heap], s, d, f->zoom, &x, &y)) return;
    wx += x * (float)cs - y * (float)sn;
    wy += x * (float)sn + y * (float)cs;
  }
  struct point at = ground_point(f, (double)wx, (double)wy);
  if (!on_screen(f, at, 10 + (style ? style->length * f->zoom : 0))) return;
  if (is_large) {
    if (f->zoom < 8) draw_part(f->look, c, GLYPH_DOT, at.x, at.y, 3);
    else draw_part_box(f->look, c, style, at.x, at.y, s && !s->path.count ? s->facing : 0, f->zoom, style->grid[0] > 0);
    if (s && s->grid[0] && !style->grid[0]) draw_empty_places(f, c, s, at);
    return;
  }
  if (f->zoom < GROUND_CLASS_FROM) {
    // belts show their fill instead, patterns their count
    if (s && (s->path.count || s->grid[0])) return;
    draw_part(f->look, c, GLYPH_DOT, at.x, at.y, f->zoom < 8 ? 2 : 3);
    return;
  }
  enum glyph g = style ? style->glyph : GLYPH_SQUARE;
  if (s && s->grid[0]) {
    float room = (s->pitch[0] < s->pitch[1] ? s->pitch[0] : s->pitch[1]) * f->zoom;
    if (room < 7 && d <= 7) {
      // places closer than the least size: the tray shows filled slots
      draw_part(f->look, c, g == GLYPH_REJECT ? GLYPH_SLOT_REJECT : GLYPH_SLOT, at.x, at.y, room * 0.84f);
      return;
    }
  }
  draw_part(f->look, c, g, at.x, at.y, d);
}

static void draw_parts(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p) {
  if (!count_heaps(a, f, p)) return;
  for (int large = 1; large >= 0; large--)
    for (int i = 0; i < p->parts.n; i++) draw_one_part(a, f, c, p, i, large);
}

// ---- stations ----------------------------------------------------------------------------------------------

static void draw_marks(struct ground *f, struct canvas *c, const struct picture *p, struct selection sel) {
  const struct theme *t = f->look->theme;
  for (int i = 0; i < f->plan->station_count; i++) {
    const struct plan_station *s = &f->plan->stations[i];
    const struct ground_mark *m = &f->mark[i];
    if (!s->placed) continue;
    if (sel.kind == SELECT_STATION && sel.row == i) {
      float q[4][2];
      struct point o[4];
      ground_station_corners(s, q);
      for (int k = 0; k < 4; k++) {
        // 5 px outside the body
        struct point e = ground_point(f, q[k][0], q[k][1]), mid = ground_point(f, s->at[0], s->at[1]);
        o[k] = (struct point){e.x + (e.x > mid.x ? 4.0f : -4.0f), e.y + (e.y > mid.y ? 4.0f : -4.0f)};
      }
      draw_polygon(c, o, 4, tint(t->accent, 0.10f));
      draw_outline(c, o, 4, 2, ink(t->accent));
    }
    if (m->chip_d > 0 && i < p->stations.n) draw_chip(f->look, c, station_look(p->stations.cause[i]), m->chip_x, m->chip_y, m->chip_d, false);
    if (!m->named) continue;
    draw_text_halo(f->look->type, c, m->name_x, m->name_y, FACE_SEMIBOLD, 11, t->ink, t->floor, s->name);
    if (m->count_x == 0 || i >= p->stations.n) continue;
    char words[48];
    int count = p->stations.count[i];
    if (s->path.count) snprintf(words, sizeof words, "%.2f m/s", (double)s->speed);
    else if (s->grid[0]) snprintf(words, sizeof words, "%d/%d", count, s->grid[0] * s->grid[1]);
    else if (s->kind == PLAN_CHARGER || s->kind == PLAN_REPAIR) snprintf(words, sizeof words, "%d/%d", count, s->slots[0] < 1 ? 1 : s->slots[0]);
    else if (s->kind == PLAN_SINK || s->kind == PLAN_SOURCE) snprintf(words, sizeof words, "%lld", (long long)p->stations.made[i]);
    else if (s->capacity > 0 && s->capacity < 65535) snprintf(words, sizeof words, "%d/%ld", count, s->capacity);
    else snprintf(words, sizeof words, "%d", count);
    draw_text_halo(f->look->type, c, m->count_x, m->count_y, FACE_MEDIUM, 11, t->ink2, t->floor, words);
  }
}

// ---- robots ------------------------------------------------------------------------------------------------

static void to_body(const struct picture *p, int i, const float at[2], float out[2]) {
  double sn, cs;
  m_sincos((double)p->robots.heading[i], &sn, &cs);
  float dx = (at[0] - p->robots.pos[i][0]) / FIGURE_SHOULDERS, dy = (at[1] - p->robots.pos[i][1]) / FIGURE_SHOULDERS;
  out[0] = dx * (float)cs + dy * (float)sn;
  out[1] = dy * (float)cs - dx * (float)sn;
}

static const struct part_style *held_style(const struct ground *f, const struct picture *p, int i) {
  int held = p->robots.held[i];
  return held >= 0 && held < f->plan->part_count ? &f->style[held] : NULL;
}

// the body's pose from what the stream says; hands that are at the body's middle were not given
static void pose_hands(const struct ground *f, const struct picture *p, int i, struct figure *g) {
  const struct part_style *held = held_style(f, p, i);
  if (pose_body(p, i)) {
    // told as they are
    for (int k = 0; k < 2; k++) to_body(p, i, p->robots.hand[i][k], g->hand[k]);
    g->hands = true;
    return;
  }
  g->hands = true;
  float reach = 0;
  for (int k = 0; k < 2; k++) {
    to_body(p, i, p->robots.hand[i][k], g->hand[k]);
    float d = distance(g->hand[k][0], g->hand[k][1]);
    if (!(d < 2.2f)) g->hands = false;
    if (d > reach) reach = d;
  }
  if (reach < 0.15f) g->hands = false;
  if (g->walks && !held) g->hands = false;
  // both hands out alike for a small part is a pose for any load: one hand is enough for it
  float apart = g->hand[0][1] + g->hand[1][1], level = g->hand[0][0] - g->hand[1][0];
  bool alike = level < .1f && level > -.1f && apart < .1f && apart > -.1f;
  if (held && held->glyph != GLYPH_BOX && alike) g->hands = false;
  if (g->hands || !held) return;
  g->hands = true;
  bool both = held->glyph == GLYPH_BOX;
  g->hand[0][0] = both ? .66f : .06f;
  g->hand[0][1] = both ? .40f : .50f;
  g->hand[1][0] = both ? .66f : .72f;
  g->hand[1][1] = both ? -.40f : -.34f;
}

// feet as they are told, else by the phase of the gait
static void pose_feet(const struct ground *f, const struct picture *p, int i, struct figure *g) {
  const struct frame_body *b = pose_body(p, i);
  const struct skeleton *s = pose_skeleton(f->plan, p, i);
  struct skeleton_pose pose;
  if (!b || !s || !pose_of_body(s, b, p->robots.heading[i], &pose)) return;
  for (int k = 0; k < 2; k++) {
    const float (*q)[3] = pose.sole[k];
    float heel[2], toe[2];
    for (int n = 0; n < 2; n++) {
      heel[n] = (q[0][n] + q[5][n]) / 2;
      toe[n] = (q[2][n] + q[3][n]) / 2;
    }
    g->foot[k][0] = (heel[0] + toe[0]) / 2 / FIGURE_SHOULDERS;
    g->foot[k][1] = (heel[1] + toe[1]) / 2 / FIGURE_SHOULDERS;
    g->foot[k][2] = (float)m_atan2((double)(toe[1] - heel[1]), (double)(toe[0] - heel[0]));
  }
  g->feet = true;
}

static struct figure figure_of(struct actors *a, const struct ground *f, const struct picture *p, int i) {
  const struct picture_robots *r = &p->robots;
  struct point at = ground_point(f, r->pos[i][0], r->pos[i][1]);
  struct figure g = {.x = at.x, .y = at.y, .heading = r->heading[i], .u = FIGURE_SHOULDERS * f->zoom, .level = a->level,
                     .cause = robot_look(r->cause[i])->cause, .phase = r->phase[i], .stride = .62f};
  g.person = is_people(f->plan, p, i);
  g.lies = r->pose[i] == POSE_CODE_LIE;
  bool moves = r->speed[i] > 0.05f && (r->pose[i] == POSE_CODE_WALK || r->pose[i] == POSE_CODE_CARRY || r->pose[i] == POSE_CODE_JOG);
  g.walks = moves && r->pose[i] != POSE_CODE_JOG;
  g.jogs = moves && r->pose[i] == POSE_CODE_JOG;
  if (g.jogs) g.stride = .9f;
  if (moves && r->speed[i] < 0.9f) g.stride *= 0.45f + 0.55f * r->speed[i] / 0.9f;
  if (a->steps_per_second > STEPS_MAX) g.phase = 0.3f;
  pose_hands(f, p, i, &g);
  if (a->level >= LEVEL_FIGURE) pose_feet(f, p, i, &g);
  return g;
}

#define TOGETHER 1.2f               // m    between two who carry one thing, at most
#define PAIRS_MAX 4000000           // of a carrier and another that are compared in one picture

// Half of the way to the one who carries it with i: empty hands on the same errand, beside it.
static void to_partner(const struct picture *p, int i, const struct part_style *s, int *pairs, float out[2]) {
  const struct picture_robots *r = &p->robots;
  out[0] = out[1] = 0;
  if (s->length < 0.4f && s->width < 0.4f) return;
  for (int j = 0; j < r->n && *pairs > 0; j++, --*pairs) {
    float x = r->pos[j][0] - r->pos[i][0], y = r->pos[j][1] - r->pos[i][1];
    if (j == i || r->held[j] >= 0 || r->pose[j] != r->pose[i] || r->from[j] != r->from[i] || r->to[j] != r->to[i] || distance(x, y) > TOGETHER) continue;
    out[0] = x / 2, out[1] = y / 2;
    return;
  }
}

static void draw_load(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, int i, const struct figure *g) {
  const struct part_style *s = held_style(f, p, i);
  if (!s || g->level < LEVEL_BODY) return;
  const struct frame_limbs *l = pose_limbs(p, i);
  float beside[2];
  to_partner(p, i, s, &a->pairs, beside);
  if (l && l->size[0] > 0) {
    struct point q = ground_point(f, p->robots.pos[i][0] + (float)l->part[0] * .001f + beside[0], p->robots.pos[i][1] + (float)l->part[1] * .001f + beside[1]);
    float d = (s->length > s->width ? s->length : s->width) * f->zoom;
    if (s->glyph == GLYPH_BOX) draw_part_box(f->look, c, s, q.x, q.y, (float)l->yaw * (float)(2 * M_PI_D / 65536), f->zoom, true);
    else draw_part(f->look, c, s->glyph, q.x, q.y, g->level == LEVEL_BODY ? 4 : d < 7 ? 7 : d);
    return;
  }
  const float ahead[2][2] = {{.66f, .40f}, {.66f, -.40f}};
  const float (*h)[2] = g->hands ? g->hand : ahead;
  float u = FIGURE_SHOULDERS;
  if (s->glyph == GLYPH_BOX) {
    float x = h[0][0] > h[1][0] ? h[0][0] : h[1][0], mid = (h[0][1] + h[1][1]) / 2;
    float least = .27f + s->width / u / 2 + .05f, centre = x + s->width / u / 2 - .17f;
    struct point q = figure_point(g, centre > least ? centre : least, mid);
    q.x += beside[0] * f->zoom, q.y -= beside[1] * f->zoom;
    draw_part_box(f->look, c, s, q.x, q.y, g->heading + (float)(M_PI_D / 2), f->zoom, true);
    return;
  }
  // a small part lies at the hand that is further out
  int k = h[0][0] > h[1][0] ? 0 : 1;
  struct point q = figure_point(g, h[k][0] + .09f, h[k][1]);
  float d = (s->length > s->width ? s->length : s->width) * f->zoom;
  draw_part(f->look, c, s->glyph, q.x, q.y, g->level == LEVEL_BODY ? 4 : d < 7 ? 7 : d);
}

// How far its hands get at the height of a bench.
static void draw_reach(struct ground *f, struct canvas *c, const struct picture *p, int i) {
  const struct skeleton *s = pose_skeleton(f->plan, p, i);
  const float dash[2] = {4, 3};
  struct point q[SKELETON_REACH];
  double sn, cs;
  int n = 0;
  if (!s) return;
  m_sincos((double)p->robots.heading[i], &sn, &cs);
  for (int k = 0; k < s->reach_around; k++) {
    float x = s->around[k][0], y = s->around[k][1];
    if (x * x + y * y < 1e-6f) continue;
    q[n++] = ground_point(f, p->robots.pos[i][0] + x * (float)cs - y * (float)sn, p->robots.pos[i][1] + x * (float)sn + y * (float)cs);
  }
  if (n > 2) draw_dashes(c, q, n, false, 1.2f, CAP_BUTT, dash, 2, ink(f->look->theme->accent));
}

// A footstep to come: the sole in outline, from its ankle.
static void draw_planned_print(struct ground *f, struct canvas *c, float x, float y, float turn) {
  static const float sole[6][2] = {{-.07f, -.04f}, {.13f, -.045f}, {.19f, -.03f}, {.19f, .03f}, {.13f, .045f}, {-.07f, .04f}};
  const float dash[2] = {3, 2};
  struct point q[6];
  double sn, cs;
  m_sincos((double)turn, &sn, &cs);
  for (int k = 0; k < 6; k++) q[k] = ground_point(f, x + sole[k][0] * (float)cs - sole[k][1] * (float)sn, y + sole[k][0] * (float)sn + sole[k][1] * (float)cs);
  draw_dashes(c, q, 6, true, 1.2f, CAP_BUTT, dash, 2, ink(f->look->theme->accent));
}

static void draw_selected(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, int i) {
  const struct theme *t = f->look->theme;
  const struct picture_robots *r = &p->robots;
  struct point at = ground_point(f, r->pos[i][0], r->pos[i][1]);
  float u = FIGURE_SHOULDERS * f->zoom;
  const struct frame_body *b = pose_body(p, i);
  for (int k = 0; b && k < b->steps && a->level >= LEVEL_FIGURE; k++) {
    // footsteps as they are planned: made ones filled, those to come in outline
    float x = r->pos[i][0] + (float)b->step[k].x * .001f, y = r->pos[i][1] + (float)b->step[k].y * .001f, turn = (float)b->step[k].heading * (float)(2 * M_PI_D / 65536);
    struct point q = ground_point(f, x, y);
    if (k < b->ahead) figure_print(f->look, c, q.x, q.y, turn, u, 0, .12f + .5f * (float)k / (float)(b->ahead ? b->ahead : 1));
    else draw_planned_print(f, c, x, y, turn);
  }
  for (int k = 0; !b && k < a->prints; k++) {
    struct point q = ground_point(f, a->print[k].x, a->print[k].y);
    if (a->level >= LEVEL_FIGURE) figure_print(f->look, c, q.x, q.y, a->print[k].heading, u, a->print[k].side, .12f + .07f * (float)(k + 8 - a->prints));
  }
  if (a->level >= LEVEL_FIGURE) draw_reach(f, c, p, i);
  if (paths_draw_way(f, c, p, i)) return;
  // older recordings tell only where it is going
  int to = r->held[i] >= 0 || r->from[i] < 0 ? r->to[i] : r->from[i];
  bool moves = r->speed[i] > 0.05f;
  if (moves && to >= 0 && to < f->plan->station_count && f->plan->stations[to].placed && !f->plan->stations[to].path.count) {
    struct point q = ground_point(f, f->plan->stations[to].at[0], f->plan->stations[to].at[1]);
    const float dash[2] = {7, 4};
    struct point line[2] = {at, q};
    draw_polyline(c, line, 2, 6, CAP_BUTT, ink(t->floor));
    draw_dashes(c, line, 2, false, 2.5f, CAP_BUTT, dash, 2, ink(t->accent));
    draw_disc(c, q.x, q.y, 8, ink(t->casing));
    draw_ring(c, q.x, q.y, 7, 2.5f, ink(t->accent));
    draw_disc(c, q.x, q.y, 2.5f, ink(t->accent));
  }
}

static void draw_ring_around(const struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, int i) {
  const struct theme *t = f->look->theme;
  struct point at = ground_point(f, p->robots.pos[i][0], p->robots.pos[i][1]);
  float ring = a->level == LEVEL_DOT ? 7 : FIGURE_SHOULDERS * f->zoom * 1.02f + 4;
  draw_disc(c, at.x, at.y, ring, tint(t->accent, 0.10f));
  draw_ring(c, at.x, at.y, ring, 2, ink(t->accent));
  draw_ring(c, at.x, at.y, ring + 3, 1, ink(t->accent));
}

static void draw_separation(struct ground *f, struct canvas *c, struct point at) {
  struct point q[48];
  double s = 0, k = 1, ds, dc;
  m_sincos(2 * M_PI_D / 48, &ds, &dc);
  float r = 0.45f * f->zoom;
  for (int i = 0; i < 48; i++) {
    q[i] = (struct point){at.x + r * (float)k, at.y + r * (float)s};
    double n = k * dc - s * ds;
    s = s * dc + k * ds;
    k = n;
  }
  const float dash[2] = {5, 4};
  draw_dashes(c, q, 48, true, 1.1f, CAP_BUTT, dash, 2, ink(f->look->theme->ink));
}

// time runs too fast to see steps: legs stand still and a streak shows where the body came from
static void draw_streak(struct ground *f, struct canvas *c, const struct figure *g) {
  double sn, cs;
  m_sincos((double)g->heading, &sn, &cs);
  float step = g->u * 0.45f, dx = -(float)cs * step, dy = (float)sn * step;
  for (int i = 0; i < 6; i++) {
    float a = 0.5f + (float)i;
    draw_line(c, g->x + dx * a, g->y + dy * a, g->x + dx * (a + 1), g->y + dy * (a + 1), g->u * (0.5f - 0.05f * (float)i),
              tint(f->look->theme->ink2, 0.24f - 0.038f * (float)i));
  }
}

static void draw_robot(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, int i) {
  struct figure g = figure_of(a, f, p, i);
  if (!on_screen(f, (struct point){g.x, g.y}, g.u * 2 + 8)) return;
  if (a->steps_per_second > STEPS_MAX && (g.walks || g.jogs) && a->level >= LEVEL_BODY) draw_streak(f, c, &g);
  if (g.person && a->level >= LEVEL_FIGURE) draw_separation(f, c, (struct point){g.x, g.y});
  if (!g.person) figure_below(f->look, c, &g);
  draw_load(a, f, c, p, i, &g);
  figure_above(f->look, c, &g);
}

// ---- labels --------------------------------------------------------------------------------------------------

static void take_bodies(struct actors *a, const struct ground *f, const struct picture *p) {
  boxes_clear(&a->taken);
  for (int i = 0; i < f->names.count; i++) boxes_add(&a->taken, f->names.box[i]);
  float r = FIGURE_SHOULDERS * f->zoom * 0.55f;
  for (int i = 0; i < p->robots.n; i++) {
    struct point at = ground_point(f, p->robots.pos[i][0], p->robots.pos[i][1]);
    if (!on_screen(f, at, 40)) continue;
    boxes_add(&a->taken, (struct box){at.x - r, at.y - r, at.x + r, at.y + r});
    const struct part_style *s = held_style(f, p, i);
    if (!s || s->glyph != GLYPH_BOX) continue;
    double sn, cs;
    m_sincos((double)p->robots.heading[i], &sn, &cs);
    float ahead = 0.9f * FIGURE_SHOULDERS * f->zoom, half = s->width * f->zoom / 2;
    struct point q = {at.x + ahead * (float)cs, at.y - ahead * (float)sn};
    boxes_add(&a->taken, (struct box){q.x - half, q.y - half, q.x + half, q.y + half});
  }
}

static bool take_label(struct actors *a, int i, float x, float y, float r, float w, float h, float *out_x, float *out_y) {
  const float at[6][2] = {{x - r - w, y - h / 2 + 4}, {x + r, y - h / 2 + 4}, {x - w / 2, y + r}, {x - w / 2, y - r - h},
                          {x - r - w, y - h - 4}, {x + r, y - h - 4}};
  for (int k = 0; k < 6; k++) {
    int s = k == 0 ? a->side[i] % 6 : k <= a->side[i] % 6 ? k - 1 : k;
    struct box box = {at[s][0], at[s][1], at[s][0] + w, at[s][1] + h};
    if (!boxes_free(&a->taken, box)) continue;
    boxes_add(&a->taken, box);
    a->side[i] = (uint8_t)s;
    *out_x = at[s][0];
    *out_y = at[s][1];
    return true;
  }
  return false;
}

static bool shows_chip(const struct actors *a, const struct ground *f, const struct picture *p, int i) {
  enum cause cause = robot_look(p->robots.cause[i])->cause;
  return a->level >= LEVEL_BODY && cause != CAUSE_WORK && cause != CAUSE_MOVE && !is_people(f->plan, p, i);
}

// trouble is what gets a second mark
static void draw_robot_chip(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, int i) {
  struct point at = ground_point(f, p->robots.pos[i][0], p->robots.pos[i][1]);
  if (!on_screen(f, at, 30) || !shows_chip(a, f, p, i)) return;
  float u = FIGURE_SHOULDERS * f->zoom, d = a->level == LEVEL_BODY ? 12 : 15, x = at.x + u * .5f + d / 2 + 1, y = at.y + u * 0.2f;
  if (p->robots.pose[i] == POSE_CODE_LIE) {
    x = at.x + u * .9f;
    y = at.y - u;
  }
  struct box box = {x - d / 2, y - d / 2, x + d / 2, y + d / 2};
  if (a->level < LEVEL_FIGURE && !boxes_free(&a->taken, box)) return;
  boxes_add(&a->taken, box);
  draw_chip(f->look, c, robot_look(p->robots.cause[i]), x, y, d, true);
}

static void draw_label(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, int i, bool selected) {
  const struct theme *t = f->look->theme;
  struct point at = ground_point(f, p->robots.pos[i][0], p->robots.pos[i][1]);
  if (!on_screen(f, at, 30)) return;
  float u = FIGURE_SHOULDERS * f->zoom, r = u * 0.55f + 3, h = 14, x, y;
  char name[16];
  actor_name(f->plan, p, i, name);
  float w = text_width(f->look->type, c, FACE_SEMIBOLD, 10.5f, name) + 8;
  if (selected) {
    float ring = a->level == LEVEL_DOT ? 10 : u * 1.02f + 8;
    x = at.x - w / 2;
    y = at.y - ring - h - 2;
    boxes_add(&a->taken, (struct box){x, y, x + w, y + h});
  } else if (!take_label(a, i, at.x, at.y, r, w, h, &x, &y)) {
    return;
  }
  draw_round(c, x, y, w, h, 3, ink(selected ? t->accent : t->line2));
  if (!selected) draw_round(c, x + 1, y + 1, w - 2, h - 2, 2, ink(t->floor));
  draw_text(f->look->type, c, x + 4, y + 11, FACE_SEMIBOLD, 10.5f, selected ? t->casing : t->ink, name);
}

static void draw_labels(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, struct selection s) {
  if (f->zoom < 14 && s.kind != SELECT_ROBOT) return;
  take_bodies(a, f, p);
  for (int i = 0; f->zoom >= 14 && i < p->robots.n; i++) draw_robot_chip(a, f, c, p, i);
  if (s.kind == SELECT_ROBOT) draw_label(a, f, c, p, s.row, true);
  for (int i = 0; f->zoom >= GROUND_NAMES_FROM && i < p->robots.n; i++)
    if (s.kind != SELECT_ROBOT || i != s.row) draw_label(a, f, c, p, i, false);
}

// ---- the whole -------------------------------------------------------------------------------------------------

// a footprint at each half of the selected robot's gait
static void keep_prints(struct actors *a, const struct picture *p, struct selection s) {
  if (s.kind != SELECT_ROBOT || s.row != a->print_row) {
    a->prints = 0;
    a->print_row = s.kind == SELECT_ROBOT ? s.row : -1;
    return;
  }
  const struct picture_robots *r = &p->robots;
  int half = r->phase[s.row] >= 0.5f;
  if (half == a->half || r->speed[s.row] < 0.05f) return;
  a->half = half;
  if (a->prints == 8) memmove(&a->print[0], &a->print[1], 7 * sizeof a->print[0]);
  else a->prints++;
  a->print[a->prints - 1].x = r->pos[s.row][0];
  a->print[a->prints - 1].y = r->pos[s.row][1];
  a->print[a->prints - 1].heading = r->heading[s.row];
  a->print[a->prints - 1].side = half ? -1 : 1;
}

static bool grow(struct actors *a, int n) {
  if (n <= a->capacity) return true;
  uint8_t *side = realloc(a->side, (size_t)n);
  if (!side) return false;
  memset(side + a->capacity, 0, (size_t)(n - a->capacity));
  a->side = side;
  a->capacity = n;
  return true;
}

void actors_draw(struct actors *a, struct ground *f, struct canvas *c, const struct picture *p, struct selection s) {
  if (!grow(a, p->robots.n)) return;
  if (s.kind == SELECT_ROBOT && s.row >= p->robots.n) s.kind = SELECT_NONE;
  struct clip old = canvas_clip(c, f->view.x, f->view.y, f->view.w, f->view.h);
  a->level = level_next(a->level, f->zoom);
  a->pairs = PAIRS_MAX;
  keep_prints(a, p, s);
  draw_belts(f, c, p);
  draw_parts(a, f, c, p);
  draw_marks(f, c, p, s);
  if (a->paths) paths_draw_all(f, c, p);
  if (s.kind == SELECT_ROBOT) draw_selected(a, f, c, p, s.row);
  // those who lie are below those who stand
  for (int lies = 1; lies >= 0; lies--)
    for (int i = 0; i < p->robots.n; i++)
      if ((p->robots.pose[i] == POSE_CODE_LIE) == lies && (s.kind != SELECT_ROBOT || i != s.row)) draw_robot(a, f, c, p, i);
  // who is selected is over all others, in its ring
  if (s.kind == SELECT_ROBOT) {
    draw_ring_around(a, f, c, p, s.row);
    draw_robot(a, f, c, p, s.row);
  }
  paths_draw_waits(f, c, p, s.kind == SELECT_ROBOT ? s.row : -1);
  draw_labels(a, f, c, p, s);
  canvas_unclip(c, old);
}

struct selection actors_pick(const struct ground *f, const struct picture *p, float x, float y) {
  struct selection s = {SELECT_NONE, -1};
  float best = FIGURE_SHOULDERS * f->zoom * 0.8f;
  if (best < 8) best = 8;
  for (int i = 0; i < p->robots.n; i++) {
    struct point at = ground_point(f, p->robots.pos[i][0], p->robots.pos[i][1]);
    float d = distance(at.x - x, at.y - y);
    if (d < best) {
      best = d;
      s = (struct selection){SELECT_ROBOT, i};
    }
  }
  if (s.kind == SELECT_ROBOT) return s;
  double wx, wy;
  camera_to_world(&f->camera, &f->view, x, y, &wx, &wy);
  int row = ground_station_at(f, wx, wy);
  if (row >= 0) s = (struct selection){SELECT_STATION, row};
  return s;
}
