// Job shops for the tests: drawn at random, and Taillard's by his generator; and a checker of schedules that shares
// no code with the scheduler.
#pragma once

#include <stdint.h>

#include "base/random.h"
#include "scheduler/shop.h"

// jobs x operations each, machines and times drawn; at most `alternatives` machines for an operation.
void shop_draw(struct shop *s, int jobs, int ops, int machines, int alternatives, int time_max, struct stream *draws);

// Taillard, "Benchmarks for basic scheduling problems", EJOR 64 (1993): each job visits each machine once, times
// uniform in 1 ... 99, from his generator x' = 16807 x mod 2^31 - 1 and his two seeds.
void shop_taillard(struct shop *s, int jobs, int machines, int32_t time_seed, int32_t machine_seed);

// The same shop with jobs and machines in another order.
void shop_rename(struct shop *to, const struct shop *from, struct stream *draws);

// NULL, or what is wrong with the plan as a schedule.
const char *shop_plan_fault(const struct shop *s, const struct shop_plan *p);

// The least makespan, by trying every order in which operations can begin (with every alternative).
int32_t shop_brute_force(const struct shop *s);
