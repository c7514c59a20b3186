#include "viewer/plate.h"

#include <math.h>
#include <stdio.h>

#include "base/maths.h"
#include "viewer/plate_parts.h"
#include "viewer/png.h"


// ---- shared ---------------------------------------------------------------------------------------------

void plate_card(struct look *l, struct canvas *c, float x, float y, float w, float h, const char *title, const char *note) {
  const struct theme *t = l->theme;
  draw_round(c, x, y, w, h, 6, ink(t->line));
  draw_round(c, x + 1, y + 1, w - 2, h - 2, 5, ink(t->panel));
  draw_text(l->type, c, x + 14, y + 24, FACE_SEMIBOLD, 14, t->ink, title);
  if (note) draw_text_right(l->type, c, x + w - 14, y + 24, FACE_REGULAR, 11, t->ink3, note);
}

void plate_head(struct look *l, struct canvas *c, const struct plate *p) {
  const struct theme *t = l->theme;
  draw_rect(c, 0, 0, PLATE_W, PLATE_H, ink(t->bg));
  float w = draw_text(l->type, c, PLATE_MARGIN, 46, FACE_SEMIBOLD, 22, t->ink, p->title);
  draw_text(l->type, c, PLATE_MARGIN + w + 16, 46, FACE_REGULAR, 13, t->ink2, p->below);
}

// words in lines of a width; returns the baseline after them
static float paragraph(struct look *l, struct canvas *c, float x, float y, float w, const char *text) {
  char line[256];
  size_t n = 0;
  while (*text) {
    size_t word = 0;
    while (text[word] && text[word] != ' ') word++;
    if (n + word + 2 > sizeof line) break;
    size_t was = n;
    if (n) line[n++] = ' ';
    for (size_t k = 0; k < word; k++) line[n++] = text[k];
    line[n] = 0;
    if (was && text_width(l->type, c, FACE_REGULAR, 11.5f, line) > w) {
      line[was] = 0;
      draw_text(l->type, c, x, y, FACE_REGULAR, 11.5f, l->theme->ink2, line);
      y += 17;
      n = 0;
      continue;
    }
    text += word;
    while (*text == ' ') text++;
  }
  if (n) {
    draw_text(l->type, c, x, y, FACE_REGULAR, 11.5f, l->theme->ink2, line);
    y += 17;
  }
  return y;
}

float plate_facts(struct look *l, struct canvas *c, float x, float y, float w, const struct plate *p) {
  const struct theme *t = l->theme;
  for (int i = 0; i < p->facts; i++, y += 21) {
    draw_text(l->type, c, x, y, FACE_REGULAR, 12, t->ink2, p->fact[i].name);
    draw_text_right(l->type, c, x + w, y, FACE_SEMIBOLD, 12.5f, t->ink, p->fact[i].value);
    draw_hline(c, x, x + w, y + 6, ink(t->line));
  }
  if (p->caution) y = paragraph(l, c, x, y + 8, w, p->caution);
  return y;
}

enum status plate_write(const char *path, struct error *e, void (*draw)(struct look *, struct canvas *, const void *), const void *what) {
  struct look l = {0};
  struct canvas c;
  if (!look_init(&l, e)) return e ? e->status : STATUS_IO;
  if (!canvas_make(&c, PLATE_W, PLATE_H, 1)) {
    look_finish(&l);
    return error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for the picture");
  }
  look_set(&l, theme_get(false), 1);
  draw(&l, &c, what);
  enum status s = png_write(path, c.pixels, c.w, c.h, e);
  canvas_finish(&c);
  look_finish(&l);
  return s;
}

// ---- a body -----------------------------------------------------------------------------------------------

static void ruler(struct look *l, struct canvas *c, float x, float y, float zoom, double height) {
  const struct theme *t = l->theme;
  draw_vline(c, x, y - (float)height * zoom, y, ink(t->line2));
  for (int k = 0; (double)k * 0.25 <= height + 1e-9; k++) {
    float at = y - 0.25f * (float)k * zoom;
    char words[16];
    snprintf(words, sizeof words, "%.2g m", 0.25 * k);
    draw_hline(c, x - (k % 4 ? 4 : 8), x, at, ink(t->line2));
    if (k % 4 == 0) draw_text_right(l->type, c, x - 12, at + 4, FACE_REGULAR, 10.5f, t->ink3, words);
  }
}

static void joint_rows(struct look *l, struct canvas *c, const struct plate_body *b, float x, float y, float w, float bottom) {
  const struct theme *t = l->theme;
  float row = b->joints > 0 ? (bottom - y) / (float)b->joints : 16;
  row = row > 18 ? 18 : row;
  float size = row < 13 ? row * .8f : 11;
  int rows = row < 9 ? (int)((bottom - y) / 9) : b->joints;
  row = row < 9 ? 9 : row;
  for (int i = 0; i < rows; i++, y += row) {
    const struct plate_joint *j = &b->joint[i];
    char effort[24] = "–", range[40] = "free", speed[24] = "–";
    const double deg = 180 / M_PI_D;
    if (isfinite(j->lower) && isfinite(j->upper)) snprintf(range, sizeof range, "%.0f … %.0f°", j->lower * deg, j->upper * deg);
    if (isfinite(j->effort)) snprintf(effort, sizeof effort, "%.0f N m", j->effort);
    if (isfinite(j->speed)) snprintf(speed, sizeof speed, "%.1f rad/s", j->speed);
    draw_text_fit(l->type, c, x, y, w * .44f, FACE_REGULAR, size, t->ink2, j->name);
    draw_text_right(l->type, c, x + w * .66f, y, FACE_REGULAR, size, t->ink, range);
    draw_text_right(l->type, c, x + w * .82f, y, FACE_REGULAR, size, t->ink, effort);
    draw_text_right(l->type, c, x + w, y, FACE_REGULAR, size, t->ink, speed);
  }
}

void plate_body_draw(struct look *l, struct canvas *c, const struct plate_body *b) {
  plate_head(l, c, &b->plate);
  float top = 70, left = PLATE_MARGIN, h = PLATE_H - top - PLATE_MARGIN, facts_x = PLATE_W - PLATE_MARGIN - 470, w = facts_x - left - 16;
  plate_card(l, c, left, top, w, h, "The body", NULL);
  float zoom = (h - 190) / (float)(b->height > 0.2 ? b->height * 1.04 : 1.8), ground = top + h - 118;
  if (zoom > w / 2.6f) zoom = w / 2.6f;
  struct skeleton_view ahead = {left + w * .25f, ground, zoom, FROM_AHEAD}, side = {left + w * .60f, ground, zoom, FROM_SIDE},
                       above = {left + w * .86f, top + h * .42f, zoom * .8f, FROM_ABOVE};
  skeleton_floor(l, c, b->shape, b->pose, &ahead, left + 60, left + w * .43f);
  skeleton_floor(l, c, b->shape, b->pose, &side, left + w * .45f, left + w * .74f);
  ruler(l, c, left + 58, ground, zoom, b->height);
  skeleton_draw(l, c, b->shape, b->pose, &ahead);
  skeleton_draw(l, c, b->shape, b->pose, &side);
  skeleton_floor(l, c, b->shape, b->pose, &above, 0, 0);
  skeleton_draw(l, c, b->shape, b->pose, &above);
  draw_text_middle(l->type, c, ahead.x, ground + 34, FACE_MEDIUM, 12, l->theme->ink2, "from ahead");
  draw_text_middle(l->type, c, side.x, ground + 34, FACE_MEDIUM, 12, l->theme->ink2, "from its right");
  draw_text_middle(l->type, c, above.x, above.y + above.zoom * .5f, FACE_MEDIUM, 12, l->theme->ink2, "from above");
  paragraph(l, c, left + 14, top + h - 46, w - 28, "Discs: joints with a motor. Quartered disc: centre of mass, with its plumb line. Bar on the floor and area from above: support polygon.");
  float fh = 40 + 21 * (float)b->plate.facts + (b->plate.caution ? 60 : 0) + 10;
  plate_card(l, c, facts_x, top, 470, fh, "Measures", NULL);
  plate_facts(l, c, facts_x + 14, top + 50, 442, &b->plate);
  float jy = top + fh + 14;
  plate_card(l, c, facts_x, jy, 470, top + h - jy, "Joints", "range · torque · speed");
  joint_rows(l, c, b, facts_x + 14, jy + 46, 442, top + h - 8);
}

static void draw_body(struct look *l, struct canvas *c, const void *b) { plate_body_draw(l, c, b); }
enum status plate_body_write(const struct plate_body *b, const char *path, struct error *e) { return plate_write(path, e, draw_body, b); }

// ---- curves -------------------------------------------------------------------------------------------------

struct axes { float x, y, w, h; double lo, hi; };               // the field of a graph and its range

// ends of an axis on round numbers, with some steps between
static double round_step(double range) {
  double step = 1;
  if (!(range > 0)) return 1;
  while (step * 5 > range) step /= 10;
  while (step * 50 < range) step *= 10;
  return step * 5 >= range ? step : step * 10 >= range ? step * 2 : step * 25 >= range ? step * 5 : step * 10;
}

static void span(const float *v, int n, double *lo, double *hi) {
  for (int i = 0; v && i < n; i++) {
    if ((double)v[i] < *lo) *lo = (double)v[i];
    if ((double)v[i] > *hi) *hi = (double)v[i];
  }
}

static void graph(struct look *l, struct canvas *c, struct axes *a, const char *title, const char *unit, bool cycle) {
  const struct theme *t = l->theme;
  double step = round_step(a->hi - a->lo);
  a->lo = floor(a->lo / step + 1e-9) * step;
  a->hi = ceil(a->hi / step - 1e-9) * step;
  if (!(a->hi > a->lo)) a->hi = a->lo + step;
  float w = draw_text(l->type, c, a->x, a->y - 8, FACE_SEMIBOLD, 11.5f, t->ink, title);
  draw_text(l->type, c, a->x + w + 6, a->y - 8, FACE_REGULAR, 11, t->ink3, unit);
  for (double v = a->lo; v <= a->hi + step * 1e-6; v += step) {
    float y = a->y + a->h - (float)((v - a->lo) / (a->hi - a->lo)) * a->h;
    char words[24];
    bool zero = fabs(v) < step * 1e-6;
    snprintf(words, sizeof words, v < 0 && !zero ? "−%g" : "%g", fabs(zero ? 0 : v));
    draw_hline(c, a->x, a->x + a->w, y, zero ? ink(t->line2) : ink(t->line));
    draw_text_right(l->type, c, a->x - 6, y + 4, FACE_REGULAR, 10.5f, t->ink3, words);
  }
  for (int k = 0; cycle && k <= 4; k++) {
    char words[16];
    snprintf(words, sizeof words, "%d", 25 * k);
    draw_text_middle(l->type, c, a->x + a->w * (float)k / 4, a->y + a->h + 15, FACE_REGULAR, 10.5f, t->ink3, words);
  }
}

static void curve(struct canvas *c, const struct axes *a, const float *v, int n, float width, struct paint p, const float *dash) {
  struct point q[1024];
  int m = n < 1023 ? n : 1023;
  if (!v || m < 2) return;
  for (int i = 0; i <= m; i++) {
    int k = (int)((long)i * n / m) % n;
    q[i] = (struct point){a->x + a->w * (float)i / (float)m, a->y + a->h - (float)(((double)v[k] - a->lo) / (a->hi - a->lo)) * a->h};
  }
  if (dash) draw_dashes(c, q, m + 1, false, width, CAP_BUTT, dash, 2, p);
  else draw_polyline(c, q, m + 1, width, CAP_BUTT, p);
}

void plate_graph(struct look *l, struct canvas *c, float x, float y, float w, float h, const float *v, int n, double time, const char *title, const char *unit) {
  struct axes a = {x, y, w, h, 0, 0};
  struct point q[2048];
  int m = n < 2048 ? n : 2048;
  span(v, n, &a.lo, &a.hi);
  graph(l, c, &a, title, unit, false);
  for (int i = 0; i < m; i++)
    q[i] = (struct point){x + w * (float)i / (float)(m > 1 ? m - 1 : 1), y + h - (float)(((double)v[(long)i * (n - 1) / (m > 1 ? m - 1 : 1)] - a.lo) / (a.hi - a.lo)) * h};
  if (m > 1) draw_polyline(c, q, m, 1.6f, CAP_BUTT, ink(l->theme->ink));
  double step = round_step(time);
  for (double s = 0; s <= time; s += step) {
    char words[24];
    snprintf(words, sizeof words, "%g s", s);
    draw_text_middle(l->type, c, x + w * (float)(s / time), y + h + 15, FACE_REGULAR, 10.5f, l->theme->ink3, words);
  }
}

// when each foot is on the floor, as two bars below a graph
static void stance_bars(struct look *l, struct canvas *c, const struct axes *a, const struct plate_stride *s, float y) {
  const struct theme *t = l->theme;
  for (int f = 0; f < 2; f++) {
    const uint8_t *on = s->contact[f ? 1 : 0];
    float top = y + 8 * (float)f;
    if (!on) continue;
    draw_rect(c, a->x, top, a->w, 5, ink(t->kit));
    for (int i = 0; i < s->samples;) {
      int k = i;
      while (k < s->samples && on[k] == on[i]) k++;
      if (on[i]) draw_rect(c, a->x + a->w * (float)i / (float)s->samples, top, a->w * (float)(k - i) / (float)s->samples, 5, ink(f ? t->ink : t->ink3));
      i = k;
    }
  }
}

static const float dashes[2] = {4, 3};

// left is thin and dashed, right is whole: they are half a stride apart
static void pair(struct look *l, struct canvas *c, struct axes *a, const float *const v[2], int n, const char *title, const char *unit) {
  graph(l, c, a, title, unit, true);
  curve(c, a, v[0], n, 1.3f, ink(l->theme->ink3), dashes);
  curve(c, a, v[1], n, 1.8f, ink(l->theme->ink), NULL);
}

static void draw_curves(struct look *l, struct canvas *c, const struct plate_stride *s, float x, float y, float w, float h) {
  static const char *const names[3] = {"Hip", "Knee", "Ankle"}, *const words[3] = {"flexion, °", "flexion, °", "dorsiflexion, °"};
  float gap = 54, gw = (w - 3 * gap - 68) / 4, gh = h - 96, gx = x + 48;
  for (int k = 0; k < 3; k++) {
    struct axes a = {gx + (float)k * (gw + gap), y + 58, gw, gh, 0, 0};
    span(s->angle[k][0], s->samples, &a.lo, &a.hi);
    span(s->angle[k][1], s->samples, &a.lo, &a.hi);
    pair(l, c, &a, (const float *const[2]){s->angle[k][0], s->angle[k][1]}, s->samples, names[k], words[k]);
    stance_bars(l, c, &a, s, a.y + a.h + 22);
  }
  struct axes a = {gx + 3 * (gw + gap), y + 58, gw, gh, 0, 0};
  for (int f = 0; f < 2; f++)
    for (int k = 0; k < 2; k++) span(s->force[k][f], s->samples, &a.lo, &a.hi);
  graph(l, c, &a, "Force of the floor", "N; up, and ahead below", true);
  if (s->weight > a.lo && s->weight < a.hi) {
    float wy = a.y + a.h - (float)((s->weight - a.lo) / (a.hi - a.lo)) * a.h;
    draw_dashes(c, (struct point[]){{a.x, wy}, {a.x + a.w, wy}}, 2, false, 1, CAP_BUTT, (const float[2]){1.5f, 2.5f}, 2, ink(l->theme->ink2));
    draw_text_right(l->type, c, a.x + a.w, wy - 4, FACE_REGULAR, 10.5f, l->theme->ink3, "weight");
  }
  for (int k = 0; k < 2; k++) {
    curve(c, &a, s->force[k][0], s->samples, 1.3f, ink(l->theme->ink3), dashes);
    curve(c, &a, s->force[k][1], s->samples, 1.8f, ink(l->theme->ink), NULL);
  }
  stance_bars(l, c, &a, s, a.y + a.h + 22);
}

// ---- a stride -------------------------------------------------------------------------------------------------

static void path_above(struct canvas *c, const struct skeleton_view *v, const float *p, int stride, int n, float width, struct paint paint, const float *dash) {
  struct point q[1024];
  int m = n < 1024 ? n : 1024;
  for (int i = 0; i < m; i++) {
    const float *at = p + (size_t)((long)i * n / m) * (size_t)stride;
    q[i] = skeleton_project(v, (float[3]){at[0], at[1], 0});
  }
  if (m < 2) return;
  if (dash) draw_dashes(c, q, m, false, width, CAP_BUTT, dash, 2, paint);
  else draw_polyline(c, q, m, width, CAP_ROUND, paint);
}

static void draw_prints(struct look *l, struct canvas *c, const struct plate_stride *s, float x, float y, float w, float h) {
  const struct theme *t = l->theme;
  double length = s->stride + 1.5;
  float zoom = w / (float)length, tall = (h - 56) / .40f;
  if (zoom > tall) zoom = tall;
  struct skeleton_view v = {x + w / 2 - (float)s->stride / 2 * zoom, y + 36 + (h - 46) / 2, zoom, FROM_ABOVE};
  if (!s->moments) return;
  const struct skeleton_pose *p = &s->moment[0];
  skeleton_floor(l, c, s->shape, p, &v, 0, 0);
  for (int f = 0; f < 2; f++) {
    struct point q[6];
    for (int k = 0; k < 6; k++) q[k] = skeleton_project(&v, p->sole[f][k]);
    if (p->feet && p->contact[f]) draw_outline(c, q, 6, 1, ink(t->ink2));
  }
  if (s->cop) path_above(c, &v, &s->cop[0][0], 2, s->samples, 1.6f, ink(t->ink), NULL);
  if (s->com) path_above(c, &v, &s->com[0][0], 3, s->samples, 1.6f, ink(t->accent), dashes);
}

static void draw_power(struct look *l, struct canvas *c, const struct plate_stride *s, float x, float y, float w, float h) {
  struct axes a = {x + 52, y + 58, w - 72, h - 96, 0, 0};
  span(s->power, s->samples, &a.lo, &a.hi);
  graph(l, c, &a, "Power", "W from the battery", true);
  curve(c, &a, s->power, s->samples, 1.8f, ink(l->theme->ink), NULL);
  if (s->mean_power > a.lo && s->mean_power < a.hi) {
    float my = a.y + a.h - (float)((s->mean_power - a.lo) / (a.hi - a.lo)) * a.h;
    char words[24];
    snprintf(words, sizeof words, "mean %.0f W", s->mean_power);
    draw_dashes(c, (struct point[]){{a.x, my}, {a.x + a.w, my}}, 2, false, 1.2f, CAP_BUTT, dashes, 2, ink(l->theme->accent));
    draw_text_halo(l->type, c, a.x + 6, my - 5, FACE_MEDIUM, 11, l->theme->accent, l->theme->panel, words);
  }
}

void plate_stride_draw(struct look *l, struct canvas *c, const struct plate_stride *s) {
  plate_head(l, c, &s->plate);
  float top = 70, x = PLATE_MARGIN, w = PLATE_W - 2 * PLATE_MARGIN - PLATE_FACTS - 16, fx = PLATE_W - PLATE_MARGIN - PLATE_FACTS;
  plate_card(l, c, x, top, w, 430, "One stride", "right limbs dark, left ones grey · arc: torque over its limit · bar: support");
  char words[PLATE_MOMENTS][40];
  int moments = s->moments - 1 < PLATE_MOMENTS ? s->moments - 1 : PLATE_MOMENTS;    // the last is the first again
  for (int k = 0; k < moments; k++) snprintf(words[k], sizeof words[k], "%.3g %%", 100.0 * k / moments);
  plate_moments(l, c, s->shape, s->moment, (const char (*)[40])words, moments, s->height, x + 10, top, w - 20, 430);
  plate_card(l, c, x, top + 444, w, 172, "Footsteps from above", "outlined: on the floor at the start · line: centre of pressure · dashes: centre of mass");
  draw_prints(l, c, s, x + 10, top + 444, w - 20, 172);
  plate_card(l, c, x, top + 630, w, PLATE_H - top - 630 - PLATE_MARGIN, "Over the cycle, % of the stride from the left foot's touch-down", "whole: right · dashed: left · bars: foot on the floor");
  draw_curves(l, c, s, x, top + 630, w, PLATE_H - top - 630 - PLATE_MARGIN);
  float fh = 40 + 21 * (float)s->plate.facts + (s->plate.caution ? 44 : 0) + 10;
  plate_card(l, c, fx, top, PLATE_FACTS, fh, "This gait", NULL);
  plate_facts(l, c, fx + 14, top + 50, PLATE_FACTS - 28, &s->plate);
  float py = top + 630, bh = py - 14 - (top + fh + 14);
  plate_card(l, c, fx, top + fh + 14, PLATE_FACTS, bh, "Peak torque", "share of the limit");
  skeleton_bars(l, c, s->shape, &s->peak, fx + 14, top + fh + 14 + 34, PLATE_FACTS - 28, 18, (int)((bh - 60) / 18));
  plate_card(l, c, fx, py, PLATE_FACTS, PLATE_H - py - PLATE_MARGIN, "Over the cycle", NULL);
  draw_power(l, c, s, fx, py, PLATE_FACTS, PLATE_H - py - PLATE_MARGIN);
}

static void draw_stride(struct look *l, struct canvas *c, const void *s) { plate_stride_draw(l, c, s); }
enum status plate_stride_write(const struct plate_stride *s, const char *path, struct error *e) { return plate_write(path, e, draw_stride, s); }
