// libFuzzer target: any bytes as robot.yaml of a small robot. What is accepted must name a drive for each joint and a
// pack that charges and ends. How to build it: tests/fuzz/README.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "robots/robot_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct robot_joint joints[3] = {{.name = "left_knee", .mimic = -1}, {.name = "right_knee", .mimic = -1}, {.name = "left_tip", .mimic = 0}};
  struct robot_link links[2] = {{.name = "left_foot"}, {.name = "right_foot"}};
  struct robot_model m = {.name = "small", .joint_count = 3, .link_count = 2, .joint = joints, .link = links, .mass = 50};
  struct drive_class classes[DRIVE_CLASSES_MAX] = {0};
  struct actuator actuators[3] = {0};
  int drive[3] = {-1, -1, -1};
  struct robot_spec s = {.joint_count = 3, .guessed = true, .classes = classes, .drive = drive, .actuator = actuators};
  struct robot_tables t;
  struct faults f;
  faults_init(&f, "fuzz", NULL, 0);
  enum status tables = robot_file_parse((const char *)data, size, "robot.yaml", false, &t, NULL, NULL, &f);
  if ((tables == STATUS_OK) != (f.errors == 0)) abort();
  enum status spec = robot_file_parse((const char *)data, size, "robot.yaml", true, NULL, &s, &m, &f);
  if (tables == STATUS_OK && spec == STATUS_OK && robot_charge_time(&t, 0.1, 0.9, 1000) < 0) abort();
  if (spec == STATUS_OK && !s.guessed && !(drive[0] >= 0 && drive[0] < s.class_count && drive[1] >= 0 && drive[2] < 0)) abort();
  if (spec == STATUS_OK && battery_pack_init(&s.battery)) {
    double energy = s.battery.energy / 2, used;
    if (!(battery_volts(&s.battery, energy) > 0)) abort();
    if (battery_draw(&s.battery, &energy, 100, 60, &used, NULL) == BATTERY_OK && used != 60) abort();
    battery_charge(&s.battery, &energy, 1000, 60, &used, NULL);
    if (!(energy >= 0 && energy <= s.battery.energy && used >= 0)) abort();
  }
  faults_finish(&f);
  return 0;
}
