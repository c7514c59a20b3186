// Keeping the balance with the whole body: what a robot does from the instant at which it is thrown off its walk or its stand.
//
//   balance (robots/balance.h)   from the body's own centre of mass and its momentum about the floor below: where the floor shall press, which foot
//                                steps where. That momentum, not the speed of the centre of mass, is what a push gives at once and what
//                                the pendulum's equation then holds for, however legs and trunk turn (Gong & Grizzle, J. Dyn. Sys. Meas. Control 144, 2022)
//   feet                         planted ones stay; a swing is a quintic from where the foot is to where it shall land, anew in each tick
//   pelvis                       as high as the legs reach. It is accelerated along the floor, and tilted, so that the full dynamics' moment is nothing
//                                about the wanted centre of pressure, and about the centre of mass what brings the trunk upright again: four
//                                equations, linear in the four accelerations
//   legs by inverse kinematics, arms and waist fade to their posture
//
// The trunk thus answers the swing of a leg by a tilt, as a person's does, and the force of the floor stays near the line to the centre of mass, as
// the pendulum has it: a quick step then asks for no more friction than that line.
//
// So the horizontal motion is simulated, not planned: nothing holds the body but the floor under its soles. An impulse is a jump of the
// velocities, such that the centre of mass gains J / m. When it rests, the feet are brought together and the body ends in the pose in which
// every walk begins. Where no step would do, it falls as a rigid pendulum about the edge of its feet (robots/fall.h) and lies. It gets up by itself where a plan of
// contact phases is at hand (robots/rise.h): rolled onto its front (that turn is posed), then phase by phase to the crouch; else it is lifted, by interpolated poses. From
// the crouch it stands up under balance again.
//
// The floor's friction: where the feet would need more than it gives, they slide, and the body with them; what is missing decides how fast.
// Holding the posture meanwhile moves the centre of pressure; where that leaves the soles, the body goes over. Against turning it holds mu Fz r, with r the mean
// distance of the soles' points from their middle, less what it holds along the floor (an ellipse); beyond that feet and body turn.
//
// Plain numbers, no pointers: a state can be copied. Nothing here allocates after recover_make_init or draws chance.
#pragma once

#include "robots/balance.h"
#include "robots/quintic.h"
#include "robots/rise.h"
#include "robots/walker.h"

// One make of robot with what it carries. Must stay where it is.
struct recover_make {
  const struct humanoid *humanoid;  // borrowed
  struct robot_model     model;     // with the load
  struct posture         posture;
  struct stand           stand;
  struct balance_params  balance;
  struct leg             leg[2];
  double                 crouch[2]; // m    of the root: ahead of where it stands, above the floor; the centre of mass is where it is at rest
  double                 crouched[ROBOT_JOINTS_MAX];                   // rad  joints of that pose
  double                 lying[ROBOT_JOINTS_MAX];                      // rad  and of a body on the floor
  const struct rise     *rise;      // borrowed; NULL: it does not get up by itself
};

enum status recover_make_init(struct recover_make *m, const struct gait_library *l, double load, enum load_pose pose, struct error *e);
void        recover_make_finish(struct recover_make *m);

enum recover_stage {
  RECOVER_BALANCE,                  // ankles and capture steps
  RECOVER_GATHER,                   // at rest; brings its feet together
  RECOVER_SETTLE,                   // the last millimetres to the standing pose
  RECOVER_STANDS,                   // done: stands as a walk begins
  RECOVER_FALLING, RECOVER_LYING,
  RECOVER_RISING                    // to the crouch; then RECOVER_BALANCE
};

enum recover_event {                // bits, of one step
  RECOVER_EVENT_STEP = 1,           // a foot landed
  RECOVER_EVENT_SLIP = 2,           // its feet slide
  RECOVER_EVENT_FALL = 4, RECOVER_EVENT_DOWN = 8,      // begins to fall; hits the floor
  RECOVER_EVENT_STANDS = 16
};

struct recover_foot {
  bool       down;
  double     place[2];              // m    of the ankle above the floor: flat, on the floor; in the air the quintic's state below
  double     yaw, edge;             // rad, m   a foot that is down: of the sole, and where along it the edge lies that it rolls about
  struct jet tilt;                  // rad  nose down; in the air it fades from here from `since` on
  struct jet swing[2], height, turn;                   // in the air: along x and y; above the floor and yaw, which fade from `since` on
  double     since, length;         // s    time of the lift or of the touch-down; of the swing
  double     droop;                 // rad  nose down more in the first half of the swing: a foot that lifts far behind the hip
};

struct recover {
  enum recover_stage stage;
  uint8_t    event;                 // enum recover_event of the last step
  bool       crouches;              // goes down and stays (kneeling stop)
  double     time;                  // s    since it began
  double     floor, friction;       // m, 1
  double     heading;               // rad  that it ends with
  struct jet pelvis[2], height;     // m    root
  struct quaternion turned;         //      root -> hall
  struct v3  spin, spin_rate;       // rad/s, rad/s2  hall axes
  double     slide[2];              // m/s  of the feet on the floor
  double     slid;                  // m    way of it
  double     turning, turned_by;    // rad/s, rad  of feet and body about the vertical
  bool       gives_way;             //      its drives do not hold it: it falls
  struct recover_foot foot[2];
  double     row[64];               // memory of the one row of robots/balance.h
  double     press[2];              // m    centre of pressure of the last step
  double     stage_since;           // s
  double     xi[2], shift;          // m, s gathering: where the shift of the load began, how long it takes
  int        part, stance;          //      gathering: what it is at; the foot that stays
  double     energy;                // J    of the impact
  int        steps;                 //      taken since it began
  struct jet drop[6];               // m, rad  settling: what is left to the standing pose, a turn as a vector
  // falling, lying and rising
  struct base_motion base;          //      at the beginning
  double     lean, pivot[2], over[2];                  // rad, m, 1   at the beginning; edge; the way it goes over
  double     rise_time;             // s
  bool       own;                   //      it gets up by itself
};

// From a body as it stands or walks. sample, q, qd: its motion now (joint j at q[j * stride]); `from` keeps what its joints differ from the posture
// (joint_count). swing_left: s until the foot in the air lands as planned; for one with both feet down, until the rear one lifts;
// < 0: it stands.
struct recover_start {
  const struct walk_sample *sample;
  const double             *q, *qd, *qdd;
  int                       stride;
  double                    swing_left;
  double                    heading;      // rad
  double                    floor, friction;
};
void recover_begin(struct recover *r, const struct recover_make *m, const struct recover_start *s, struct jet *from);

// An impulse as if at the centre of mass, N s. No effect on a body that lies or rises.
void recover_push(struct recover *r, const struct recover_make *m, double jx, double jy);

// And a twist, N m s about the vertical through its centre of mass, counter-clockwise: it turns on its soles, as far as dry friction lets it.
void recover_twist(struct recover *r, const struct recover_make *m, double twist);

// Its drives do not hold it any more: it falls from where it is.
void recover_give_way(struct recover *r);

// Brakes on (stop category 0): a rigid block. It stays when the floor can hold it, else it falls.
void recover_freeze(struct recover *r);

// Down into the crouch where it stands, and stays (kneeling stop). And: brakes off, up again, whatever held it.
void recover_crouch(struct recover *r, const struct recover_make *m);
void recover_free(struct recover *r, const struct recover_make *m);
// It does not move any more: crouched, or frozen on its feet.
bool recover_rests(const struct recover *r, const struct recover_make *m);

// A body that lies begins to rise: by m->rise, or lifted within about `time` s.
void recover_rise(struct recover *r, const struct recover_make *m, const struct jet *from, double time);
// s  that getting up by that plan takes, from lying until it stands.
double recover_rise_time(const struct rise *rise);

// The body now, then on by dt: the sample with wrenches of the floor on the feet, and the joints in columns as walk_at writes them. A body that falls
// or lies has no contact: its wrenches say nothing, its drives are off.
void recover_step(struct recover *r, const struct recover_make *m, struct jet *from, double dt, struct walk_sample *out,
                  double *q, double *qd, double *qdd, int stride);

// A point held in the hull of two soles, of which those that are down count: their points, and the share of the left one. Soles are boxes along
// `heading`, low .. high ahead of their middles.
struct recover_sole { double middle[2], low, high; };
void recover_soles(const struct recover_sole sole[2], const bool down[2], double heading, double half_width, double p[2], double *share, double cop[2][2]);

// Limp: falls, lies, or rises by poses.
static inline bool recover_limp(const struct recover *r) { return r->stage == RECOVER_FALLING || r->stage == RECOVER_LYING || r->stage == RECOVER_RISING; }
