// The twin: one layout running in simulated time.
//
// Everything that can happen is an event in a calendar ordered by (time, the order at one instant
// that the layout language gives, sequence number). One process runs one twin; nothing here reads a
// clock, a socket or the C library's random numbers. After twin_create nothing is allocated.
//
//   struct twin *t = twin_create(&layout, &options, &error);
//   enum twin_state s = twin_run(t, NS_SECOND * 3600);
//   twin_measure(t, &sums);  twin_destroy(t);
#pragma once

#include <signal.h>
#include <stdint.h>

#include "engine/layout/layout.h"
#include "engine/measure/ledger.h"
#include "engine/world/scene.h"

struct twin;
struct kinds;
struct bars;
struct explain;
struct policy;

struct twin_options {
  uint64_t    seed;
  uint32_t    replication;          // counted from 1
  const char *assets;               // folder that holds robots/, NULL: looked for as the program does
  bool        second_digests;       // keep the digest of every simulated second up to `horizon`
  ns_t        horizon;              // end of the run, for sizing; 0: open end
  int         threads;              // that step bodies, or walkers at motion; 0: 1. No result depends on it
  const struct bars *bars;          // who wants to see plan and work of a planned line (engine/sim/ahead.h), borrowed; NULL: nobody
  const struct explain *explain;    // who wants to know why (engine/sim/explain.h), borrowed; NULL: nobody
  const struct policy *policy;      // borrowed; NULL: the layout's
  bool        stranger;             // the layout came with a recording: no library that it names is loaded (STATUS_CONFLICT)
  const volatile sig_atomic_t *stop; // once it is not 0, twin_run ends after the instant it is in, before `until`; borrowed; NULL: never
  const struct kinds *kinds;        // bodies that are loaded already (engine/world/kinds.h), borrowed; NULL: the twin loads its own
};

struct twin_options twin_defaults(void);

enum twin_state {
  TWIN_RUNS,                        // reached `until`, more can happen
  TWIN_PARTS,                       // no part will ever come, and none that is still there can be gone on with
  TWIN_DEADLOCK,                    // parts wait for what can never be; twin_why names the chain
  TWIN_FAULT                        // a limit of the run was passed (a million events at one instant); twin_why
};

// NULL with *e filled: a model that cannot be read, a place no robot can reach, memory.
struct twin *twin_create(const struct layout *l, const struct twin_options *o, struct error *e);
void         twin_destroy(struct twin *t);

// Run every event up to and including time `until`; less only when options.stop says so.
enum twin_state twin_run(struct twin *t, ns_t until);
// Run the events of the next instant that has any, if it is not later than `until`.
enum twin_state twin_step(struct twin *t, ns_t until);

// A command takes effect at the next multiple of 100 ms after now (paused twins: at now); it is part of
// the digest. The happening's own `at` is ignored. Returns the time it will take effect.
ns_t twin_command(struct twin *t, const struct happening *h, bool paused);

// The layout as it runs now: `set` makes another one with the same rows, which lives as long as the twin.
const struct layout *twin_layout(const struct twin *t);

ns_t        twin_now(const struct twin *t);
uint64_t    twin_events(const struct twin *t);
uint64_t    twin_digest(const struct twin *t);
const char *twin_why(const struct twin *t);     // sentence for DEADLOCK and FAULT, "" else

// Digests kept for options.second_digests: entry k is the digest at the end of second k.
int             twin_second_count(const struct twin *t);
const uint64_t *twin_second_digests(const struct twin *t);

// The sums up to now. Changes nothing: a run that is looked at stays the same to the bit.
void twin_measure(struct twin *t, struct sums *out);

// The picture of now. s must have been made for the same layout.
void twin_scene(struct twin *t, struct scene *s);

// What the steps of bodies did so far; all 0 at event fidelity.
struct twin_bodies {
  long   steps, robot_steps;        // robot_steps: of robots in the hall
  long   walks_solved, walks_found; // a walk that somebody has walked before is found
  size_t walk_bytes;
  long   stumbles, slips, twists, tips, overloads;     // episodes in which a check did not hold
  double worst_residual;            // N + N m  that feet and body disagreed by
};
struct twin_bodies twin_bodies(const struct twin *t);

// What walkers did so far; all 0 at event fidelity.
struct twin_motion {
  long steps, walker_steps;         // walker_steps: of those that walk
  long cut;                         // moves that would have ended in somebody
  long bumps;                       // contacts with an impulse of 10 N s or more, of two, or of one with a wall
  double hardest;                   // N s  of all contacts with somebody or something
  long retreats;                    // out of a narrow way by another
  long asides, detours;             // made to step aside; ways around somebody who stands
  long stops;                       // of robots, because of people near
  long slowed;                      // looks around, ten a second, at which people kept a robot below its speed
  long jams;                        // times that somebody got no nearer for a minute; a note names whom it waits for
  long leads, led_moves, lead_steps;        // walkers that the coordinator took over; cells they were sent; its decisions
  ns_t worst;                       // longest time in which somebody on the way got no nearer
  long split_steps, early;          // steps that several threads did; moves in them that were made out of turn
};
struct twin_motion twin_motion(const struct twin *t);

// What happened since the last call, oldest first, for viewers and recordings: at most max; the ring
// keeps the newest 4096. Strings are borrowed until the next call.
enum note_kind { NOTE_STATION, NOTE_ROBOT, NOTE_COMMAND, NOTE_FAULT };
struct note { ns_t at; enum note_kind kind; int row; char text[96]; };
int twin_notes(struct twin *t, struct note *out, int max);

// Jobs that wait and that nobody can ever do as things stand, alike ones together: at most max; returns how many.
struct undone { char what[200], why[200]; int count; };
int twin_undone(struct twin *t, struct undone *out, int max);

// Count every part and check every invariant of the state; returns NULL, or a sentence that says
// what is broken (our own mistake). Called at the end of every run; tests call it after each event.
const char *twin_validate(struct twin *t);

// Observations for MSER-5: seconds in the line of each part that went into a sink, in order, at most
// max of the first ones; returns how many there are.
int twin_lead_times(const struct twin *t, double *out, int max);
