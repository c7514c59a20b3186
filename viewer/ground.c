#include "viewer/ground.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

struct point ground_point(const struct ground *f, double x, double y) { return camera_to_screen(&f->camera, &f->view, x, y); }

float ground_belt_width(const struct plan_station *s) {
  return s->size[1] >= 0.15f && s->size[1] <= 2 ? s->size[1] : 0.46f;
}

void ground_station_corners(const struct plan_station *s, float out[4][2]) {
  double sn, cs;
  m_sincos((double)s->facing, &sn, &cs);
  float a = s->size[0] / 2, b = s->size[1] / 2;
  const float q[4][2] = {{a, b}, {-a, b}, {-a, -b}, {a, -b}};
  for (int i = 0; i < 4; i++) {
    out[i][0] = s->at[0] + q[i][0] * (float)cs - q[i][1] * (float)sn;
    out[i][1] = s->at[1] + q[i][0] * (float)sn + q[i][1] * (float)cs;
  }
}

// ---- which station is where ------------------------------------------------------------------------

static void mark_cells(struct ground *f, float x0, float y0, float x1, float y1, int station) {
  int ix0 = (int)(x0 / GROUND_CELL), iy0 = (int)(y0 / GROUND_CELL), ix1 = (int)(x1 / GROUND_CELL), iy1 = (int)(y1 / GROUND_CELL);
  if (x1 < 0 || y1 < 0) return;
  if (ix0 < 0 || x0 < 0) ix0 = 0;
  if (iy0 < 0 || y0 < 0) iy0 = 0;
  for (int y = iy0; y <= iy1 && y < f->cells_y; y++)
    for (int x = ix0; x <= ix1 && x < f->cells_x; x++) f->cell[y * f->cells_x + x] = (uint16_t)(station + 1);
}

static void bounds(const float (*q)[2], int n, float b[4]) {
  b[0] = b[1] = 1e9f;
  b[2] = b[3] = -1e9f;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < 2; k++) {
      if (q[i][k] < b[k]) b[k] = q[i][k];
      if (q[i][k] > b[k + 2]) b[k + 2] = q[i][k];
    }
}

static void mark_station(struct ground *f, int i) {
  const struct plan_station *s = &f->plan->stations[i];
  if (!s->placed) return;
  float b[4];
  if (s->path.count) {
    float r = ground_belt_width(s) / 2;
    for (int k = 0; k + 1 < s->path.count; k++) {
      bounds((const float (*)[2])&s->path.point[k], 2, b);
      mark_cells(f, b[0] - r, b[1] - r, b[2] + r, b[3] + r, i);
    }
    return;
  }
  float q[4][2];
  ground_station_corners(s, q);
  bounds((const float (*)[2])q, 4, b);
  mark_cells(f, b[0], b[1], b[2], b[3], i);
}

int ground_station_at(const struct ground *f, double x, double y) {
  if (!f->cell || !(x >= 0 && y >= 0)) return -1;
  double ix = x / (double)GROUND_CELL, iy = y / (double)GROUND_CELL;
  if (ix >= f->cells_x || iy >= f->cells_y) return -1;
  return (int)f->cell[(int)iy * f->cells_x + (int)ix] - 1;
}

bool ground_init(struct ground *f, const struct plan *plan, struct look *look) {
  memset(f, 0, sizeof *f);
  f->plan = plan;
  f->look = look;
  f->style = calloc((size_t)plan->part_count + 1, sizeof *f->style);
  f->mark = calloc((size_t)plan->station_count + 1, sizeof *f->mark);
  if (!f->style || !f->mark) return false;
  part_styles(plan, f->style);
  double cells = (double)plan->size[0] * (double)plan->size[1] / (double)(GROUND_CELL * GROUND_CELL);
  if (plan->has_floor && cells < 4e6) {
    f->cells_x = (int)(plan->size[0] / GROUND_CELL) + 1;
    f->cells_y = (int)(plan->size[1] / GROUND_CELL) + 1;
    f->cell = calloc((size_t)f->cells_x * (size_t)f->cells_y, sizeof *f->cell);
  }
  // belts first, then docks, which are areas: stations on and beside them win
  for (int pass = 0; f->cell && pass < 3; pass++)
    for (int i = 0; i < plan->station_count && i < 65535; i++)
      if ((plan->stations[i].path.count ? 0 : plan->stations[i].kind == PLAN_DOCK ? 1 : 2) == pass) mark_station(f, i);
  return true;
}

void ground_finish(struct ground *f) {
  free(f->style);
  free(f->mark);
  free(f->cell);
  boxes_finish(&f->taken);
  boxes_finish(&f->names);
  canvas_finish(&f->still);
  memset(f, 0, sizeof *f);
}

// ---- hall --------------------------------------------------------------------------------------------

static int screen_area(const struct ground *f, const struct plan_area *a, struct point *q, int max) {
  int n = a->count < max ? a->count : max;
  for (int i = 0; i < n; i++) q[i] = ground_point(f, a->point[i][0], a->point[i][1]);
  return n;
}

static void draw_ground(struct ground *f, struct canvas *c) {
  const struct theme *t = f->look->theme;
  struct point a = ground_point(f, 0, f->plan->size[1]), b = ground_point(f, f->plan->size[0], 0);
  draw_rect(c, a.x, a.y, b.x - a.x, b.y - a.y, ink(t->floor));
  float step = f->zoom >= 8 ? 1 : f->zoom >= 2 ? 5 : 20;
  for (float x = step; x < f->plan->size[0]; x += step) draw_vline(c, ground_point(f, x, 0).x, a.y, b.y, tint(t->line, 0.5f));
  for (float y = step; y < f->plan->size[1]; y += step) draw_hline(c, a.x, b.x, ground_point(f, 0, y).y, tint(t->line, 0.5f));
}

static void gap(struct ground *f, struct canvas *c, const struct plan_door *d, const float a[2], const float b[2]) {
  const struct theme *t = f->look->theme;
  float dx = b[0] - a[0], dy = b[1] - a[1], l = (float)m_sqrt((double)(dx * dx + dy * dy));
  if (l < 1e-3f) return;
  dx *= d->width / 2 / l;
  dy *= d->width / 2 / l;
  struct point p = ground_point(f, d->at[0] - dx, d->at[1] - dy), q = ground_point(f, d->at[0] + dx, d->at[1] + dy);
  draw_line(c, p.x, p.y, q.x, q.y, 8, ink(t->floor));
  const float dash[2] = {2, 3};
  draw_dashes(c, (struct point[]){p, q}, 2, false, 1, CAP_BUTT, dash, 2, ink(t->ink3));
  float n = (float)m_sqrt((double)((q.x - p.x) * (q.x - p.x) + (q.y - p.y) * (q.y - p.y)));
  if (n < 1) return;
  float nx = -(q.y - p.y) / n * 6, ny = (q.x - p.x) / n * 6;
  draw_line(c, p.x - nx, p.y - ny, p.x + nx, p.y + ny, 2.5f, ink(t->wall));
  draw_line(c, q.x - nx, q.y - ny, q.x + nx, q.y + ny, 2.5f, ink(t->wall));
}

// the wall or rim a door lies in gives it its direction
static void draw_door(struct ground *f, struct canvas *c, const struct plan_door *d) {
  const struct plan *p = f->plan;
  float w = p->size[0], h = p->size[1], best = 1e9f;
  const float rim[5][2] = {{0, 0}, {w, 0}, {w, h}, {0, h}, {0, 0}};
  float a[2] = {0, 0}, b[2] = {1, 0};
  for (int k = -1; k < p->wall_count; k++) {
    const float (*q)[2] = k < 0 ? rim : (const float (*)[2])p->walls[k].point;
    int n = k < 0 ? 5 : p->walls[k].count;
    for (int i = 0; i + 1 < n; i++) {
      float dx = q[i + 1][0] - q[i][0], dy = q[i + 1][1] - q[i][1], l2 = dx * dx + dy * dy;
      float s = l2 > 0 ? ((d->at[0] - q[i][0]) * dx + (d->at[1] - q[i][1]) * dy) / l2 : 0;
      s = s < 0 ? 0 : s > 1 ? 1 : s;
      float ex = q[i][0] + dx * s - d->at[0], ey = q[i][1] + dy * s - d->at[1], e = ex * ex + ey * ey;
      if (e >= best) continue;
      best = e;
      memcpy(a, q[i], sizeof a);
      memcpy(b, q[i + 1], sizeof b);
    }
  }
  gap(f, c, d, a, b);
}

#define AREA_MAX 128
static void draw_walls(struct ground *f, struct canvas *c) {
  const struct theme *t = f->look->theme;
  const struct plan *p = f->plan;
  struct point q[AREA_MAX], a = ground_point(f, 0, p->size[1]), b = ground_point(f, p->size[0], 0);
  for (int i = 0; i < p->obstacle_count; i++) {
    int n = screen_area(f, &p->obstacles[i].area, q, AREA_MAX);
    draw_polygon(c, q, n, ink(t->kit2));
    draw_outline(c, q, n, 1.25f, ink(t->ink2));
  }
  float thick = 0.1f * f->zoom > 4 ? 0.1f * f->zoom : f->zoom < 8 ? 2 : 4;
  for (int i = 0; i < p->wall_count; i++)
    draw_polyline(c, q, screen_area(f, &p->walls[i], q, AREA_MAX), thick, CAP_SQUARE, ink(t->wall));
  float rim = f->zoom < 8 ? 2 : 4;
  draw_frame(c, a.x - rim, a.y - rim, b.x - a.x + 2 * rim, b.y - a.y + 2 * rim, rim, ink(t->wall));
  for (int i = 0; i < p->door_count; i++) draw_door(f, c, &p->doors[i]);
}

// ---- zones -------------------------------------------------------------------------------------------

static bool inside(const struct plan_area *a, float x, float y) {
  bool in = false;
  for (int i = 0, j = a->count - 1; i < a->count; j = i++) {
    const float *p = a->point[i], *q = a->point[j];
    if ((p[1] > y) != (q[1] > y) && x < (q[0] - p[0]) * (y - p[1]) / (q[1] - p[1]) + p[0]) in = !in;
  }
  return in;
}

static void draw_chevrons(struct ground *f, struct canvas *c, const struct plan_zone *z) {
  float b[4], step = 2.0f;
  bounds((const float (*)[2])z->area.point, z->area.count, b);
  while (step * f->zoom < 90) step *= 2;
  double sn, cs;
  m_sincos((double)z->towards, &sn, &cs);
  float k = (float)cs, n = (float)sn, r = f->zoom < 14 ? 4 : 7;
  bool along = k * k > n * n;
  for (float y = along ? (b[1] + b[3]) / 2 : b[1] + step / 2; y <= (along ? (b[1] + b[3]) / 2 : b[3]); y += step)
    for (float x = along ? b[0] + step / 2 : (b[0] + b[2]) / 2; x <= (along ? b[2] : (b[0] + b[2]) / 2); x += step) {
      if (!inside(&z->area, x, y)) continue;
      struct point p = ground_point(f, x, y);
      if (!boxes_free(&f->taken, (struct box){p.x - 12, p.y - 12, p.x + 12, p.y + 12})) continue;
      struct point q[3] = {{p.x - 5 * k - r * n, p.y + 5 * n - r * k}, {p.x + 5 * k, p.y - 5 * n}, {p.x - 5 * k + r * n, p.y + 5 * n + r * k}};
      draw_polyline(c, q, 3, 3, CAP_ROUND, ink(f->look->theme->line2));
    }
}

static void zone_words(const struct plan_zone *z, char *out, size_t size) {
  const char *name = z->name;
  switch (z->kind) {
    case PLAN_SLOW: snprintf(out, size, "%s %.1f m/s", name, (double)z->value); break;
    case PLAN_SLIPPERY: snprintf(out, size, "%s µ %.2f", name, (double)z->value); break;
    case PLAN_RAMP: snprintf(out, size, "%s %.0f°", name, (double)z->value * 180 / M_PI_D); break;
    case PLAN_ONE_WAY: snprintf(out, size, "%s one-way", name); break;
    case PLAN_NO_GO: snprintf(out, size, strcmp(name, "no-go") ? "%s no-go" : "%s", name); break;
    default: snprintf(out, size, "%s", name);
  }
}

static enum icon zone_icon(const struct plan_zone *z) {
  static const enum icon icons[PLAN_ZONE_KINDS] = {ICON_GAUGE, ICON_ARROW, ICON_WAVES, ICON_RAMP, ICON_DIM, ICON_NO_GO, ICON_BUST, ICON_BOLT};
  if (z->kind != PLAN_ONE_WAY) return icons[z->kind];
  double s, k;
  m_sincos((double)z->towards, &s, &k);
  if (k * k >= s * s) return k > 0 ? ICON_ARROW : ICON_LEFT;
  return s > 0 ? ICON_UP : ICON_DOWN;
}

static void draw_tag(struct ground *f, struct canvas *c, const struct plan_zone *z) {
  const struct theme *t = f->look->theme;
  char words[128];
  float b[4];
  zone_words(z, words, sizeof words);
  bounds((const float (*)[2])z->area.point, z->area.count, b);
  struct point p = ground_point(f, b[0], b[3]), q = ground_point(f, b[2], b[1]);
  float w = 24 + text_width(f->look->type, c, FACE_MEDIUM, 10.5f, words), h = 16;
  if (q.x - p.x < w + 12) {
    // too narrow for its number: the name, else the icon alone
    snprintf(words, sizeof words, "%s", z->name);
    w = 24 + text_width(f->look->type, c, FACE_MEDIUM, 10.5f, words);
    if (q.x - p.x < w + 12) {
      words[0] = 0;
      w = 20;
    }
  }
  if (q.x - p.x < w + 8 || q.y - p.y < h + 6) return;
  const float place[4][2] = {{p.x + 6, p.y + 5}, {q.x - 6 - w, p.y + 5}, {p.x + 6, q.y - 5 - h}, {q.x - 6 - w, q.y - 5 - h}};
  for (int i = 0; i < 4; i++) {
    float x = place[i][0], y = place[i][1];
    struct box box = {x - 2, y - 2, x + w + 2, y + h + 2};
    if (!boxes_free(&f->taken, box)) continue;
    boxes_add(&f->taken, box);
    draw_round(c, x, y, w, h, 3, ink(t->line2));
    draw_round(c, x + 1, y + 1, w - 2, h - 2, 2, ink(t->floor));
    draw_icon(c, zone_icon(z), x + 10, y + 8, 10, t->ink2);
    draw_text(f->look->type, c, x + 18, y + 12, FACE_MEDIUM, 10.5f, t->ink2, words);
    return;
  }
}

static void draw_zone(struct ground *f, struct canvas *c, const struct plan_zone *z) {
  static const struct { float dash[4]; int n; } edges[PLAN_ZONE_KINDS] = {
    {{6, 3}, 2}, {{10, 4}, 2}, {{1, 3}, 2}, {{10, 4}, 2}, {{4, 2}, 2}, {{0}, 0}, {{8, 3, 2, 3}, 4}, {{2, 2}, 2}};
  const struct theme *t = f->look->theme;
  struct point q[AREA_MAX];
  int n = screen_area(f, &z->area, q, AREA_MAX);
  if (n < 3) return;
  const struct pattern *p = &f->look->zone[z->kind];
  if (p->tile) draw_polygon(c, q, n, (struct paint){.alpha = 1, .pattern = p});
  if (edges[z->kind].n) draw_dashes(c, q, n, true, 1.2f, z->kind == PLAN_SLIPPERY ? CAP_ROUND : CAP_BUTT, edges[z->kind].dash, edges[z->kind].n, ink(t->ink3));
  else draw_outline(c, q, n, 2, ink(t->ink2));
}

// ---- stations ------------------------------------------------------------------------------------------

static void draw_belt_body(struct ground *f, struct canvas *c, const struct plan_station *s) {
  const struct theme *t = f->look->theme;
  struct point q[AREA_MAX];
  int n = screen_area(f, &s->path, q, AREA_MAX);
  float w = ground_belt_width(s) * f->zoom;
  // straight belts along an axis are boxes: crisp
  for (int i = 0; n == 2 && i < 2; i++) {
    q[i].x = (float)(int)(q[i].x * c->scale) / c->scale;
    q[i].y = (float)(int)(q[i].y * c->scale) / c->scale;
  }
  w = (float)((int)(w * c->scale / 2 + 0.5f) * 2) / c->scale;
  if (w < 3) w = 3;
  draw_polyline(c, q, n, w, CAP_SQUARE, ink(t->ink2));
  draw_polyline(c, q, n, w - 2, CAP_SQUARE, ink(t->kit));
  if (w < 12) return;
  draw_polyline(c, q, n, w - 6, CAP_SQUARE, ink(t->line2));
  draw_polyline(c, q, n, w - 8, CAP_SQUARE, ink(t->kit));
}

static void draw_box_body(struct ground *f, struct canvas *c, const struct plan_station *s, struct paint fill, uint32_t rim) {
  float q[4][2], b[4], w = f->zoom < 8 ? 1 : 1.25f;
  ground_station_corners(s, q);
  double sn, cs;
  m_sincos((double)s->facing, &sn, &cs);
  if (sn * cs > -1e-4 && sn * cs < 1e-4) {
    bounds((const float (*)[2])q, 4, b);
    struct point p = ground_point(f, b[0], b[3]), e = ground_point(f, b[2], b[1]);
    if (e.x - p.x < 3) e.x = p.x + 3;
    if (e.y - p.y < 3) e.y = p.y + 3;
    draw_round(c, p.x, p.y, e.x - p.x, e.y - p.y, 2, ink(rim));
    draw_round(c, p.x + w, p.y + w, e.x - p.x - 2 * w, e.y - p.y - 2 * w, 1.2f, fill);
    return;
  }
  struct point p[4];
  for (int i = 0; i < 4; i++) p[i] = ground_point(f, q[i][0], q[i][1]);
  draw_polygon(c, p, 4, fill);
  draw_outline(c, p, 4, w, ink(rim));
}

// one of n equal places of a station along its longer side
static struct plan_station place_of(const struct plan_station *s, int i, int n, float fill) {
  struct plan_station one = *s;
  bool wide = s->size[0] >= s->size[1];
  double sn, cs;
  m_sincos((double)s->facing, &sn, &cs);
  float length = wide ? s->size[0] : s->size[1], at = (((float)i + 0.5f) / (float)n - 0.5f) * length;
  float dx = wide ? at : 0, dy = wide ? 0 : at;
  one.at[0] += dx * (float)cs - dy * (float)sn;
  one.at[1] += dx * (float)sn + dy * (float)cs;
  one.size[wide ? 0 : 1] = length / (float)n * fill;
  return one;
}

static void draw_places(struct ground *f, struct canvas *c, const struct plan_station *s, enum icon icon, bool open) {
  const struct theme *t = f->look->theme;
  int n = s->slots[0] < 1 ? 1 : s->slots[0];
  float cell = (s->size[0] > s->size[1] ? s->size[0] : s->size[1]) / (float)n * f->zoom;
  if (cell < 5) n = 1;
  for (int i = 0; i < n; i++) {
    struct plan_station one = place_of(s, i, n, n > 1 ? 0.82f : 1);
    draw_box_body(f, c, &one, ink(open ? t->floor : t->kit), open ? t->line2 : t->ink2);
    float room = (one.size[0] < one.size[1] ? one.size[0] : one.size[1]) * f->zoom;
    struct point p = ground_point(f, one.at[0], one.at[1]);
    if (room >= 8) draw_icon(c, icon, p.x, p.y, room < 14 ? room * 0.75f : 10.5f, open ? t->line2 : t->ink2);
  }
}

// empty places of a pattern or a rack, seen until something lies on them
static void draw_slots(struct ground *f, struct canvas *c, const struct plan_station *s) {
  const struct theme *t = f->look->theme;
  double sn, cs;
  m_sincos((double)s->facing, &sn, &cs);
  const int *grid = s->grid[0] ? s->grid : s->slots;
  if (!grid[0] || !grid[1] || grid[0] * grid[1] > 2000) return;
  float px = s->grid[0] ? s->pitch[0] : s->size[0] * 0.92f / (float)grid[0], py = s->grid[0] ? s->pitch[1] : s->size[1] * 0.9f / (float)grid[1];
  float pitch = (px < py ? px : py) * f->zoom;
  if (pitch < 1.8f || pitch > 400) return;
  for (int i = 0; i < grid[0]; i++)
    for (int j = 0; j < grid[1]; j++) {
      float x = ((float)i - (float)(grid[0] - 1) / 2) * px, y = ((float)j - (float)(grid[1] - 1) / 2) * py;
      struct point p = ground_point(f, s->at[0] + x * (float)cs - y * (float)sn, s->at[1] + x * (float)sn + y * (float)cs);
      draw_disc(c, p.x, p.y, pitch < 6 ? pitch * 0.16f : 1.4f, ink(t->line2));
    }
}

static void draw_station(struct ground *f, struct canvas *c, const struct plan_station *s) {
  const struct theme *t = f->look->theme;
  switch (s->kind) {
    case PLAN_CONVEYOR:
      if (s->path.count) draw_belt_body(f, c, s);
      else draw_box_body(f, c, s, ink(t->kit), t->ink2);
      break;
    case PLAN_CHARGER: draw_places(f, c, s, ICON_BOLT, false); break;
    case PLAN_REPAIR:  draw_places(f, c, s, ICON_CROSS, false); break;
    case PLAN_DOCK:    draw_places(f, c, s, ICON_DOTS, true); break;
    default:
      draw_box_body(f, c, s, ink(t->kit), t->ink2);
      draw_slots(f, c, s);
  }
}

// ---- names -----------------------------------------------------------------------------------------------

static struct box station_box(const struct ground *f, const struct plan_station *s) {
  float b[4], q[4][2];
  if (s->path.count) {
    bounds((const float (*)[2])s->path.point, s->path.count, b);
    float r = ground_belt_width(s) / 2;
    b[0] -= r, b[1] -= r, b[2] += r, b[3] += r;
  } else {
    ground_station_corners(s, q);
    bounds((const float (*)[2])q, 4, b);
  }
  struct point p = ground_point(f, b[0], b[3]), e = ground_point(f, b[2], b[1]);
  return (struct box){p.x, p.y, e.x, e.y};
}

static bool seen(const struct ground *f, struct box b) {
  return b.x1 > f->view.x - 80 && b.x0 < f->view.x + f->view.w + 80 && b.y1 > f->view.y - 40 && b.y0 < f->view.y + f->view.h + 40;
}

bool ground_has_state(const struct plan_station *s) {
  return s->kind != PLAN_SINK && s->kind != PLAN_DOCK && s->kind != PLAN_CHARGER && s->kind != PLAN_BUFFER && s->kind != PLAN_RACK && s->kind != PLAN_BIN;
}

static bool plain(const struct plan_station *s) { return !s->grid[0] && !s->slots[0] && !s->path.count && s->kind != PLAN_ASSEMBLY; }

// free metres above or below a station: robots stand where it is narrow, names go where it is wide
static float clearance(const struct ground *f, int i, float up) {
  const struct plan_station *s = &f->plan->stations[i];
  float at = s->at[1] + up * s->size[1] / 2, y = at;
  for (; (y - at) * up < 3; y += 0.25f * up) {
    if (y < 0 || y > f->plan->size[1]) break;
    int k = ground_station_at(f, (double)s->at[0], (double)(y + 0.3f * up));
    if (k >= 0 && k != i && f->plan->stations[k].kind != PLAN_DOCK) break;
  }
  return (y - at) * up;
}

static bool box_inside(struct box b, float x0, float y0, float x1, float y1) { return b.x0 > x0 && b.x1 < x1 && b.y0 > y0 && b.y1 < y1; }

static bool in_view(const struct ground *f, struct box b) { return box_inside(b, f->view.x, f->view.y, f->view.x + f->view.w, f->view.y + f->view.h); }

// over the hall's outer wall
static bool on_wall(const struct ground *f, struct box b) {
  struct point a = ground_point(f, 0, (double)f->plan->size[1]), e = ground_point(f, (double)f->plan->size[0], 0);
  bool apart = b.x1 < a.x || b.x0 > e.x || b.y1 < a.y || b.y0 > e.y;
  return !apart && !box_inside(b, a.x, a.y, e.x, e.y);
}

// first free one of several places for something w x h, if it can be one that is seen whole and off the wall; x, y is its top left
static bool take_place(struct ground *f, const float (*at)[2], int n, float w, float h, float *x, float *y) {
  for (int k = 0; k < 3 * n; k++) {
    int i = k % n, allowed = k / n;
    struct box box = {at[i][0] - 1, at[i][1] - 1, at[i][0] + w + 1, at[i][1] + h + 1};
    if (!boxes_free(&f->taken, box) || (allowed < 2 && !in_view(f, box)) || (allowed < 1 && on_wall(f, box))) continue;
    boxes_add(&f->taken, box);
    boxes_add(&f->names, box);
    *x = at[i][0];
    *y = at[i][1];
    return true;
  }
  return false;
}

#define NAME_HEIGHT 13

static bool copy_of(const struct plan *p, int i, int k) { return i != k && strcmp(p->stations[i].group, p->stations[k].group) == 0; }

// px from the left of a station to the left of the next one in its row
static float room_right(const struct ground *f, int i, struct box b) {
  float least = 1e9f;
  for (int k = 0; k < f->plan->station_count; k++) {
    const struct plan_station *s = &f->plan->stations[k];
    if (k == i || !s->placed || s->path.count) continue;
    struct box o = station_box(f, s);
    // the last of a row of copies is drawn as the others are
    float apart = o.x0 - b.x0;
    if (apart < 0 && copy_of(f->plan, i, k)) apart = -apart;
    if (apart > 0 && o.y0 < b.y1 && b.y0 < o.y1 && apart < least) least = apart;
  }
  return least;
}

// the name, with its count behind it where both fit
static void place_name(struct ground *f, struct canvas *c, int i, struct box b, bool below, float count) {
  const struct plan_station *s = &f->plan->stations[i];
  struct ground_mark *m = &f->mark[i];
  float x = 0, y = 0, w = b.x1 - b.x0, mid = (b.x0 + b.x1) / 2, h = NAME_HEIGHT, up = b.y0 - h - 3, down = b.y1 + 3, beside = (b.y0 + b.y1 - h) / 2;
  float name = text_width(f->look->type, c, FACE_SEMIBOLD, 11, s->name), side = below ? down : up, other = below ? up : down;
  for (int with = count > 0 && (s->path.count || name + count + 14 < room_right(f, i, b)); with >= 0 && !m->named; with--) {
    float tw = name + (with ? count + 12 : 0);
    const float at[8][2] = {{b.x0, side}, {mid - tw / 2, side}, {b.x1 - tw, side}, {b.x0, other}, {mid - tw / 2, other}, {b.x1 - tw, other},
                            {b.x1 + 5, beside}, {b.x0 - tw - 5, beside}};
    const float belt[4][2] = {{b.x0 + w * 0.4f, up}, {b.x0 + w * 0.4f, down}, {b.x0 + 8, up}, {b.x0 + 8, down}};
    // with its count only on the better side
    m->named = s->path.count && w > tw ? take_place(f, belt, 4, tw, h, &x, &y) : take_place(f, at, with ? 3 : 8, tw, h, &x, &y);
    if (!m->named) continue;
    m->name_x = x;
    m->name_y = y + 10;
    if (with) {
      m->count_x = x + name + 5;
      m->count_y = y + 10;
    }
  }
}

// what a count needs; 0 when none is shown
static float count_width(struct ground *f, struct canvas *c, const struct plan_station *s) {
  if (f->zoom < GROUND_COUNTS_FROM || s->kind == PLAN_DOCK) return 0;
  return text_width(f->look->type, c, FACE_MEDIUM, 11, s->path.count ? "0.25 m/s" : s->grid[0] || s->capacity > 9 ? "00/00" : "000");
}

// behind the station where robots stand before or after it; else where there is more room
static bool names_below(const struct ground *f, int i) {
  double sn, cs;
  m_sincos((double)f->plan->stations[i].facing, &sn, &cs);
  if (!f->plan->stations[i].path.count && sn * sn > 0.5) return sn > 0;
  return !f->plan->stations[i].path.count && clearance(f, i, -1) > clearance(f, i, 1) + 0.1f;
}

// chips come after all names: a name is worth more than a short way to the chip
static void place_chip(struct ground *f, struct canvas *c, int i, struct box b) {
  const struct plan_station *s = &f->plan->stations[i];
  struct ground_mark *m = &f->mark[i];
  bool below = names_below(f, i);
  float x = 0, y = 0, w = b.x1 - b.x0, h = b.y1 - b.y0, mid = (b.x0 + b.x1) / 2, count = count_width(f, c, s);
  float least = w < h ? w : h, d = f->zoom >= 22 ? 16 : f->zoom >= 14 ? 12 : 8;
  bool late = m->named && m->count_x == 0 && count > 0;         // the count goes beside the chip
  if (!ground_has_state(s)) d = 0;
  if (d > 0 && plain(s) && least >= d + 3) {
    m->chip_x = mid;
    m->chip_y = (b.y0 + b.y1) / 2;
    m->chip_d = d;
    d = 0;
  }
  if (d == 0 && !late) return;
  float nx = m->named ? m->name_x + text_width(f->look->type, c, FACE_SEMIBOLD, 11, s->name) + (m->count_x > 0 ? count + 9 : 4) : b.x0;
  float t = d > 0 ? d : NAME_HEIGHT, wide = d + (late ? count + 5 : 0);
  bool alike = (i > 0 && copy_of(f->plan, i, i - 1)) || (i + 1 < f->plan->station_count && copy_of(f->plan, i, i + 1));
  if (alike && nx - b.x0 + wide > room_right(f, i, b)) nx = m->name_x;   // where the name is: not there
  float side = below ? b.y1 + 2 : b.y0 - t - 2, far = below ? b.y1 + 18 : b.y0 - t - 18, other = below ? b.y0 - t - 3 : b.y1 + 3;
  const float at[8][2] = {{b.x1 - wide, side}, {nx, side}, {m->named ? m->name_x : b.x0, far}, {b.x1 - wide, other}, {b.x0, other}, {b.x0, side},
                          {b.x1 + 3, (b.y0 + b.y1 - t) / 2}, {b.x0 - wide - 3, (b.y0 + b.y1 - t) / 2}};
  const float belt[2][2] = {{b.x0 + 6, b.y0 - t - 3}, {b.x0 + 6, b.y1 + 3}};
  if (!(s->path.count ? take_place(f, belt, 2, wide, t, &x, &y) : take_place(f, at, 8, wide, t, &x, &y))) return;
  if (d > 0) {
    m->chip_x = x + d / 2;
    m->chip_y = y + d / 2;
    m->chip_d = d;
  }
  if (late) {
    m->count_x = x + d + (d > 0 ? 5 : 0);
    m->count_y = y + t / 2 + 4;
  }
}

// ---- the picture ----------------------------------------------------------------------------------------

static void draw_still(struct ground *f, struct canvas *c) {
  const struct plan *p = f->plan;
  draw_rect(c, f->view.x, f->view.y, f->view.w, f->view.h, ink(f->look->theme->bg));
  boxes_clear(&f->taken);
  boxes_clear(&f->names);
  memset(f->mark, 0, (size_t)p->station_count * sizeof *f->mark);
  if (!p->has_floor) return;
  draw_ground(f, c);
  for (int i = 0; i < p->zone_count; i++) draw_zone(f, c, &p->zones[i]);
  draw_walls(f, c);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < p->station_count; i++) {
      const struct plan_station *s = &p->stations[i];
      if (!s->placed || (s->path.count == 0) != pass || !seen(f, station_box(f, s))) continue;
      draw_station(f, c, s);
      // a belt on a slant has a large box; only its name avoids it
      boxes_add(&f->taken, station_box(f, s));
    }
  for (int i = 0; i < p->zone_count; i++) {
    const struct plan_zone *z = &p->zones[i];
    if (z->area.count >= 3 && f->zoom >= 14) draw_tag(f, c, z);
    if (z->area.count >= 3 && (z->kind == PLAN_ONE_WAY || z->kind == PLAN_RAMP)) draw_chevrons(f, c, z);
  }
  for (int pass = 0; f->zoom >= 8 && pass < 2; pass++)
    for (int i = 0; i < p->station_count; i++) {
      struct box b = station_box(f, &p->stations[i]);
      if (!p->stations[i].placed || !seen(f, b)) continue;
      if (pass == 0 && f->zoom >= GROUND_NAMES_FROM) place_name(f, c, i, b, names_below(f, i), count_width(f, c, &p->stations[i]));
      if (pass == 1) place_chip(f, c, i, b);
    }
}

static bool same_view(const struct ground *f, const struct canvas *c, const struct camera *k, const struct view *v) {
  return f->still.pixels && f->still.w == c->w && f->still.h == c->h && f->still.scale == c->scale && f->theme == f->look->theme &&
         f->camera.x == k->x && f->camera.y == k->y && f->camera.zoom == k->zoom && f->view.x == v->x && f->view.y == v->y &&
         f->view.w == v->w && f->view.h == v->h;
}

void ground_draw(struct ground *f, struct canvas *c, const struct camera *camera, const struct view *view) {
  if (!same_view(f, c, camera, view)) {
    if (f->still.w != c->w || f->still.h != c->h || f->still.scale != c->scale) {
      canvas_finish(&f->still);
      if (!canvas_make(&f->still, c->w, c->h, c->scale)) return;
    }
    f->camera = *camera;
    f->view = *view;
    f->zoom = (float)camera->zoom;
    f->theme = f->look->theme;
    struct clip old = canvas_clip(&f->still, view->x, view->y, view->w, view->h);
    draw_still(f, &f->still);
    canvas_unclip(&f->still, old);
  }
  canvas_copy(c, &f->still);
}
