#include "robots/battery.h"

#include <assert.h>

#include "base/maths.h"

#define CUTOFF    (0.02 / 0.22)     // share of the charging current at which the pack is called full: with a taper at 80 % the line of robots/tables.h
#define SLICES    256               // parts of the pack's energy after which the voltage is renewed in long calls
#define SLICE_MAX 20.0              // s

bool battery_pack_init(struct battery_pack *p) {
  double mean = 0;
  if (p->points < 2 || p->points > BATTERY_POINTS_MAX || !(p->energy > 0) || !(p->volts[0] > 0)) return false;
  if (p->share[0] != 0 || p->share[p->points - 1] != 1) return false;
  for (int i = 1; i < p->points; i++) {
    if (!(p->share[i] > p->share[i - 1]) || !(p->volts[i] > p->volts[i - 1])) return false;
    mean += (p->share[i] - p->share[i - 1]) * (p->volts[i] + p->volts[i - 1]) / 2;
  }
  p->charge = p->energy / mean;
  p->stored[0] = 0;
  for (int i = 1; i < p->points; i++)
    p->stored[i] = p->stored[i - 1] + p->charge * (p->share[i] - p->share[i - 1]) * (p->volts[i] + p->volts[i - 1]) / 2;
  p->stored[p->points - 1] = p->energy;                       // rounding

  // constant voltage begins at the taper with the full current and ends at full with CUTOFF of it
  double full = p->volts[p->points - 1], taper = battery_volts(p, battery_energy(p, p->charge_taper));
  p->charge_current = p->charge_power / mean;
  p->charge_resistance = (full - taper) / (p->charge_current * (1 - CUTOFF));
  if (!(p->charge_resistance > p->resistance)) p->charge_resistance = p->resistance;
  p->charge_volts = full + p->charge_resistance * p->charge_current * CUTOFF;
  return p->charge_current > 0;
}

// Row i with key[i] <= x <= key[i + 1].
static int segment(const double *key, int points, double x) {
  int i = 0;
  while (i < points - 2 && x > key[i + 1]) i++;
  return i;
}

double battery_volts(const struct battery_pack *p, double energy) {
  int i = segment(p->stored, p->points, energy);
  double a = p->volts[i] * p->volts[i], b = p->volts[i + 1] * p->volts[i + 1];
  double square = a + (b - a) * (energy - p->stored[i]) / (p->stored[i + 1] - p->stored[i]);
  return square > 0 ? m_sqrt(square) : 0;
}

double battery_share(const struct battery_pack *p, double energy) {
  int i = segment(p->stored, p->points, energy);
  double x = (battery_volts(p, energy) - p->volts[i]) / (p->volts[i + 1] - p->volts[i]);
  return p->share[i] + (p->share[i + 1] - p->share[i]) * x;
}

double battery_energy(const struct battery_pack *p, double share) {
  int i = segment(p->share, p->points, share);
  double x = share - p->share[i], slope = (p->volts[i + 1] - p->volts[i]) / (p->share[i + 1] - p->share[i]);
  return p->stored[i] + p->charge * x * (p->volts[i] + slope * x / 2);
}

// A discharge current at `power`, or a negative number when the pack cannot give so much.
static double current_of(double volts, double resistance, double power) {
  double root = volts * volts - 4 * resistance * power;
  if (root < 0) return -1;
  return 2 * power / (volts + m_sqrt(root));                  // the stable form of (U - sqrt(...)) / 2R
}

double battery_terminal(const struct battery_pack *p, double energy, double power) {
  double u = battery_volts(p, energy), i = current_of(u, p->resistance, power);
  return power > 0 && i < 0 ? 0 : u - p->resistance * i;
}

enum battery_end battery_draw(const struct battery_pack *p, double *energy, double power, double dt, double *used, struct battery_book *b) {
  assert(dt >= 0);
  double left = dt;
  enum battery_end end = BATTERY_OK;
  while (left > 0) {
    double u = battery_volts(p, *energy), i = current_of(u, p->resistance, power);
    if (*energy <= 0 && power > 0) end = BATTERY_EMPTY;
    if (power > 0 && (i < 0 || u - p->resistance * i < p->cutoff)) end = BATTERY_EMPTY;
    if (power < 0 && *energy >= p->energy) i = 0;             // a full pack takes nothing: the brakes burn it
    if (end != BATTERY_OK) break;

    // up to the next renewal of the voltage, the end of the call or of the pack
    double step = left, rate = u * i, delivered = i == 0 ? 0 : power, slice = p->energy / SLICES;
    double room = rate > 0 ? *energy : p->energy - *energy, speed = rate > 0 ? rate : -rate;
    if (speed * step > slice) step = slice / speed;
    bool last = speed > 0 && speed * step >= room;
    if (last) step = room / speed;
    *energy = !last ? *energy - rate * step : rate > 0 ? 0 : p->energy;
    if (b) b->cells += rate * step, b->delivered += delivered * step, b->lost += p->resistance * i * i * step;
    left -= step;
  }
  if (used) *used = dt - left;
  return end;
}

// The least of what current, voltage and charger allow.
static double charging_current(const struct battery_pack *p, double volts, double power) {
  double r = p->charge_resistance, i = p->charge_current;
  double most = (p->charge_volts - volts) / r, charger = (m_sqrt(volts * volts + 4 * r * power) - volts) / (2 * r);
  if (most < i) i = most;
  return charger < i ? charger : i;
}

enum battery_end battery_charge(const struct battery_pack *p, double *energy, double power, double dt, double *used, struct battery_book *b) {
  assert(dt >= 0);
  assert(power >= 0);
  double left = dt;
  while (left > 0 && *energy < p->energy) {
    double u = battery_volts(p, *energy), i = charging_current(p, u, power);
    if (!(i > 0)) break;
    double rate = u * i, step = left, slice = p->energy / SLICES;
    if (step > SLICE_MAX) step = SLICE_MAX;
    if (rate * step > slice) step = slice / rate;
    u = battery_volts(p, *energy + rate * step / 2);          // the middle of the step: the current falls while it lasts
    i = charging_current(p, u, power);
    rate = u * i;
    if (!(rate > 0)) break;
    bool last = rate * step >= p->energy - *energy;
    if (last) step = (p->energy - *energy) / rate;
    *energy = last ? p->energy : *energy + rate * step;
    if (b) b->cells += rate * step, b->taken += (u + p->charge_resistance * i) * i * step, b->lost += p->charge_resistance * i * i * step;
    left -= step;
  }
  if (used) *used = dt - left;
  return *energy >= p->energy ? BATTERY_FULL : BATTERY_OK;
}
