// The named scenes of `takt bench`: layouts as text, and a bare peer for the first of them.
#pragma once

#include <stdint.h>

// Saturated line of n exponential stations of mean 1 s with buffers of `buffer` places between them. Owned, malloc.
char *bench_line_layout(int n, int buffer);

// A hall with `robots` robots of a typed fleet with batteries and chargers; stations give each robot 60 carry
// jobs an hour on average. Owned, malloc.
char *bench_robots_layout(int robots);

// Crews of 20 humanoids with their bodies, each carrying boxes along its own 45 m; robots: a multiple of 20. Owned, malloc.
char *bench_bodies_layout(int robots);

// Crews of 20 humanoids with their bodies that sort battery cells from belts into trays; robots: a multiple of 20, at most 1,280. Owned, malloc.
char *bench_sorting_layout(int robots);

// A sorting hall of 9.4 square metres a robot: humanoids carry parcels from intakes to chutes 8 m apart, packs are swapped; a job a robot every
// 85 s on average. Owned, malloc.
char *bench_hall_layout(int robots);

// The same line as bench_line_layout with nothing around it: a 4-ary heap of end times, counts and states
// in arrays, xoshiro256+ and the C library's log. Returns station operations done up to `length` seconds.
uint64_t bench_bare_line(int n, int buffer, double length, uint64_t seed);
