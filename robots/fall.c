#include "robots/fall.h"

#define TICK         0.005          // s
#define SETTLE       12             // steps from rest to a steady walk
#define TIME_MAX     30.0           // s

// guesses
#define DAMAGE_TIMES 3.0            // a fall from standing has a third of the energy that damages 63 %
#define DAMAGE_SHAPE 2.0
#define RISE_TIME    16.0           // s    at a height of 1 m; as optimus-gen2 takes by robots/rise.h, rolled over first and stood up then
#define KNEEL_ACCEL  0.3            // of g, while the body goes down

struct fall_params fall_params_of(const struct balance_params *p) {
  double standing = p->mass * GRAVITY * p->com_height;
  return (struct fall_params){DAMAGE_TIMES * standing, DAMAGE_SHAPE, RISE_TIME * m_sqrt(p->com_height)};
}

double fall_damage(const struct fall_params *f, double energy) {
  return energy > 0 ? 1 - m_exp(-m_pow(energy / f->damage_energy, f->damage_shape)) : 0;
}

bool fall_damages(const struct fall_params *f, double energy, double u) { return u < fall_damage(f, energy); }

// The shank is about half of the leg.
double stop_kneel_time(double com_height) { return m_sqrt(5.774 * 0.25 * com_height / (KNEEL_ACCEL * GRAVITY)); }

struct stop_outcome stop_try(const struct balance_params *p, enum stop_category category, double speed, double phase, double friction) {
  double memory[64];
  struct stop_outcome o = {0};
  struct balance_columns c = balance_columns_init(memory, 1);
  balance_stand(p, &c, 0, 0, 0, 0, friction);
  c.command[0][0] = speed;
  for (double t = 0; speed != 0 && t < SETTLE * p->swing_time + phase * p->swing_time - 1e-9; t += TICK) balance_step(p, &c, 0, 1, TICK);

  double x = c.com[0][0], y = c.com[0][1];
  int steps = c.steps[0];
  c.command[0][0] = 0;
  if (category == STOP_FREEZE) balance_freeze(p, &c, 0);
  for (bool rests = false; o.time < TIME_MAX && !rests && c.mode[0] != BALANCE_LYING; o.time += TICK) {
    balance_step(p, &c, 0, 1, TICK);
    double v = m_sqrt(c.vel[0][0] * c.vel[0][0] + c.vel[0][1] * c.vel[0][1]);
    rests = c.mode[0] == BALANCE_FROZEN ? v < 5e-3 && c.slide[0][0] == 0 && c.slide[0][1] == 0 : (c.events[0] & BALANCE_EVENT_REST) != 0;
  }
  o.fell = c.mode[0] == BALANCE_FALLING || c.mode[0] == BALANCE_LYING;
  o.way = m_sqrt((c.com[0][0] - x) * (c.com[0][0] - x) + (c.com[0][1] - y) * (c.com[0][1] - y));
  o.steps = c.steps[0] - steps;
  o.impact_energy = c.energy[0];
  if (category == STOP_KNEEL && !o.fell) o.time += stop_kneel_time(p->com_height);
  return o;
}
