#include "tests/pushed.h"

#include <stdlib.h>

void pushed_line(char *text, size_t size, const char *part, const char *extra, const char *events, const char *run) {
  snprintf(text, size,
    "takt: 1\nname: pushed\nfloor: {size: [12, 8]}\nparts: {box: {shape: box, size: [0.3, 0.2, 0.15], mass: 2 kg%s}}\n"
    "stations:\n"
    "  from: {kind: source, makes: box, every: 4 s, at: [1.5, 2], size: [1, 1], facing: 0}\n"
    "  work: {kind: machine, time: 3 s, at: [9.5, 2], size: [1, 1], facing: 180, operator: {by: crew}}\n"
    "  to: {kind: sink, at: [9.5, 6], size: [1, 1], facing: 180}\n"
    "  rest: {kind: dock, at: [5, 6.5], size: [4, 1], facing: 270, slots: 4}\n"
    "flow: [{path: from -> work, by: robots}, {path: work -> to, by: robots}]\n"
    "robots: {crew: {model: optimus-gen2, count: 4, home: rest, failures: {up: 1000 h, down: 20 s}}}\n"
    "%s"
    "events:\n%s"
    "run: {%s}\n", part, extra, events, run);
}

void pushed_events(char *text, size_t size, uint64_t dice, int pushes, int robots, double seconds, bool twists) {
  size_t n = 0;
  text[0] = 0;
  for (int k = 0; k < pushes; k++) {
    double u[5];
    for (int i = 0; i < (twists ? 5 : 4); i++) {
      dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      u[i] = (double)(dice >> 11) * 0x1p-53;
    }
    n += (size_t)snprintf(text + n, size - n, "  - {at: %.3f s, do: push, what: crew-%d, impulse: %.2f, direction: %.1f", 1 + u[0] * seconds, 1 + (int)(u[1] * robots), 5 + 60 * u[2], 360 * u[3]);
    if (twists && k % 4 == 0) n += (size_t)snprintf(text + n, size - n, ", twist: %.1f", 10 * u[4] - 5);
    n += (size_t)snprintf(text + n, size - n, "}\n");
  }
}

void pushed_case(char *text, size_t size, uint64_t seed, bool twists, const char *run) {
  char *events = malloc(size);
  pushed_events(events, size, seed, 90, 4, 270, twists);
  pushed_line(text, size, seed % 2 ? ", fragility: 2000 N" : "", seed % 3 == 0 ? "people: {lifters: {count: 1, home: rest, skills: [rescue, repair]}}\n" : "", events, run);
  free(events);
}

void pushed_add(struct pushed *p, const struct sums *s) {
  const struct fleet_sums *f = &s->fleet[0];
  p->falls += f->falls;
  p->drops += f->drops;
  p->scrapped += s->line.scrapped;
  p->broke += f->breakdowns;
  p->made += s->line.made;
  p->steps += f->captures;
  ns_t booked = 0;
  for (int c = 0; c < ROBOT_CAUSES; c++) booked += f->cause[c];
  CHECK(booked, ==, 4 * s->now);
  CHECK(f->cause[ROBOT_FALLEN], >, 0);
}

void pushed_enough(const struct pushed *p) {
  CHECK(p->falls, >=, 300);
  CHECK(p->made, >, 15);
  CHECK(p->drops, >, 20);
  CHECK(p->scrapped, >, 0);
  CHECK(p->broke, >, 5);
}
