// The bottom: transport, clock, speed, the scrub bar of a recording and the Gantt rows.
#include <stdio.h>
#include <string.h>

#include "viewer/gantt.h"

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
    float x = axis_place(a, at);
    draw_vline(c, x, y + 22, bottom, ink(t->line));
    char clock[24];
    room_clock(at, clock);
    if (step >= 60) clock[strlen(clock) - 3] = 0;
    float w = text_width(r->look.type, c, FACE_REGULAR, 10.5f, clock);
    if (x - w / 2 > a->x0 - 20 && x + w / 2 < a->now_x - 44) draw_text(r->look.type, c, x - w / 2, y + 16, FACE_REGULAR, 10.5f, t->ink3, clock);
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
  float x0 = left + gantt_gutter(r, s), x1 = v.x + v.w - 14, top = v.y, bottom = v.y + v.h - 5;
  if (s->recording) {
    draw_scrub(r, c, s, x0, x1, v.y + 15);
    top += 20;
  }
  struct axis a = {.x0 = x0, .x1 = x1, .now_x = gantt_plans(r, s) ? x0 + (x1 - x0) * 0.75f : s->recording ? x1 : x0 + (x1 - x0) * 0.93f, .now = s->picture->now};
  // the playhead walks to its place while the first span fills, then time moves under it
  int64_t span = span_of(s), seen = a.now - r->history.first;
  if (seen < span) a.now_x = x0 + (a.now_x - x0) * (float)((double)seen / (double)span);
  if (a.now_x < x0 + 1) a.now_x = x0 + 1;
  a.from = seen < span ? r->history.first : a.now - span;
  if (a.from >= a.now) a.from = a.now - 1000000000;
  draw_axis(r, c, &a, top, bottom);
  if (a.now_x < a.x1) {
    draw_rect(c, a.now_x, top + 22, a.x1 - a.now_x, bottom - top - 22, ink(t->sunk));
    const char *words = s->recording ? "not seen yet" : "not yet";
    bool fits = a.x1 - a.now_x > text_width(r->look.type, c, FACE_REGULAR, 10.5f, words) + 12;
    if (fits && !gantt_plans(r, s)) draw_text_middle(r->look.type, c, (a.now_x + a.x1) / 2, (top + 22 + bottom) / 2 + 4, FACE_REGULAR, 10.5f, t->ink3, words);
  }
  gantt_draw(r, c, s, &a, top + 30, bottom);
  draw_rect(c, a.now_x - 1, top + 18, 2, bottom - top - 18, ink(t->accent));
  char clock[24];
  room_clock(a.now, clock);
  float w = text_width(r->look.type, c, FACE_SEMIBOLD, 11, clock) + 10, x = a.now_x - w / 2;
  if (x + w > v.w - 4) x = v.w - 4 - w;
  if (x < left + 4) x = left + 4;
  draw_round(c, x, top + 4, w, 16, 4, ink(s->stale ? t->ink3 : t->accent));
  draw_text(r->look.type, c, x + 5, top + 16, FACE_SEMIBOLD, 11, t->panel, clock);
}
