#include "scheduler/shop_refute.h"

#include <stdlib.h>
#include <string.h>

#define MACHINE_MAX 400             // operations of one machine; larger ones take part in their jobs alone

struct refuter {
  const struct shop *s;
  int64_t  work;                    // steps left
  int32_t *time;                    // shortest                                               (nodes)
  int32_t *begin, *node;            // operations of machine m: node[begin[m]] ...            (machines + 1), (ops)
  int32_t  shared, *machine;        // machines that have more than one                       (shared)
  int32_t *release, *due;           // the windows                                            (nodes)
  int32_t *kept_release, *kept_due; // saved by shaving                                       (nodes)
  bool    (*stop)(void *context);
  void    *context;
};

struct task { int32_t release, due, time, node, raised; };

// ---- windows along jobs ------------------------------------------------------------------------------

static bool chain(struct refuter *r, bool *changed) {
  const struct shop *s = r->s;
  int32_t *release = r->release, *due = r->due;
  for (int32_t v = 1; v < s->nodes - 1; v++) {
    if (s->job[v] < 0 || s->job[v - 1] < 0) continue;
    int32_t at = release[v - 1] + r->time[v - 1];
    if (at > release[v]) release[v] = at, *changed = true;
  }
  for (int32_t v = s->nodes - 2; v > 0; v--) {
    if (s->job[v] < 0) continue;
    if (s->job[v + 1] >= 0 && due[v + 1] - r->time[v + 1] < due[v]) due[v] = due[v + 1] - r->time[v + 1], *changed = true;
    if (release[v] + r->time[v] > due[v]) return false;
  }
  r->work -= s->nodes;
  return true;
}

// ---- one machine -------------------------------------------------------------------------------------

// of two operations that cannot run i before k, k runs before i
static bool pairs(struct refuter *r, const int32_t *node, int32_t n, bool *changed) {
  int32_t *release = r->release, *due = r->due;
  for (int32_t a = 0; a < n; a++)
    for (int32_t b = a + 1; b < n; b++) {
      int32_t i = node[a], k = node[b];
      bool forth = release[i] + r->time[i] + r->time[k] <= due[k], back = release[k] + r->time[k] + r->time[i] <= due[i];
      if (forth && back) continue;
      if (!forth && !back) return false;
      int32_t first = forth ? i : k, second = forth ? k : i;
      if (release[first] + r->time[first] > release[second]) release[second] = release[first] + r->time[first], *changed = true;
      if (due[second] - r->time[second] < due[first]) due[first] = due[second] - r->time[second], *changed = true;
    }
  r->work -= (int64_t)n * n;
  return true;
}

static void sort_tasks(struct task *t, int32_t n) {
  // nearly sorted from round to round: insertion
  for (int32_t i = 1; i < n; i++) {
    struct task moving = t[i];
    int32_t k = i;
    for (; k > 0 && t[k - 1].release > moving.release; k--) t[k] = t[k - 1];
    t[k] = moving;
  }
}

// Edge finding: operations that must come behind all of a set are released at its earliest end. false: refuted.
static bool find_edges(struct refuter *r, struct task *t, int32_t n) {
  const int32_t none = INT32_MIN / 4;
  int32_t ends[MACHINE_MAX];
  sort_tasks(t, n);
  for (int32_t i = 0; i < n; i++) t[i].raised = t[i].release;
  for (int32_t k = 0; k < n; k++) {
    int32_t limit = t[k].due, sum = 0, end = none, earliest = none;
    for (int32_t i = n - 1; i >= 0; i--) {
      if (t[i].due <= limit) {
        sum += t[i].time;
        if (t[i].release + sum > end) end = t[i].release + sum;
        if (end > limit) return false;
      }
      ends[i] = end;
    }
    for (int32_t i = 0; i < n; i++) {
      if (t[i].due <= limit) {
        if (t[i].release + sum > earliest) earliest = t[i].release + sum;
        sum -= t[i].time;
        continue;
      }
      if (t[i].release + sum + t[i].time > limit && ends[i] > t[i].raised) t[i].raised = ends[i];
      if (earliest + t[i].time > limit && end > t[i].raised) t[i].raised = end;
    }
  }
  r->work -= 2 * (int64_t)n * n;
  return true;
}

static bool machine(struct refuter *r, const int32_t *node, int32_t n, bool *changed) {
  struct task t[MACHINE_MAX];
  if (!pairs(r, node, n, changed)) return false;
  for (int32_t i = 0; i < n; i++) t[i] = (struct task){r->release[node[i]], r->due[node[i]], r->time[node[i]], node[i], 0};
  if (!find_edges(r, t, n)) return false;
  for (int32_t i = 0; i < n; i++)
    if (t[i].raised > r->release[t[i].node]) r->release[t[i].node] = t[i].raised, *changed = true;
  // the mirror: time runs backwards
  for (int32_t i = 0; i < n; i++) t[i] = (struct task){-r->due[node[i]], -r->release[node[i]], r->time[node[i]], node[i], 0};
  if (!find_edges(r, t, n)) return false;
  for (int32_t i = 0; i < n; i++)
    if (-t[i].raised < r->due[t[i].node]) r->due[t[i].node] = -t[i].raised, *changed = true;
  return true;
}

// ---- a time refuted ----------------------------------------------------------------------------------

// Shrink the windows as far as they go; false: refuted.
static bool shrink(struct refuter *r) {
  for (bool changed = true; changed && r->work > 0;) {
    changed = false;
    if (!chain(r, &changed)) return false;
    for (int32_t k = 0; k < r->shared; k++) {
      int32_t m = r->machine[k], n = r->begin[m + 1] - r->begin[m];
      if (n <= MACHINE_MAX && !machine(r, r->node + r->begin[m], n, &changed)) return false;
    }
  }
  return true;
}

static void keep(struct refuter *r) {
  memcpy(r->kept_release, r->release, (size_t)r->s->nodes * sizeof *r->release);
  memcpy(r->kept_due, r->due, (size_t)r->s->nodes * sizeof *r->due);
}

static void put_back(struct refuter *r) {
  memcpy(r->release, r->kept_release, (size_t)r->s->nodes * sizeof *r->release);
  memcpy(r->due, r->kept_due, (size_t)r->s->nodes * sizeof *r->due);
}

static void put_in_order(struct refuter *r, int32_t first, int32_t second) {
  int32_t at = r->release[first] + r->time[first], by = r->due[second] - r->time[second];
  if (at > r->release[second]) r->release[second] = at;
  if (by < r->due[first]) r->due[first] = by;
}

// One order tried; on true (refuted) the other one holds and the windows show it. *gone: that is refuted as well.
static bool shave_order(struct refuter *r, int32_t first, int32_t second, bool *gone) {
  keep(r);
  put_in_order(r, first, second);
  bool stands = shrink(r);
  put_back(r);
  if (stands || r->work <= 0) return false;
  put_in_order(r, second, first);
  *gone = !shrink(r);
  return true;
}

static bool refuted_by_shaving(struct refuter *r) {
  bool gone = false;
  for (bool changed = true; changed && r->work > 0;) {
    changed = false;
    for (int32_t q = 0; q < r->shared && r->work > 0; q++)
      for (int32_t m = r->machine[q], a = r->begin[m]; a < r->begin[m + 1] && r->work > 0; a++) {
        if (r->stop && r->stop(r->context)) r->work = 0;
        for (int32_t b = a + 1; b < r->begin[m + 1] && r->work > 0; b++) {
          int32_t i = r->node[a], k = r->node[b];
          bool forth = r->release[i] + r->time[i] + r->time[k] <= r->due[k], back = r->release[k] + r->time[k] + r->time[i] <= r->due[i];
          if (!forth || !back) continue;
          if (shave_order(r, i, k, &gone) || (!gone && shave_order(r, k, i, &gone))) changed = true;
          if (gone) return true;
        }
      }
  }
  return false;
}

static bool refuted(struct refuter *r, int32_t end, bool shave) {
  for (int32_t v = 0; v < r->s->nodes; v++) {
    r->release[v] = 0;
    r->due[v] = end;
  }
  if (!shrink(r)) return true;
  return shave && r->work > 0 && refuted_by_shaving(r);
}

int32_t shop_refute(const struct shop *s, int32_t bound, int32_t enough, int64_t work, bool (*stop)(void *context), void *context) {
  size_t nodes = (size_t)s->nodes;
  struct refuter r = {.s = s, .work = work, .stop = stop, .context = context};
  int32_t *block = r.time = calloc(6 * nodes + 2 * (size_t)s->machines + 2, sizeof *block);
  if (block == NULL) return -1;
  r.node = block + nodes;
  r.release = block + 2 * nodes;
  r.due = block + 3 * nodes;
  r.kept_release = block + 4 * nodes;
  r.kept_due = block + 5 * nodes;
  r.begin = block + 6 * nodes;
  r.machine = r.begin + s->machines + 2;
  for (int32_t v = 0; v < s->nodes; v++) {
    r.time[v] = shop_time_min(s, v);
    if (s->alt[v + 1] - s->alt[v] == 1) r.begin[s->alt_machine[s->alt[v]] + 2]++;
  }
  for (int32_t m = 1; m <= s->machines; m++) r.begin[m + 1] += r.begin[m];
  for (int32_t v = 0; v < s->nodes; v++)
    if (s->alt[v + 1] - s->alt[v] == 1) r.node[r.begin[s->alt_machine[s->alt[v]] + 1]++] = v;
  for (int32_t m = 0; m < s->machines; m++)
    if (r.begin[m + 1] - r.begin[m] > 1) r.machine[r.shared++] = m;

  // in long steps while windows alone refute, then one by one, then with shaving
  for (int32_t step = 1 + (enough - bound) / 8; bound < enough && r.work > 0;) {
    if (stop && stop(context)) break;
    int32_t end = bound + step - 1 < enough ? bound + step - 1 : enough - 1;
    if (refuted(&r, end, false)) bound = end + 1;
    else if (step == 1) break;
    else step = (step + 1) / 2;
  }
  for (int32_t step = 1 + (enough - bound) / 8; bound < enough && r.work > 0;) {
    int32_t end = bound + step - 1 < enough ? bound + step - 1 : enough - 1;
    if (refuted(&r, end, true)) bound = end + 1;
    else if (step == 1) break;
    else step = (step + 1) / 2;
  }
  free(block);
  return bound;
}
