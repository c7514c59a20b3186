#include "viewer/history.h"

#include <stdlib.h>
#include <string.h>

static void free_tracks(struct track *t, int n) {
  for (int i = 0; i < n; i++) free(t[i].change);
  free(t);
}

void history_finish(struct history *h) {
  free_tracks(h->robot, h->robots);
  free_tracks(h->station, h->stations);
  heat_finish(&h->heat);
  memset(h, 0, sizeof *h);
  h->last = h->heat.last = -1;
}

void history_clear(struct history *h) {
  for (int i = 0; i < h->robots; i++) h->robot[i].count = 0;
  for (int i = 0; i < h->stations; i++) h->station[i].count = 0;
  h->first = 0;
  h->last = -1;
  h->sparks = 0;
  heat_clear(&h->heat);
}

static bool grow(struct track **t, int *have, int n) {
  if (n <= *have) return true;
  struct track *more = realloc(*t, (size_t)n * sizeof *more);
  if (!more) return false;
  memset(more + *have, 0, (size_t)(n - *have) * sizeof *more);
  *t = more;
  *have = n;
  return true;
}

static void add(struct track *t, int64_t at, uint8_t code) {
  if (t->count && t->change[t->count - 1].code == code) return;
  if (t->count == t->capacity) {
    if (t->capacity >= HISTORY_CHANGES) {
      // the older half goes
      t->count -= HISTORY_CHANGES / 2;
      memmove(t->change, t->change + HISTORY_CHANGES / 2, (size_t)t->count * sizeof *t->change);
    } else {
      int capacity = t->capacity ? t->capacity * 2 : 16;
      struct change *change = realloc(t->change, (size_t)capacity * sizeof *change);
      if (!change) return;
      t->change = change;
      t->capacity = capacity;
    }
  }
  t->change[t->count++] = (struct change){at, code};
}

void history_add(struct history *h, const struct picture *p) {
  if (p->now == h->last) return;
  if (p->now < h->last) history_clear(h);
  if (!grow(&h->robot, &h->robots, p->robots.n) || !grow(&h->station, &h->stations, p->stations.n)) return;
  if (h->last < h->first) h->first = p->now;
  h->last = p->now;
  heat_add(&h->heat, p);
  for (int i = 0; i < p->robots.n; i++) add(&h->robot[i], p->now, p->robots.cause[i]);
  for (int i = 0; i < p->stations.n; i++) add(&h->station[i], p->now, p->stations.cause[i]);
}

void history_spark(struct history *h, int64_t at, double value) {
  if (h->sparks && at <= h->spark[h->sparks - 1].at) return;
  // thin out by half when full: the line keeps its whole length
  if (h->sparks == HISTORY_SPARK) {
    for (int i = 0; i < HISTORY_SPARK / 2; i++) h->spark[i] = h->spark[2 * i];
    h->sparks /= 2;
  }
  h->spark[h->sparks].at = at;
  h->spark[h->sparks++].value = value;
}

bool history_shares(const struct history *h, bool robot, int row, int64_t from, int64_t to, float out[CAUSES]) {
  memset(out, 0, CAUSES * sizeof *out);
  if (row < 0 || row >= (robot ? h->robots : h->stations) || h->last < h->first) return false;
  const struct track *t = robot ? &h->robot[row] : &h->station[row];
  if (from < h->first) from = h->first;
  if (t->count && from < t->change[0].at) from = t->change[0].at;
  if (to > h->last) to = h->last;
  if (!t->count) return false;
  if (to <= from) {
    const struct state_look *s = robot ? robot_look(t->change[t->count - 1].code) : station_look(t->change[t->count - 1].code);
    out[s->cause] = 1;
    return true;
  }
  for (int i = t->count - 1; i >= 0; i--) {
    int64_t a = t->change[i].at, b = i + 1 < t->count ? t->change[i + 1].at : to;
    if (a < from) a = from;
    if (b > to) b = to;
    const struct state_look *s = robot ? robot_look(t->change[i].code) : station_look(t->change[i].code);
    if (b > a) out[s->cause] += (float)((double)(b - a) / (double)(to - from));
    if (t->change[i].at <= from) break;
  }
  return true;
}
