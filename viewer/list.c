// The list at the left: stations and robots with their state, a number and their bar.
#include <stdio.h>
#include <string.h>

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

// how full something is that has no causes of its own
static void draw_fill(struct room *r, struct canvas *c, float x, float y, float w, const struct plan_station *s, int count) {
  const struct theme *t = r->look.theme;
  long room = s->kind >= PLAN_CHARGER ? s->slots[0] : s->capacity;
  if (room <= 0 || room > 60000) return;
  float share = (float)count / (float)room;
  draw_rect(c, x, y, w * (share > 1 ? 1 : share), 9, ink(t->ink2));
  draw_frame(c, x, y, w, 9, 1, tint(t->ink, 0.35f));
}

static void draw_selection(struct room *r, struct canvas *c, float y) {
  const struct theme *t = r->look.theme;
  draw_round(c, 4, y - 12, r->left.w - 8, 24, 4, tint(t->accent, t->dark ? 0.18f : 0.10f));
  draw_round(c, 4, y - 12, 3, 24, 1.5f, ink(t->accent));
}

// Name, how many of it ("×13" or ""), value; a name that is too long is cut, the numbers never are.
static void draw_words(struct room *r, struct canvas *c, float y, float indent, bool on, const char *name, const char *many, const char *value) {
  const struct theme *t = r->look.theme;
  float vw = text_width(r->look.type, c, FACE_REGULAR, 11, value), mw = many[0] ? text_width(r->look.type, c, FACE_REGULAR, 11, many) + 3 : 0;
  float x = 34 + indent, room = r->left.w - 78 - x - vw - 4 - mw;
  float w = draw_text_fit(r->look.type, c, x, y + 4, room, on ? FACE_SEMIBOLD : FACE_MEDIUM, 12, t->ink, name);
  draw_text(r->look.type, c, x + w + 3, y + 4, FACE_REGULAR, 11, t->ink2, many);
  draw_text_right(r->look.type, c, r->left.w - 78, y + 4, FACE_REGULAR, 11, t->ink2, value);
}

static void draw_robot_row(struct room *r, struct canvas *c, const struct picture *p, float y, int row) {
  float w = r->left.w, share[CAUSES];
  bool on = r->selection.kind == SELECT_ROBOT && r->selection.row == row;
  if (on) draw_selection(r, c, y);
  draw_chip(&r->look, c, robot_look(p->robots.cause[row]), w < 100 ? w / 2 : 20, y, 16, true);
  room_hit(r, 0, y - 12, w, ROW, ACT_ROBOT, row);
  if (w < 100) return;
  char name[16], value[32];
  actor_name(&r->plan, p, row, name);
  value[0] = 0;
  if (name[0] == 'R') snprintf(value, sizeof value, "%.0f %%", (double)p->robots.charge[row] * 100);
  draw_words(r, c, y, 0, on, name, "", value);
  if (history_shares(&r->history, true, row, room_since(r, p->now), p->now, share)) draw_state_bar(&r->look, c, w - 70, y - 4.5f, 58, 9, share);
}

static void draw_station_row(struct room *r, struct canvas *c, const struct picture *p, float y, int row, bool copy) {
  const struct plan_station *s = &r->plan.stations[row];
  float w = r->left.w, share[CAUSES];
  if (row >= p->stations.n) return;
  bool on = r->selection.kind == SELECT_STATION && r->selection.row == row, states = ground_has_state(s);
  if (on) draw_selection(r, c, y);
  draw_chip(&r->look, c, room_station_look(r, p, row), w < 100 ? w / 2 : copy ? 28 : 20, y, copy ? 14 : 16, false);
  room_hit(r, 0, y - 12, w, ROW, ACT_STATION, row);
  if (w < 100) return;
  char value[32];
  room_count(r, p, row, value);
  draw_words(r, c, y, copy ? 6 : 0, on, s->name, "", value);
  if (!states) draw_fill(r, c, w - 70, y - 4.5f, 58, s, p->stations.count[row]);
  else if (history_shares(&r->history, false, row, room_since(r, p->now), p->now, share)) draw_state_bar(&r->look, c, w - 70, y - 4.5f, 58, 9, share);
}

// copies of one station as one row: the commonest state, all parts, the mean of their bars
static void draw_group_row(struct room *r, struct canvas *c, const struct picture *p, float y, int first, int n) {
  float w = r->left.w, sum[CAUSES] = {0}, share[CAUSES];
  int seen[STATION_STATES] = {0}, best = 0, known = 0;
  long long count = 0;
  bool passes = r->plan.stations[first].kind == PLAN_SOURCE || r->plan.stations[first].kind == PLAN_SINK;
  for (int i = first; i < first + n && i < p->stations.n; i++) {
    int code = (int)(station_look(p->stations.cause[i]) - station_look(0));
    if (++seen[code] > seen[best]) best = code;
    count += passes ? (long long)p->stations.made[i] : p->stations.count[i];
    if (!history_shares(&r->history, false, i, room_since(r, p->now), p->now, share)) continue;
    for (int k = 0; k < CAUSES; k++) sum[k] += share[k];
    known++;
  }
  const struct plan_station *s = &r->plan.stations[first];
  bool states = ground_has_state(s), on = r->selection.kind == SELECT_STATION && r->selection.row >= first && r->selection.row < first + n;
  if (on && r->open != first) draw_selection(r, c, y);
  draw_chip(&r->look, c, states ? station_look((unsigned)best) : room_station_look(r, p, first), w < 100 ? w / 2 : 20, y, 16, false);
  room_hit(r, 0, y - 12, w, ROW, ACT_GROUP, first);
  if (w < 100) return;
  char many[16], value[32];
  snprintf(many, sizeof many, "×%d", n);
  snprintf(value, sizeof value, "%lld", count);
  draw_words(r, c, y, 0, on, s->group, many, value);
  for (int k = 0; known && k < CAUSES; k++) sum[k] /= (float)known;
  if (states && known) draw_state_bar(&r->look, c, w - 70, y - 4.5f, 58, 9, sum);
}

static int copies(const struct plan *p, int first) {
  int n = 1;
  while (first + n < p->station_count && strcmp(p->stations[first].group, p->stations[first + n].group) == 0) n++;
  return n;
}

// the station that works most in the time seen, -1: none does
static int find_busiest(const struct room *r, const struct show *s, float *most) {
  float best = 0, share[CAUSES];
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
  *most = best;
  return row;
}

// where to look first
static void draw_busiest(struct room *r, struct canvas *c, const struct show *s, int row, float share) {
  const struct theme *t = r->look.theme;
  float y = r->left.y + r->left.h - 46;
  char words[64], since[32];
  draw_rect(c, 0, y - 6, r->left.w - 1, 52, ink(t->panel));
  draw_hline(c, 12, r->left.w - 12, y - 6, ink(t->line));
  float w = draw_text(r->look.type, c, 12, y + 12, FACE_SEMIBOLD, 11, t->ink2, "Busiest");
  draw_text_fit(r->look.type, c, 12 + w + 10, y + 12, r->left.w - w - 34, FACE_SEMIBOLD, 11.5f, t->ink, r->plan.stations[row].name);
  snprintf(words, sizeof words, "working %.0f %%, %s", (double)share * 100, room_since_words(r, s->picture->now, since));
  draw_text(r->look.type, c, 12, y + 28, FACE_REGULAR, 11, t->ink2, words);
}

// one row, if it is in sight
static bool in_sight(const struct room *r, float y) { return y > r->left.y - ROW && y - 12 < r->left.y + r->left.h; }

static float draw_stations(struct room *r, struct canvas *c, const struct picture *p, float y) {
  for (int i = 0; i < r->plan.station_count;) {
    int n = copies(&r->plan, i);
    if (n > 1) {
      if (in_sight(r, y)) draw_group_row(r, c, p, y, i, n);
      y += ROW;
    }
    for (int k = i; (n == 1 || r->open == i) && k < i + n; k++, y += ROW)
      if (in_sight(r, y)) draw_station_row(r, c, p, y, k, n > 1);
    i += n;
  }
  return y;
}

void list_draw(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  struct view v = r->left;
  draw_rect(c, v.x, v.y, v.w, v.h, ink(t->panel));
  draw_vline(c, v.x + v.w - 1, v.y, v.y + v.h, ink(t->line));
  if (!s->picture || !r->planned) return;
  bool wide = v.w > 100;
  float most;
  int busiest = wide ? find_busiest(r, s, &most) : -1;
  float foot = busiest >= 0 ? 52 : 0;
  struct clip old = canvas_clip(c, v.x, v.y, v.w - 1, v.h - foot);
  room_hit(r, v.x, v.y, v.w, v.h, ACT_SCROLL, 0);
  if (r->scroll > r->list_height - (v.h - foot)) r->scroll = r->list_height - (v.h - foot);
  if (r->scroll < 0) r->scroll = 0;
  char since[32];
  room_since_words(r, s->picture->now, since);
  float y = v.y + 18 - r->scroll, top = y;
  if (wide) {
    draw_heading(r, c, y, "Stations", r->plan.station_count, "now", since);
    y += 20;
  }
  y = draw_stations(r, c, s->picture, y);
  if (s->picture->robots.n > 0) {
    draw_hline(c, 12, v.w - 12, y - 4, ink(t->line));
    y += 14;
    if (wide) {
      draw_heading(r, c, y, room_crew_word(r, ""), s->picture->robots.n, "charge", since);
      y += 20;
    }
    for (int i = 0; i < s->picture->robots.n; i++, y += ROW)
      if (in_sight(r, y)) draw_robot_row(r, c, s->picture, y, i);
  }
  r->list_height = y - top + 6;
  if (r->list_height > v.h - foot) {
    // how far the list is scrolled
    float h = (v.h - foot) * (v.h - foot) / r->list_height, at = r->scroll / r->list_height * (v.h - foot);
    draw_round(c, v.w - 5, v.y + at + 2, 3, h - 4, 1.5f, ink(t->line2));
  }
  canvas_unclip(c, old);
  if (busiest >= 0) draw_busiest(r, c, s, busiest, most);
}
