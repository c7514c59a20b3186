// The inspector at the right: what is selected, or the line as a whole.
#include <stdio.h>
#include <string.h>

#include "viewer/paths.h"
#include "viewer/pose.h"
#include "viewer/room.h"

static const char *const cause_words[CAUSES] = {"adds value", "moves", "wants a part", "wants a place", "waits for another", "prepares", "broken", "ordered to stop", "no demand"};

struct page { struct room *r; struct canvas *c; const struct show *s; float x0, x1, y; };

static void rule(struct page *k, float before, float after) {
  k->y += before;
  draw_hline(k->c, k->x0, k->x1, k->y, ink(k->r->look.theme->line));
  k->y += after;
}

static void heading(struct page *k, const char *word, const char *value) {
  const struct theme *t = k->r->look.theme;
  draw_text(k->r->look.type, k->c, k->x0, k->y, FACE_SEMIBOLD, 11, t->ink2, word);
  if (value) draw_text_right(k->r->look.type, k->c, k->x1, k->y, FACE_REGULAR, 11, t->ink2, value);
  k->y += 18;
}

static void row(struct page *k, const char *word, const char *value) {
  const struct theme *t = k->r->look.theme;
  draw_text(k->r->look.type, k->c, k->x0, k->y, FACE_REGULAR, 11, t->ink3, word);
  float w = text_width(k->r->look.type, k->c, FACE_MEDIUM, 12, value), room = k->x1 - k->x0 - 84;
  draw_text_fit(k->r->look.type, k->c, w < room ? k->x1 - w : k->x0 + 84, k->y, room + 1, FACE_MEDIUM, 12, t->ink, value);
  k->y += 18;
}

static void title(struct page *k, const struct state_look *state, bool round, const char *name, const char *below) {
  const struct theme *t = k->r->look.theme;
  draw_chip(&k->r->look, k->c, state, k->x0 + 10, k->y + 24, 20, round);
  float w = draw_text(k->r->look.type, k->c, k->x0 + 28, k->y + 29, FACE_SEMIBOLD, 16, t->ink, name);
  draw_text_fit(k->r->look.type, k->c, k->x0 + 36 + w, k->y + 29, k->x1 - k->x0 - w - 104, FACE_REGULAR, 12, t->ink2, state->word);
  draw_text_fit(k->r->look.type, k->c, k->x0, k->y + 51, k->x1 - k->x0, FACE_REGULAR, 11, t->ink3, below);
  k->y += 62;
}

static void button(struct page *k, float x, float y, float w, const char *word, bool on, enum action a) {
  const struct theme *t = k->r->look.theme;
  draw_round(k->c, x, y, w, 22, 4, ink(on ? t->accent : t->line2));
  if (!on) draw_round(k->c, x + 1, y + 1, w - 2, 20, 3, ink(t->panel));
  draw_text_middle(k->r->look.type, k->c, x + w / 2, y + 15, FACE_MEDIUM, 11.5f, on ? t->casing : t->ink, word);
  room_hit(k->r, x, y, w, 22, a, 0);
}

static void bar(struct page *k, float share) {
  const struct theme *t = k->r->look.theme;
  float w = k->x1 - k->x0;
  share = share < 0 ? 0 : share > 1 ? 1 : share;
  draw_round(k->c, k->x0, k->y, w, 10, 2, ink(t->kit));
  if (share > 0) draw_round(k->c, k->x0, k->y, w * share, 10, 2, ink(t->ink2));
}

// time by cause: bar, then the words beside their colours
static void causes(struct page *k, bool robot, int index) {
  const struct theme *t = k->r->look.theme;
  float share[CAUSES];
  char since[32], value[16];
  int64_t now = k->s->picture->now;
  if (!history_shares(&k->r->history, robot, index, room_since(k->r, now), now, share)) return;
  rule(k, 2, 19);
  heading(k, "Time by cause", room_since_words(k->r, now, since));
  draw_state_bar(&k->r->look, k->c, k->x0, k->y - 8, k->x1 - k->x0, 10, share);
  k->y += 20;
  for (int i = 0; i < CAUSES; i++) {
    if (share[i] < 0.0005f) continue;
    draw_rect(k->c, k->x0, k->y - 9, 14, 10, look_cause(&k->r->look, (enum cause)i));
    draw_frame(k->c, k->x0, k->y - 9, 14, 10, 1, tint(t->ink, 0.35f));
    snprintf(value, sizeof value, "%.1f %%", (double)share[i] * 100);
    draw_text(k->r->look.type, k->c, k->x0 + 22, k->y, FACE_REGULAR, 11, t->ink2, cause_words[i]);
    draw_text_right(k->r->look.type, k->c, k->x1, k->y, FACE_SEMIBOLD, 12, t->ink, value);
    k->y += 17;
  }
}

// newest first; of one row, or of all (kind -1)
static void events(struct page *k, int kind, int index) {
  const struct theme *t = k->r->look.theme;
  float bottom = k->r->right.y + k->r->right.h - 6;
  int shown = 0;
  for (int i = k->s->events - 1; i >= 0 && k->y < bottom - 16; i--) {
    const struct frame_event *e = &k->s->event[i];
    if (kind >= 0 && (e->kind != kind || e->row != index)) continue;
    if (!shown) {
      rule(k, 2, 19);
      heading(k, "Last events", NULL);
      if (k->y > bottom) return;
    }
    char at[24];
    room_clock(e->at, at);
    float w = draw_text(k->r->look.type, k->c, k->x0, k->y, FACE_REGULAR, 11, t->ink3, at);
    draw_text_fit(k->r->look.type, k->c, k->x0 + w + 10, k->y, k->x1 - k->x0 - w - 10, FACE_REGULAR, 11, shown ? t->ink2 : t->ink, e->text);
    k->y += 16.5f;
    if (++shown == 20) return;
  }
}

static const char *station_name(const struct room *r, int i) { return i >= 0 && i < r->plan.station_count ? r->plan.stations[i].name : "–"; }

// The two joints that are asked for most, in words.
static void loaded_joints(struct page *k, const struct skeleton *s, const struct skeleton_pose *p, float x, float y) {
  const struct theme *t = k->r->look.theme;
  int first = -1, second = -1;
  for (int i = 0; i < s->points; i++) {
    if (!s->point[i].driven || p->load[i] < 0) continue;
    if (first < 0 || p->load[i] > p->load[first]) {
      second = first;
      first = i;
    } else if (second < 0 || p->load[i] > p->load[second]) {
      second = i;
    }
  }
  const int shown[2] = {first, second};
  for (int n = 0; n < 2 && shown[n] >= 0; n++, y += 50) {
    int i = shown[n];
    char words[64];
    snprintf(words, sizeof words, "%s%s", s->point[i].name, s->point[i].side == SKELETON_LEFT ? ", left" : s->point[i].side == SKELETON_RIGHT ? ", right" : "");
    draw_text_right(k->r->look.type, k->c, x, y, FACE_REGULAR, 11, t->ink2, words);
    snprintf(words, sizeof words, "%.0f %%", (double)p->load[i] * 100);
    draw_text_right(k->r->look.type, k->c, x, y + 16, FACE_SEMIBOLD, 12, t->ink, words);
    snprintf(words, sizeof words, "%.0f °C", (double)p->heat[i]);
    if (p->heat[i] > -273) draw_text_right(k->r->look.type, k->c, x, y + 31, FACE_REGULAR, 11, t->ink2, words);
  }
}

// The body: from its right, from above with its footsteps, and what its joints are asked for.
static void body(struct page *k, int row) {
  const struct theme *t = k->r->look.theme;
  const struct picture *p = k->s->picture;
  const struct frame_body *b = pose_body(p, row);
  const struct skeleton *s = pose_skeleton(&k->r->plan, p, row);
  struct skeleton_pose pose;
  if (!b || !s || !pose_of_body(s, b, p->robots.heading[row], &pose)) return;
  float w = k->x1 - k->x0, side_h = 186, above_h = 84;
  draw_round(k->c, k->x0, k->y, w, side_h, 6, ink(t->sunk));
  struct clip old = canvas_clip(k->c, k->x0, k->y, w, side_h);
  struct skeleton_view v = {k->x0 + w * .40f, k->y + side_h - 14, 94, FROM_SIDE};
  skeleton_floor(&k->r->look, k->c, s, &pose, &v, k->x0 + 8, k->x1 - 8);
  skeleton_draw(&k->r->look, k->c, s, &pose, &v);
  canvas_unclip(k->c, old);
  loaded_joints(k, s, &pose, k->x1 - 10, k->y + 20);
  char words[32];
  snprintf(words, sizeof words, "%u W", (unsigned)b->power);
  draw_text_right(k->r->look.type, k->c, k->x1 - 10, k->y + side_h - 24, FACE_SEMIBOLD, 12, t->ink, words);
  k->y += side_h + 6;
  draw_round(k->c, k->x0, k->y, w, above_h, 6, ink(t->sunk));
  old = canvas_clip(k->c, k->x0, k->y, w, above_h);
  v = (struct skeleton_view){k->x0 + w * .40f, k->y + above_h / 2, 78, FROM_ABOVE};
  skeleton_floor(&k->r->look, k->c, s, &pose, &v, 0, 0);
  skeleton_draw(&k->r->look, k->c, s, &pose, &v);
  canvas_unclip(k->c, old);
  k->y += above_h + 8;
  k->y += skeleton_bars(&k->r->look, k->c, s, &pose, k->x0, k->y, w, 14, 6);
  k->y += 6;
}

// "fasten 3 of 6" while it works in steps
static void step(struct page *k, int i) {
  const struct picture_robots *p = &k->s->picture->robots;
  const struct plan *plan = &k->r->plan;
  char value[96];
  if (!p->step || p->step[i] < 0) return;
  int at = p->from[i], s = p->step[i] >> 16, go = p->step[i] & 0xffff;
  if (at < 0 || at >= plan->station_count || s >= plan->stations[at].step_count) return;
  const struct plan_step *x = &plan->stations[at].steps[s];
  if (x->count > 1) snprintf(value, sizeof value, "%.40s %d of %d", x->what, go + 1, x->count);
  else snprintf(value, sizeof value, "%.40s", x->what);
  row(k, "does", value);
}

static void draw_robot(struct page *k, int i) {
  const struct theme *t = k->r->look.theme;
  const struct picture_robots *p = &k->s->picture->robots;
  const struct plan *plan = &k->r->plan;
  char name[16], full[64], below[160], value[96];
  actor_name(plan, k->s->picture, i, name);
  room_robot_name(k->r, k->s->picture, i, full);
  const char *model = p->fleet[i] < plan->fleet_count ? plan->fleets[p->fleet[i]].model : "";
  snprintf(below, sizeof below, model[0] ? "%s  ·  %s" : "%s", full, model);
  title(k, robot_look(p->cause[i]), true, name, below);
  button(k, k->x1 - 62, k->r->right.y + 13, 62, "Follow", k->r->follow, ACT_FOLLOW);
  body(k, i);

  if (name[0] == 'R') {
    rule(k, 0, 19);
    snprintf(value, sizeof value, "%.0f %%", (double)p->charge[i] * 100);
    heading(k, "Battery", value);
    k->y -= 10;
    bar(k, p->charge[i]);
    k->y += 20;
  }
  rule(k, 2, 19);
  bool job = p->from[i] >= 0 || p->to[i] >= 0;
  heading(k, "Job", NULL);
  k->y -= 18;
  if (job) snprintf(value, sizeof value, "%.40s → %.40s", station_name(k->r, p->from[i]), station_name(k->r, p->to[i]));
  else snprintf(value, sizeof value, "none");
  draw_text_fit(k->r->look.type, k->c, k->x0 + 34, k->y, k->x1 - k->x0 - 34, job ? FACE_SEMIBOLD : FACE_REGULAR, 12, job ? t->ink : t->ink2, value);
  k->y += 20;
  step(k, i);
  int held = p->held[i];
  row(k, "in the hands", held >= 0 && held < plan->part_count ? plan->parts[held].name : "nothing");
  snprintf(value, sizeof value, "%.2f m/s", (double)p->speed[i]);
  row(k, "speed", value);
  if (p->legs && p->legs[i]) {
    snprintf(value, sizeof value, "%.1f m", (double)paths_left(k->s->picture, i));
    row(k, "to go", value);
  }
  int whom = p->waits ? paths_row_of(k->s->picture, p->waits[i]) : -1;
  if (whom >= 0) {
    actor_name(plan, k->s->picture, whom, name);
    row(k, "waits for", name);
  }
  snprintf(value, sizeof value, "%.2f, %.2f m", (double)p->pos[i][0], (double)p->pos[i][1]);
  row(k, "at", value);
  causes(k, true, i);
  events(k, EVENT_ROBOT, i);
}

static void draw_station(struct page *k, int i) {
  static const char *const kinds[PLAN_KINDS] = {"source", "sink", "buffer", "rack", "bin", "machine", "assembly", "disassembly", "sorter",
                                                "conveyor", "inspection", "charger", "repair", "dock"};
  const struct plan_station *s = &k->r->plan.stations[i];
  const struct picture_stations *p = &k->s->picture->stations;
  char value[96], below[96];
  if (i >= p->n) return;
  if (s->placed && !s->path.count) snprintf(below, sizeof below, "%s  ·  at %.2f, %.2f m", kinds[s->kind], (double)s->at[0], (double)s->at[1]);
  else snprintf(below, sizeof below, "%s", kinds[s->kind]);
  title(k, room_station_look(k->r, k->s->picture, i), false, s->name, below);
  rule(k, 0, 19);
  room_count(k->r, k->s->picture, i, value);
  if (s->kind != PLAN_SOURCE && s->kind != PLAN_SINK) row(k, s->kind >= PLAN_CHARGER ? "in use" : "parts in it", value);
  snprintf(value, sizeof value, "%lld", (long long)p->made[i]);
  if (s->kind < PLAN_CHARGER) row(k, s->kind == PLAN_SINK ? "taken out" : "finished", value);
  if (s->path.count) {
    snprintf(value, sizeof value, "%.2f m/s", (double)s->speed);
    row(k, "belt speed", value);
  }
  bool works = s->kind >= PLAN_MACHINE && s->kind <= PLAN_SORTER;
  if (works || s->kind == PLAN_INSPECTION) {
    snprintf(value, sizeof value, "%.0f %%", (double)p->progress[i] * 100);
    k->y += 2;
    heading(k, "Work at hand", value);
    k->y -= 10;
    bar(k, p->progress[i]);
    k->y += 20;
  }
  if (ground_has_state(s)) causes(k, false, i);
  events(k, EVENT_STATION, i);
}

// goals on numbers that the stream carries
static void goals(struct page *k) {
  const struct theme *t = k->r->look.theme;
  bool any = false;
  for (int i = 0; i < k->r->plan.goal_count; i++) {
    const struct plan_goal *g = &k->r->plan.goals[i];
    double v;
    char words[120], value[40];
    const char *path = strncmp(g->path, "kpi.", 4) ? g->path : g->path + 4;
    if (!room_kpi(k->s, path, &v)) continue;
    if (!any) {
      rule(k, 2, 19);
      heading(k, "Goals", "now");
      any = true;
    }
    bool met = room_goal_met(g, v);
    snprintf(words, sizeof words, "%.60s %s %.6g", path, g->op, g->value);
    snprintf(value, sizeof value, "%.4g, %s", v, met ? "met" : "not met");
    float w = text_width(k->r->look.type, k->c, FACE_SEMIBOLD, 11.5f, value);
    draw_text_fit(k->r->look.type, k->c, k->x0, k->y, k->x1 - k->x0 - w - 8, FACE_REGULAR, 11, t->ink2, words);
    draw_text_right(k->r->look.type, k->c, k->x1, k->y, FACE_SEMIBOLD, 11.5f, t->ink, value);
    k->y += 18;
  }
}

static void draw_whole(struct page *k) {
  const struct theme *t = k->r->look.theme;
  const struct picture *p = k->s->picture;
  char value[96];
  draw_text(k->r->look.type, k->c, k->x0, k->y + 29, FACE_SEMIBOLD, 16, t->ink, "The line");
  draw_text_fit(k->r->look.type, k->c, k->x0, k->y + 51, k->x1 - k->x0, FACE_REGULAR, 11, t->ink3, "click a robot or a station for its own page");
  k->y += 62;
  rule(k, 0, 19);
  const struct frame_hello *h = k->s->hello;
  snprintf(value, sizeof value, "%llu", (unsigned long long)h->seed);
  row(k, "seed", value);
  row(k, "fidelity", h->fidelity && h->fidelity[0] ? h->fidelity : "event");
  snprintf(value, sizeof value, "%d", k->r->plan.station_count);
  row(k, "stations", value);
  snprintf(value, sizeof value, "%lld", (long long)p->parts.total);
  row(k, "parts in it", value);
  double v;
  if (room_kpi(k->s, "made", &v)) {
    snprintf(value, sizeof value, "%.0f", v);
    row(k, "made", value);
  }
  if (room_kpi(k->s, "scrapped", &v)) {
    snprintf(value, sizeof value, "%.0f", v);
    row(k, "scrapped", value);
  }
  goals(k);
  if (p->robots.n) {
    rule(k, 2, 19);
    snprintf(value, sizeof value, "%d", p->robots.n);
    heading(k, room_crew_word(k->r, " now"), value);
  }
  int count[ROBOT_STATES] = {0};
  for (int i = 0; i < p->robots.n; i++) count[robot_look(p->robots.cause[i]) - robot_look(0)]++;
  for (unsigned i = 0; i < ROBOT_STATES; i++) {
    if (!count[i]) continue;
    draw_chip(&k->r->look, k->c, robot_look(i), k->x0 + 8, k->y - 4, 14, true);
    draw_text(k->r->look.type, k->c, k->x0 + 22, k->y, FACE_REGULAR, 11, t->ink2, robot_look(i)->word);
    snprintf(value, sizeof value, "%d", count[i]);
    draw_text_right(k->r->look.type, k->c, k->x1, k->y, FACE_SEMIBOLD, 12, t->ink, value);
    k->y += 20;
  }
  events(k, -1, 0);
}

void inspector_draw(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  struct view v = r->right;
  draw_rect(c, v.x, v.y, v.w, v.h, ink(t->panel));
  draw_vline(c, v.x, v.y, v.y + v.h, ink(t->line));
  if (!s->picture || !r->planned || !s->hello) return;
  struct clip old = canvas_clip(c, v.x, v.y, v.w, v.h);
  room_hit(r, v.x, v.y, v.w, v.h, ACT_NONE, 0);
  struct page k = {r, c, s, v.x + 14, v.x + v.w - 14, v.y};
  if (r->selection.kind == SELECT_ROBOT && r->selection.row < s->picture->robots.n) draw_robot(&k, r->selection.row);
  else if (r->selection.kind == SELECT_STATION && r->selection.row < r->plan.station_count) draw_station(&k, r->selection.row);
  else draw_whole(&k);
  if (r->drawer && r->selection.kind != SELECT_NONE) {
    draw_icon(c, ICON_CROSS, v.x + v.w - 16, v.y + v.h - 16, 10, t->ink3);
    room_hit(r, v.x + v.w - 30, v.y + v.h - 30, 30, 30, ACT_CLOSE, 0);
  }
  canvas_unclip(c, old);
}
