// Revisions of a robot model, and rolling updates that bring them: some at a time, undone when a number of the result drops.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/measure/result.h"
#include "engine/world/assets.h"
#include "engine/world/kinds.h"
#include "robots/revision.h"
#include "tests/lines.h"

// ---- files ---------------------------------------------------------------------------------------------------

static void write_file(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  assert_non_null(f);
  fputs(text, f);
  fclose(f);
}

// A folder with a copy of the model's robot.yaml and one revision of that text; gives the address of the revision.
static void folder_with(char folder[64], char address[80], const char *revision) {
  char path[200];
  size_t size;
  snprintf(folder, 64, "/tmp/takt-revision-XXXXXX");
  assert_non_null(mkdtemp(folder));
  char *base = file_read("assets/robots/optimus-gen2/robot.yaml", 1 << 20, &size, NULL);
  assert_non_null(base);
  snprintf(path, sizeof path, "%s/robot.yaml", folder);
  write_file(path, base);
  free(base);
  // its walks are its body's affair
  snprintf(path, sizeof path, "%s/%s.urdf", folder, strrchr(folder, '/') + 1);
  write_file(path, "");
  snprintf(path, sizeof path, "%s/revisions", folder);
  mkdir(path, 0700);
  snprintf(path, sizeof path, "%s/revisions/b.yaml", folder);
  write_file(path, revision);
  snprintf(address, 80, "%s@b", folder);
}

static void remove_folder(const char *folder) {
  char path[200];
  snprintf(path, sizeof path, "%s/%s.urdf", folder, strrchr(folder, '/') + 1);
  remove(path);
  static const char *const rest[] = {"/revisions/b.yaml", "/revisions", "/robot.yaml", ""};
  for (int i = 0; i < 4; i++) {
    snprintf(path, sizeof path, "%s%s", folder, rest[i]);
    remove(path);
  }
}

static void a_revision_changes_what_it_names(void **state) {
  (void)state;
  char folder[64], address[80];
  struct robot_tables base, revised;
  struct faults f;
  folder_with(folder, address, "hands: {pace: 1.2}\nbattery:\n  energy: 3 kWh\ndrives: {r20: {km: 4}}\n");
  assert_true(revision_there(address));
  faults_init(&f, "test", NULL, 0);
  CHECK(robot_tables_read(&base, folder, &f), ==, STATUS_OK);
  CHECK(robot_tables_read(&revised, address, &f), ==, STATUS_OK);
  CHECK_NEAR(revised.hand_pace, 1.2, 1e-12);
  CHECK_NEAR(revised.battery, 3 * 3.6e6, 1e-6);
  CHECK_NEAR(revised.walk_speed, base.walk_speed, 0);
  CHECK_NEAR(revised.mass, base.mass, 0);
  faults_finish(&f);
  remove_folder(folder);
}

static void a_wrong_revision_says_where(void **state) {
  (void)state;
  static const struct { const char *text, *says; } cases[] = {
    {"hands: {grip: 3}\n", "/revisions/b.yaml:1:9: hands.grip: robot.yaml has no such key to revise"},
    {"hands:\n  pace: fast\n", "hands.pace: "},
    {"walking: {speed: 99}\n", "walking.speed: 99 is outside 0.05 to 15 m/s"},
    {"- 1\n", "a revision is a map of keys of robot.yaml"},
    {"hands: [\n", "/revisions/b.yaml:"},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    char folder[64], address[80];
    struct robot_tables t;
    struct faults f;
    folder_with(folder, address, cases[k].text);
    faults_init(&f, "test", NULL, 0);
    CHECK(robot_tables_read(&t, address, &f), !=, STATUS_OK);
    if (f.count == 0 || !strstr(f.fault[0].text, cases[k].says)) fail_msg("%s: %s", cases[k].text, f.count ? f.fault[0].text : "nothing");
    faults_finish(&f);
    remove_folder(folder);
  }
}

static void a_revision_that_is_not_there(void **state) {
  (void)state;
  struct robot_tables t;
  struct error e = {0};
  CHECK(assets_robot("optimus-gen2@nobody", "x.yaml", "assets", &t, &e), ==, STATUS_REF);
  assert_non_null(strstr(e.text, "the model optimus-gen2 has no revision nobody"));
}

// ---- updates -------------------------------------------------------------------------------------------------

#define STATIONS "raw: {kind: source, makes: part, at: [2, 5]}\nrest: {kind: dock, slots: 4, at: [10, 2]}\nout: {kind: sink, at: [18, 5]}"
#define EXTRA(revision, events) "floor: {size: [20, 9]}\nevents: [" events "]\nrobots: {crew: {model: optimus-gen2, count: 4, home: rest" revision "}}"
#define TO "do: update, what: crew, revision: feb-2024"

static void open_line(struct line *r, const char *extra) { line_open(r, STATIONS, "{path: raw -> out, by: robots}", extra); }

// Robots that were given that revision since the last call.
static int changes(struct line *r, const char *revision) {
  static struct note note[4096];
  int n = twin_notes(r->twin, note, 4096), count = 0;
  for (int k = 0; k < n; k++) count += strstr(note[k].text, "has revision") != NULL && strstr(note[k].text, revision) != NULL;
  return count;
}

// The slower pace makes fewer parts: over 16 m a metre takes 1 / 1.4 and 1 / 0.6 s, and a start, a stop and turns, which take no longer at the slower one, and
// less than in proportion to the pace
static void a_fleet_at_another_revision(void **state) {
  (void)state;
  struct line brisk, slow;
  open_line(&brisk, EXTRA("", ""));
  open_line(&slow, EXTRA(", revision: feb-2024", ""));
  line_to(&brisk, 36000);
  line_to(&slow, 36000);
  double more[2] = {line_robot(&brisk, "crew", ROBOT_WALKING) / line_fleet(&brisk, "crew")->distance - 1 / 1.4, line_robot(&slow, "crew", ROBOT_WALKING) / line_fleet(&slow, "crew")->distance - 1 / 0.6};
  assert_true(more[0] > more[1]);
  assert_true(more[0] < more[1] * 1.4 / 0.6);
  CHECK(slow.now.line.made, <, brisk.now.line.made);
  line_close(&brisk);
  line_close(&slow);
}

// half of four robots at 100 s, the others at 700
static void waves_of_a_share(void **state) {
  (void)state;
  struct line r;
  open_line(&r, EXTRA("", "{at: 100 s, " TO ", share: 50 %, every: 10 min}"));
  line_to(&r, 99);
  CHECK(changes(&r, "feb-2024"), ==, 0);
  line_to(&r, 600);
  CHECK(changes(&r, "feb-2024"), ==, 2);
  line_to(&r, 1200);
  CHECK(changes(&r, "feb-2024"), ==, 2);
  line_to(&r, 5000);
  CHECK(changes(&r, "feb-2024"), ==, 0);
  line_close(&r);
}

static void all_at_once_without_a_share(void **state) {
  (void)state;
  struct line r;
  open_line(&r, EXTRA("", "{at: 100 s, " TO "}, {at: 1000 s, do: update, what: crew, revision: \"\"}"));
  line_to(&r, 900);
  CHECK(changes(&r, "feb-2024"), ==, 4);
  line_to(&r, 1900);
  CHECK(changes(&r, "of the model"), ==, 4);
  line_close(&r);
}

// One of four at a time; a number that drops undoes it. Four brisk robots make far more than 200 parts an hour here, four slow
// ones fewer: the update goes on until it shows.
static void a_drop_is_rolled_back(void **state) {
  (void)state;
  struct line r, all;
  open_line(&all, EXTRA(", revision: feb-2024", ""));
  line_to(&all, 7200);
  double slow = (double)all.now.line.made / 2;
  line_close(&all);
  open_line(&all, EXTRA("", ""));
  line_to(&all, 7200);
  double brisk = (double)all.now.line.made / 2;
  line_close(&all);
  assert_true(brisk > 1.2 * slow);
  for (int k = 0; k < 2; k++) {
    // once between the two, once below both
    char extra[600];
    double limit = k ? slow * 0.5 : (slow + brisk) / 2;
    snprintf(extra, sizeof extra, EXTRA("", "{at: 1 h, " TO ", share: 25 %%, every: 1 h, rollback: \"throughput_per_h < %.1f\"}"), limit);
    open_line(&r, extra);
    line_to(&r, 8.5 * 3600);
    int to = changes(&r, "feb-2024"), back = 0;
    line_to(&r, 10 * 3600);
    line_close(&r);
    open_line(&r, extra);
    line_to(&r, 10 * 3600);
    back = changes(&r, "of the model");
    CHECK(back, ==, k ? 0 : to);
    if (k) CHECK(to, ==, 4);
    else CHECK(to, >=, 2);
    line_close(&r);
  }
}

// Old and new side by side: what both did is what the fleet did, hour by hour of each robot, and the brisk one picks more an hour.
static void revisions_side_by_side(void **state) {
  (void)state;
  struct line r;
  struct arena a;
  struct result_index x;
  open_line(&r, EXTRA("", "{at: 30 min, " TO ", share: 50 %, every: 10 h}"));
  line_to(&r, 2 * 3600 + 17.3);
  assert_true(arena_init(&a, 1 << 22));
  assert_true(result_index_make(&x, &r.layout, &a));
  CHECK(x.revisions, ==, 2);
  const struct fleet_sums *all = line_fleet(&r, "crew"), *one = &r.now.revision[0], *two = &r.now.revision[1];
  for (int c = 0; c < ROBOT_CAUSES; c++) CHECK(one->cause[c] + two->cause[c], ==, all->cause[c]);
  CHECK(one->picks + two->picks, ==, all->picks);
  CHECK_NEAR(one->distance + two->distance, all->distance, 1e-9 * all->distance);
  CHECK_NEAR(one->energy + two->energy, all->energy, 1e-9 * all->energy);
  double *row = ARENA_NEW(&a, double, x.count);
  struct sums zero = sums_make(&r.layout, &a);
  result_fill(&x, &zero, &r.now, false, row);
  int old = result_find(&x, "robots.crew.revisions.model.picks_per_h"), new = result_find(&x, "robots.crew.revisions.feb-2024.picks_per_h");
  assert_true(old >= 0 && new >= 0);
  assert_true(row[old] > 1.2 * row[new]);
  CHECK_NEAR(row[result_find(&x, "robots.crew.revisions.model.hours")] + row[result_find(&x, "robots.crew.revisions.feb-2024.hours")], 4 * (2 + 17.3 / 3600), 1e-9);
  arena_finish(&a);
  line_close(&r);
}

// Walks by the body: each revision has a library of its own.
static void revisions_with_bodies(void **state) {
  (void)state;
  struct line r;
  line_open(&r, STATIONS, "{path: raw -> out, by: robots}", "floor: {size: [20, 9]}\nevents: [{at: 200 s, " TO "}]\nrobots: {crew: {model: optimus-gen2, count: 2, home: rest}}");
  line_to(&r, 200);
  double before = line_fleet(&r, "crew")->distance;
  line_to(&r, 400);
  double after = line_fleet(&r, "crew")->distance - before;
  CHECK(after, <, 0.85 * before);
  CHECK(changes(&r, "feb-2024"), ==, 2);
  line_close(&r);
}

// What the revisions of a fleet did together is what the fleet did.
static void check_shares(const struct line *r) {
  const struct fleet_sums *all = line_fleet(r, "crew"), *one = &r->now.revision[0], *two = &r->now.revision[1];
  for (int c = 0; c < ROBOT_CAUSES; c++) CHECK(one->cause[c] + two->cause[c], ==, all->cause[c]);
  CHECK_NEAR(one->energy + two->energy, all->energy, 1e-6 * all->energy);
  CHECK_NEAR(one->distance + two->distance, all->distance, 1e-6 * all->distance);
  CHECK(one->twists + two->twists, ==, all->twists);
  CHECK(one->pushes + two->pushes, ==, all->pushes);
  CHECK(one->falls + two->falls, ==, all->falls);
  CHECK(one->captures + two->captures, ==, all->captures);
}

// What charges when the wave comes has the revision once it is charged, also when there is nothing to do for it.
static void who_charges_changes_after_it(void **state) {
  (void)state;
  static const char *const fidelity[] = {"event", "body"};
  for (int k = 0; k < 2; k++) {
    struct line r;
    char extra[500];
    snprintf(extra, sizeof extra, "floor: {size: [20, 9]}\nevents: [{at: 60 s, " TO "}]\nrobots: {crew: {model: optimus-gen2, count: 2, home: rest, battery: 10 %%, charging: {below: 12 %%, until: 14 %%, idle: false}}}\nrun: {fidelity: %s, body_rate: 50}", fidelity[k]);
    line_open(&r, "raw: {kind: source, makes: part, limit: 1, first: 2000 s, at: [2, 5]}\nrest: {kind: dock, slots: 2, at: [6, 2]}\nplug: {kind: charger, slots: 2, power: 1 kW, at: [10, 2]}\nout: {kind: sink, at: [18, 5]}", "{path: raw -> out, by: robots}", extra);
    line_to(&r, 61);
    CHECK(changes(&r, "feb-2024"), ==, 0);
    assert_true(line_robot(&r, "crew", ROBOT_CHARGING) > 50);
    line_to(&r, k ? 500 : 1900);
    CHECK(changes(&r, "feb-2024"), ==, 2);
    check_shares(&r);
    line_close(&r);
  }
}

// Stopped by order when the update comes, and when it is taken back: an order stays with the robot, not with the row of the body it was. Then they
// work, and draw, as if there had been nothing.
static void a_stop_goes_with_its_robot(void **state) {
  (void)state;
  static const char *const events[] = {"",
    "{at: 5 s, do: estop, what: floor, category: freeze}, {at: 6 s, " TO "}, {at: 8 s, do: resume, what: floor}, {at: 9 s, do: update, what: crew, revision: \"\"}"};
  double energy[2], made[2];
  for (int k = 0; k < 2; k++) {
    struct line r;
    char extra[700];
    snprintf(extra, sizeof extra, "floor: {size: [20, 9]}\nevents: [%s]\nrobots: {crew: {model: optimus-gen2, count: 2, home: rest}}\nrun: {fidelity: body, body_rate: 50}", events[k]);
    line_open(&r, "raw: {kind: source, makes: part, first: 10 s, every: 20 s, at: [2, 5]}\nrest: {kind: dock, slots: 4, at: [10, 2]}\nout: {kind: sink, at: [18, 5]}", "{path: raw -> out, by: robots}", extra);
    line_to(&r, 10);
    double before = line_fleet(&r, "crew")->energy;
    line_to(&r, 100);
    energy[k] = line_fleet(&r, "crew")->energy - before;
    made[k] = (double)r.now.line.made;
    if (k) CHECK(changes(&r, "of the model"), ==, 2);
    line_close(&r);
  }
  CHECK(made[0], >, 1);
  CHECK_NEAR(made[1], made[0], 0);
  CHECK_NEAR(energy[1], energy[0], 0.01 * energy[0]);
}

// On its knees it does not change, but when it stands again.
static void who_kneels_changes_when_it_stands(void **state) {
  (void)state;
  struct line r;
  line_open(&r, "raw: {kind: source, makes: part, limit: 1, first: 900 s, at: [2, 5]}\nrest: {kind: dock, slots: 4, at: [10, 2]}\nout: {kind: sink, at: [18, 5]}", "{path: raw -> out, by: robots}",
            "floor: {size: [20, 9]}\nevents: [{at: 5 s, do: estop, what: floor, category: kneel}, {at: 15 s, " TO "}, {at: 30 s, do: resume, what: floor}]\nrobots: {crew: {model: optimus-gen2, count: 2, home: rest}}\nrun: {fidelity: body, body_rate: 50}");
  line_to(&r, 29);
  CHECK(changes(&r, "feb-2024"), ==, 0);
  line_to(&r, 60);
  CHECK(changes(&r, "feb-2024"), ==, 2);
  line_close(&r);
}

// At body fidelity a robot becomes another body where it stands: it walks on more slowly, with the charge that it had.
static void revisions_step_by_step(void **state) {
  (void)state;
  struct line r;
  line_open(&r, STATIONS, "{path: raw -> out, by: robots}", "floor: {size: [20, 9]}\nevents: [{at: 60 s, " TO "}]\nrobots: {crew: {model: optimus-gen2, count: 2, home: rest}}\nrun: {fidelity: body, body_rate: 50}");
  line_to(&r, 60);
  double before = line_fleet(&r, "crew")->distance, energy = line_fleet(&r, "crew")->energy;
  line_to(&r, 100);
  CHECK(changes(&r, "feb-2024"), ==, 2);
  double begun = line_fleet(&r, "crew")->distance;
  line_to(&r, 160);
  CHECK(line_fleet(&r, "crew")->distance - begun, <, 0.85 * before);
  CHECK(line_fleet(&r, "crew")->distance - begun, >, 0.2 * before);
  CHECK(line_fleet(&r, "crew")->energy, >, energy);
  check_shares(&r);
  CHECK(r.now.revision[0].energy, >, 0);
  CHECK(r.now.revision[1].energy, >, 0);
  line_close(&r);
}

int test_update(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_revision_changes_what_it_names),
    cmocka_unit_test(revisions_side_by_side),
    cmocka_unit_test(a_wrong_revision_says_where),
    cmocka_unit_test(a_revision_that_is_not_there),
    cmocka_unit_test(a_fleet_at_another_revision),
    cmocka_unit_test(waves_of_a_share),
    cmocka_unit_test(all_at_once_without_a_share),
    cmocka_unit_test(a_drop_is_rolled_back),
    cmocka_unit_test(revisions_with_bodies),
    cmocka_unit_test(revisions_step_by_step),
    cmocka_unit_test(who_charges_changes_after_it),
    cmocka_unit_test(a_stop_goes_with_its_robot),
    cmocka_unit_test(who_kneels_changes_when_it_stands),
  };
  return cmocka_run_group_tests_name("update", tests, NULL, NULL);
}
