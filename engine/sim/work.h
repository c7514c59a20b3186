// Work in steps: what the crew of a server does, one go after the other.
//
// A step is done `count` times; each go is begun and done with an outcome of its own. It takes as long as the slowest of those who do
// it, and fails if one of them fails. A failed go is tried again, up to the step's `tries`; then the product is given up: it
// goes to rework where the station says so, else it is scrapped, as it stands.
//
// A crew is as large as the largest step still to come: all are called before the first, and who is needed no more may go. It
// never grows during a product, so two stations cannot hold one robot each and wait for the other's for ever. A count that the
// layout gives stays for the whole work.
//
// Practice: the n-th go of a robot takes its time at the start times  A + (1 - A) (n / n0)^-b,  b = -log2 of the share that is left
// when practice doubles (Wright, J. Aeronautical Sciences 3 (1936) 122), n0 the practice at time 0, A what practice cannot shorten (de Jong,
// Ergonomics 1 (1957) 51; as A + B (N + E)^-a in Newell & Rosenbloom 1981). Chances of failure fall alike. Counts are per robot
// and skill, or per fleet and skill where that is shared; a failed try is practice too. What a body's limits take for the motion stays.
#pragma once

#include "engine/sim/state.h"

// Rows for every server, none when no station works in steps. False: no memory.
bool work_create(struct twin *t);

// The crew that work on v takes from its first step.
int work_crew(const struct twin *t, int32_t v);
// Begin with the first step, everybody is there: the length of its first go.
ns_t work_start(struct twin *t, int32_t v);
// The go at hand has come to its end. True: another one has begun; false: the product is done, or given up.
bool work_next(struct twin *t, int32_t v);
// The product was given up at the end of its last go.
bool work_gave_up(const struct twin *t, int32_t v);
// Share of the product that is done, `part` of the go at hand included.
double work_progress(const struct twin *t, int32_t v, double part);

// Mean seconds of all steps of station s by the first fleet that may do them, failed tries in, nothing practised; 0: it works by time.
double work_mean(const struct twin *t, int32_t s);

// The same by robot r as practised as it is now; `fresh`: as practised as at time 0.
double work_expected(struct twin *t, int32_t r, int32_t s, bool fresh);
// One can learn from work at station s: some fleet that may do it does.
bool work_teaches(const struct twin *t, int32_t s);

// Step and go at which robot r works, step << 16 | go, both from 0; -1: it does not work in steps now.
int32_t work_shown(const struct twin *t, int32_t r);

// What is broken in the rows, NULL: nothing.
const char *work_check(const struct twin *t);
