#include "scheduler/exchange.h"

#include <string.h>

// What both gain when a and b change; b has no job: when b goes in place of a.
static double gain_of(const struct exchange_problem *p, int32_t a, int32_t b) {
  double there = p->time(p->context, b, a);
  if (there < 0 || there > p->most[a]) return -1;
  if (b >= p->walkers) return p->left[a] - there;
  double back = p->time(p->context, a, b);
  if (back < 0 || back > p->most[b]) return -1;
  return p->left[a] + p->left[b] - there - back;
}

int32_t exchange_find(const struct exchange_problem *p, bool *used, struct exchange *out, int32_t max) {
  int32_t count = 0;
  memset(used, 0, sizeof *used * (size_t)p->robots);
  for (int32_t r = 0; r < p->robots && count < max; r++) {
    if (!p->fresh[r] || used[r]) continue;
    struct exchange best = {-1, -1, p->margin};
    for (int32_t k = 0; k < p->robots; k++) {
      if (k == r || used[k] || (r >= p->walkers && k >= p->walkers)) continue;
      int32_t a = r < p->walkers ? r : k, b = a == r ? k : r;
      // nobody gains more than what is left
      if (p->left[a] + (b < p->walkers ? p->left[b] : 0) < best.gain) continue;
      double gain = gain_of(p, a, b);
      if (gain >= best.gain && (gain > best.gain || best.a < 0)) best = (struct exchange){a, b, gain};
    }
    if (best.a < 0) continue;
    used[best.a] = used[best.b] = true;
    out[count++] = best;
  }
  return count;
}
