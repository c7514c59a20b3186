// A line of four robots that are pushed while it runs, at body and at motion: its layout, pushes by chance, and what is to hold of it however often they fall.
#pragma once

#include "engine/sim/twin.h"
#include "tests/check.h"

// part: more keys of its part; extra: more keys of the line; events: its entries, indented; run: keys of `run`.
void pushed_line(char *text, size_t size, const char *part, const char *extra, const char *events, const char *run);

// Entries of `events`: pushes of 5 to 65 N s at random times from 1 s on, ways and robots of `crew`; every fourth one twists too, when `twists`.
void pushed_events(char *text, size_t size, uint64_t dice, int pushes, int robots, double seconds, bool twists);

// One of a row of lines: with parts that break by a fall every second time, and people who lift and mend every third one.
void pushed_case(char *text, size_t size, uint64_t seed, bool twists, const char *run);

struct pushed { int64_t falls, drops, scrapped, broke, made, steps; };

// Adds one line's sums, which must be whole: every second of its four robots has one cause, and some have lain.
void pushed_add(struct pushed *p, const struct sums *s);
// Of a row of lines with 300 falls: parts are made, dropped and broken, and so are robots.
void pushed_enough(const struct pushed *p);
