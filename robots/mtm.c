#include "robots/mtm.h"

#include <assert.h>

#define INCH  0.0254                // m
#define POUND 0.45359237            // kg
#define DISTANCES 21
#define WEIGHTS   10

// Table I and II of the card: inches, TMU
static const double inch[DISTANCES] = {.75, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};

static const double reach[4][DISTANCES] = {
  {2, 2.5, 4, 5.3, 6.1, 6.5, 7, 7.4, 7.9, 8.3, 8.7, 9.6, 10.5, 11.4, 12.3, 13.1, 14, 14.9, 15.8, 16.7, 17.5},
  {2, 2.5, 4, 5.3, 6.4, 7.8, 8.6, 9.3, 10.1, 10.8, 11.5, 12.9, 14.4, 15.8, 17.2, 18.6, 20.1, 21.5, 22.9, 24.4, 25.8},
  {2, 3.6, 5.9, 7.3, 8.4, 9.4, 10.1, 10.8, 11.5, 12.2, 12.9, 14.2, 15.6, 17, 18.4, 19.8, 21.2, 22.5, 23.9, 25.3, 26.7},
  {2, 2.4, 3.8, 5.3, 6.8, 7.4, 8, 8.7, 9.3, 9.9, 10.5, 11.8, 13, 14.2, 15.5, 16.7, 18, 19.2, 20.4, 21.7, 22.9},
};

static const double move[3][DISTANCES] = {
  {2, 2.5, 3.6, 4.9, 6.1, 7.3, 8.1, 8.9, 9.7, 10.5, 11.3, 12.9, 14.4, 16, 17.6, 19.2, 20.8, 22.4, 24, 25.5, 27.1},
  {2, 2.9, 4.6, 5.7, 6.9, 8, 8.9, 9.7, 10.6, 11.5, 12.2, 13.4, 14.6, 15.8, 17, 18.2, 19.4, 20.6, 21.8, 23.1, 24.3},
  {2, 3.4, 5.2, 6.7, 8, 9.2, 10.3, 11.1, 11.8, 12.7, 13.5, 15.2, 16.9, 18.7, 20.4, 22.1, 23.8, 25.5, 27.3, 29, 30.7},
};

// weight allowance of the move: up to so many pounds
static const double pound[WEIGHTS]    = {2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 32.5, 37.5, 42.5, 47.5};
static const double factor[WEIGHTS]   = {1, 1.06, 1.11, 1.17, 1.22, 1.28, 1.33, 1.39, 1.44, 1.5};
static const double constant[WEIGHTS] = {0, 2.2, 3.9, 5.6, 7.4, 9.1, 10.8, 12.5, 14.3, 16};

static double interpolate(const double *tmu, double distance) {
  assert(distance >= 0);
  double x = distance / INCH;
  if (x <= inch[0]) return tmu[0];
  int k = 1;
  while (k < DISTANCES - 1 && x > inch[k]) k++;
  return tmu[k - 1] + (tmu[k] - tmu[k - 1]) * (x - inch[k - 1]) / (inch[k] - inch[k - 1]);
}

static int weight_row(double mass) {
  assert(mass >= 0);
  int k = 0;
  while (k < WEIGHTS - 1 && mass > pound[k] * POUND) k++;
  return k;
}

double mtm_reach(enum mtm_reach c, double distance) { return interpolate(reach[c], distance); }
double mtm_move(enum mtm_move c, double distance) { return interpolate(move[c], distance); }

double mtm_grasp(enum mtm_grasp c) {
  static const double tmu[] = {2.0, 3.5, 7.3, 9.1, 12.9};
  return tmu[c];
}

double mtm_position(enum mtm_position c) {
  static const double tmu[] = {5.6, 16.2, 43.0};
  return tmu[c];
}

double mtm_release(void) { return 2.0; }
double mtm_eye_focus(void) { return 7.3; }

double mtm_weight_constant(double mass) { return constant[weight_row(mass)]; }
double mtm_weight_factor(double mass) { return factor[weight_row(mass)]; }
