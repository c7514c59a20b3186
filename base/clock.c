#include "base/clock.h"

#include <assert.h>

ns_t ns_from_seconds(double seconds) {
  assert(seconds == seconds);
  double ns = seconds * 1e9;
  if (ns >=  (double)NS_LIMIT) return  NS_LIMIT;
  if (ns <= -(double)NS_LIMIT) return -NS_LIMIT;

  // halves go up; the rest is exact, since t is within half a unit of ns
  ns_t   t    = (ns_t)ns;
  double rest = ns - (double)t;
  if (rest >= 0.5) return t + 1;
  if (rest < -0.5) return t - 1;
  return t;
}
