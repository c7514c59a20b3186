#include "viewer/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

#define HOUR INT64_C(3600000000000)

bool room_init(struct room *r, bool dark, struct error *e) {
  memset(r, 0, sizeof *r);
  r->dark = dark;
  r->history.last = -1;
  r->fitted = true;
  r->actors.print_row = -1;
  r->open = -1;
  return look_init(&r->look, e);
}

void room_finish(struct room *r) {
  ground_finish(&r->ground);
  plan_finish(&r->plan);
  actors_finish(&r->actors);
  history_finish(&r->history);
  look_finish(&r->look);
}

bool room_plan(struct room *r, const struct frame_hello *h, struct error *e) {
  ground_finish(&r->ground);
  if (r->planned) plan_finish(&r->plan);
  r->planned = false;
  r->selection = (struct selection){SELECT_NONE, -1};
  history_clear(&r->history);
  if (plan_read(&r->plan, h->plan, h->plan_size, e) != STATUS_OK) return false;
  r->planned = true;
  if (!ground_init(&r->ground, &r->plan, &r->look)) {
    error_at(e, STATUS_MEMORY, "", 0, 0, "no memory for the hall");
    return false;
  }
  r->fitted = true;
  r->open = -1;
  r->camera = (struct camera){0};
  return true;
}

// ---- small things ----------------------------------------------------------------------------------------

void room_clock(int64_t ns, char out[24]) {
  int64_t s = (ns < 0 ? 0 : ns) / 1000000000;
  if (s < 24 * 3600) snprintf(out, 24, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
  else snprintf(out, 24, "%lld d %02d:%02d:%02d", (long long)(s / 86400), (int)(s / 3600 % 24), (int)(s / 60 % 60), (int)(s % 60));
}

void room_duration(double s, char out[32]) {
  if (!(s >= 0) || s > 1e9) snprintf(out, 32, "–");
  else if (s < 60) snprintf(out, 32, "%.1f s", s);
  else if (s < 3600) snprintf(out, 32, "%d min %02d s", (int)s / 60, (int)s % 60);
  else snprintf(out, 32, "%d h %02d min", (int)(s / 3600), (int)(s / 60) % 60);
}

// "kpi." before and ".mean" behind a path may be left out, by either side
bool room_kpi(const struct show *s, const char *path, double *out) {
  size_t n = strlen(path);
  for (int i = 0; i < s->kpis; i++) {
    const char *p = s->kpi[i].path;
    if (strncmp(p, "kpi.", 4) == 0) p += 4;
    if (strncmp(p, path, n) == 0 && (p[n] == 0 || strcmp(p + n, ".mean") == 0)) {
      *out = s->kpi[i].value;
      return *out == *out;
    }
  }
  return false;
}

const char *room_robot_name(const struct room *r, const struct picture *p, int row, char out[64]) {
  int fleet = p->robots.fleet[row], n = 1;
  for (int i = 0; i < row; i++) n += p->robots.fleet[i] == fleet;
  snprintf(out, 64, "%.50s-%d", fleet < r->plan.fleet_count ? r->plan.fleets[fleet].name : "robot", n);
  return out;
}

const struct plan_goal *room_goal(const struct room *r, const char *path) {
  for (int i = 0; r->planned && i < r->plan.goal_count; i++) {
    const char *p = r->plan.goals[i].path;
    if (strcmp(strncmp(p, "kpi.", 4) ? p : p + 4, path) == 0) return &r->plan.goals[i];
  }
  return NULL;
}

bool room_goal_met(const struct plan_goal *g, double v) {
  return g->op[0] == '<' ? g->op[1] ? v <= g->value : v < g->value : g->op[0] == '>' ? g->op[1] ? v >= g->value : v > g->value : v == g->value;
}

const char *room_crew_word(const struct room *r, const char *tail) {
  bool robots = false, people = false;
  for (int i = 0; i < r->plan.fleet_count; i++) {
    robots |= !r->plan.fleets[i].people;
    people |= r->plan.fleets[i].people;
  }
  bool now = tail[0] != 0;
  return !people ? now ? "Robots now" : "Robots" : !robots ? now ? "People now" : "People" : now ? "Robots and people now" : "Crew";
}

const struct state_look *room_station_look(const struct room *r, const struct picture *p, int row) {
  static const struct state_look kinds[] = {{CAUSE_NONE, ICON_DOWN, "takes parts out"}, {CAUSE_NONE, ICON_BOLT, "charges"},
                                            {CAUSE_NONE, ICON_DOTS, "where robots wait"}, {CAUSE_NONE, ICON_FULL, "stores"}};
  const struct plan_station *s = &r->plan.stations[row];
  if (ground_has_state(s)) return station_look(row < p->stations.n ? p->stations.cause[row] : STATION_STATES - 1);
  return &kinds[s->kind == PLAN_SINK ? 0 : s->kind == PLAN_CHARGER ? 1 : s->kind == PLAN_DOCK ? 2 : 3];
}

bool room_select(struct room *r, const struct picture *p, const char *name) {
  char full[64], label[16];
  for (int i = 0; i < p->robots.n; i++) {
    actor_name(&r->plan, p, i, label);
    if (strcmp(name, label) && strcmp(name, room_robot_name(r, p, i, full))) continue;
    r->selection = (struct selection){SELECT_ROBOT, i};
    return true;
  }
  for (int i = 0; i < r->plan.station_count; i++) {
    if (strcmp(name, r->plan.stations[i].name)) continue;
    r->selection = (struct selection){SELECT_STATION, i};
    return true;
  }
  return false;
}

void room_count(const struct room *r, const struct picture *p, int i, char out[32]) {
  const struct plan_station *s = &r->plan.stations[i];
  out[0] = 0;
  if (i >= p->stations.n) return;
  int count = p->stations.count[i];
  if (s->kind == PLAN_SOURCE || s->kind == PLAN_SINK) snprintf(out, 32, "%lld", (long long)p->stations.made[i]);
  else if (s->grid[0]) snprintf(out, 32, "%d/%d", count, s->grid[0] * s->grid[1]);
  else if (s->kind >= PLAN_CHARGER && s->slots[0] > 0) snprintf(out, 32, "%d/%d", count, s->slots[0]);
  else if (s->capacity > 0 && s->capacity < 65535 && !s->path.count) snprintf(out, 32, "%d/%ld", count, s->capacity);
  else snprintf(out, 32, "%d", count);
}

int64_t room_since(const struct room *r, int64_t now) { return now - HOUR > r->history.first ? now - HOUR : r->history.first; }

const char *room_since_words(const struct room *r, int64_t now, char out[32]) {
  int64_t seen = now - room_since(r, now);
  if (seen >= HOUR - 1000000000) snprintf(out, 32, "last hour");
  else if (seen >= INT64_C(120000000000)) snprintf(out, 32, "last %d min", (int)(seen / INT64_C(60000000000)));
  else snprintf(out, 32, "last %d s", (int)(seen / 1000000000));
  return out;
}

// 0.1 to 1000 over four decades; the powers by squaring, one decade at a time
double room_speed_of(float share) {
  double x = (double)(share < 0 ? 0 : share > 1 ? 1 : share) * 4 - 1;
  double v = m_exp(x * 2.302585092994046), unit = v < 1 ? 0.1 : v < 10 ? 1 : v < 100 ? 10 : 100;
  return m_floor(v / unit + 0.5) * unit;
}

float room_speed_share(double speed) {
  if (!(speed > 0)) return 1;       // as fast as it can
  double x = (m_log(speed < 0.1 ? 0.1 : speed > 1000 ? 1000 : speed) / 2.302585092994046 + 1) / 4;
  return (float)x;
}

void room_hit(struct room *r, float x, float y, float w, float h, enum action a, int value) {
  if (r->hits < (int)(sizeof r->hit / sizeof *r->hit)) r->hit[r->hits++] = (struct hit){{x, y, w, h}, a, value};
}

// ---- layout ------------------------------------------------------------------------------------------------

static void lay_out(struct room *r, const struct canvas *c, bool scrub) {
  float w = (float)c->w / c->scale, h = (float)c->h / c->scale;
  r->width = w;
  r->height = h;
  float left = w > 1600 ? 240 : w < 900 ? 44 : 208, right = w > 1600 ? 320 : 268, bottom = h < 600 ? 76 : (w > 1600 ? 148 : 124) + (scrub ? 24 : 0);
  r->drawer = w < 1100;
  bool inspector = !r->drawer || r->selection.kind != SELECT_NONE;
  r->top = (struct view){0, 0, w, 56};
  r->bottom = (struct view){0, h - bottom, w, bottom};
  r->left = (struct view){0, 56, left, h - 56 - bottom};
  r->right = (struct view){w - right, 56, inspector ? right : 0, h - 56 - bottom};
  struct view old = r->hall;
  r->hall = (struct view){left, 56, w - left - (r->drawer ? 0 : right), h - 56 - bottom};
  if (r->fitted && (old.w != r->hall.w || old.h != r->hall.h || r->camera.zoom <= 0)) room_fit(r, false);
}

void room_fit(struct room *r, bool glide) {
  const float margin[4] = {24, 50, 24, 44};
  r->fitted = true;
  if (r->planned && r->plan.has_floor) camera_fit(&r->camera, &r->hall, 0, 0, r->plan.size[0], r->plan.size[1], margin, glide);
}

// ---- hall panel ----------------------------------------------------------------------------------------------

static void draw_scale_bar(struct room *r, struct canvas *c, float x, float y) {
  static const float lengths[] = {0.1f, 0.2f, 0.5f, 1, 2, 5, 10, 20, 50, 100};
  const struct theme *t = r->look.theme;
  float m = lengths[0];
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
    if (lengths[i] * (float)r->camera.zoom <= 110) m = lengths[i];
  float w = m * (float)r->camera.zoom;
  char words[16];
  snprintf(words, sizeof words, m < 1 ? "%.1f m" : "%.0f m", (double)m);
  draw_hline(c, x, x + w, y, ink(t->ink2));
  draw_vline(c, x, y - 4, y + 5, ink(t->ink2));
  draw_vline(c, x + w - 1, y - 4, y + 5, ink(t->ink2));
  draw_text_middle(r->look.type, c, x + w / 2, y - 5, FACE_REGULAR, 10.5f, t->ink2, words);
}

// the switch of what lies over the floor; returns its width
static float draw_maps(struct room *r, struct canvas *c, float x, float y) {
  static const char *const words[] = {"States", "Heat", "Paths"};
  const struct theme *t = r->look.theme;
  int on = r->heat != HEAT_NONE ? MAP_HEAT : r->actors.paths ? MAP_PATHS : MAP_STATES;
  float w[3], all = 0;
  for (int k = 0; k < 3; k++) all += w[k] = text_width(r->look.type, c, FACE_SEMIBOLD, 12, words[k]) + 20;
  draw_round(c, x, y, all + 4, 26, 5, ink(t->line2));
  draw_round(c, x + 1, y + 1, all + 2, 24, 4, ink(t->panel));
  float at = x + 2;
  for (int k = 0; k < 3; k++) {
    if (k == on) draw_round(c, at, y + 2, w[k], 22, 3, ink(t->ink));
    draw_text_middle(r->look.type, c, at + w[k] / 2, y + 17, k == on ? FACE_SEMIBOLD : FACE_MEDIUM, 12, k == on ? t->panel : t->ink2, words[k]);
    room_hit(r, at, y, w[k], 26, ACT_MAP, k);
    at += w[k];
  }
  return all + 4;
}

static void draw_lane(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  float x = r->hall.x + 24, y = r->hall.y + 27;
  draw_rect(c, r->hall.x, r->hall.y, r->hall.w, 40, ink(t->bg));
  x += draw_maps(r, c, x, r->hall.y + 10) + 20;
  char words[80];
  snprintf(words, sizeof words, "%.40s fidelity", s->hello->fidelity && s->hello->fidelity[0] ? s->hello->fidelity : "event");
  x += draw_text(r->look.type, c, x, y, FACE_REGULAR, 11, t->ink2, words) + 28;
  draw_scale_bar(r, c, x, y - 3);
}

// who is broken now and since when; the longest first. Returns how many there are.
struct alert { bool robot; int row; int64_t since; };

static int find_alerts(const struct room *r, const struct picture *p, struct alert *first) {
  int n = 0;
  for (int robot = 0; robot < 2; robot++) {
    int rows = robot ? p->robots.n : p->stations.n;
    for (int i = 0; i < rows; i++) {
      const struct state_look *s = robot ? robot_look(p->robots.cause[i]) : station_look(p->stations.cause[i]);
      if (s->cause != CAUSE_BROKEN || (!robot && i >= r->plan.station_count)) continue;
      const struct track *t = i < (robot ? r->history.robots : r->history.stations) ? robot ? &r->history.robot[i] : &r->history.station[i] : NULL;
      int64_t since = t && t->count ? t->change[t->count - 1].at : p->now;
      // newest trouble is what one has not seen yet
      if (!n || since >= first->since) *first = (struct alert){robot, i, since};
      n++;
    }
  }
  return n;
}

// where the hall's own panels end at the right: the inspector may lie over it
static float right_end(const struct room *r) { return r->hall.x + r->hall.w - (r->drawer ? r->right.w : 0); }

static void draw_toast(struct room *r, struct canvas *c, const struct state_look *state, bool round, const char *title, const char *below) {
  const struct theme *t = r->look.theme;
  float w = 320, h = 38, x = right_end(r) - 12 - w, y = r->hall.y + 6;
  draw_round(c, x + 1, y + 2, w, h, 6, tint(0x000000, t->dark ? 0.55f : 0.18f));
  draw_round(c, x, y, w, h, 6, ink(t->line2));
  draw_round(c, x + 1, y + 1, w - 2, h - 2, 5, ink(t->panel));
  draw_round(c, x, y, 5, h, 2, ink(cause_fill(t, state->cause)));
  draw_chip(&r->look, c, state, x + 23, y + 19, 20, round);
  draw_text_fit(r->look.type, c, x + 40, y + 16, w - 52, FACE_SEMIBOLD, 12, t->ink, title);
  draw_text_fit(r->look.type, c, x + 40, y + 31, w - 52, FACE_REGULAR, 11, t->ink2, below);
}

static void draw_alert(struct room *r, struct canvas *c, const struct show *s) {
  if (right_end(r) - r->hall.x < 560) return;
  static const struct state_look said = {CAUSE_STOPPED, ICON_SQUARE, ""};
  if (s->notice && s->notice[0]) {
    draw_toast(r, c, &said, false, s->ended ? "The run has ended" : "The run says", s->notice);
    return;
  }
  const struct picture *p = s->picture;
  struct alert a;
  int n = find_alerts(r, p, &a);
  if (!n) return;
  char name[80], title[128], below[96], time[32];
  const struct state_look *state = a.robot ? robot_look(p->robots.cause[a.row]) : station_look(p->stations.cause[a.row]);
  if (a.robot) actor_name(&r->plan, p, a.row, name);
  else snprintf(name, sizeof name, "%.60s", r->plan.stations[a.row].name);
  snprintf(title, sizeof title, "%s %s", name, state->word);
  room_duration((double)(p->now - a.since) * 1e-9, time);
  if (n > 1) snprintf(below, sizeof below, "for %s; %d more in trouble", time, n - 1);
  else snprintf(below, sizeof below, "for %s", time);
  draw_toast(r, c, state, a.robot, title, below);
  room_hit(r, right_end(r) - 332, r->hall.y + 6, 320, 38, a.robot ? ACT_ROBOT : ACT_STATION, a.row);
}

static void draw_legend(struct room *r, struct canvas *c, const struct picture *p) {
  static const unsigned usual[] = {0, 1, 2, 3, 6, 7, 8, 10, 12};
  const struct theme *t = r->look.theme;
  draw_rect(c, r->hall.x, r->hall.y + r->hall.h - 34, r->hall.w, 34, ink(t->bg));
  float x = r->hall.x + 24, y = r->hall.y + r->hall.h - 17, room = right_end(r) - 12 - x, width[ROBOT_STATES];
  int count[ROBOT_STATES] = {0}, left = 0;
  bool shown[ROBOT_STATES] = {false};
  char words[24];
  for (int i = 0; i < p->robots.n; i++) count[robot_look(p->robots.cause[i]) - robot_look(0)]++;
  // as wide as the largest count, so that nothing moves when a count does
  snprintf(words, sizeof words, "%d", p->robots.n);
  float digits = text_width(r->look.type, c, FACE_SEMIBOLD, 11, words), sign = text_width(r->look.type, c, FACE_REGULAR, 11, "+9: press ?") + 12;
  for (unsigned k = 0; k < ROBOT_STATES; k++) width[k] = 18 + text_width(r->look.type, c, FACE_REGULAR, 11, robot_look(k)->word) + (count[k] ? digits + 5 : 0) + 18;
  // those on the floor now, then what is left of the usual nine, as many as there is room for
  for (int pass = 0; pass < 2; pass++)
    for (unsigned i = 0; i < (pass ? sizeof usual / sizeof *usual : ROBOT_STATES); i++) {
      unsigned k = pass ? usual[i] : i;
      if (shown[k] || (!pass && !count[k])) continue;
      if (width[k] - 18 > room - sign) left++;
      else {
        shown[k] = true;
        room -= width[k];
      }
    }
  for (unsigned k = 0; k < ROBOT_STATES; k++) {
    if (!shown[k]) continue;
    const struct state_look *state = robot_look(k);
    draw_chip(&r->look, c, state, x + 7, y, 14, true);
    float w = draw_text(r->look.type, c, x + 18, y + 4, FACE_REGULAR, 11, t->ink2, state->word);
    snprintf(words, sizeof words, "%d", count[k]);
    if (count[k]) draw_text(r->look.type, c, x + 18 + w + 5, y + 4, FACE_SEMIBOLD, 11, t->ink, words);
    x += width[k];
  }
  if (!left) return;
  snprintf(words, sizeof words, "+%d: press ?", left);
  draw_text(r->look.type, c, x, y + 4, FACE_REGULAR, 11, t->ink2, words);
}

static void draw_empty(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  float x = r->hall.x + r->hall.w / 2, y = r->hall.y + r->hall.h / 2;
  draw_rect(c, r->hall.x, r->hall.y, r->hall.w, r->hall.h, ink(t->bg));
  const char *message = s->message && s->message[0] ? s->message : "Nothing to show yet";
  bool hint = s->hint && s->hint[0];
  float w = text_width(r->look.type, c, FACE_SEMIBOLD, 14, message), hw = hint ? text_width(r->look.type, c, FACE_MONO, 11, s->hint) : 0;
  float box = (w > hw ? w : hw) + 56, h = hint ? 108 : 56;
  if (box > r->hall.w - 20) box = r->hall.w - 20;
  draw_round(c, x - box / 2, y - h / 2, box, h, 6, ink(t->line));
  draw_round(c, x - box / 2 + 1, y - h / 2 + 1, box - 2, h - 2, 5, ink(t->panel));
  float in = w < box - 24 ? w : box - 24;
  draw_text_fit(r->look.type, c, x - in / 2, y - h / 2 + 33, in + 1, FACE_SEMIBOLD, 14, t->ink, message);
  if (!hint) return;
  draw_text_middle(r->look.type, c, x, y + 1, FACE_REGULAR, 11, t->ink2, "Run one in another terminal, and it appears here:");
  in = hw < box - 40 ? hw : box - 40;
  draw_round(c, x - in / 2 - 10, y + 14, in + 20, 24, 4, ink(t->sunk));
  draw_text_fit(r->look.type, c, x - in / 2, y + 30, in + 1, FACE_MONO, 11, t->ink2, s->hint);
}

static void draw_logical(struct room *r, struct canvas *c, const struct show *s) {
  // a line without positions: its stations in order, as cards
  const struct theme *t = r->look.theme;
  draw_rect(c, r->hall.x, r->hall.y, r->hall.w, r->hall.h, ink(t->bg));
  float w = 132, h = 56, x = r->hall.x + 24, y = r->hall.y + 56;
  draw_text(r->look.type, c, x, y - 14, FACE_REGULAR, 11, t->ink2, "A line without positions: stations in the order of the layout");
  for (int i = 0; i < r->plan.station_count && y + h < r->hall.y + r->hall.h; i++) {
    char count[32];
    bool on = r->selection.kind == SELECT_STATION && r->selection.row == i;
    draw_round(c, x, y, w, h, 4, ink(on ? t->accent : t->line2));
    draw_round(c, x + 1, y + 1, w - 2, h - 2, 3, ink(t->panel));
    if (s->picture && i < s->picture->stations.n) {
      const struct state_look *state = room_station_look(r, s->picture, i);
      draw_chip(&r->look, c, state, x + 18, y + 19, 16, false);
      draw_text(r->look.type, c, x + 10, y + 45, FACE_REGULAR, 11, t->ink2, state->word);
      room_count(r, s->picture, i, count);
      draw_text_right(r->look.type, c, x + w - 10, y + 45, FACE_SEMIBOLD, 12, t->ink, count);
    }
    draw_text_fit(r->look.type, c, x + 32, y + 23, w - 42, FACE_SEMIBOLD, 12, t->ink, r->plan.stations[i].name);
    room_hit(r, x, y, w, h, ACT_STATION, i);
    x += w + 12;
    if (x + w > r->hall.x + r->hall.w - 12) {
      x = r->hall.x + 24;
      y += h + 12;
    }
  }
}

static void draw_hall(struct room *r, struct canvas *c, const struct show *s) {
  if (!s->hello || !r->planned || !s->picture) {
    draw_empty(r, c, s);
    return;
  }
  if (!r->plan.has_floor) {
    draw_logical(r, c, s);
    return;
  }
  if (r->follow && r->selection.kind == SELECT_ROBOT && r->selection.row < s->picture->robots.n) {
    r->camera.x = s->picture->robots.pos[r->selection.row][0];
    r->camera.y = s->picture->robots.pos[r->selection.row][1];
    r->fitted = false;
  }
  // a walk takes 1.8 steps a second or so of the twin's time
  r->actors.steps_per_second = s->paused ? 0 : 1.8 * s->speed_achieved;
  struct clip old = canvas_clip(c, r->hall.x, r->hall.y, r->hall.w, r->hall.h);
  ground_draw(&r->ground, c, &r->camera, &r->hall);
  heat_draw(&r->history.heat, r->heat, &r->ground, c);
  actors_draw(&r->actors, &r->ground, c, s->picture, r->selection);
  heat_legend(&r->history.heat, r->heat, &r->look, c, r->hall.x + r->hall.w - 232, r->hall.y + r->hall.h - 34 - 62);
  draw_lane(r, c, s);
  draw_alert(r, c, s);
  draw_legend(r, c, s->picture);
  canvas_unclip(c, old);
}

void room_draw(struct room *r, struct canvas *c, const struct show *s) {
  look_set(&r->look, theme_get(r->dark), c->scale);
  r->hits = 0;
  lay_out(r, c, s->recording);
  double v;
  if (s->picture && room_kpi(s, "throughput_per_h", &v)) history_spark(&r->history, s->picture->now, v);
  draw_hall(r, c, s);
  list_draw(r, c, s);
  if (r->right.w > 0) inspector_draw(r, c, s);
  timeline_draw(r, c, s);
  strip_draw(r, c, s);
  if (r->help) help_draw(r, c);
}
