// The bottom: transport, clock, speed, the scrub bar of a recording and the Gantt rows.
#include <stdio.h>
#include <string.h>

#include "viewer/room.h"

// room for the names of the rows
static float gutter(int robots) { return robots > 999 ? 52 : robots > 99 ? 46 : 36; }

// ---- transport -------------------------------------------------------------------------------------------

static void button(struct room *r, struct canvas *c, float x, float y, float w, enum icon icon, bool on, enum action a) {
  const struct theme *t = r->look.theme;
  draw_round(c, x, y, w, 28, 5, ink(on ? t->ink : t->line2));
  if (!on) draw_round(c, x + 1, y + 1, w - 2, 26, 4, ink(t->panel));
  draw_icon(c, icon, x + w / 2, y + 14, 13, on ? t->panel : t->ink);
  room_hit(r, x, y, w, 28, a, 0);
}

static void number(double v, char out[16]) {
  if (!(v >= 0)) v = 0;
  snprintf(out, 16, v >= 100 ? "%.0f×" : v >= 9.95 ? "%.1f×" : "%.2f×", v);
  // 20.0x reads better as 20x
  char *dot = strchr(out, '.');
  if (!dot) return;
  char *end = out + strlen(out) - 2;
  while (end > dot && end[-1] == '0') end--;
  if (end - 1 == dot) end = dot;
  memmove(end, "×", 3);
}

static void draw_speed(struct room *r, struct canvas *c, const struct show *s, float y) {
  const struct theme *t = r->look.theme;
  float x0 = 14, x1 = 194, k = room_speed_share(s->speed_asked), w = x1 - x0;
  draw_round(c, x0 - 1, y - 1.5f, w + 2, 3, 1.5f, ink(t->line2));
  draw_round(c, x0 - 1, y - 1.5f, w * k + 2, 3, 1.5f, ink(t->ink));
  for (int i = 0; i < 5; i++) draw_vline(c, x0 + w * (float)i / 4, y + 5, y + 8, ink(t->ink3));
  draw_disc(c, x0 + w * k, y, 7, ink(t->ink));
  draw_disc(c, x0 + w * k, y, 5, ink(t->panel));
  room_hit(r, x0 - 6, y - 9, w + 12, 18, ACT_SPEED, 0);
  char asked[16], real[16];
  number(s->speed_asked, asked);
  number(s->speed_achieved, real);
  float x = 12;
  x += draw_text(r->look.type, c, x, y + 27, FACE_REGULAR, 11, t->ink3, "Speed") + 6;
  x += draw_text(r->look.type, c, x, y + 27, FACE_SEMIBOLD, 12, t->ink, s->speed_asked > 0 ? asked : "most") + 5;
  draw_text(r->look.type, c, x, y + 27, FACE_REGULAR, 11, t->ink3, "asked");
  float rw = text_width(r->look.type, c, FACE_REGULAR, 11, " real");
  draw_text(r->look.type, c, 196 - rw, y + 27, FACE_REGULAR, 11, t->ink3, " real");
  draw_text_right(r->look.type, c, 196 - rw, y + 27, FACE_SEMIBOLD, 12, t->ink, s->paused ? "0×" : real);
}

static void draw_transport(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  float y = r->bottom.y;
  float x = 12;
  bool can = s->recording || s->may_command;
  if (s->recording) {
    button(r, c, x, y + 12, 34, ICON_BACK, false, ACT_BACK);
    x += 38;
  }
  if (can) {
    button(r, c, x, y + 12, 40, s->paused ? ICON_PLAY : ICON_PAUSE, true, ACT_PAUSE);
    button(r, c, x + 44, y + 12, 34, ICON_STEP, false, ACT_STEP);
  }
  // what kind of time this is
  const char *word = s->ended ? "Ended" : s->connected ? "Live" : s->picture ? "Lost" : "Waiting";
  bool live = s->connected && !s->ended;
  float w = s->recording ? 0 : text_width(r->look.type, c, FACE_SEMIBOLD, 12, word) + (live ? 32 : 22);
  if (w > 0) {
    draw_round(c, 196 - w, y + 12, w, 28, 5, ink(live ? t->accent : t->line2));
    if (!live) draw_round(c, 197 - w, y + 13, w - 2, 26, 4, ink(t->panel));
    if (live) draw_disc(c, 196 - w + 13, y + 26, 3.5f, ink(t->panel));
    draw_text(r->look.type, c, 196 - w + (live ? 22 : 11), y + 30.5f, FACE_SEMIBOLD, 12, live ? t->panel : t->ink2, word);
  } else {
    draw_text_right(r->look.type, c, 196, y + 30, FACE_MEDIUM, 11.5f, t->ink2, s->cut ? "cut file" : "recording");
  }
  if (!s->picture) return;
  char clock[24];
  room_clock(s->picture->now, clock);
  draw_text(r->look.type, c, 12, y + 62, FACE_SEMIBOLD, 18, s->stale ? t->ink3 : t->ink, clock);
  const char *state = s->stale ? "waiting for frames" : s->recording && s->ended ? "at its end" : s->paused ? "paused" : "simulated time";
  draw_text_right(r->look.type, c, 196, y + 61, FACE_REGULAR, 11, t->ink2, state);
  if (can && r->bottom.h > 110) draw_speed(r, c, s, y + 82);
}

// ---- time axis -------------------------------------------------------------------------------------------

struct axis { float x0, x1, now_x; int64_t from, now; };

static float place(const struct axis *a, int64_t at) {
  return a->x0 + (float)((double)(at - a->from) / (double)(a->now - a->from)) * (a->now_x - a->x0);
}

// a span of a round number of seconds that suits the speed
static int64_t span_of(const struct show *s) {
  static const int spans[] = {60, 180, 360, 720, 1800, 3600, 7200, 18000, 36000, 86400};
  double want = 360 * (s->speed_asked > 10 ? s->speed_asked / 10 : 1);
  for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
    if (spans[i] >= want) return (int64_t)spans[i] * 1000000000;
  return (int64_t)spans[9] * 1000000000;
}

static void draw_axis(struct room *r, struct canvas *c, const struct axis *a, float y, float bottom) {
  static const int steps[] = {10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400};
  const struct theme *t = r->look.theme;
  double span = (double)(a->now - a->from) * 1e-9;
  int step = steps[10];
  for (int i = 10; i >= 0; i--)
    if ((float)(steps[i] / span) * (a->now_x - a->x0) >= 90) step = steps[i];
  int64_t unit = (int64_t)step * 1000000000, at = (a->from / unit) * unit;
  for (; at <= a->now; at += unit) {
    if (at < a->from || at < 0) continue;
    float x = place(a, at);
    draw_vline(c, x, y + 22, bottom, ink(t->line));
    char clock[24];
    room_clock(at, clock);
    if (step >= 60) clock[strlen(clock) - 3] = 0;
    float w = text_width(r->look.type, c, FACE_REGULAR, 10.5f, clock);
    if (x - w / 2 > a->x0 - 20 && x + w / 2 < a->now_x - 44) draw_text(r->look.type, c, x - w / 2, y + 16, FACE_REGULAR, 10.5f, t->ink3, clock);
  }
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
  float left = place(a, begin);
  struct slices k = {.r = r, .c = c, .y = y, .h = h, .left = left, .x0 = left, .x1 = left};
  for (int i = 0; i < t->count; i++) {
    int64_t from = t->change[i].at, to = i + 1 < t->count ? t->change[i + 1].at : a->now;
    if (from < begin) from = begin;
    if (to > a->now) to = a->now;
    if (to <= from) continue;
    float x0 = place(a, from), x1 = place(a, to);
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

static void draw_gantt(struct room *r, struct canvas *c, const struct show *s, const struct axis *a, float y, float bottom) {
  const struct theme *t = r->look.theme;
  float row = r->width > 1600 ? 14 : 11;
  int fit = (int)((bottom - y) / row), n = s->picture->robots.n, shown = 0;
  bool robot = n > 0;
  if (!robot) n = r->plan.station_count < r->history.stations ? r->plan.station_count : r->history.stations;
  // the wheel scrolls; who is selected and out of sight comes first
  if (r->gantt > n - fit) r->gantt = n - fit;
  if (r->gantt < 0) r->gantt = 0;
  int chosen = r->selection.kind == (robot ? SELECT_ROBOT : SELECT_STATION) ? r->selection.row : -1;
  int pinned = chosen >= 0 && (chosen < r->gantt || chosen >= r->gantt + fit) ? chosen : -1;
  room_hit(r, a->x0, y, a->x1 - a->x0, bottom - y, ACT_GANTT, 0);
  if (n > fit) {
    char words[48];
    snprintf(words, sizeof words, "%d of %d", fit, n);
    draw_text_right(r->look.type, c, a->x1, y - 14, FACE_REGULAR, 10, t->ink2, words);
    // how far the rows are scrolled
    float h = (bottom - y) * (float)fit / (float)n, at = (bottom - y) * (float)r->gantt / (float)n;
    draw_round(c, a->x1 + 5, y + at, 3, h < 6 ? 6 : h, 1.5f, ink(t->line2));
  }
  for (int i = pinned >= 0 ? r->gantt - 1 : r->gantt; i < n && shown < fit; i++) {
    int k = i < r->gantt ? pinned : i;
    if (k >= (robot ? r->history.robots : r->history.stations)) continue;
    bool on = r->selection.kind == (robot ? SELECT_ROBOT : SELECT_STATION) && r->selection.row == k;
    char name[64];
    if (robot) actor_name(&r->plan, s->picture, k, name);
    else snprintf(name, sizeof name, "%.60s", r->plan.stations[k].name);
    float left = r->bottom.x + (r->left.w > 100 ? r->left.w : 208);
    if (on) draw_round(c, left + 4, y - 0.5f, a->x0 - left - 8, row, 2, ink(t->accent));
    if (robot) draw_text_right(r->look.type, c, a->x0 - 8, y + row / 2 + 3, on ? FACE_BOLD : FACE_MEDIUM, row > 12 ? 11 : 10, on ? t->panel : t->ink2, name);
    else draw_text_fit(r->look.type, c, left + 8, y + row / 2 + 3, a->x0 - left - 14, on ? FACE_BOLD : FACE_MEDIUM, 10, on ? t->panel : t->ink2, name);
    draw_track(r, c, a, robot ? &r->history.robot[k] : &r->history.station[k], robot, y, row - 2);
    room_hit(r, left, y, a->x0 - left, row, robot ? ACT_ROBOT : ACT_STATION, k);
    y += row;
    shown++;
  }
}

static void draw_scrub(struct room *r, struct canvas *c, const struct show *s, float x0, float x1, float y) {
  const struct theme *t = r->look.theme;
  double now = (double)s->picture->now * 1e-9, length = s->end - s->start;
  float k = length > 0 ? (float)((now - s->start) / length) : 0;
  k = k < 0 ? 0 : k > 1 ? 1 : k;
  char words[24];
  room_clock((int64_t)(s->end * 1e9), words);
  float w = text_width(r->look.type, c, FACE_REGULAR, 10.5f, words) + 10;
  x1 -= w;
  draw_round(c, x0, y - 1.5f, x1 - x0, 3, 1.5f, ink(t->line2));
  draw_round(c, x0, y - 1.5f, (x1 - x0) * k + 1, 3, 1.5f, ink(t->accent));
  draw_disc(c, x0 + (x1 - x0) * k, y, 6, ink(t->accent));
  draw_disc(c, x0 + (x1 - x0) * k, y, 4, ink(t->panel));
  draw_text(r->look.type, c, x1 + 10, y + 4, FACE_REGULAR, 10.5f, t->ink3, words);
  room_hit(r, x0, y - 8, x1 - x0, 16, ACT_SEEK, 0);
}

void timeline_draw(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  struct view v = r->bottom;
  draw_rect(c, v.x, v.y, v.w, v.h, ink(t->panel));
  draw_hline(c, v.x, v.x + v.w, v.y, ink(t->line));
  draw_transport(r, c, s);
  float left = r->left.w > 100 ? r->left.w : 208;
  draw_vline(c, left, v.y + 10, v.y + v.h - 10, ink(t->line));
  if (!s->picture || !r->planned || r->history.last < r->history.first) return;
  bool robots = s->picture->robots.n > 0;
  float x0 = left + (robots ? gutter(s->picture->robots.n) : 96), x1 = v.x + v.w - 14, top = v.y, bottom = v.y + v.h - 5;
  if (s->recording) {
    draw_scrub(r, c, s, x0, x1, v.y + 15);
    top += 20;
  }
  struct axis a = {.x0 = x0, .x1 = x1, .now_x = s->recording ? x1 : x0 + (x1 - x0) * 0.93f, .now = s->picture->now};
  // the playhead walks to its place while the first span fills, then time moves under it
  int64_t span = span_of(s), seen = a.now - r->history.first;
  if (seen < span) a.now_x = x0 + (a.now_x - x0) * (float)((double)seen / (double)span);
  if (a.now_x < x0 + 1) a.now_x = x0 + 1;
  a.from = seen < span ? r->history.first : a.now - span;
  if (a.from >= a.now) a.from = a.now - 1000000000;
  draw_axis(r, c, &a, top, bottom);
  draw_gantt(r, c, s, &a, top + 30, bottom);
  if (a.now_x < a.x1) {
    draw_rect(c, a.now_x, top + 22, a.x1 - a.now_x, bottom - top - 22, ink(t->sunk));
    if (a.x1 - a.now_x > 48) draw_text_middle(r->look.type, c, (a.now_x + a.x1) / 2, (top + 22 + bottom) / 2 + 4, FACE_REGULAR, 10.5f, t->ink3, s->recording ? "not seen yet" : "not yet");
  }
  draw_rect(c, a.now_x - 1, top + 18, 2, bottom - top - 18, ink(t->accent));
  char clock[24];
  room_clock(a.now, clock);
  float w = text_width(r->look.type, c, FACE_SEMIBOLD, 11, clock) + 10, x = a.now_x - w / 2;
  if (x + w > v.w - 4) x = v.w - 4 - w;
  if (x < left + 4) x = left + 4;
  draw_round(c, x, top + 4, w, 16, 4, ink(s->stale ? t->ink3 : t->accent));
  draw_text(r->look.type, c, x + 5, top + 16, FACE_SEMIBOLD, 11, t->panel, clock);
}
