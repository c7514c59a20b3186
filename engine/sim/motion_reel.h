// The balance of robots that are pushed at motion: engine/sim/motion_push.c and motion_reel.c, and how they get up again, motion_rise.c.
#pragma once

#include "engine/sim/motion_state.h"
#include "robots/balance.h"
#include "robots/library.h"

#define REEL_ROW     40             // doubles of one row of the pendulum's columns
#define REEL_STANDS  0.1            // m/s  below which one who is held up stands on both feet; a guess

// One robot's balance.
struct reel {
  struct balance_params p;          //      with what it carried when it was pushed
  double row[REEL_ROW];             //      of struct balance_columns
  double com[2], at[2];             // m    of the pendulum and of the disc before this step
  bool   alive;                     //      counted among those that can bring the line on
  bool   goes;                      //      its disc goes with it in this step
  double power;                     // W    of getting up by itself, 0: it does not now
  bool   helpless;                  //      nobody came, and it cannot get up by itself: lifted next
  // walks on beside its line
  double impulse[2];                // N s  of the swing at hand, as if all at once
  ns_t   since, lands;              //      when it was pushed last; when the foot in the air lands
  double shift[2], gone[2];         // m    of that foot; of it before
  double left;                      // s    of the swing that was left
  double sway[2];                   // m/s  that this adds now
  double sum[2];                    // N s  of contacts in one step
  bool   touched;
};

// What robots of a make stand on, with load[k] kg in their hands, and how they get up.
struct footing_of {
  bool   known;
  double load[LIBRARY_LOADS];
  struct balance_params p[LIBRARY_LOADS];
  double rise_time, rise_power;     // s, W  by itself; 0: it cannot, and why
  struct error why;
};

struct pushes {
  struct reel       *reel;          // (robots)
  struct footing_of *of;            // (makes)
  int32_t           *thrown, throwns;                   // (robots) whose pendulum runs, in the order in which they were pushed; NONE: no more
  int32_t           *touched;       // (robots) scratch
};

static inline struct balance_columns reel_row(struct reel *r) { return balance_columns_of(r->row, 1); }

// motion_reel.c
void   reel_alive(struct twin *t, struct reel *r, bool yes);
void   reel_begin(struct twin *t, int32_t i);           // its pendulum runs
void   reel_ends(struct twin *t, int32_t i);
void   reel_steps(struct twin *t, int32_t i);           // its feet no longer stay where they are: whatever it did waits
double reel_off_line(const struct reel *r, int axis, double time);     // m  of one that walks on beside its line, `time` s after its push

// motion_rise.c
bool rise_find(struct footing_of *f, const struct gait_library *l);    // false: no memory
