// robot.yaml: every bad one says where and why, defaults and scaling, which joint has which drive.
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "robots/spec.h"
#include "tests/check.h"

#define FOLDER "tests/robots/bad/"

// Knees and thumbs on both sides, each thumb with a tip that follows; a linear joint; two feet.
static struct robot_joint joints[7] = {
  {.name = "left_knee", .mimic = -1, .effort = 20, .velocity = 12},  {.name = "right_knee", .mimic = -1, .effort = 20, .velocity = 12},
  {.name = "left_thumb", .mimic = -1, .effort = 20, .velocity = 12}, {.name = "left_thumb_tip", .mimic = 2, .mimic_factor = 1},
  {.name = "right_thumb", .mimic = -1, .effort = 20, .velocity = 12}, {.name = "right_thumb_tip", .mimic = 4, .mimic_factor = 1},
  {.name = "lift", .kind = JOINT_PRISMATIC, .mimic = -1, .effort = INFINITY, .velocity = INFINITY},
};
static struct robot_link links[2] = {{.name = "left_foot"}, {.name = "right_foot"}};

static struct robot_model example_model(int joint_count) {
  return (struct robot_model){.name = "example", .joint_count = joint_count, .link_count = 2, .joint = joints, .link = links, .mass = 50};
}

static int is_yaml(const struct dirent *e) {
  size_t n = strlen(e->d_name);
  return n > 5 && strcmp(e->d_name + n - 5, ".yaml") == 0;
}

// Copy a file to folder/robot.yaml; its first line goes to `first`.
static void place(const char *from, const char *folder, char *first, size_t size) {
  char text[8192], path[200];
  FILE *in = fopen(from, "r");
  assert_non_null(in);
  size_t n = fread(text, 1, sizeof text - 1, in);
  fclose(in);
  text[n] = 0;
  snprintf(first, size, "%.*s", (int)strcspn(text, "\n"), text);
  snprintf(path, sizeof path, "%s/robot.yaml", folder);
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  assert_int_equal(fwrite(text, 1, n, out), n);
  fclose(out);
}

static void every_bad_file_says_why(void **state) {
  (void)state;
  struct dirent **entry;
  char folder[] = "/tmp/takt-spec-XXXXXX", path[64];
  int count = scandir(FOLDER, &entry, is_yaml, alphasort), wrong = 0;
  CHECK(count, >=, 25);
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/robot.yaml", folder);
  for (int i = 0; i < count; i++) {
    char from[400], first[600], got[600] = "nothing wrong";
    snprintf(from, sizeof from, FOLDER "%s", entry[i]->d_name);
    place(from, folder, first, sizeof first);
    struct robot_model m = example_model(6);
    struct robot_spec s;
    struct faults f;
    faults_init(&f, "test", NULL, 0);
    if (robot_spec_read(&s, &m, folder, &f) != STATUS_OK && f.count > 0)
      snprintf(got, sizeof got, "# expect: %s", f.fault[0].text + strlen(path) + 1);
    robot_spec_finish(&s);
    faults_finish(&f);
    if (strcmp(got, first) != 0) {
      fprintf(stderr, "%s\n  expected %s\n  got      %s\n", from, first, got);
      wrong++;
    }
    free(entry[i]);
  }
  free(entry);
  unlink(path);
  rmdir(folder);
  CHECK(wrong, ==, 0);
}

static void test_guesses(void **state) {
  (void)state;
  // at a known class its own figures, in between something in between, always finite and positive
  CHECK_NEAR(actuator_guess(110, 10).km, 9, 1e-12);
  CHECK_NEAR(actuator_guess(20, 12).housing_resistance, 4, 1e-12);
  struct actuator last = actuator_guess(1, 10);
  for (double torque = 1.1; torque < 2000; torque *= 1.1) {
    struct actuator a = actuator_guess(torque, INFINITY);
    assert_true(a.km > last.km && a.rotor_inertia > last.rotor_inertia && a.winding_resistance < last.winding_resistance);
    assert_true(a.speed_max > 0 && isfinite(a.speed_max));
    CHECK_NEAR(a.torque_peak, torque, 0);
    last = a;
  }
}

// What a robot's eyes and hands are said to be is what they are; what is left out is a guess of robots/sight.h.
static void test_eyes(void **state) {
  (void)state;
  char folder[] = "/tmp/takt-spec-XXXXXX", path[64];
  struct robot_model m = example_model(6);
  struct robot_spec s;
  struct faults f;
  const struct sight usual = sight_defaults();
  faults_init(&f, "test", NULL, 0);
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/robot.yaml", folder);
  FILE *out = fopen(path, "w");
  assert_non_null(out);
  fputs("robot: 1\nseeing: {exposure: 17 ms, discrimination: 5}\n", out);
  fclose(out);
  CHECK(robot_spec_read(&s, &m, folder, &f), ==, STATUS_OK);
  CHECK_NEAR(s.hands.sight.exposure, 0.017, 1e-15);
  CHECK_NEAR(s.hands.sight.discrimination, 5, 0);
  CHECK_NEAR(s.hands.sight.jitter, usual.jitter, 0);
  ORDER(usual.exposure, >, 0);
  robot_spec_finish(&s);
  faults_finish(&f);
  unlink(path);
  rmdir(folder);
}

// Without a file: guesses, said so; a joint without limits and a linear one get something that can be used.
static void test_no_file(void **state) {
  (void)state;
  struct robot_model m = example_model(7);
  struct robot_spec s;
  struct faults f;
  faults_init(&f, "test", NULL, 0);
  CHECK(robot_spec_read(&s, &m, NULL, &f), ==, STATUS_OK);
  CHECK(f.errors, ==, 0);
  CHECK(f.warnings, ==, 1);
  CHECK_HAS(f.fault[0].text, "guessed from the effort limits");
  assert_true(s.guessed);
  CHECK(s.driven, ==, 5);
  CHECK(s.class_count, ==, 2);
  CHECK_NEAR(s.enabled, 5, 1e-12);
  CHECK(s.drive[3], ==, -1);
  CHECK_NEAR(s.actuator[3].km, 0, 0);
  CHECK_NEAR(s.actuator[0].km, 3.5, 1e-12);
  // 1.5 N m for each of 50 kg, at 5 cm: 1500 N; power is the same at either end of the lever
  struct actuator turning = actuator_guess(75, INFINITY), lift = s.actuator[6];
  CHECK_NEAR(lift.torque_peak, 1500, 1e-9);
  struct actuator_power a = actuator_power(&turning, 40, 2, 10, 1), b = actuator_power(&lift, 40 / 0.05, 2 * 0.05, 10 * 0.05, 1);
  CHECK_NEAR(b.electrical, a.electrical, 1e-9 * a.electrical);

  robot_spec_scale(&s, 1.25);
  CHECK_NEAR(s.actuator[0].km, 3.5 * 1.25, 1e-12);
  robot_spec_scale(&s, 1);
  CHECK_NEAR(s.actuator[0].km, 3.5, 1e-12);
  const char *feet[2];
  assert_null(robot_spec_feet(&s, feet));
  robot_spec_finish(&s);
  faults_finish(&f);
}

int test_spec(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_bad_file_says_why), cmocka_unit_test(test_guesses), cmocka_unit_test(test_eyes), cmocka_unit_test(test_no_file),
  };
  return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
