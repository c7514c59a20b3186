// Why the selected robot does what it does: its last decision, who else could have come, what each would have cost.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viewer/page.h"

static void say_terms(const struct frame_candidate *c, char *out, size_t size) {
  size_t n = 0;
  out[0] = 0;
  for (int k = 0; k < c->terms && n < size - 40; k++) {
    if (c->term[k].cost < 0.05f && c->term[k].cost > -0.05f) continue;
    n += (size_t)snprintf(out + n, size - n, "%s%s %.1f", n ? " + " : "", c->term[k].name, (double)c->term[k].cost);
  }
  if (c->terms == 0) n = (size_t)snprintf(out, size, "walk %.1f", (double)c->walk);
  if (c->terms == 0 && c->free_in > 0) snprintf(out + n, size - n, " + free in %.1f", (double)c->free_in);
}

// Name, a bar as long as its cost, the cost, and below what it is made of.
static void draw_candidate(struct page *k, const struct frame_candidate *c, float most) {
  const struct theme *t = k->r->look.theme;
  char cost[24], terms[256];
  float bar = k->x0 + 46, end = k->x1 - 52, share = most > 0 && c->cost > 0 ? c->cost / most : 0;
  if (c->wins) {
    draw_round(k->c, k->x0 - 6, k->y - 14, k->x1 - k->x0 + 12, 34, 4, tint(t->accent, t->dark ? 0.18f : 0.10f));
    draw_round(k->c, k->x0 - 6, k->y - 14, 3, 34, 1.5f, ink(t->accent));
  }
  draw_text_fit(k->r->look.type, k->c, k->x0, k->y, 44, c->wins ? FACE_BOLD : FACE_MEDIUM, 12, t->ink, c->robot);
  draw_rect(k->c, bar, k->y - 8, end - bar, 8, ink(t->kit));
  draw_rect(k->c, bar, k->y - 8, (end - bar) * share, 8, ink(c->wins ? t->accent : t->ink2));
  snprintf(cost, sizeof cost, "%.1f s", (double)c->cost);
  draw_text_right(k->r->look.type, k->c, k->x1, k->y, c->wins ? FACE_BOLD : FACE_MEDIUM, 12, t->ink, cost);
  say_terms(c, terms, sizeof terms);
  draw_text_fit(k->r->look.type, k->c, k->x0, k->y + 15, k->x1 - k->x0, FACE_REGULAR, 10.5f, c->wins ? t->ink2 : t->ink3, terms);
  k->y += 36;
}

// The winner's cost term by term, when it has several.
static void draw_sum(struct page *k, const struct frame_candidate *c) {
  char value[24];
  int some = 0;
  for (int i = 0; i < c->terms; i++) some += c->term[i].cost >= 0.05f || c->term[i].cost <= -0.05f;
  if (some < 2) return;
  page_rule(k, 0, 19);
  page_heading(k, "The winner's cost", "s");
  for (int i = 0; i < c->terms; i++) {
    if (c->term[i].cost < 0.05f && c->term[i].cost > -0.05f) continue;
    snprintf(value, sizeof value, "%.1f", (double)c->term[i].cost);
    page_row(k, c->term[i].name, value);
  }
}

static void draw_given(struct page *k, const struct frame_decision *d) {
  const struct theme *t = k->r->look.theme;
  char value[48], time[32];
  room_duration((double)d->age, time);
  page_row(k, "it had waited", time);
  room_duration((double)d->work, time);
  page_row(k, "work", time);
  if (!isnan(d->due)) {
    room_duration(fabs((double)d->due), time);
    snprintf(value, sizeof value, d->due < 0 ? "late by %s" : "in %s", time);
    page_row(k, "due", value);
  }
  if (d->count == 0) return;
  page_rule(k, 0, 19);
  snprintf(value, sizeof value, "%lld could come", (long long)d->count + d->others);
  page_heading(k, "Candidates, cheapest first", value);
  k->y += 4;
  float most = 0;
  const struct frame_candidate *winner = NULL;
  for (int i = 0; i < d->count; i++) {
    if (d->candidate[i].cost > most) most = d->candidate[i].cost;
    if (d->candidate[i].wins) winner = &d->candidate[i];
  }
  for (int i = 0; i < d->count; i++) draw_candidate(k, &d->candidate[i], most);
  if (d->others > 0) {
    snprintf(value, sizeof value, "and %d more", d->others);
    draw_text(k->r->look.type, k->c, k->x0, k->y, FACE_REGULAR, 11, t->ink3, value);
    k->y += 18;
  }
  if (winner) draw_sum(k, winner);
}

void page_why(struct page *k, int row) {
  const struct theme *t = k->r->look.theme;
  const struct frame_decision *d = k->s->decision;
  (void)row;
  k->y += 19;
  if (!d) {
    page_heading(k, "Last decision", NULL);
    page_words(k, 11, t->ink3, k->s->recording ? "None is told of this robot: recordings keep those of the first 64 robots, from the hour before."
                                               : "None yet. A run tells of the first 64 robots, and from now on of those that are looked at.");
    return;
  }
  char ago[48], time[32];
  room_duration((double)(k->s->picture->now - d->at) * 1e-9, time);
  snprintf(ago, sizeof ago, "%s ago", time);
  page_heading(k, "Last decision", k->s->picture->now >= d->at ? ago : NULL);
  page_words(k, 12, t->ink, d->what);
  k->y += 4;
  room_clock(d->at, time);
  page_row(k, "at", time);
  page_row(k, "by", d->policy);
  if (d->kind == DECISION_CHARGE) page_words(k, 11, t->ink2, d->why);
  else draw_given(k, d);
}
