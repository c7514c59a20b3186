// Where along its way a move is when: minimum jerk, or quick and then gently onto what it will touch.
//
//   rest to rest  s = 10 x^3 - 15 x^4 + 6 x^5, x = t / quick                (Flash & Hogan, J. Neuroscience 5 (1985) 1688)
//   guarded       the quintic from rest that ends with the speed of a touch where a touch may first come, that speed as far as it may come,
//                 and the stop that the touch makes: a guarded move (Will & Grossman, IEEE Trans. Computers C-24 (1975) 879). An elastic blow gives
//                 way by v sqrt(m / k) and stops what comes with v in about 2 sqrt(m / k).
// Speed and acceleration are continuous throughout.
#pragma once

struct move_law {
  double quick, creep, stop;        // s    the parts; creep and stop 0: rest to rest
  double reach, brake;              // 1    share of the way where the quick part ends and where the stop begins
  double rate;                      // 1/s  of s while it creeps
};

// s and its derivatives by x = t / T.
void minimum_jerk(double x, double *s, double *rate, double *second);

#define MOVE_LAW_FORWARD 2.5        // 1    rate x quick / reach up to which the quick part goes ahead all the way: its rate begins as x^2 (30 reach - 12 rate quick)

struct move_law move_law_rest(double time);

// distance: m of the hand. guard: m before the end where a touch may first come, less than distance. speed: m/s of the touch. give: m by which the touched gives way.
struct move_law move_law_guarded(double quick, double distance, double guard, double speed, double give);

static inline double move_law_time(const struct move_law *l) { return l->quick + l->creep + l->stop; }

// s, 1/s and 1/s2 at t; at rest before and after.
void move_law_at(const struct move_law *l, double t, double *s, double *rate, double *second);

// When s is passed, s.
double move_law_when(const struct move_law *l, double s);

#define MOVE_LAW_STEPS 40           // of Newton at most, or halvings
#define MOVE_LAW_NEAR  1e-10        // 1    of the time, where it has settled

// Greatest rate and second derivative, over its quick part and its stop.
void move_law_peaks(const struct move_law *l, double *rate, double *second);
