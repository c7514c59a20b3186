// The jogging stretches of a motion from rest to rest: what robots/jog.h does for a stride, between walking steps.
//
//   flight     as in robots/flight.h: the accelerations of the root that leave no wrench are integrated
//   stance     height and attitude as wished, and on top a quintic from the end of one flight to the beginning of the next; height between steady steps as
//              the spring has it, else a quintic between the flights' parabolas
//   ends       the last walking foot takes the body from its walking height up into the first flight, by a quintic over the time that
//              it carries alone; the foot that lands from the last flight takes it back likewise
//   floor      centre of pressure where planned, in walk and jog, by one system over the whole motion (robots/correction.h)
// Walking samples keep the height and the heading that they have.
//
// A motion that begins on its way (robots/motion.h, join) begins with the body as it is: a flight is carried on from there, since nothing can change it; a
// stance goes from there to its lift-off by a quintic, and a walk to what is wished.
#pragma once

#include "robots/flight.h"
#include "robots/transition.h"

// A flight, and the stance before it.
struct run_flight {
  double lift, land;                // s
  int    from, to;                  //      samples in the air
  bool   begins, ends;              //      the stance before is a walking foot's; the one after is
  bool   under_way, known;          //      it has begun before the first sample; it is as high as in the motion that is left
  double before, after;             // s    where such a stance begins, or ends, to be one foot's alone
  bool   steady;                    //      as long as the steady jog's
  double level;                     // m    height of P at lift-off and touch-down; with a past, beyond what it was there
};

struct run {
  struct flight_axes      axes;
  const struct step_plan *plan;
  int                     flights;
  struct run_flight      *flight;
  struct jet             *walk, *height, *pitch, *yaw, *jets, *jog;    // height while walking; wishes; scratch; 1 while it jogs    (n)
  const struct frame_motion *join;  //      the root at sample 0; NULL: from rest
  bool                    joined;   //      sample 0 is in the first flight or in the stance before it
  struct jet              at[FLIGHT_AXES];                             // of that root
  const struct frame_motion *before;                                   // roots of the motion that is left, whose steps have the same times up to `until`
  double                  until;    // s
  const struct frame_motion *past;  //      the same where this one departs by little from it throughout      (n), or NULL
  struct jet             *was[FLIGHT_AXES];                            // their coordinates                     (n each)
  double                 *length[2];                                   // m    of its legs, hip to ankle      (n each)
  double                 *K, *f[2], *d[2], *first[2], *second[2], *work;
};

// Borrowed: t, plan, join (the root at sample 0, NULL: from rest), before (of the motion that is left; NULL: none). STATUS_MEMORY; STATUS_RANGE: a flight of less than three samples.
enum status run_init(struct run *r, struct trajectory *t, const struct step_plan *plan, const struct frame_motion *join, const struct frame_motion *before, double until, struct error *e);
void        run_finish(struct run *r);

// Is the height at sample k the run's affair?
bool run_covers(const struct run *r, int k);

// With run.jog and run.yaw (rad, the heading) filled by the caller,
// take the pelvis over: t holds a first path along the floor and walking heights.
void run_begin(struct run *r);

// Does it jog at sample k, or is the foot from before or onto after not yet half way through its stance?
bool run_flies(const struct run *r, int k);

// Lead the pelvis by its centre of percussion. After the first trajectory_dynamics.
void run_lead(struct run *r);

// Walking heights are t->pelvis' again.
void run_take_height(struct run *r);

// As high as the knees allow in each flight and the halves of stance around it; the steady flights of a stretch all like its middle one, and none higher.
void run_fit_height(struct run *r, double bend);

// After trajectory_dynamics and run_find_lacks: a share of the correction, onto t->pelvis.
void run_find_lacks(struct run *r, bool inertia);
void run_correct(struct run *r, double share);

// The root at sample 0 exactly as it was: what is left to it goes away within the first stance, and in flight goes on as it is. speed: m/s along x and y
// that the path had there before.
void run_join(struct run *r, double speed[2]);

// Take what flight still lacks for the path as it stands. After trajectory_dynamics; it has to follow too.
void run_settle(struct run *r, bool inertia);
