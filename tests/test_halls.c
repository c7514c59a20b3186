// Random small halls in the twin, crowded with robots: nobody is ever inside anybody or anything, looked at after every event; work goes on, and nearly everybody gets
// nearer within any minute, those who do not are named. HALLS=10000 build/takt-test halls runs so many of them, HALLS_FROM=n begins with hall n.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "base/random.h"
#include "engine/layout/layout.h"
#include "engine/sim/twin.h"
#include "engine/world/kinds.h"
#include "tests/check.h"

#define HALLS   REPEATS(25, 100)
#define JAMS    200                 // one hall in so many may have somebody who gets no nearer for a minute: none of the first 100
#define SECONDS 150

struct draw { struct stream dice; };

static double between(struct draw *d, double a, double b) { return a + (b - a) * stream_unit(&d->dice); }
static int    pick(struct draw *d, int n) { return (int)(stream_unit(&d->dice) * n); }

// Stations along the walls and in rows of islands, obstacles in between, an aisle wall now and then; robots with docks or without.
static char *draw_hall(uint32_t number) {
  struct draw d = {stream_make(17, 1, "motion", "hall", number)};
  char *text = NULL;
  size_t size = 0;
  FILE *f = open_memstream(&text, &size);
  assert_non_null(f);
  double w = between(&d, 8, 16), h = between(&d, 7, 14);
  int pairs = 1 + pick(&d, 4);
  double room = 3 + between(&d, 0, 5);
  int robots = 2 + (int)(w * h / room / 2);
  fprintf(f, "takt: 1\nname: hall %u\nfloor:\n  size: [%.2f, %.2f]\n", number, w, h);
  int things = pick(&d, 4);
  if (things > 0) fprintf(f, "  obstacles:\n");
  for (int k = 0; k < things; k++) {
    double x = between(&d, 3, w - 4), y = between(&d, 2, h - 3), a = between(&d, 0.3, 2), b = between(&d, 0.3, 2);
    fprintf(f, "    o%d: {area: [[%.2f, %.2f], [%.2f, %.2f], [%.2f, %.2f], [%.2f, %.2f]]}\n", k, x, y, x + a, y, x + a, y + b, x, y + b);
  }
  if (pick(&d, 3) == 0) {
    double x = between(&d, w / 3, 2 * w / 3), gap = between(&d, 1, h - 2), wide = between(&d, 0.9, 2.5);
    fprintf(f, "  walls: [[[%.2f, 0], [%.2f, %.2f]], [[%.2f, %.2f], [%.2f, %.2f]]]\n", x, x, gap - wide / 2, x, gap + wide / 2, x, h);
  }
  fprintf(f, "parts: {p: {mass: 2 kg}}\nstations:\n");
  for (int k = 0; k < pairs; k++) {
    double y = h * (k + 0.5) / pairs, z = h * ((k * 3 + 1) % pairs + 0.5) / pairs;
    fprintf(f, "  in%d: {kind: source, makes: p, at: [0.7, %.2f], size: [1, 1], facing: 0}\n  out%d: {kind: sink, at: [%.2f, %.2f], size: [1, %.1f], facing: 180}\n", k, y, k, w - 0.7, z, between(&d, 0.8, 1.6));
  }
  bool homes = pick(&d, 2) == 0 && robots <= (int)((w - 3) / 0.75);
  if (homes) fprintf(f, "  rest: {kind: dock, at: [%.2f, 0.7], size: [%.2f, 0.6], slots: %d}\n", w / 2, robots * 0.75, robots);
  fprintf(f, "flow:\n");
  for (int k = 0; k < pairs; k++) fprintf(f, "  - {path: in%d -> out%d, by: robots}\n", k, k);
  fprintf(f, "robots: {crew: {model: optimus-gen2, count: %d%s}}\nrun: {fidelity: motion}\n", robots, homes ? ", home: rest" : "");
  fclose(f);
  return text;
}

static int64_t made(const struct twin *t) {
  struct arena a;
  assert_true(arena_init(&a, (size_t)1 << 22));
  struct sums s = sums_make(twin_layout(t), &a);
  twin_measure((struct twin *)t, &s);
  int64_t n = s.line.made;
  arena_finish(&a);
  return n;
}

// NULL, or what was wrong. *sound: the hall could be built; *count: what it made.
static const char *run_hall(uint32_t number, const struct kinds *kinds, bool *sound, bool *jam, int64_t *count) {
  static char fault[320];
  const char *wrong = NULL;
  char *text = draw_hall(number);
  struct layout l = {0};
  struct faults faults;
  faults_init(&faults, "hall", text, strlen(text));
  *sound = layout_read_text(&l, "hall", text, strlen(text), NULL, 0, &faults) == STATUS_OK;
  faults_finish(&faults);
  struct error e = {0};
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.kinds = kinds;
  struct twin *t = *sound ? twin_create(&l, &o, &e) : NULL;
  *sound = t != NULL;
  *jam = false;
  *count = 0;
  int64_t half = -1;
  for (ns_t end = SECONDS * NS_SECOND, middle = end / 2; t && !wrong && twin_now(t) < end;) {
    if (twin_step(t, end) != TWIN_RUNS && twin_now(t) < end) wrong = twin_why(t);
    const char *broken = twin_validate(t);
    if (broken) wrong = broken;
    if (half < 0 && twin_now(t) >= middle) half = made(t);
  }
  if (t) *count = made(t);
  if (t && !wrong && twin_motion(t).jams > 0) {
    static struct note note[4096];
    int n = twin_notes(t, note, 4096);
    wrong = "somebody got no nearer for a minute";
    *jam = true;
    for (int k = 0; k < n; k++)
      if (strstr(note[k].text, "stuck")) wrong = note[k].text;
  }
  if (t && !wrong && *count == half) {
    wrong = "nothing was made in the second half";
    *jam = true;
  }
  if (wrong) snprintf(fault, sizeof fault, "hall %u at %.2f s: %s", number, ns_to_seconds(twin_now(t)), wrong);
  if (t) twin_destroy(t);
  layout_finish(&l);
  free(text);
  return wrong ? fault : NULL;
}

static void test_random_halls(void **state) {
  (void)state;
  const char *count = getenv("HALLS"), *first = getenv("HALLS_FROM");
  uint32_t from = first ? (uint32_t)strtoul(first, NULL, 10) : 0, halls = count ? (uint32_t)strtoul(count, NULL, 10) : HALLS, sounds = 0, bad = 0, jams = 0;
  int64_t all = 0;
  struct kinds *kinds = NULL;
  for (uint32_t k = from; k < from + halls; k++) {
    if (!kinds) {
      char *text = draw_hall(k);
      struct layout l = {0};
      struct faults faults;
      struct error e = {0};
      faults_init(&faults, "hall", text, strlen(text));
      if (layout_read_text(&l, "hall", text, strlen(text), NULL, 0, &faults) == STATUS_OK) kinds = kinds_load(&l, "assets", 1, &e);
      faults_finish(&faults);
      layout_finish(&l);
      free(text);
      if (!kinds) continue;
    }
    bool sound, jam;
    int64_t count;
    const char *wrong = run_hall(k, kinds, &sound, &jam, &count);
    sounds += sound;
    all += count;
    if (!wrong) continue;
    print_message("%s\n", wrong);
    if (jam) jams++;
    else bad++;
  }
  print_message("%u halls: %u wrong, %u with jams, %lld parts\n", sounds, bad, jams, (long long)all);
  kinds_destroy(kinds);
  CHECK(bad, ==, 0);
  CHECK(jams * JAMS, <=, sounds);
  CHECK(sounds, >, halls / 2);
  // one way of ten metres takes some 20 s with both ends: in 150 s every hall makes several, whoever waits for whom
  CHECK(all, >, 5 * sounds);
}

int test_halls(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_halls)};
  return cmocka_run_group_tests_name("halls", tests, NULL, NULL);
}
