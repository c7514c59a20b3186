// The columns behind engine/sim/body.h, shared by its files and by nobody else.
#pragma once

#include "base/split.h"
#include "engine/sim/body.h"
#include "engine/sim/state.h"
#include "engine/sim/upset.h"
#include "engine/sim/walks.h"
#include "robots/act.h"
#include "robots/fall.h"
#include "robots/recover.h"

#define BODY_KINDS_MAX 16
#define BODY_NEVER     (INT64_MAX / 4)  // step at which a walk begins whose time is not known yet
#define TURN_SAID      0.035        // rad  that a walk has turned on its soles until it is told and looked at; a guess
#define UPSET_LOST     0.012        // m    of the capture point that ankles bring back in mid-walk; a guess

enum upset_flag {
  UPSET_BODY = 1,                   // it has a make: its body is recovering, or lies
  UPSET_WALK = 2,                   // its walk slides, turns on its soles, or has lost balance
  UPSET_OFF = 4,                    // its drives are off
  UPSET_STOP = 8                    // stopped by order
};

// A robot that is thrown off its balance.
struct upset {
  struct recover_make *make;        //        owned; NULL: it is not
  struct recover       state;
  double               slide[2], slid, lost[2];                // m/s, m, m  of a walk: its feet, their way, its capture point
  double               turning, turned, told;                  // rad/s, rad, rad  of a walk: its feet on the floor; the walk's frame against the hall; of that already said
  bool                 thrown;      //        that walk is over
  bool                 halts;       //        that walk ends where it was stopped, not where it was sent
  double               rise_power;  // W      while it gets up
  double               weak;        // s      since its drives are asked for more than they have
  bool                 walked, paused, alive, lay;     // it was on its way; its hands wait; counted in twin.alive; it has fallen
  bool                 helpless;    //        it cannot get up and has been reported
  uint8_t              stop;        //        by order: enum stop + 1, 0: not
  bool                 rests, waits, back;             // it does not move, with its drives off; has to walk when it may, back to its spot
};

#define ACT_LEGS_MAX 24

// What hands do, played (engine/sim/body_hands.h): from step `begin` on, counted from when it began, the sample goes on from `sample` by `way` a step.
struct act_leg { int32_t begin, sample, way; };

struct body_act {
  const struct act *act;            //        NULL: none
  int64_t           began;          // step
  int               legs;
  struct act_leg    leg[ACT_LEGS_MAX];
  double            mass;           // kg     in the hands when it is over
  double            shift;          // m      ahead: where it then stands from where it stood
};

// All robots of one kind, one row each; joints in columns q[joint * stride + row].     written by
struct body_rows {
  struct kind         kind;
  double              ambient;      // degC
  double              yaw_radius;   // m     mean distance of a sole's points from its middle: where friction holds it against turning
  double              yaw_inertia;  // kg m2 of the standing body about the upright through its centre of mass
  int                 n, stride;
  int32_t            *robot;        // row of the twin                                  create
  bool               *here;         // in the hall                                      door
  const struct walk **walk;         // NULL: stands                                     door
  int64_t            *began;        // step at which the walk is at time 0              door
  struct v3          *origin;       // m     of the walk's frame, in the hall           door
  double             *facing;       // rad   while it stands                            door
  double             *mass;         // kg    in the hands while it walked last          door
  bool               *still;        // joints and torques are those of standing already step
  bool               *again;        // walks on to where it was sent once it has stopped door
  struct walk_sample *sample;       //                                                  step
  double *q, *qd, *qdd, *tau;       //                                     (joints x stride)  step
  double *base[19], *root[6];       // of struct dynamics_columns          (stride each)      step
  double *outside[2][6], *load[2];  //                                     (stride each)      step
  double *winding, *housing, *damage;                                   // (joints x stride)  step
  double *threshold;                // 1      of damage at which it fails           (joints x stride)  wear
  struct stream *wear;              //        its draws                             (n)                wear
  double *electrical, *mechanical, *heat, *rotor, *excess;              // (stride)           step
  double *power;                    // W     from the pack or the charger  (stride)           step
  double *drawn;                    // W     of that, from the pack        (stride)           step
  double *residual;                 // N, N m  at the root                 (stride)           step
  double *energy;                   // J     in the pack                   (stride)           step
  double (*push)[2];                // N s    since the last step, as if at the centre of mass        upset
  struct body_act *act;             //                                                            door
  struct body_grip *grip;           //        width 0 and not both: unknown                       door
  struct upset *upset;              //                                                            upset
  struct rise   rise;               //        how it gets up by itself, once one has fallen       upset
  enum status   rises;              //        STATUS_RANGE: it does not                           upset
  struct error  rise_why;
  uint8_t *upsets;                  // enum upset_flag: what of it a step has to look at          upset
  double  *twist;                   // N m s  likewise, about the vertical                              upset
  bool     pushed;                  // some push is not 0                                         upset
  struct jet *joint_from;           // rad    of struct recover            (n x joints)           upset
  bool    *returns;                 // goes back to its spot: nothing is done when it comes to rest   upset
  uint8_t *fault, *faulty;          // enum body_fault now; at the step before               step
  bool    *arrived, *empty;         //                                                  step
  struct drive_tick *tick;          // (joints)
  struct battery_book book;
};

struct body {
  struct body_rows *rows[BODY_KINDS_MAX];
  int               kinds;
  int              *make_kind;      // of each make, -1: not stepped
  int32_t          *row_of;         // of each robot of the twin, in the rows of its make
  int32_t          *row_in;         // its row in each kind that it may become, NONE     (robots x kinds)
  ns_t              dt_ns;
  double            dt;             // s
  int64_t           step;           // number of the step at hand: step * dt_ns is its time
  uint32_t          timer;
  struct split     *split;
  struct walks     *walks;
  struct acts      *acts;
  struct tracks    *tracks;         // engine/sim/body_tracks.h
  struct clears    *clears;         // engine/sim/body_clear.h; NULL: there is no floor
  struct body_rows *at;             // whose rows the split works on
  const struct twin *twin;
  enum lane_width   lanes;
  long              robot_steps;
  double            worst_residual;
};

static inline struct body_rows *rows_of(const struct twin *t, int32_t i) { return t->body->rows[t->body->make_kind[t->robot[i].make]]; }

// Where robot r is in the step at hand: joints, root, feet.
void body_sample(const struct body *b, struct body_rows *k, int r);
// One part of a step: rows from .. to-1 of body->at. For split_run.
void body_rows_step(void *body, int from, int to);

// Another walk goes on where its own is, from step `began` on; *other is taken over. false: no memory for it.
bool body_goes_over(struct twin *t, struct body_rows *k, int r, struct walk *other, int64_t began);
// It walks, and goes to where its row says now without stopping: robots/walk_divert.h. false: its feet, the floor, or what it is doing do not let it.
bool body_turns_off(struct twin *t, int32_t i);
// Nothing of it moves.
void body_halts(struct body_rows *k, int r);
// It stands at rest there. It walks to where the row says; back: it goes on with what it did there.
void body_stands(struct twin *t, int32_t i, struct v3 at, double heading);
void body_go(struct twin *t, int32_t i, bool back);
// Of the floor at p: of the hall, or less in a slippery zone.
double body_friction(const struct twin *t, struct v3 p);
