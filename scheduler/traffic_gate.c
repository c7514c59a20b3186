#include "scheduler/traffic_gate.h"

#include <math.h>

// all of these are guesses, tried on random halls
#define FIRST       0.26            // of the free cells
#define MOST        0.29
#define LEAST       0.04
#define EVERY       8               // steps
#define NEARER_LOW  0.66            // share below which fewer are admitted
#define NEARER_HIGH 0.72            // above which more are
#define FEWER       0.93
#define MORE        1.02

struct traffic_gate traffic_gate_make(int32_t robots, int32_t open) {
  return (struct traffic_gate){.admitted = fmin(robots, fmax(1, FIRST * open)), .least = fmin(robots, fmax(1, LEAST * open)),
                               .most = fmin(robots, fmax(1, MOST * open))};
}

int32_t traffic_gate_step(struct traffic_gate *g, int32_t step, int64_t going, int64_t nearer) {
  if (step > 0 && step % EVERY == 0) {
    int64_t went = going - g->going, came = nearer - g->nearer;
    g->going = going;
    g->nearer = nearer;
    double share = went > 0 ? (double)came / (double)went : 1;
    if (share < NEARER_LOW) g->admitted = fmax(g->least, FEWER * g->admitted);
    if (share > NEARER_HIGH) g->admitted = fmin(g->most, MORE * g->admitted);
  }
  return (int32_t)g->admitted;
}
