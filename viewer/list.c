// The list at the left: stations and robots with their state, a number and their bar.
#include <stdio.h>

#include "viewer/room.h"

#define ROW 23

static void draw_heading(struct room *r, struct canvas *c, float y, const char *word, int n, const char *column, const char *bars) {
  const struct theme *t = r->look.theme;
  char count[16];
  snprintf(count, sizeof count, "%d", n);
  float w = draw_text(r->look.type, c, 12, y + 4, FACE_SEMIBOLD, 11, t->ink2, word);
  draw_text(r->look.type, c, 12 + w + 6, y + 4, FACE_REGULAR, 11, t->ink3, count);
  draw_text_right(r->look.type, c, r->left.w - 78, y + 4, FACE_REGULAR, 10, t->ink3, column);
  draw_text_right(r->look.type, c, r->left.w - 12, y + 4, FACE_REGULAR, 10, t->ink3, bars);
}

static void draw_row(struct room *r, struct canvas *c, const struct show *s, float y, bool robot, int row) {
  const struct theme *t = r->look.theme;
  const struct picture *p = s->picture;
  float w = r->left.w, share[CAUSES];
  bool on = r->selection.kind == (robot ? SELECT_ROBOT : SELECT_STATION) && r->selection.row == row;
  bool chips_only = w < 100;
  if (on) {
    draw_round(c, 4, y - 12, w - 8, 24, 4, tint(t->accent, t->dark ? 0.18f : 0.10f));
    draw_round(c, 4, y - 12, 3, 24, 1.5f, ink(t->accent));
  }
  const struct state_look *state = robot ? robot_look(p->robots.cause[row]) : row < p->stations.n ? station_look(p->stations.cause[row]) : station_look(7);
  draw_chip(&r->look, c, state, chips_only ? w / 2 : 20, y, 16, robot);
  room_hit(r, 0, y - 12, w, ROW, robot ? ACT_ROBOT : ACT_STATION, row);
  if (chips_only) return;
  char name[64], value[32];
  if (robot) {
    actor_name(&r->plan, p, row, name);
    snprintf(value, sizeof value, "%.0f %%", (double)p->robots.charge[row] * 100);
  } else {
    snprintf(name, sizeof name, "%.60s", r->plan.stations[row].name);
    room_count(r, p, row, value);
  }
  float vw = text_width(r->look.type, c, FACE_REGULAR, 11, value);
  draw_text_fit(r->look.type, c, 34, y + 4, w - 78 - 34 - vw - 6, on ? FACE_SEMIBOLD : FACE_MEDIUM, 12, t->ink, name);
  draw_text_right(r->look.type, c, w - 78, y + 4, FACE_REGULAR, 11, t->ink2, value);
  if (history_shares(&r->history, robot, row, room_since(r, p->now), p->now, share)) draw_state_bar(&r->look, c, w - 70, y - 4.5f, 58, 9, share);
}

// the station that works most in the time seen: where to look first
static void draw_busiest(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  float y = r->left.y + r->left.h - 46, best = 0, share[CAUSES];
  int row = -1;
  for (int i = 0; i < r->plan.station_count && i < s->picture->stations.n; i++) {
    enum plan_kind k = r->plan.stations[i].kind;
    if (k != PLAN_MACHINE && k != PLAN_ASSEMBLY && k != PLAN_DISASSEMBLY && k != PLAN_SORTER && k != PLAN_INSPECTION) continue;
    if (!history_shares(&r->history, false, i, room_since(r, s->picture->now), s->picture->now, share)) continue;
    if (share[CAUSE_WORK] > best) {
      best = share[CAUSE_WORK];
      row = i;
    }
  }
  if (row < 0) return;
  char words[64], since[32];
  draw_rect(c, 0, y - 6, r->left.w - 1, 52, ink(t->panel));
  draw_hline(c, 12, r->left.w - 12, y - 6, ink(t->line));
  float w = draw_text(r->look.type, c, 12, y + 12, FACE_SEMIBOLD, 11, t->ink2, "Busiest");
  draw_text_fit(r->look.type, c, 12 + w + 10, y + 12, r->left.w - w - 34, FACE_SEMIBOLD, 11.5f, t->ink, r->plan.stations[row].name);
  snprintf(words, sizeof words, "working %.0f %%, %s", (double)best * 100, room_since_words(r, s->picture->now, since));
  draw_text(r->look.type, c, 12, y + 28, FACE_REGULAR, 11, t->ink2, words);
}

void list_draw(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  struct view v = r->left;
  draw_rect(c, v.x, v.y, v.w, v.h, ink(t->panel));
  draw_vline(c, v.x + v.w - 1, v.y, v.y + v.h, ink(t->line));
  if (!s->picture || !r->planned) return;
  bool wide = v.w > 100;
  float foot = wide ? 52 : 0;
  struct clip old = canvas_clip(c, v.x, v.y, v.w - 1, v.h - foot);
  room_hit(r, v.x, v.y, v.w, v.h, ACT_SCROLL, 0);
  if (r->scroll > r->list_height - (v.h - foot)) r->scroll = r->list_height - (v.h - foot);
  if (r->scroll < 0) r->scroll = 0;
  char since[32];
  room_since_words(r, s->picture->now, since);
  float y = v.y + 18 - r->scroll, top = y, end = v.y + v.h - foot;
  for (int kind = 0; kind < 2; kind++) {
    int n = kind ? s->picture->robots.n : r->plan.station_count;
    if (kind && n == 0) break;
    if (wide) {
      draw_heading(r, c, y, kind ? "Robots" : "Stations", n, kind ? "charge" : "now", since);
      y += 20;
    }
    for (int i = 0; i < n; i++, y += ROW)
      if (y > v.y - ROW && y - 12 < end) draw_row(r, c, s, y, kind, i);
    if (!kind) {
      draw_hline(c, 12, v.w - 12, y - 4, ink(t->line));
      y += 14;
    }
  }
  r->list_height = y - top + 6;
  if (r->list_height > v.h - foot) {
    // how far the list is scrolled
    float h = (v.h - foot) * (v.h - foot) / r->list_height, at = r->scroll / r->list_height * (v.h - foot);
    draw_round(c, v.w - 5, v.y + at + 2, 3, h - 4, 1.5f, ink(t->line2));
  }
  canvas_unclip(c, old);
  if (wide) draw_busiest(r, c, s);
}
