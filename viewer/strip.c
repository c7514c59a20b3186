// The KPI strip at the top.
#include <stdio.h>
#include <string.h>

#include "viewer/room.h"

enum { KPI_THROUGHPUT, KPI_CYCLE, KPI_WIP, KPI_OEE, KPI_USE, KPI_HELP, KPI_CHARGE, KPIS };

static const float wide[KPIS] = {236, 108, 112, 170, 178, 128, 140};
static const int   leaves[] = {KPI_CYCLE, KPI_WIP, KPI_HELP, KPI_USE};      // in this order when it gets narrow

static void draw_mark(struct room *r, struct canvas *c, const char *name, float width) {
  const struct theme *t = r->look.theme;
  const struct point body[4] = {{16, 37}, {21, 15}, {29, 15}, {34, 37}};
  const struct point loop[6] = {body[0], body[1], body[2], body[3], body[0], body[1]};
  draw_polyline(c, loop, 6, 2.2f, CAP_BUTT, ink(t->ink));
  draw_polyline(c, (struct point[]){{25, 32}, {32, 17}}, 2, 2.2f, CAP_ROUND, ink(t->ink));
  draw_disc(c, 29.6f, 22, 2.6f, ink(t->ink));
  if (width < 120) return;
  draw_text(r->look.type, c, 42, 26, FACE_BOLD, 16, t->ink, "Takt");
  draw_text_fit(r->look.type, c, 42, 42, width - 50, FACE_REGULAR, 11.5f, t->ink2, name);
}

static void draw_kpi(struct room *r, struct canvas *c, float x, const char *caption, const char *value, const char *unit, const char *below) {
  const struct theme *t = r->look.theme;
  draw_vline(c, x, 12, 44, ink(t->line));
  draw_text(r->look.type, c, x + 12, 17, FACE_MEDIUM, 10.5f, t->ink3, caption);
  float w = draw_text(r->look.type, c, x + 12, 36, FACE_SEMIBOLD, 18, t->ink, value);
  draw_text(r->look.type, c, x + 12 + w + 4, 36, FACE_REGULAR, 11, t->ink2, unit);
  draw_text(r->look.type, c, x + 12, 49, FACE_REGULAR, 10.5f, t->ink2, below);
}

static void draw_throughput(struct room *r, struct canvas *c, const struct show *s, float x, float w) {
  const struct theme *t = r->look.theme;
  char value[32] = "–", below[48] = "";
  double v;
  if (room_kpi(s, "throughput_per_h", &v)) snprintf(value, sizeof value, v < 100 ? "%.1f" : "%.0f", v);
  const struct plan_goal *goal = room_goal(r, "throughput_per_h");
  if (goal) snprintf(below, sizeof below, "goal %s %.6g/h", goal->op[0] == '<' ? goal->op[1] ? "≤" : "<" : goal->op[0] == '>' ? goal->op[1] ? "≥" : ">" : "=", goal->value);
  else if (room_kpi(s, "made", &v)) snprintf(below, sizeof below, "made %.0f", v);
  draw_kpi(r, c, x, "Throughput", value, "/h", below);
  const struct history *h = &r->history;
  float gx = x + 122, gw = w - 136, lo = 1e30f, hi = -1e30f;
  if (h->sparks < 3 || gw < 40) return;
  for (int i = 0; i < h->sparks; i++) {
    float q = (float)h->spark[i].value;
    if (q < lo) lo = q;
    if (q > hi) hi = q;
  }
  // the goal is in the picture when it is near
  bool near = goal && (float)goal->value > lo - 0.5f * hi && (float)goal->value < 1.5f * hi;
  if (near && (float)goal->value < lo) lo = (float)goal->value;
  if (near && (float)goal->value > hi) hi = (float)goal->value;
  // a steady line stays in the middle instead of showing its noise
  float range = hi - lo, least = hi * 0.04f > 1 ? hi * 0.04f : 1;
  if (range < least) {
    lo -= (least - range) / 2;
    range = least;
  }
  if (near) {
    float y = 38 - 22 * ((float)goal->value - lo) / range;
    const float dash[2] = {3, 2};
    draw_dashes(c, (struct point[]){{gx, y}, {gx + gw, y}}, 2, false, 1, CAP_BUTT, dash, 2, ink(t->ink2));
  }
  struct point q[HISTORY_SPARK];
  for (int i = 0; i < h->sparks; i++) {
    double at = (double)(h->spark[i].at - h->spark[0].at) / (double)(h->spark[h->sparks - 1].at - h->spark[0].at);
    q[i] = (struct point){gx + gw * (float)at, 38 - 22 * ((float)h->spark[i].value - lo) / range};
  }
  draw_polyline(c, q, h->sparks, 1.6f, CAP_ROUND, ink(t->ink));
  draw_disc(c, q[h->sparks - 1].x, q[h->sparks - 1].y, 2.6f, ink(t->ink));
  char words[32];
  int64_t span = h->spark[h->sparks - 1].at - h->spark[0].at;
  room_duration((double)span * 1e-9, words);
  char line[40];
  snprintf(line, sizeof line, "last %s", words);
  draw_text(r->look.type, c, gx, 49, FACE_REGULAR, 10.5f, t->ink3, line);
}

static void draw_oee(struct room *r, struct canvas *c, const struct show *s, float x) {
  const struct theme *t = r->look.theme;
  char value[32] = "–";
  double v = 0;
  bool known = room_kpi(s, "oee", &v);
  if (known) snprintf(value, sizeof value, "%.1f", v * 100);
  draw_kpi(r, c, x, "OEE", value, known ? "%" : "", known ? "of the constraint" : "no timed station");
  if (!known) return;
  float share = v < 0 ? 0 : v > 1 ? 1 : (float)v;
  draw_rect(c, x + 88, 26, 66, 10, ink(t->kit));
  draw_rect(c, x + 88, 26, 66 * share, 10, ink(t->ink2));
}

static void draw_use(struct room *r, struct canvas *c, const struct show *s, float x) {
  float sum[CAUSES] = {0}, one[CAUSES];
  int n = 0;
  char value[32] = "–", below[48];
  int64_t now = s->picture ? s->picture->now : 0;
  for (int i = 0; s->picture && i < s->picture->robots.n; i++) {
    if (!history_shares(&r->history, true, i, room_since(r, now), now, one)) continue;
    for (int k = 0; k < CAUSES; k++) sum[k] += one[k];
    n++;
  }
  for (int k = 0; n && k < CAUSES; k++) sum[k] /= (float)n;
  if (n) snprintf(value, sizeof value, "%.0f", (double)(sum[CAUSE_WORK] + sum[CAUSE_MOVE]) * 100);
  room_since_words(r, now, below);
  draw_kpi(r, c, x, "Robot utilisation", value, "%", n ? below : "");
  if (n) draw_state_bar(&r->look, c, x + 66, 26, 100, 10, sum);
}

static void draw_charge(struct room *r, struct canvas *c, const struct show *s, float x) {
  const struct theme *t = r->look.theme;
  char value[32] = "–", below[48] = "";
  float mean = 0, least = 2;
  int n = 0, lowest = -1;
  const struct picture *p = s->picture;
  for (int i = 0; p && i < p->robots.n; i++) {
    if (p->robots.fleet[i] < r->plan.fleet_count && r->plan.fleets[p->robots.fleet[i]].people) continue;
    mean += p->robots.charge[i];
    if (p->robots.charge[i] < least) {
      least = p->robots.charge[i];
      lowest = i;
    }
    // eight bars at most: of more robots the first eight
    if (n < 8) {
      float q = p->robots.charge[i] < 0 ? 0 : p->robots.charge[i] > 1 ? 1 : p->robots.charge[i], bx = x + 68 + 7 * (float)n;
      draw_rect(c, bx, 12, 5, 24, ink(t->kit));
      draw_rect(c, bx, 12 + 24 * (1 - q), 5, 24 * q, ink(q < 0.2f ? cause_fill(t, CAUSE_PREPARE) : t->ink2));
    }
    n++;
  }
  if (n) {
    char name[16];
    actor_name(&r->plan, p, lowest, name);
    snprintf(value, sizeof value, "%.0f", (double)mean / n * 100);
    snprintf(below, sizeof below, "lowest %s  %.0f %%", name, (double)least * 100);
  }
  draw_kpi(r, c, x, "Charge", value, "%", below);
}

static void draw_one(struct room *r, struct canvas *c, const struct show *s, int which, float x, float w) {
  char value[32] = "–", below[48] = "", words[32];
  double v;
  switch (which) {
    case KPI_THROUGHPUT: draw_throughput(r, c, s, x, w); break;
    case KPI_CYCLE:
      if (room_kpi(s, "throughput_per_h", &v) && v > 0) {
        snprintf(value, sizeof value, 3600 / v < 100 ? "%.2f" : "%.0f", 3600 / v);
        snprintf(below, sizeof below, "per good part");
      }
      draw_kpi(r, c, x, "Cycle", value, "s", below);
      break;
    case KPI_WIP:
      if (s->picture) snprintf(value, sizeof value, "%lld", (long long)s->picture->parts.total);
      if (room_kpi(s, "lead_time_s", &v)) {
        room_duration(v, words);
        snprintf(below, sizeof below, "lead %s", words);
      }
      draw_kpi(r, c, x, "WIP", value, "parts", below);
      break;
    case KPI_OEE: draw_oee(r, c, s, x); break;
    case KPI_USE: draw_use(r, c, s, x); break;
    case KPI_HELP:
      if (room_kpi(s, "interventions", &v)) snprintf(value, sizeof value, "%.0f", v);
      draw_kpi(r, c, x, "Interventions", value, "so far", "by people");
      break;
    default: draw_charge(r, c, s, x);
  }
}

void strip_draw(struct room *r, struct canvas *c, const struct show *s) {
  const struct theme *t = r->look.theme;
  draw_rect(c, 0, 0, r->width, 56, ink(t->panel));
  draw_hline(c, 0, r->width, 55, ink(t->line));
  float head = r->left.w > 100 ? r->left.w : 208;
  draw_mark(r, c, r->planned ? r->plan.name : s->hello && s->hello->name ? s->hello->name : "", head);
  if (!s->picture) return;          // nothing is known yet
  bool shown[KPIS];
  float need = 0;
  for (int i = 0; i < KPIS; i++) {
    // a line without robots has nothing to say of them
    bool robots = s->picture->robots.n > 0;
    shown[i] = robots || (i != KPI_USE && i != KPI_HELP && i != KPI_CHARGE);
    if (shown[i]) need += wide[i];
  }
  for (size_t i = 0; i < sizeof leaves / sizeof *leaves && need > r->width - head; i++) {
    if (shown[leaves[i]]) need -= wide[leaves[i]];
    shown[leaves[i]] = false;
  }
  // what is left over goes to the gaps, a little each
  float x = head, more = (r->width - head - need) / KPIS;
  if (more > 40) more = 40;
  if (more < 0) more = 0;
  struct clip old = canvas_clip(c, 0, 0, r->width, 56);
  for (int i = 0; i < KPIS; i++) {
    if (!shown[i] || x + wide[i] * 0.75f > r->width) continue;
    draw_one(r, c, s, i, x, wide[i]);
    x += wide[i] + more;
  }
  canvas_unclip(c, old);
}
