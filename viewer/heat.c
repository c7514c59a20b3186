#include "viewer/heat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "viewer/skeleton.h"

#define GAP_MOST  2.0               // s    between two pictures that count as watched
#define MOVES     0.05f             // m/s
#define FADE      0.3f              // share of the ramp over which it comes out of the floor
#define CELLS_MAX 4000000

static const char *const words[HEAT_KINDS] = {"none", "density", "waits", "speed"};

const char *heat_word(enum heat_kind k) { return words[k]; }

enum heat_kind heat_kind_of(const char *word) {
  for (int k = 0; k < HEAT_KINDS; k++)
    if (!strcmp(word, words[k])) return (enum heat_kind)k;
  return HEAT_KINDS;
}

void heat_clear(struct heat *h) {
  size_t size = sizeof(float) * (size_t)h->nx * (size_t)h->ny;
  float *column[4] = {h->stay, h->wait, h->way, h->walk};
  for (int k = 0; k < 4 && column[k]; k++) memset(column[k], 0, size);
  h->seconds = 0;
  h->last = -1;
}

void heat_finish(struct heat *h) {
  free(h->stay);
  free(h->wait);
  free(h->way);
  free(h->walk);
  memset(h, 0, sizeof *h);
  h->last = -1;
}

// Cells up to the farthest robot that was seen.
static bool reach(struct heat *h, int x, int y) {
  if (x < h->nx && y < h->ny) return true;
  int nx = x >= h->nx ? x + x / 2 + 8 : h->nx, ny = y >= h->ny ? y + y / 2 + 8 : h->ny;
  if ((double)nx * ny > CELLS_MAX) return false;
  float **column[4] = {&h->stay, &h->wait, &h->way, &h->walk}, *more[4];
  for (int k = 0; k < 4; k++) {
    more[k] = calloc((size_t)nx * (size_t)ny, sizeof *more[k]);
    if (more[k]) continue;
    while (k-- > 0) free(more[k]);
    return false;
  }
  for (int k = 0; k < 4; k++) {
    for (int row = 0; row < h->ny; row++) memcpy(more[k] + (size_t)row * (size_t)nx, *column[k] + (size_t)row * (size_t)h->nx, sizeof(float) * (size_t)h->nx);
    free(*column[k]);
    *column[k] = more[k];
  }
  h->nx = nx;
  h->ny = ny;
  return true;
}

void heat_add(struct heat *h, const struct picture *p) {
  if (p->now < h->last) heat_clear(h);
  double dt = h->last < 0 ? 0 : (double)(p->now - h->last) * 1e-9;
  h->last = p->now;
  if (dt <= 0 || dt > GAP_MOST) return;
  h->seconds += dt;
  for (int i = 0; i < p->robots.n && p->robots.pos && p->robots.speed; i++) {
    float at[2] = {p->robots.pos[i][0], p->robots.pos[i][1]};
    if (!(at[0] >= 0 && at[1] >= 0 && at[0] < 1e5f && at[1] < 1e5f) || !reach(h, (int)at[0], (int)at[1])) continue;
    size_t cell = (size_t)(int)at[1] * (size_t)h->nx + (size_t)(int)at[0];
    h->stay[cell] += (float)dt;
    if (!strcmp(robot_look(p->robots.cause[i])->word, "traffic")) h->wait[cell] += (float)dt;
    if (p->robots.speed[i] <= MOVES) continue;
    h->way[cell] += (float)dt * p->robots.speed[i];
    h->walk[cell] += (float)dt;
  }
}

static float value(const struct heat *h, enum heat_kind k, size_t cell) {
  if (k == HEAT_SPEED) return h->walk[cell] > 0 ? h->way[cell] / h->walk[cell] : 0;
  return h->seconds > 0 ? (k == HEAT_WAITS ? h->wait[cell] : h->stay[cell]) / (float)h->seconds : 0;
}

static float largest(const struct heat *h, enum heat_kind k) {
  float most = 0;
  for (size_t i = 0; i < (size_t)h->nx * (size_t)h->ny; i++) {
    float v = value(h, k, i);
    if (v > most) most = v;
  }
  return most;
}

void heat_draw(const struct heat *h, enum heat_kind k, const struct ground *f, struct canvas *c) {
  float most = k == HEAT_NONE ? 0 : largest(h, k);
  if (most <= 0) return;
  for (int y = 0; y < h->ny; y++)
    for (int x = 0; x < h->nx; x++) {
      float v = value(h, k, (size_t)y * (size_t)h->nx + (size_t)x);
      if (v <= 0) continue;
      float share = (float)m_sqrt((double)(v / most)), alpha = share < FADE ? share / FADE : 1;
      struct point a = ground_point(f, x, y + 1), b = ground_point(f, x + 1, y);
      draw_rect(c, a.x, a.y, b.x - a.x, b.y - a.y, tint(ramp_viridis(share), 0.8f * alpha));
    }
}

void heat_legend(const struct heat *h, enum heat_kind k, struct look *look, struct canvas *c, float x, float y) {
  static const char *const title[HEAT_KINDS] = {"", "Robots a square metre", "Robots in traffic a square metre", "Speed of those that walk, m/s"};
  if (k == HEAT_NONE) return;
  const struct theme *t = look->theme;
  char text[96], end[32];
  float most = largest(h, k), w = 220;
  draw_round(c, x, y, w, 56, 4, ink(t->line2));
  draw_round(c, x + 1, y + 1, w - 2, 54, 3, ink(t->panel));
  draw_text(look->type, c, x + 10, y + 16, FACE_SEMIBOLD, 11, t->ink, title[k]);
  for (int i = 0; i < 100; i++) {
    float share = (float)(i + 1) / 100, alpha = share < FADE ? share / FADE : 1;
    draw_rect(c, x + 10 + 2 * (float)i, y + 22, 2, 10, tint(ramp_viridis(share), alpha));
  }
  draw_frame(c, x + 10, y + 22, 200, 10, 1, ink(t->ink3));
  snprintf(end, sizeof end, "%.3g", (double)most);
  snprintf(text, sizeof text, "mean of %.0f s", h->seconds);
  draw_text(look->type, c, x + 10, y + 46, FACE_REGULAR, 11, t->ink2, "0");
  draw_text_middle(look->type, c, x + w / 2, y + 46, FACE_REGULAR, 11, t->ink2, text);
  draw_text_right(look->type, c, x + w - 10, y + 46, FACE_REGULAR, 11, t->ink2, end);
}
