// Robots that walk to a job they have not begun may get another: with policy lookahead, after each dispatch.
//
// Two change jobs, or one without a job takes one over, when that brings what is left of their walks down by MARGIN at least (scheduler/exchange.h); and a waiting
// job of higher priority, for which nobody is idle, gets the walker that is there first among those on the way to a job of lower
// priority, whose job waits again; but not while its places are full (engine/sim/admit.h). Jobs for one robot that it has not begun, from places that stay where they are: carries that are not from a belt, operators, repairs.
// A robot is sent elsewhere once a walk, and takes a job over once at an instant. Who walks by a body ends its walk first; that is in the sum. Every step is told as any other: the job waits,
// and is given (engine/sim/explain.h).
#pragma once

#include "engine/sim/state.h"

bool reassign_create(struct twin *t);           // false: no memory
// `given`: rows of robots that got a job just now, n of them.
void reassign(struct twin *t, const int32_t *given, int32_t n);
// Nobody is idle: look only for who should leave what it has not begun.
void reassign_urgent(struct twin *t);
