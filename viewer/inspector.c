// The inspector at the right: what is selected, or the line as a whole.
#include <stdio.h>
#include <string.h>

#include "viewer/paths.h"
#include "viewer/page.h"

static const char *const cause_words[CAUSES] = {"adds value", "moves", "wants a part", "wants a place", "waits for another", "prepares", "broken", "ordered to stop", "no demand"};

static void title(struct page *k, const struct state_look *state, bool round, const char *name, const char *below) {
  const struct theme *t = k->r->look.theme;
  draw_chip(&k->r->look, k->c, state, k->x0 + 10, k->y + 24, 20, round);
  float w = draw_text(k->r->look.type, k->c, k->x0 + 28, k->y + 29, FACE_SEMIBOLD, 16, t->ink, name);
  draw_text_fit(k->r->look.type, k->c, k->x0 + 36 + w, k->y + 29, k->x1 - k->x0 - w - 104, FACE_REGULAR, 12, t->ink2, state->word);
  draw_text_fit(k->r->look.type, k->c, k->x0, k->y + 51, k->x1 - k->x0, FACE_REGULAR, 11, t->ink3, below);
  k->y += 62;
}

// time by cause: bar, then the words beside their colours
static void causes(struct page *k, bool robot, int index) {
  const struct theme *t = k->r->look.theme;
  float share[CAUSES];
  char since[32], value[16];
  int64_t now = k->s->picture->now;
  if (!history_shares(&k->r->history, robot, index, room_since(k->r, now), now, share)) return;
  page_rule(k, 2, 19);
  page_heading(k, "Time by cause", room_since_words(k->r, now, since));
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
  int shown = 0;
  for (int i = k->s->events - 1; i >= 0; i--) {
    const struct frame_event *e = &k->s->event[i];
    if (kind >= 0 && (e->kind != kind || e->row != index)) continue;
    if (!shown) {
      page_rule(k, 2, 19);
      page_heading(k, "Last events", NULL);
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
  page_row(k, "does", value);
}

enum page_kind page_kind_of(const char *word) {
  static const char *const words[PAGES] = {"now", "body", "why"};
  int k = 0;
  while (k < PAGES && strcmp(word, words[k])) k++;
  return (enum page_kind)k;
}

// The switch between the pages of a robot.
static void draw_pages(struct page *k, bool told) {
  static const char *const words[PAGES] = {"Now", "Body", "Why"};
  const struct theme *t = k->r->look.theme;
  float w = (k->x1 - k->x0) / PAGES;
  draw_hline(k->c, k->r->right.x, k->r->right.x + k->r->right.w, k->y + 25, ink(t->line));
  for (int p = 0; p < PAGES; p++) {
    bool on = k->r->page == (enum page_kind)p, there = p != PAGE_BODY || told;
    float x = k->x0 + w * (float)p;
    draw_text_middle(k->r->look.type, k->c, x + w / 2, k->y + 16, on ? FACE_SEMIBOLD : FACE_MEDIUM, 12, on ? t->ink : there ? t->ink2 : t->ink3, words[p]);
    if (on) draw_rect(k->c, x + 8, k->y + 23, w - 16, 3, ink(t->ink));
    room_hit(k->r, x, k->y, w, 26, ACT_PAGE, p);
  }
  k->y += 36;
}

// What is longer than the panel scrolls below its head.
static void begin_scroll(struct page *k) {
  struct room *r = k->r;
  float room = r->right.y + r->right.h - k->y;
  // another page begins at its top
  if (r->page_of.kind != r->selection.kind || r->page_of.row != r->selection.row || r->page_was != r->page) r->page_scroll = r->page_height = 0;
  r->page_of = r->selection;
  r->page_was = r->page;
  if (r->page_scroll > r->page_height - room) r->page_scroll = r->page_height - room;
  if (r->page_scroll < 0) r->page_scroll = 0;
  if (r->page_height > room) {
    float h = room * room / r->page_height;
    draw_round(k->c, r->right.x + r->right.w - 5, k->y + r->page_scroll / r->page_height * room, 3, h < 12 ? 12 : h, 1.5f, ink(r->look.theme->line2));
  }
  r->page_top = k->y;
  k->y -= r->page_scroll;
}

static void end_scroll(struct page *k) { k->r->page_height = k->y + k->r->page_scroll - k->r->page_top + 8; }

static void draw_now(struct page *k, int i, bool told);

static void draw_robot(struct page *k, int i) {
  const struct picture_robots *p = &k->s->picture->robots;
  const struct plan *plan = &k->r->plan;
  char name[16], full[64], below[160];
  actor_name(plan, k->s->picture, i, name);
  room_robot_name(k->r, k->s->picture, i, full);
  const char *model = p->fleet[i] < plan->fleet_count ? plan->fleets[p->fleet[i]].model : "";
  snprintf(below, sizeof below, model[0] ? "%s  ·  %s" : "%s", full, model);
  title(k, robot_look(p->cause[i]), true, name, below);
  page_button(k, k->x1 - 62, k->r->right.y + 13, 62, "Follow", k->r->follow, ACT_FOLLOW);
  bool told = page_has_body(k, i);
  draw_pages(k, told);
  struct clip old = canvas_clip(k->c, k->r->right.x, k->y, k->r->right.w, k->r->right.y + k->r->right.h - k->y);
  begin_scroll(k);
  if (k->r->page == PAGE_BODY) page_body(k, i);
  else if (k->r->page == PAGE_WHY) page_why(k, i);
  else draw_now(k, i, told);
  end_scroll(k);
  canvas_unclip(k->c, old);
}

// What it does now.
static void draw_now(struct page *k, int i, bool told) {
  const struct theme *t = k->r->look.theme;
  const struct picture_robots *p = &k->s->picture->robots;
  const struct plan *plan = &k->r->plan;
  char name[16], value[96];
  actor_name(plan, k->s->picture, i, name);
  if (told) page_side(k, i);
  k->y += 19;
  if (name[0] == 'R') {
    if (told) page_rule(k, -19, 19);
    snprintf(value, sizeof value, "%.0f %%", (double)p->charge[i] * 100);
    page_heading(k, "Battery", value);
    k->y -= 10;
    page_bar(k, p->charge[i]);
    k->y += 20;
  }
  page_rule(k, 2, 19);
  bool job = p->from[i] >= 0 || p->to[i] >= 0;
  page_heading(k, "Job", NULL);
  k->y -= 18;
  if (job) snprintf(value, sizeof value, "%.40s → %.40s", station_name(k->r, p->from[i]), station_name(k->r, p->to[i]));
  else snprintf(value, sizeof value, "none");
  draw_text_fit(k->r->look.type, k->c, k->x0 + 34, k->y, k->x1 - k->x0 - 34, job ? FACE_SEMIBOLD : FACE_REGULAR, 12, job ? t->ink : t->ink2, value);
  k->y += 20;
  step(k, i);
  int held = p->held[i];
  page_row(k, "in the hands", held >= 0 && held < plan->part_count ? plan->parts[held].name : "nothing");
  snprintf(value, sizeof value, "%.2f m/s", (double)p->speed[i]);
  page_row(k, "speed", value);
  if (p->legs && p->legs[i]) {
    snprintf(value, sizeof value, "%.1f m", (double)paths_left(k->s->picture, i));
    page_row(k, "to go", value);
  }
  int whom = p->waits ? paths_row_of(k->s->picture, p->waits[i]) : -1;
  if (whom >= 0) {
    actor_name(plan, k->s->picture, whom, name);
    page_row(k, "waits for", name);
  }
  snprintf(value, sizeof value, "%.2f, %.2f m", (double)p->pos[i][0], (double)p->pos[i][1]);
  page_row(k, "at", value);
  causes(k, true, i);
  events(k, EVENT_ROBOT, i);
}

// A number of the measured window that the stream carries; of those that most lines never have only what is above 0.
static void counted(struct page *k, const char *path, const char *word, bool zero) {
  char value[40];
  double v;
  if (!room_kpi(k->s, path, &v) || (v == 0 && !zero)) return;
  snprintf(value, sizeof value, "%.0f", v);
  page_row(k, word, value);
}

static void draw_station(struct page *k, int i) {
  static const char *const kinds[PLAN_KINDS] = {"source", "sink", "buffer", "rack", "bin", "machine", "assembly", "disassembly", "sorter",
                                                "conveyor", "inspection", "charger", "repair", "dock"};
  const struct plan_station *s = &k->r->plan.stations[i];
  const struct picture_stations *p = &k->s->picture->stations;
  char value[96], below[96], path[120];
  if (i >= p->n) return;
  if (s->placed && !s->path.count) snprintf(below, sizeof below, "%s  ·  at %.2f, %.2f m", kinds[s->kind], (double)s->at[0], (double)s->at[1]);
  else snprintf(below, sizeof below, "%s", kinds[s->kind]);
  title(k, room_station_look(k->r, k->s->picture, i), false, s->name, below);
  page_rule(k, 0, 19);
  room_count(k->r, k->s->picture, i, value);
  if (s->kind != PLAN_SOURCE && s->kind != PLAN_SINK) page_row(k, s->kind >= PLAN_CHARGER ? "in use" : "parts in it", value);
  snprintf(value, sizeof value, "%lld", (long long)p->made[i]);
  if (s->kind < PLAN_CHARGER) page_row(k, s->kind == PLAN_SINK ? "taken out" : "finished", value);
  snprintf(path, sizeof path, "stations.%.80s.missorted", s->name);
  counted(k, path, "sorted wrongly", false);
  if (s->path.count) {
    snprintf(value, sizeof value, "%.2f m/s", (double)s->speed);
    page_row(k, "belt speed", value);
  }
  bool works = s->kind >= PLAN_MACHINE && s->kind <= PLAN_SORTER;
  if (works || s->kind == PLAN_INSPECTION) {
    snprintf(value, sizeof value, "%.0f %%", (double)p->progress[i] * 100);
    k->y += 2;
    page_heading(k, "Work at hand", value);
    k->y -= 10;
    page_bar(k, p->progress[i]);
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
      page_rule(k, 2, 19);
      page_heading(k, "Goals", "now");
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
  page_rule(k, 0, 19);
  const struct frame_hello *h = k->s->hello;
  snprintf(value, sizeof value, "%llu", (unsigned long long)h->seed);
  page_row(k, "seed", value);
  page_row(k, "fidelity", h->fidelity && h->fidelity[0] ? h->fidelity : "event");
  snprintf(value, sizeof value, "%d", k->r->plan.station_count);
  page_row(k, "stations", value);
  snprintf(value, sizeof value, "%lld", (long long)p->parts.total);
  page_row(k, "parts in it", value);
  counted(k, "made", "made", true);
  counted(k, "scrapped", "scrapped", true);
  counted(k, "missorted", "sorted wrongly", false);
  counted(k, "spoiled", "shipped, but wrong", false);
  goals(k);
  if (p->robots.n) {
    page_rule(k, 2, 19);
    snprintf(value, sizeof value, "%d", p->robots.n);
    page_heading(k, room_crew_word(k->r, " now"), value);
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
  else {
    begin_scroll(&k);
    if (r->selection.kind == SELECT_STATION && r->selection.row < r->plan.station_count) draw_station(&k, r->selection.row);
    else draw_whole(&k);
    end_scroll(&k);
  }
  if (r->drawer && r->selection.kind != SELECT_NONE) {
    draw_icon(c, ICON_CROSS, v.x + v.w - 16, v.y + v.h - 16, 10, t->ink3);
    room_hit(r, v.x + v.w - 30, v.y + v.h - 30, 30, 30, ACT_CLOSE, 0);
  }
  canvas_unclip(c, old);
}
