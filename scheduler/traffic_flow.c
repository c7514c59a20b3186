#include "scheduler/traffic_flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COST_MAX    (5 * TRAFFIC_UNIT)     // this and the following are guesses
#define FIRST       40              // steps before the first costs
#define EVERY       20              // steps between new costs, at least
#define WORK_A_STEP 150000          // states of fields that are built anew, on the average of all steps
#define FADE        0.99            // of what was counted, a step

struct traffic_flow {
  int32_t  width, cells;
  double  *flow;                    // (cells x 4) moves a step, fading
  uint8_t *cost;                    // (cells x 4)
  double   against;                 // steps for each mean flow against it
  double   weight;                  // of the next move that is counted: grows, instead of all others fading
  int32_t  step, every;
};

struct traffic_flow *traffic_flow_create(const struct traffic_grid *g, double against) {
  assert(g->cost == NULL);
  struct traffic_flow *f = calloc(1, sizeof *f);
  if (!f) return NULL;
  f->width = g->width;
  f->cells = g->width * g->height;
  f->against = against;
  f->weight = 1;
  int64_t every = (int64_t)4 * f->cells * f->cells / WORK_A_STEP;
  f->every = every < EVERY ? EVERY : every > 100000 ? 100000 : (int32_t)every;
  size_t cells = (size_t)f->cells;
  f->flow = calloc(cells * 4, sizeof *f->flow);
  f->cost = malloc(cells * 4);
  if (!f->flow || !f->cost) {
    traffic_flow_destroy(f);
    return NULL;
  }
  return f;
}

void traffic_flow_destroy(struct traffic_flow *f) {
  if (!f) return;
  free(f->flow);
  free(f->cost);
  free(f);
}

static void fade(struct traffic_flow *f) {
  for (int32_t k = 0; k < 4 * f->cells; k++) f->flow[k] /= f->weight;
  f->weight = 1;
}

static void set_costs(struct traffic_flow *f) {
  const int32_t ahead[4] = {1, f->width, -1, -f->width};
  double sum = 0;
  int32_t used = 0;                 // sides that anybody ever used: what fades does not come to 0, so the mean is one over all of the run's ways
  for (int32_t k = 0; k < 4 * f->cells; k++) {
    sum += f->flow[k];
    used += f->flow[k] > 0;
  }
  memset(f->cost, TRAFFIC_UNIT, (size_t)f->cells * 4);
  for (int32_t c = 0; c < f->cells; c++)
    for (int e = 0; e < 4; e++) {
      // who went from c by e makes the way back dear
      double went = f->flow[4 * c + e];
      if (went <= 0) continue;
      double v = TRAFFIC_UNIT * (1 + f->against * went * used / sum);
      f->cost[4 * (c + ahead[e]) + ((e + 2) & 3)] = v < COST_MAX ? (uint8_t)(v + 0.5) : COST_MAX;
    }
}

const uint8_t *traffic_flow_step(struct traffic_flow *f, int32_t n, const int32_t *cell, const uint8_t *facing, const uint8_t *action) {
  for (int32_t i = 0; i < n; i++) {
    if (action[i] == TRAFFIC_FORWARD) f->flow[4 * cell[i] + facing[i]] += f->weight;
    else if (action[i] >= TRAFFIC_GO) f->flow[4 * cell[i] + action[i] - TRAFFIC_GO] += f->weight;
  }
  f->weight /= FADE;
  f->step++;
  if (f->step % EVERY == 0) fade(f);
  if (f->step < FIRST || f->step % f->every) return NULL;
  set_costs(f);
  return f->cost;
}
