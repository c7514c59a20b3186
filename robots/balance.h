// Balance of robots that stand or walk: pushes, slips, stumbles, capture steps, falls.
//
// Each robot is a linear inverted pendulum on finite feet; xi = x + v / w is its capture point, p the centre of pressure:
//   xi' = w (xi - p),  w = sqrt(g / z)                    Pratt et al., Humanoids 2006
//   a push by an impulse J moves xi by J / (m w)
//   ankles: p = xi + k (xi - rest), held in the soles     DCM feedback, Englsberger, Ott & Albu-Schaeffer, T-RO 2015
//   xi out of the soles: a step, to where xi will be when the foot lands, within reach; p on the edge of the
//   standing sole that is nearest to xi meanwhile         Koolen et al., IJRR 2012 (finite-sized foot)
//   no number of steps would do: a fall, a rigid pendulum about the edge of the foot
// The reach of a step is a box beside the standing foot, so Koolen's regions of N steps are boxes too and exact
// (balance_region). Legs do not cross. Load goes from foot to foot at once, as in that paper, but for the first step from
// standing: while the robot sees the push and unloads a foot, both carry, and xi is held or moved sideways between them.
// The force of a massless leg lies on the line from p to the centre of mass, so friction has to be at least |x - p| / z. Where there is less, the floor
// gives mu m g, and what is missing over the mass accelerates all that stands on the feet, feet included, the other way (balance_slides): the foot slips out
// from under a leaning leg. Positions and velocities of the pendulum are those against its feet; holding the posture while they
// slide moves the centre of pressure by z / g times that acceleration, and what of this lies outside the soles throws the robot: xi moves by w times that in a second.
//
// Columns are the caller's; row i of every column is robot i. Nothing here allocates, draws chance, or touches another row.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "robots/stand.h"

#define BALANCE_STEPS_MAX 8         // longer chains of capture steps are called a fall

// One make of robot. Lengths of the sole along the foot from the ankle.
struct balance_params {
  double mass, com_height;          // kg, m    standing, with what it carries
  double rate;                      // 1/s      w
  double heel, toe, half_width;     // m        where the centre of pressure may be in a sole (toe: the ball, toes are passive)
  double rest;                      // m        centre of pressure at rest
  double width;                     // m        between the ankles at rest
  double step_ahead, step_back;     // m        reach of a capture step, from ankle to ankle
  double step_near, step_far;       // m        least and largest distance sideways
  double swing_time;                // s        of a capture step, from the push to touch-down
  double swing_accel[2], swing_speed[2];            // m/s2, m/s  that hip and drives give a foot, along and across; 0: not known, no limit
  double reaction;                  // s        of it in which a robot that stood still has both feet on the floor
  double gain;                      // 1        k of the ankles
  double leg_mass;                  // kg
  double gyration, gyration_yaw;    // m        radii of gyration about the centre of mass, pitching and turning
  double lying_height;              // m        of the centre of mass on the floor
};

// Derived from the model as it stands (loaded: the humanoid's model, or a copy with a load). What is a guess says so in
// robots/balance_params.c.
struct balance_params balance_params_of(const struct humanoid *h, const struct robot_model *loaded, const struct stand *stand);

static inline double balance_yaw_inertia(const struct balance_params *p) { return p->mass * p->gyration_yaw * p->gyration_yaw; }        // kg m2

enum balance_mode { BALANCE_STAND, BALANCE_STEP, BALANCE_FALLING, BALANCE_LYING, BALANCE_FROZEN };

enum balance_event {                // bits, of one call of balance_step
  BALANCE_EVENT_LIFT = 1, BALANCE_EVENT_LAND = 2,        // a step begins, ends
  BALANCE_EVENT_SLIP = 4,                                // the floor gives less friction than needed
  BALANCE_EVENT_FALL = 8, BALANCE_EVENT_DOWN = 16,       // the fall begins, the body hits the floor
  BALANCE_EVENT_REST = 32                                // came to rest after a disturbance
};

//                                  unit  meaning                           written by             (shape)
struct balance_columns {
  double   (*com)[2];               // m     centre of mass, world          step                   (n x 2)
  double   (*vel)[2];               // m/s   against the feet               step, push             (n x 2)
  double   (*foot)[2][2];           // m     ankles by enum side            step                   (n x 2 x 2)
  double    *heading;               // rad                                  caller                 (n)
  double   (*command)[2];           // m/s   wished velocity ahead, left    caller                 (n x 2)
  double    *friction;              // 1     of the floor                   caller                 (n)
  uint8_t   *mode;                  // enum balance_mode                    step                   (n)
  uint8_t   *stance;                // enum side, the foot that stands      step                   (n)
  double    *phase;                 // s     since the step began           step                   (n)
  double    *both;                  // s     of it with both feet           step                   (n)
  double   (*lift)[2];              // m     where it lifted                step                   (n x 2)
  double   (*target)[2];            // m     where it will land             step                   (n x 2)
  double   (*cop)[2];               // m     centre of pressure             step                   (n x 2)
  double    *demand;                // 1     friction needed                step                   (n)
  double    *slid;                  // m     way slid since at rest         step                   (n)
  double   (*slide)[2];             // m/s   of the feet                    step                   (n x 2)
  uint16_t  *steps;                 // steps since at rest                  step                   (n)
  uint8_t   *events;                // enum balance_event of the last call  step                   (n)
  double    *lean, *lean_rate;      // rad, rad/s  of a fall                step                   (n)
  double    *energy;                // J     of the impact, once lying      step                   (n)
  int        n;
};

// Bytes that n robots' columns take, and columns laid out in such memory (8-byte aligned, zeroed by init).
size_t balance_columns_size(int n);
struct balance_columns balance_columns_init(void *memory, int n);
struct balance_columns balance_columns_of(void *memory, int n);        // of memory that was laid out before

// Robot i stands at rest, centre of mass above the middle of its soles, with its ankles' middle at x, y.
void balance_stand(const struct balance_params *p, struct balance_columns *c, int i, double x, double y, double heading, double friction);

// An impulse on the centre of mass, N s, world axes.
void balance_push(const struct balance_params *p, struct balance_columns *c, int i, double jx, double jy);

// The swing foot catches: it lands where it is, and what the leg had of momentum is taken from the body. No effect on a robot that stands.
void balance_stumble(const struct balance_params *p, struct balance_columns *c, int i);

// Cut the power with brakes on (stop category 0): joints lock, the robot is a rigid block on the soles that stand now.
void balance_freeze(const struct balance_params *p, struct balance_columns *c, int i);

// Advance rows from .. to-1 by dt (s, 0 < dt <= 0.05), exact between changes of the centre of pressure. Returns how many began to fall.
int balance_step(const struct balance_params *p, struct balance_columns *c, int from, int to, double dt);

// Friction, for whatever stands on feet: how a body that needs the horizontal `force` from the floor and may have `most` of it (N) changes the slide of its
// feet (m/s) in dt: `by`, m/s2. true: it slides.
bool balance_slides(const double slide[2], const double force[2], double most, double mass, double dt, double by[2]);

// xi of row i.
void balance_capture_point(const struct balance_params *p, const struct balance_columns *c, int i, double xi[2]);

// Where xi may be, relative to the standing ankle, so that exactly `steps` more steps can end at rest (0: in this sole). Sideways is
// positive towards the other foot. Empty regions have low > high.
struct balance_region { double back, ahead, away, towards; };
struct balance_region balance_region(const struct balance_params *p, int steps);

// The same for a robot that stands with both feet abreast and will stand on that ankle; steps >= 1.
struct balance_region balance_region_standing(const struct balance_params *p, int steps);

// Largest impulse, N s, in a direction (rad from ahead, counter-clockwise) from which a robot standing at rest recovers with at most
// `steps` steps: closed form from the regions.
double balance_impulse_max(const struct balance_params *p, double direction, int steps);

// A robot standing at rest is pushed; steps of 1 / rate_hz until it rests or lies, at most 30 s.
struct balance_outcome {
  bool   recovered, fell;
  int    steps;
  double time;                      // s    until at rest, or until it lies
  double moved;                     // m    way of the centre of mass
  double friction_demand;           // 1    largest
  double slid;                      // m
  double impact_energy;             // J    when it fell
};
struct balance_outcome balance_try_push(const struct balance_params *p, double impulse, double direction, double friction, double rate_hz);
