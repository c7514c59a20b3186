#include "robots/walk_energy.h"

#include <string.h>

#define RIDGE 3e-3                  // of the terms' own size: keeps what examples do not tell near 0
#define RATE  0.80                  // steady cadence in sqrt(g / l): RATE Fr^RISE, at least LEAST (robots/walk.c, robots/transition.c)
#define RISE  0.33
#define LEAST 0.50

static double size_of(double x) { return x < 0 ? -x : x; }
static double larger(double a, double b) { return a > b ? a : b; }

// Step i of the plan: what a body does from one target to the next.
static void add_step(struct walk_terms *o, double *before, const struct humanoid *h, const struct step_plan *p, int i, double time,
                     const struct step_target *a, const struct step_target *b) {
  double s, c, x = b->place.x - a->place.x, y = b->place.y - a->place.y, turn = b->yaw - a->yaw, unit = m_sqrt(GRAVITY / h->leg_length);
  m_sincos(0.5 * (a->yaw + b->yaw), &s, &c);
  double v = size_of(c * x + s * y) / time, side = (c * y - s * x) / time;
  const struct footstep *from = &p->step[i], *to = &p->step[i + 2];
  double dx = to->position.x - from->position.x, dy = to->position.y - from->position.y, swing = (dx * dx + dy * dy) / (time * time);
  double foot = (to->yaw - from->yaw) / time, hurry = 1 - time * unit * larger(RATE * m_pow(v / (unit * h->leg_length), RISE), LEAST);
  o->term[1] += size_of(v * v - *before * *before);
  o->term[2] += hurry;
  o->term[3] += hurry * swing;
  o->term[4] += foot * foot / time;
  o->term[5] += size_of(turn) * v;
  o->term[6] += side * side * time;
  o->term[7] = larger(o->term[7], v);
  *before = v;
}

void walk_terms_of(struct walk_terms *out, double *base, const struct humanoid *h, const struct step_plan *p, const struct step_target *from,
                   const struct step_target *target, walk_power_fn *power, void *context) {
  int count = p->count - 2;
  double before = 0, last = 0;
  memset(out, 0, sizeof *out);
  *base = 0;
  out->term[0] = 1;
  for (int i = 0; i < count; i++) {
    const struct step_target *a = i ? &target[i - 1] : from, *b = &target[i];
    double s, c, rise = b->place.z - a->place.z;
    // the closing step has the time of its swing
    double time = i + 1 < count ? p->step[i + 1].lift - p->step[i].lift : p->step[i + 2].land - p->step[i].lift;
    m_sincos(0.5 * (a->yaw + b->yaw), &s, &c);
    add_step(out, &before, h, p, i, time, a, b);
    out->rise[rise < 0] += size_of(rise);
    last = size_of(c * (b->place.x - a->place.x) + s * (b->place.y - a->place.y)) / time;
    if (i + 1 == count) break;
    out->steps += time;
    *base += time * power(context, last);
  }
  out->term[1] += before * before;
  out->speed_most = out->term[7];
}

// ---- weights ----------------------------------------------------------------------------------------

static int terms_of(const struct walk_example *e, bool loaded, double row[2 * WALK_TERMS]) {
  for (int i = 0; i < WALK_TERMS; i++) row[i] = e->terms.term[i], row[WALK_TERMS + i] = e->terms.term[i] * e->load;
  return loaded ? 2 * WALK_TERMS : WALK_TERMS;
}

// Symmetric positive definite: Cholesky's factors, in place.
static void solve(double A[2 * WALK_TERMS][2 * WALK_TERMS], double *x, int n) {
  for (int k = 0; k < n; k++) {
    for (int i = 0; i < k; i++) A[k][k] -= A[k][i] * A[k][i];
    A[k][k] = m_sqrt(A[k][k]);
    for (int j = k + 1; j < n; j++) {
      for (int i = 0; i < k; i++) A[j][k] -= A[j][i] * A[k][i];
      A[j][k] /= A[k][k];
    }
  }
  for (int k = 0; k < n; k++) {
    for (int i = 0; i < k; i++) x[k] -= A[k][i] * x[i];
    x[k] /= A[k][k];
  }
  for (int k = n - 1; k >= 0; k--) {
    for (int i = k + 1; i < n; i++) x[k] -= A[i][k] * x[i];
    x[k] /= A[k][k];
  }
}

void walk_terms_fit(double weight[2 * WALK_TERMS], const struct walk_example *example, int count, bool loaded) {
  double A[2 * WALK_TERMS][2 * WALK_TERMS] = {{0}}, scale[2 * WALK_TERMS] = {0}, row[2 * WALK_TERMS];
  int n = loaded ? 2 * WALK_TERMS : WALK_TERMS;
  memset(weight, 0, sizeof(double) * 2 * WALK_TERMS);
  if (count < n) return;

  // shares of each walk's energy, terms of mean square 1
  for (int k = 0; k < count; k++) {
    terms_of(&example[k], loaded, row);
    for (int i = 0; i < n; i++) scale[i] += row[i] * row[i] / (example[k].energy * example[k].energy) / count;
  }
  for (int i = 0; i < n; i++) scale[i] = scale[i] > 0 ? 1 / m_sqrt(scale[i]) : 0;
  for (int k = 0; k < count; k++) {
    terms_of(&example[k], loaded, row);
    for (int i = 0; i < n; i++) row[i] *= scale[i] / example[k].energy;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) A[i][j] += row[i] * row[j];
      weight[i] += row[i] * example[k].left / example[k].energy;
    }
  }
  for (int i = 0; i < n; i++) A[i][i] += RIDGE * RIDGE * count;
  solve(A, weight, n);
  for (int i = 0; i < n; i++) weight[i] *= scale[i];
}

double walk_terms_energy(const double weight[2 * WALK_TERMS], const struct walk_terms *t, double load) {
  double sum = 0;
  for (int i = 0; i < WALK_TERMS; i++) sum += t->term[i] * (weight[i] + weight[WALK_TERMS + i] * load);
  return sum;
}
