// What robots take parts for: shares of wrong ones against signal detection, where they go, and who finds them; all of it conserved.
#include <math.h>
#include <string.h>

#include "engine/layout/layout.h"
#include "engine/world/assets.h"
#include "engine/world/hands.h"
#include "engine/world/kinds.h"
#include "tests/lines.h"

#define PARTS "parts: {a: {shape: box, size: [50 mm, 50 mm, 50 mm], mass: 0.2}, b: {like: a}, c: {like: a}, tray: {shape: box, size: [0.3, 0.3, 0.05], mass: 0.5}, kit: {like: tray}}\n"
#define FLOOR "floor: {size: [10, 7]%s}\n"
#define CREW  "robots: {crew: {model: optimus-gen2, count: 2, charging: {idle: false}}}\nrun: {for: 9 h, fidelity: %s}\n"

// A belt with parts of two classes, each to its own sink.
static const char sorts[] =
  "raw: {kind: source, makes: {a: 0.6, b: 0.4}, limit: %d}\nbelt: {kind: conveyor, path: [[2, 3], [6, 3]], size: [4, 0.4], speed: 0.2, pitch: 0.2, height: 0.9}\n"
  "left: {kind: sink, at: [3, 4.6], facing: 270, size: [0.6, 0.6]}\nright: {kind: sink, at: [5, 4.6], facing: 270, size: [0.6, 0.6]}";
static const char by_class[] = "raw -> belt\n{path: belt -> left, part: a, by: robots}\n{path: belt -> right, part: b, by: robots}";

static struct kinds *kinds;
static struct kind  *kind;
static double        usual;

static int load(void **state) {
  (void)state;
  struct layout l = {0};
  struct faults f;
  struct error e = {0};
  static char text[] = "takt: 1\nname: seeing\nfloor: {size: [8, 6]}\nparts: {p: {}}\nstations: {raw: {kind: source, makes: p}, out: {kind: sink, at: [3, 3]}}\nflow: [raw -> out]\nrobots: {crew: {model: optimus-gen2}}\n";
  char folder[1024];
  faults_init(&f, "seeing", text, strlen(text));
  if (layout_read_text(&l, "seeing", text, strlen(text), NULL, 0, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  faults_finish(&f);
  kinds = kinds_load(&l, "assets", 1, &e);
  if (!kinds) fail_msg("%s", e.text);
  assert_true(assets_find("optimus-gen2", "seeing", "assets", folder));
  kind = (struct kind *)kinds_find(kinds, folder);          // ours: nobody else has it
  assert_non_null(kind);
  usual = kind->spec.hands.sight.discrimination;
  layout_finish(&l);
  return 0;
}

static int unload(void **state) {
  (void)state;
  kinds_destroy(kinds);
  return 0;
}

// Opened with eyes that tell classes so far apart.
static void open_zones(struct line *r, const char *stations, const char *flow, const char *zones, const char *fidelity, double discrimination) {
  char extra[2048];
  kind->spec.hands.sight.discrimination = discrimination;
  snprintf(extra, sizeof extra, FLOOR PARTS CREW, zones, fidelity);
  line_open_kinds(r, stations, flow, extra, 1, 1, kinds);
}

static void open_line(struct line *r, const char *stations, const char *flow, const char *fidelity, double discrimination) { open_zones(r, stations, flow, "", fidelity, discrimination); }

// To the end of the run, looking at the invariants again and again.
static void to_end(struct line *r) {
  double now = 0;
  do line_to(r, now += 60);
  while (r->state == TWIN_RUNS && now < 9 * 3600);
  CHECK(r->state, !=, TWIN_FAULT);
}

static void open_sorting(struct line *r, int parts, const char *flow, const char *zones, const char *fidelity, double discrimination) {
  char stations[1024];
  snprintf(stations, sizeof stations, sorts, parts);
  open_zones(r, stations, flow, zones, fidelity, discrimination);
}

// Between two classes that are `apart`, and of more: integral of phi(x - d' / sqrt 2) (1 - Phi(x)^(m - 1)), by Simpson's rule.
static double confused(double apart, int classes) {
  if (classes == 2) return 0.5 * erfc(apart / sqrt(8));
  const int n = 4000;
  double sum = 0, step = 20.0 / n;
  for (int i = 0; i <= n; i++) {
    double u = -10 + i * step;
    sum += (i == 0 || i == n ? 1 : i % 2 ? 4 : 2) * exp(-u * u / 2) * (1 - pow(0.5 * erfc(-(u + apart / sqrt(2)) / sqrt(2)), classes - 1));
  }
  return sum * step / 3 / sqrt(2 * 3.14159265358979323846);
}

// The probability to take one for another by the law itself, seen from the eye to the part's top on the belt, which runs at `speed`. Belts that are full stand when the next part comes.
static double share_of(double discrimination, double hidden, int classes, double speed) {
  struct reach_pose standing;
  double foot[2];
  CHECK(reach_standing(&kind->reacher, 0, &standing, foot, NULL), ==, STATUS_OK);
  const struct part_type cube = {.shape = SHAPE_BOX, .size = {0.05, 0.05, 0.05}, .mass = 0.2, .friction = 0.5};
  const struct station belt = {.kind = STATION_CONVEYOR, .size = {4, 0.4}, .height = 0.9};
  const struct hands_ask ask = {.part = &cube, .mass = 0.2, .carriers = 1, .at = &belt, .hidden = hidden};
  struct v3 at = v3_sub(v3_add(hands_spot(&ask).at, v3(0, 0, 0.05)), reach_eye(&kind->reacher, &standing));
  const struct sight *eye = &kind->spec.hands.sight;
  double far = v3_norm(at) / eye->distance, sharp = eye->across * far / sqrt(1 - hidden), smeared = hypot(sharp, speed * eye->exposure / sqrt(12));
  return confused(discrimination * sqrt(1 - hidden) / far * sqrt(sharp / smeared), classes);
}

// Right and wrong make all; the share of wrong ones is that of signal detection; what was wrong lies in the other's sink.
static void test_shares_of_wrong_ones(void **state) {
  (void)state;
  enum { N = 2000 };
  struct line r, right;
  open_sorting(&right, N, by_class, "", "event", 1e4);
  to_end(&right);
  CHECK(right.now.line.missorted, ==, 0);
  CHECK(right.now.line.spoiled, ==, 0);
  CHECK(right.now.line.made, ==, N);
  int64_t a = line_station(&right, "left")->made;
  static const double discrimination[] = {2, 4, 0};
  for (int k = 0; k < 3; k++) {
    open_sorting(&r, N, by_class, "", "event", discrimination[k]);
    to_end(&r);
    double p = share_of(discrimination[k], 0, 2, 0), m = (double)r.now.line.missorted;
    CHECK_NEAR(m / N, p, 4 * sqrt(p * (1 - p) / N));
    CHECK(r.now.line.made, ==, N);
    CHECK(r.now.line.spoiled, ==, r.now.line.missorted);
    CHECK(r.now.line.found, ==, 0);
    CHECK(line_station(&r, "belt")->missorted, ==, r.now.line.missorted);
    // wrong ones of the sink on the left: m - w of a are on the right, w of b on the left
    int64_t left = line_station(&r, "left")->made, w2 = left - a + r.now.line.missorted;
    CHECK(w2 % 2, ==, 0);
    CHECK_NEAR((double)w2 / 2, p * (double)(N - a), 4 * sqrt(p * (1 - p) * (double)(N - a)));
    line_close(&r);
  }
  line_close(&right);
}

// What bad light hides is taken for something else more often, as the law has it.
static void test_bad_light_mixes_classes_up(void **state) {
  (void)state;
  enum { N = 1000 };
  struct line r;
  open_sorting(&r, N, by_class, ", zones: {shade: {kind: dim, area: [[0, 0], [10, 0], [10, 7], [0, 7]], occlusion: 60 %}}", "event", 4);
  to_end(&r);
  double p = share_of(4, 0.6, 2, 0);
  ORDER(p, >, 1.5 * share_of(4, 0, 2, 0));
  CHECK_NEAR((double)r.now.line.missorted / N, p, 4 * sqrt(p * (1 - p) / N));
  line_close(&r);
}

// A belt that runs smears what is seen on it, the more the longer a picture takes: more are taken for something else, as the law has it.
static void test_a_belt_smears_what_is_seen(void **state) {
  (void)state;
  enum { N = 1000 };
  struct line r;
  double exposure = kind->spec.hands.sight.exposure, before = share_of(4, 0, 2, 0);
  // so slowly that nobody waits for the robots
  static const char stations[] = "raw: {kind: source, makes: {a: 0.6, b: 0.4}, every: 25 s, limit: 1000}\nbelt: {kind: conveyor, path: [[2, 3], [6, 3]], size: [4, 0.4], speed: 0.2, pitch: 0.2, height: 0.9}\n"
           "left: {kind: sink, at: [3, 4.6], facing: 270, size: [0.6, 0.6]}\nright: {kind: sink, at: [5, 4.6], facing: 270, size: [0.6, 0.6]}";
  kind->spec.hands.sight.exposure = 0.07;
  double p = share_of(4, 0, 2, 0.2);
  open_line(&r, stations, by_class, "event", 4);
  to_end(&r);
  kind->spec.hands.sight.exposure = exposure;
  CHECK(r.now.line.made, ==, N);
  ORDER(p, >, 1.5 * before);
  CHECK_NEAR((double)r.now.line.missorted / N, p, 4 * sqrt(p * (1 - p) / N));
  line_close(&r);
}

// At every fidelity the same parts are taken for something else.
static void test_the_same_at_every_fidelity(void **state) {
  (void)state;
  static const char *const fidelity[] = {"event", "motion", "body"};
  struct line r[3];
  for (int k = 0; k < 3; k++) {
    open_sorting(&r[k], 40, by_class, "", fidelity[k], 2);
    to_end(&r[k]);
    CHECK(r[k].now.line.made, ==, 40);
    ORDER(r[k].now.line.missorted, >, 0);
    CHECK(r[k].now.line.missorted, ==, r[0].now.line.missorted);
    CHECK(line_station(&r[k], "left")->made, ==, line_station(&r[0], "left")->made);
  }
  for (int k = 0; k < 3; k++) line_close(&r[k]);
}

// Where nobody need tell them apart nothing is drawn: the same digest, however poor the eyes.
static void test_one_class_and_one_way(void **state) {
  (void)state;
  static const char one[] = "raw: {kind: source, makes: a, limit: 50}\nbelt: {kind: conveyor, path: [[2, 3], [6, 3]], size: [4, 0.4], speed: 0.2, pitch: 0.2, height: 0.9}\n"
                            "left: {kind: sink, at: [3, 4.6], facing: 270, size: [0.6, 0.6]}\nright: {kind: sink, at: [5, 4.6], facing: 270, size: [0.6, 0.6]}";
  char two[1024];
  snprintf(two, sizeof two, sorts, 50);
  const char *const stations[] = {one, two}, *const flow[] = {by_class, "raw -> belt\n{path: belt -> left, by: robots}\n{path: belt -> right, by: robots}"};
  for (int k = 0; k < 2; k++) {
    struct line poor, good;
    open_line(&poor, stations[k], flow[k], "event", 0);
    to_end(&poor);
    open_line(&good, stations[k], flow[k], "event", usual);
    to_end(&good);
    CHECK(poor.now.line.made, ==, 50);
    CHECK(poor.now.line.missorted, ==, 0);
    assert_true(twin_digest(poor.twin) == twin_digest(good.twin));
    line_close(&poor);
    line_close(&good);
  }
}

// Three classes: more errors than between two, and each of the other two is as likely.
static void test_the_others_are_alike(void **state) {
  (void)state;
  enum { N = 2000 };
  struct line r, right;
  static const char stations[] = "raw: {kind: source, makes: {a: 0.98, b: 0.01, c: 0.01}, limit: 2000}\nbelt: {kind: conveyor, path: [[2, 3], [6, 3]], size: [4, 0.4], speed: 0.2, pitch: 0.2, height: 0.9}\n"
                                 "left: {kind: sink, at: [3, 4.6], facing: 270, size: [0.6, 0.6]}\nright: {kind: sink, at: [5, 4.6], facing: 270, size: [0.6, 0.6]}\nfar: {kind: sink, at: [4, 1.4], facing: 90, size: [0.6, 0.6]}";
  static const char flow[] = "raw -> belt\n{path: belt -> left, part: a, by: robots}\n{path: belt -> right, part: b, by: robots}\n{path: belt -> far, part: c, by: robots}";
  open_line(&right, stations, flow, "event", 1e4);
  to_end(&right);
  open_line(&r, stations, flow, "event", 2);
  to_end(&r);
  double p = share_of(2, 0, 3, 0), b = (double)line_station(&r, "right")->made, c = (double)line_station(&r, "far")->made, of = (double)line_station(&right, "left")->made, few = N - of;
  CHECK(r.now.line.made, ==, N);
  // half of the wrong ones of a each, beside the few that are of their class
  CHECK_NEAR(b, p / 2 * of + few / 2, 4 * sqrt(p / 2 * of) + few / 2);
  CHECK_NEAR(c, p / 2 * of + few / 2, 4 * sqrt(p / 2 * of) + few / 2);
  line_close(&r);
  line_close(&right);
}

#define TRAYS(rest) \
  "raw: {kind: source, makes: {a: 0.6, b: 0.4}, every: 6 s}\nbelt: {kind: conveyor, path: [[2, 3], [6, 3]], size: [4, 0.4], speed: 0.2, pitch: 0.2, height: 0.9}\n" \
  "waste: {kind: sink, at: [7, 3], size: [0.4, 0.4], counts: scrapped}\nempty: {kind: source, makes: tray}\n" \
  "pack: {kind: assembly, at: [4, 4.6], facing: 270, size: [0.6, 0.6], height: 0.9, base: tray, needs: {a: 4}, makes: kit, take: early, pattern: {grid: [2, 2], pitch: [80 mm, 80 mm]}}\n" rest
#define TO_TRAYS "raw -> belt\n{path: belt -> pack, part: a, by: robots}\n{path: belt -> waste, part: b}\nempty -> pack\n"

// Wrong parts in trays: shipped where nobody looks, found by an inspection, mended behind it.
static void test_trays_with_wrong_parts(void **state) {
  (void)state;
  struct line r;
  open_line(&r, TRAYS("out: {kind: sink}"), TO_TRAYS "pack -> out", "event", 3);
  line_to(&r, 4 * 3600);
  ORDER(r.now.line.made, >, 100);
  ORDER(r.now.line.spoiled, >, 0);
  ORDER(r.now.line.spoiled, <, r.now.line.made);
  int64_t spoiled = r.now.line.spoiled, made = r.now.line.made;
  line_close(&r);

  open_line(&r, TRAYS("look: {kind: inspection, time: 1 s, finds: {b: 100 %}, false_alarm: 0}\nout: {kind: sink}\nbad: {kind: sink, counts: scrapped}"),
            TO_TRAYS "pack -> look\n{path: look -> out, when: pass}\n{path: look -> bad, when: fail}", "event", 3);
  line_to(&r, 4 * 3600);
  CHECK(r.now.line.spoiled, ==, 0);
  CHECK_NEAR((double)line_station(&r, "bad")->made, (double)spoiled, 2);
  CHECK_NEAR((double)(line_station(&r, "out")->made + line_station(&r, "bad")->made), (double)made, 2);
  line_close(&r);

  open_line(&r, TRAYS("look: {kind: inspection, time: 1 s, finds: {b: 100 %}, false_alarm: 0}\nout: {kind: sink}\nbad: {kind: buffer}\nmend: {kind: machine, time: 5 s}"),
            TO_TRAYS "pack -> look\n{path: look -> out, when: pass}\n{path: look -> bad, when: fail}\nbad -> mend\nmend -> look", "event", 3);
  line_to(&r, 4 * 3600);
  CHECK(r.now.line.spoiled, ==, 0);
  ORDER(r.now.line.found, >=, spoiled - 2);
  CHECK_NEAR((double)line_station(&r, "mend")->made, (double)spoiled, 2);
  CHECK_NEAR((double)r.now.line.made, (double)made, 2);
  line_close(&r);
}

// A scan reads what a part is: it goes on its own way, or is scrapped where it has none.
static void test_scans_find_what_is_wrong(void **state) {
  (void)state;
  struct line right, r;
  static const char stations[] =
    "raw: {kind: source, makes: {a: 0.6, b: 0.4}, limit: 400}\nbelt: {kind: conveyor, path: [[2, 3], [6, 3]], size: [4, 0.4], speed: 0.2, pitch: 0.2, height: 0.9}\n"
    "left: {kind: machine, at: [3, 4.6], facing: 270, size: [0.6, 0.6], operator: {by: readers}, steps: [{do: scan}]}\n"
    "right: {kind: machine, at: [5, 4.6], facing: 270, size: [0.6, 0.6], operator: {by: readers}, steps: [{do: scan}]}\nof-a: {kind: sink}\nof-b: {kind: sink}";
  static const char flow[] = "raw -> belt\n{path: belt -> left, part: a, by: crew}\n{path: belt -> right, part: b, by: crew}\n";
  char extra[1024], both[1024], own[1024];
  snprintf(both, sizeof both, "%s{path: left -> of-a, part: a}\n{path: left -> of-b, part: b}\n{path: right -> of-a, part: a}\n{path: right -> of-b, part: b}", flow);
  snprintf(own, sizeof own, "%s{path: left -> of-a, part: a}\n{path: right -> of-b, part: b}", flow);
  snprintf(extra, sizeof extra, FLOOR PARTS "robots: {crew: {model: optimus-gen2, count: 2, charging: {idle: false}}}\npeople: {readers: {count: 2, skills: {scan: {time: 1 s}}}}\nrun: {for: 9 h}\n", "");
  kind->spec.hands.sight.discrimination = 1e4;
  line_open_kinds(&right, stations, both, extra, 1, 1, kinds);
  to_end(&right);
  kind->spec.hands.sight.discrimination = 2;
  line_open_kinds(&r, stations, both, extra, 1, 1, kinds);
  to_end(&r);
  ORDER(r.now.line.missorted, >, 20);
  CHECK(r.now.line.found, ==, r.now.line.missorted);
  CHECK(r.now.line.spoiled, ==, 0);
  CHECK(line_station(&r, "of-a")->made, ==, line_station(&right, "of-a")->made);
  CHECK(line_station(&r, "of-b")->made, ==, line_station(&right, "of-b")->made);
  int64_t wrong = r.now.line.missorted;
  line_close(&r);
  line_open_kinds(&r, stations, own, extra, 1, 1, kinds);
  to_end(&r);
  CHECK(r.now.line.missorted, ==, wrong);
  CHECK(r.now.line.scrapped, ==, wrong);
  CHECK(r.now.line.made, ==, 400 - wrong);
  CHECK(r.now.line.spoiled, ==, 0);
  line_close(&r);
  line_close(&right);
}

int test_seeing(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_shares_of_wrong_ones), cmocka_unit_test(test_bad_light_mixes_classes_up), cmocka_unit_test(test_a_belt_smears_what_is_seen), cmocka_unit_test(test_the_same_at_every_fidelity),
    cmocka_unit_test(test_one_class_and_one_way), cmocka_unit_test(test_the_others_are_alike), cmocka_unit_test(test_trays_with_wrong_parts), cmocka_unit_test(test_scans_find_what_is_wrong),
  };
  return cmocka_run_group_tests_name("seeing", tests, load, unload);
}
