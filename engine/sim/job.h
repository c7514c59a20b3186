// Jobs: what robots and people are asked to do, from release to done. Only this file and robot.h
// change their state; a job is always in exactly one.
//
//   released (waits in a list) -> assigned (somebody is on the way) -> running -> done (row free)
#pragma once

#include "engine/sim/state.h"

// Carry part p along edge e. Room at the target is already kept.
void job_carry(struct twin *t, uint32_t p, uint32_t e);
// Operators for server v: those who keep the post begin at once, the rest are called.
void job_operate(struct twin *t, int32_t v);
// Somebody to mend server v, or to relieve whoever keeps its post.
void job_mend(struct twin *t, int32_t v);
void job_relief(struct twin *t, int32_t v);
// Somebody to help robot r (engine/sim/broken.h), of the fleets of that list; returns the job, 0 when there is no room.
uint32_t job_help(struct twin *t, int32_t r, int32_t list);
// The job is not wanted any more: out of its list, who is on the way to it is called off.
void job_cancel(struct twin *t, uint32_t j);
void job_free(struct twin *t, uint32_t j);
// Robot r is not of it any more.
void job_drop_robot(struct job *a, int32_t r);
// Back to waiting: its robot cannot come.
void job_release_again(struct twin *t, uint32_t j);

// Robot r takes job j on, one of those that the job needs.
void job_give(struct twin *t, uint32_t j, int32_t r);
// The waiting jobs that idle robots may do and whose places have room (engine/sim/admit.h), in order of priority, age and file: at most n into
// job, behind those of the last call when `on`. whole: none for which too few are idle, so that they keep nobody behind them waiting.
int32_t jobs_gather(struct twin *t, bool whole, int32_t n, bool on, uint32_t *job);
// Give waiting jobs to idle robots by the layout's policy.
void jobs_dispatch(struct twin *t);

// The part or set-up of v is done: operators may go (or keep their post, where they relieve each other).
void crew_release(struct twin *t, int32_t v);
// Of the crew of v only so many are needed from now on: the others may go, unless they relieve each other.
void crew_spare(struct twin *t, int32_t v, int need);
// Book what the operators of v do while it shows that cause.
void crew_book(struct twin *t, int32_t v, enum station_cause cause);
void mend_done(struct twin *t, int32_t v);
