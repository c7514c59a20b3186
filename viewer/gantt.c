#include "viewer/gantt.h"

#include <stdio.h>
#include <string.h>

#define FIT_MAX  64                 // rows in sight
#define ROWS_MAX 1024               // stations in a list; halls of more are scrolled no further

// robots, unless there are none or stations are asked for
static bool by_robots(const struct room *r, const struct show *s) { return s->picture->robots.n > 0 && !r->gantt_stations; }

bool gantt_plans(const struct room *r, const struct show *s) { return s->bars > 0 && !by_robots(r, s); }

float gantt_gutter(const struct room *r, const struct show *s) {
  int n = s->picture->robots.n;
  return !by_robots(r, s) ? 96 : n > 999 ? 52 : n > 99 ? 46 : 36;
}

// Slices of a row: those thinner than SLICE px are gathered until they are as wide, and the widest cause wins.
#define SLICE 4

struct slices { struct room *r; struct canvas *c; float y, h, left, x0, x1, width[CAUSES]; };

static void draw_slice(struct slices *k, enum cause cause) {
  const struct theme *t = k->r->look.theme;
  float w = k->x1 - k->x0;
  if (w > 0) draw_rect(k->c, k->x0, k->y, w, k->h, w < SLICE ? ink(cause_fill(t, cause)) : look_cause(&k->r->look, cause));
  if (w >= SLICE && cause == CAUSE_NONE) draw_frame(k->c, k->x0, k->y, w, k->h, 1, tint(t->ink3, 0.5f));
  if (w > 0 && k->x0 > k->left + 1) draw_vline(k->c, k->x0, k->y, k->y + k->h, ink(t->panel));
  k->x0 = k->x1;
  memset(k->width, 0, sizeof k->width);
}

static enum cause widest(const struct slices *k) {
  int best = 0;
  for (int i = 0; i < CAUSES; i++)
    if (k->width[i] > k->width[best]) best = i;
  return (enum cause)best;
}

static void draw_track(struct room *r, struct canvas *c, const struct axis *a, const struct track *t, bool robot, float y, float h) {
  int64_t begin = a->from > r->history.first ? a->from : r->history.first;
  float left = axis_place(a, begin);
  struct slices k = {.r = r, .c = c, .y = y, .h = h, .left = left, .x0 = left, .x1 = left};
  for (int i = 0; i < t->count; i++) {
    int64_t from = t->change[i].at, to = i + 1 < t->count ? t->change[i + 1].at : a->now;
    if (from < begin) from = begin;
    if (to > a->now) to = a->now;
    if (to <= from) continue;
    float x0 = axis_place(a, from), x1 = axis_place(a, to);
    enum cause cause = (robot ? robot_look(t->change[i].code) : station_look(t->change[i].code))->cause;
    bool thick = x1 - x0 >= SLICE;
    // what was gathered ends before a thick slice; a rest too thin to be seen goes to it
    if (thick && k.x1 - k.x0 >= SLICE / 2) draw_slice(&k, widest(&k));
    k.width[cause] += x1 - x0;
    k.x1 = x1;
    if (thick || k.x1 - k.x0 >= SLICE) draw_slice(&k, thick ? cause : widest(&k));
  }
  draw_slice(&k, widest(&k));
}

// ---- the plan --------------------------------------------------------------------------------------------

// What a station was to do: hollow bars over its row, with the number of the order where there is room.
static void draw_plan(struct room *r, struct canvas *c, const struct show *s, const struct axis *a, int station, float y, float h) {
  const struct theme *t = r->look.theme;
  for (int i = 0; i < s->bars; i++) {
    const struct frame_bar *b = &s->bar[i];
    if (b->station != station || b->end < a->from) continue;
    float x0 = axis_place(a, b->begin), x1 = axis_place(a, b->end);
    if (x0 > a->x1 || x1 < a->x0) continue;
    if (x0 < a->x0) x0 = a->x0;
    if (x1 > a->x1) x1 = a->x1;
    if (x1 - x0 < 1.5f) x1 = x0 + 1.5f;
    draw_rect(c, x0, y, x1 - x0, h, ink(t->panel));
    draw_frame(c, x0, y, x1 - x0, h, 1, ink(t->ink2));
    char words[16];
    snprintf(words, sizeof words, "%d", b->order + 1);
    if (x1 - x0 > 16 && h >= 9) draw_text_middle(r->look.type, c, (x0 + x1) / 2, y + h - 2, FACE_MEDIUM, 8.5f, t->ink, words);
  }
}

// ---- the rows --------------------------------------------------------------------------------------------

// Stations that have a row: those that work, of a planned line those of the plan.
static int list_stations(const struct room *r, const struct show *s, int row[ROWS_MAX]) {
  int n = 0, most = r->plan.station_count < r->history.stations ? r->plan.station_count : r->history.stations;
  for (int i = 0; i < most && n < ROWS_MAX; i++) {
    bool told = s->bars == 0 && ground_has_state(&r->plan.stations[i]);
    for (int k = 0; k < s->bars && !told; k++) told = s->bar[k].station == i;
    if (told) row[n++] = i;
  }
  return n;
}

// The row-th robot in a list of those that have done something, then those that have only rested; -1: there are not so many.
static int robot_at(const struct room *r, int n, int row) {
  for (int rested = 0; rested < 2; rested++)
    for (int i = 0; i < n; i++) {
      const struct track *t = &r->history.robot[i];
      bool rests = t->count == 0 || (t->count == 1 && robot_look(t->change[0].code)->cause == CAUSE_NONE);
      if (rests == (bool)rested && row-- == 0) return i;
    }
  return -1;
}

static void draw_name(struct room *r, struct canvas *c, const struct show *s, const struct axis *a, bool robot, int k, float y, float h) {
  const struct theme *t = r->look.theme;
  bool on = r->selection.kind == (robot ? SELECT_ROBOT : SELECT_STATION) && r->selection.row == k;
  float left = r->bottom.x + (r->left.w > 100 ? r->left.w : 208);
  char name[16];
  if (on) draw_round(c, left + 4, y - 0.5f, a->x0 - left - 8, h, 2, ink(t->accent));
  if (robot) {
    actor_name(&r->plan, s->picture, k, name);
    draw_text_right(r->look.type, c, a->x0 - 8, y + h / 2 + 3, on ? FACE_BOLD : FACE_MEDIUM, h > 12 ? 11 : 10, on ? t->panel : t->ink2, name);
  } else {
    draw_text_fit(r->look.type, c, left + 8, y + h / 2 + 3, a->x0 - left - 14, on ? FACE_BOLD : FACE_MEDIUM, 10, on ? t->panel : t->ink2, r->plan.stations[k].name);
  }
  room_hit(r, left, y, a->x0 - left, h, robot ? ACT_ROBOT : ACT_STATION, k);
}

void gantt_draw(struct room *r, struct canvas *c, const struct show *s, const struct axis *a, float y, float bottom) {
  const struct theme *t = r->look.theme;
  int station[ROWS_MAX];
  bool robot = by_robots(r, s), planned = gantt_plans(r, s);
  int n = robot ? s->picture->robots.n < r->history.robots ? s->picture->robots.n : r->history.robots : list_stations(r, s, station);
  float row = r->width > 1600 ? 14 : 11, plan = planned ? 11 : 0;
  row += plan;
  int fit = (int)((bottom - y) / row);
  if (fit < 1) fit = 1;
  // the wheel scrolls; who is selected and out of sight comes first
  if (r->gantt > n - fit) r->gantt = n - fit;
  if (r->gantt < 0) r->gantt = 0;
  // of all robots those that work come first, where not all have room
  bool sorted = robot && n > fit;
  int seen[FIT_MAX], most = fit < FIT_MAX ? fit : FIT_MAX, rows = 0;
  for (; rows < most && r->gantt + rows < n; rows++) seen[rows] = sorted ? robot_at(r, n, r->gantt + rows) : robot ? r->gantt + rows : station[r->gantt + rows];
  bool chosen = r->selection.kind == (robot ? SELECT_ROBOT : SELECT_STATION) && r->selection.row >= 0, there = false;
  for (int i = 0; i < rows; i++) there |= chosen && seen[i] == r->selection.row;
  bool listed = robot ? r->selection.row < n : false;
  for (int i = 0; i < n && !robot; i++) listed |= station[i] == r->selection.row;
  if (chosen && listed && !there && rows > 0) {
    memmove(seen + 1, seen, (size_t)(rows - 1) * sizeof *seen);
    seen[0] = r->selection.row;
  }
  room_hit(r, a->x0, y, a->x1 - a->x0, bottom - y, ACT_GANTT, 0);
  if (n > fit) {
    char words[48];
    snprintf(words, sizeof words, "%d of %d", fit, n);
    draw_text_right(r->look.type, c, a->x1, y - 14, FACE_REGULAR, 10, t->ink2, words);
    // how far the rows are scrolled
    float h = (bottom - y) * (float)fit / (float)n, at = (bottom - y) * (float)r->gantt / (float)n;
    draw_round(c, a->x1 + 5, y + at, 3, h < 6 ? 6 : h, 1.5f, ink(t->line2));
  }
  for (int i = 0; i < rows; i++, y += row) {
    int k = seen[i];
    if (k < 0) continue;
    draw_name(r, c, s, a, robot, k, y, row);
    if (planned) draw_plan(r, c, s, a, k, y, plan - 1);
    draw_track(r, c, a, robot ? &r->history.robot[k] : &r->history.station[k], robot, y + plan, row - plan - 2);
  }
}
