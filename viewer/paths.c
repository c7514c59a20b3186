#include "viewer/paths.h"

#include "base/maths.h"
#include "viewer/humanoid.h"

#define CELL   0.6f                 // m    one cell that is kept free: about a footprint
#define CELLS_MAX 200
#define PIECES_MAX 100000           // of thin lines in one picture
#define WAIT_MAX 3000               // px   of a line to whom somebody waits for
#define CHAIN  16                   // of those who wait for each other
#define SEARCH_MAX 1000000          // rows looked at in one picture for whom somebody waits

static float distance(const float a[2], const float b[2]) {
  float x = b[0] - a[0], y = b[1] - a[1];
  return (float)m_sqrt((double)(x * x + y * y));
}

// -1: there is none, or it is not found within so many rows
static int find(const struct picture *p, int32_t id, int *rows) {
  if (id < 1) return -1;
  // ids and rows run together until somebody leaves
  int hint = id - 1 < p->robots.n ? id - 1 : p->robots.n - 1;
  for (int i = hint; i >= 0 && *rows > 0; i--, --*rows)
    if (p->robots.id[i] == (uint32_t)id) return i;
  for (int i = hint + 1; i < p->robots.n && *rows > 0; i++, --*rows)
    if (p->robots.id[i] == (uint32_t)id) return i;
  return -1;
}

int paths_row_of(const struct picture *p, int32_t id) { return find(p, id, &(int){SEARCH_MAX}); }

float paths_left(const struct picture *p, int row) {
  const float *a = p->robots.pos[row];
  float left = 0;
  for (int k = 0; k < (p->robots.legs ? p->robots.legs[row] : 0); k++) {
    left += distance(a, p->robots.way[row][k]);
    a = p->robots.way[row][k];
  }
  return left;
}

// The corners of a way on the screen, from where the robot is; their number, below 2: it has none.
static int corners(const struct ground *f, const struct picture *p, int row, struct point q[WAY_POINTS_MAX + 1]) {
  if (!p->robots.legs || !p->robots.legs[row]) return 0;
  int n = 0;
  q[n++] = ground_point(f, p->robots.pos[row][0], p->robots.pos[row][1]);
  for (int k = 0; k < p->robots.legs[row]; k++) q[n++] = ground_point(f, p->robots.way[row][k][0], p->robots.way[row][k][1]);
  return n;
}

// One cell along a leg from `at` on, `length` long.
static void draw_cell(const struct ground *f, struct canvas *c, const float a[2], const float u[2], float at, float length) {
  struct point q[4];
  const float side[4] = {-CELL / 2, CELL / 2, CELL / 2, -CELL / 2}, along[4] = {at, at, at + length, at + length};
  for (int k = 0; k < 4; k++) q[k] = ground_point(f, a[0] + u[0] * along[k] - u[1] * side[k], a[1] + u[1] * along[k] + u[0] * side[k]);
  draw_polygon(c, q, 4, tint(f->look->theme->accent, 0.17f));
  draw_outline(c, q, 4, 1, tint(f->look->theme->accent, 0.7f));
}

// What lies between two distances from the end, cut into cells leg by leg.
static void draw_kept(const struct ground *f, struct canvas *c, const struct picture *p, int row) {
  if (!p->robots.kept || !(p->robots.kept[row][0] > p->robots.kept[row][1])) return;
  float begin = p->robots.kept[row][0], end = p->robots.kept[row][1], left = paths_left(p, row);
  const float *a = p->robots.pos[row];
  for (int k = 0, cells = 0; k < p->robots.legs[row]; k++) {
    const float *b = p->robots.way[row][k];
    float l = distance(a, b), u[2] = {l > 0 ? (b[0] - a[0]) / l : 0, l > 0 ? (b[1] - a[1]) / l : 0};
    float from = left > begin ? left - begin : 0, to = left - l < end ? left - end : l;
    for (float at = from; at < to && l > 0 && cells < CELLS_MAX; at += CELL, cells++) draw_cell(f, c, a, u, at, to - at < CELL ? to - at : CELL);
    left -= l;
    a = b;
  }
}

bool paths_draw_way(const struct ground *f, struct canvas *c, const struct picture *p, int row) {
  const struct theme *t = f->look->theme;
  const float dash[2] = {7, 4};
  struct point q[WAY_POINTS_MAX + 1];
  int n = corners(f, p, row, q);
  if (n < 2) return false;
  draw_kept(f, c, p, row);
  draw_polyline(c, q, n, 6, CAP_ROUND, tint(t->floor, 0.85f));
  draw_dashes(c, q, n, false, 2.5f, CAP_BUTT, dash, 2, ink(t->accent));
  struct point end = q[n - 1];
  draw_disc(c, end.x, end.y, 8, ink(t->casing));
  draw_ring(c, end.x, end.y, 7, 2.5f, ink(t->accent));
  draw_disc(c, end.x, end.y, 2.5f, ink(t->accent));
  return true;
}

// A thin line in short pieces: what is filled at once is the box around a piece.
static void draw_thin(struct canvas *c, struct point a, struct point b, struct paint p, int *pieces) {
  float x = b.x - a.x, y = b.y - a.y, l = (float)m_sqrt((double)(x * x + y * y)) / 40;
  int n = l < 400 ? 1 + (int)l : 400;
  if (n > *pieces) return;
  *pieces -= n;
  for (int k = 0; k < n; k++) {
    float from = (float)k / (float)n, to = (float)(k + 1) / (float)n;
    draw_line(c, a.x + x * from, a.y + y * from, a.x + x * to, a.y + y * to, 1.2f, p);
  }
}

void paths_draw_all(const struct ground *f, struct canvas *c, const struct picture *p) {
  struct point q[WAY_POINTS_MAX + 1];
  int pieces = PIECES_MAX;
  for (int i = 0; i < p->robots.n && pieces > 0; i++) {
    int n = corners(f, p, i, q);
    if (n < 2) continue;
    for (int k = 0; k + 1 < n; k++) draw_thin(c, q[k], q[k + 1], tint(f->look->theme->accent, 0.45f), &pieces);
    draw_disc(c, q[n - 1].x, q[n - 1].y, 2, tint(f->look->theme->accent, 0.7f));
  }
}

static void draw_wait(const struct ground *f, struct canvas *c, const struct picture *p, int i, int for_whom, bool strong) {
  const struct theme *t = f->look->theme;
  struct point a = ground_point(f, p->robots.pos[i][0], p->robots.pos[i][1]), b = ground_point(f, p->robots.pos[for_whom][0], p->robots.pos[for_whom][1]);
  float x = b.x - a.x, y = b.y - a.y, l = (float)m_sqrt((double)(x * x + y * y));
  float body = f->zoom >= 14 ? FIGURE_SHOULDERS * f->zoom * .55f : 4;
  if (!(l < WAIT_MAX) || l < 2 * body + 2 || (f->zoom < 14 && !strong && l < 16)) return;
  float ux = x / l, uy = y / l, half = f->zoom >= 36 ? 0.28f * f->zoom : 4;
  const float dots[2] = {2, 3};
  struct point line[2] = {{a.x + ux * (body + 2), a.y + uy * (body + 2)}, {b.x - ux * body, b.y - uy * body}};
  uint32_t colour = strong ? t->accent : t->ink;
  draw_polyline(c, line, 2, strong ? 4.5f : 3.5f, CAP_BUTT, tint(t->floor, 0.8f));
  draw_dashes(c, line, 2, false, strong ? 2 : 1.2f, CAP_BUTT, dots, 2, ink(colour));
  draw_disc(c, line[1].x, line[1].y, strong ? 3 : 2, ink(colour));
  // the bar that keeps it
  draw_line(c, line[0].x - uy * half, line[0].y + ux * half, line[0].x + uy * half, line[0].y - ux * half, strong ? 3 : 2, ink(colour));
}

void paths_draw_waits(const struct ground *f, struct canvas *c, const struct picture *p, int selected) {
  int rows = SEARCH_MAX;
  if (!p->robots.waits) return;
  for (int i = 0; i < p->robots.n; i++) {
    int to = p->robots.waits[i] > 0 && i != selected ? find(p, p->robots.waits[i], &rows) : -1;
    if (to >= 0) draw_wait(f, c, p, i, to, false);
  }
  for (int k = 0, at = selected; at >= 0 && k < CHAIN; k++) {
    int to = paths_row_of(p, p->robots.waits[at]);
    if (to >= 0) draw_wait(f, c, p, at, to, true);
    at = to;
  }
}
