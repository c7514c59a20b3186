// The interface of a dispatching policy: what it may see and what it answers. Arrays in, arrays out.
//
// The twin calls decide whenever a job or a robot has become free, with everything that waits. The answer is a list of
// pairs (job, robot): the robot takes the job on now. Who is in no pair waits for the next call. The twin checks every
// answer; one that is out of range, gives a robot or a job twice, gives a robot that is not idle or may not do it, or gives a
// job fewer robots than it needs ends the run with a sentence that names it.
//
// A shared library that exports
//
//   const struct policy *takt_policy(void);
//
// is a policy of its own: `takt run LAYOUT --policy ./mine.so`, or scheduler: {policy: ./mine.so} (docs/policy.md). It must
// decide by what it sees here alone: no clock, no random numbers of its own, no pointers as keys; else runs do not repeat.
#pragma once

#include <stdint.h>

// Raised when something here changes its meaning or its place; another number is refused.
#define POLICY_VERSION 2

#define POLICY_CHARGE (-1)          // instead of a job: the robot goes to charge, if a slot is free where it can get

// Waiting jobs, in the order of (priority, age, file order).                    (shape)
struct policy_jobs {
  int32_t         n;
  const uint64_t *key;              // of this job, the same in every call while it waits    (n)
  const int32_t  *place;            // where it begins; -1: anywhere (no floor)              (n)
  const double  (*at)[2];           // m    that place                                       (n x 2)
  const uint64_t *fleets;           // bit f: fleet f may do it                              (n)
  const uint8_t  *need;             // robots at once, 1 or more                             (n)
  const int32_t  *priority;         // of its flow                                           (n)
  const double   *age;              // s    since it was released                            (n)
  const double   *work;             // s    expected, from where it begins                   (n)
  const double   *rest;             // s    expected after it until its order is over        (n)
  const double   *due;              // s    from now, of its order; infinite: none           (n)
  const double   *weight;           // > 0  of its order and part                            (n)
  const double   *setup;            // s    that where it goes is set up for, if it were done next; 0: nothing to set up   (n)
  const int32_t  *family;           // of its work: a robot that did another one last must find its way into it; -1: none   (n)
  const uint8_t  *skill;            // 1: how long it takes depends on who does it, and whoever does it learns: ask `service`   (n)
  const uint8_t  *teach;            // 1: to be done by somebody who has much to learn (scheduler: {teach})   (n)
};

// Robots and people: the idle ones first, then those that will be done soon.
struct policy_robots {
  int32_t         n, idle;          // rows 0 .. idle - 1 may be given jobs
  const uint32_t *number;           // its own for ever, from 1                              (n)
  const uint8_t  *fleet;            // < 64                                                  (n)
  const int32_t  *place;            // where it stands or will be done; -1: no floor         (n)
  const double  (*at)[2];           // m    that place, or nearer to where it is now         (n x 2)
  const double   *free_in;          // s    0: idle; else expected                           (n)
  const double   *idle_for;         // s    0 while it works                                 (n)
  const double   *charge;           // share, 1 for whoever does not drain                   (n)
  const double   *level;            // of its charge between the limits of its fleet: 0 must charge, 1 full   (n)
  const double   *slack;            // s    of work until it must charge; infinite: never    (n)
  const double   *heat;             // share of the way from the hall's temperature to the limit of its hottest winding; 0: not known   (n)
  const double   *wear;             // share of its life that is used up: of its most worn joint, or of the time between failures; 0: new, or not known   (n)
  const int32_t  *family;           // of the work it did last; -1: none yet                 (n)
  const double   *switching;        // s    that it takes to find its way into another family   (n)
};

struct policy_view {
  double               now;         // s    since the start of the run
  struct policy_jobs   jobs;
  struct policy_robots robots;
  int32_t              slots, slots_free;   // of chargers; slots 0: none in the layout
  int32_t              drains;      // robots in the hall that will have to charge
  double               speed;       // m/s  nobody walks faster; 0: walking takes no time
  // Seconds for robot row r to walk to where job row j begins (after free_in); negative: it cannot.
  double             (*walk)(void *context, int32_t r, int32_t j);
  // Seconds that robot row r is expected to need for the work of job row j, with its practice and the tries that fail.
  double             (*service)(void *context, int32_t r, int32_t j);
  void                *context;
};

struct policy_pair { int32_t job, robot; };     // rows of the view; job may be POLICY_CHARGE

// What a candidate costs, term by term, for --explain.
struct policy_term { const char *name; double cost; };
#define POLICY_TERMS 12

struct policy {
  uint32_t    version;              // POLICY_VERSION
  const char *name;
  double      horizon;              // s    robots that will be free within it are shown; 0: only idle ones
  // Memory of one run, NULL: out of memory. Both NULL: the policy keeps nothing.
  void     *(*create)(int32_t jobs_max, int32_t robots_max);
  void      (*destroy)(void *self);
  // Write at most pairs_max pairs; returns how many.
  int32_t   (*decide)(void *self, const struct policy_view *view, struct policy_pair *pair, int32_t pairs_max);
  // Hash of what it keeps between calls, part of the digest; NULL: nothing.
  uint64_t  (*digest)(const void *self);
  // Terms of one candidate; returns how many, at most POLICY_TERMS. NULL: --explain shows walks only.
  int32_t   (*explain)(const void *self, const struct policy_view *view, int32_t job, int32_t robot, struct policy_term *term);
};
