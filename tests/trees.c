#include "tests/trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"

static double around(struct stream *s, double size) { return size * (2 * stream_unit(s) - 1); }

void tree_parse(struct robot_model *m, const char *text) {
  struct faults f;
  faults_init(&f, "tree.urdf", text, strlen(text));
  if (robot_model_parse(m, text, strlen(text), "tree.urdf", &f) != STATUS_OK) {
    faults_print(&f, stderr);
    fail_msg("the tree is not read");
  }
  faults_finish(&f);
}

// A cloud of three point masses has a physical inertia whatever is drawn.
static int print_inertial(char *text, size_t size, struct stream *s) {
  double ixx = 0, iyy = 0, izz = 0, ixy = 0, ixz = 0, iyz = 0;
  for (int k = 0; k < 4; k++) {
    double x = around(s, 0.2), y = around(s, 0.2), z = around(s, 0.2), mass = 0.3 + stream_unit(s);
    ixx += mass * (y * y + z * z);
    iyy += mass * (x * x + z * z);
    izz += mass * (x * x + y * y);
    ixy -= mass * x * y;
    ixz -= mass * x * z;
    iyz -= mass * y * z;
  }
  return snprintf(text, size,
                  "<inertial><origin xyz=\"%.17g %.17g %.17g\" rpy=\"%.17g %.17g %.17g\"/><mass value=\"%.17g\"/>"
                  "<inertia ixx=\"%.17g\" iyy=\"%.17g\" izz=\"%.17g\" ixy=\"%.17g\" ixz=\"%.17g\" iyz=\"%.17g\"/></inertial>",
                  around(s, 0.2), around(s, 0.2), around(s, 0.2), around(s, 3), around(s, 1.5), around(s, 3), 0.5 + 3 * stream_unit(s), ixx, iyy, izz, ixy, ixz, iyz);
}

char *tree_text(struct stream *s, int links) {
  static const char *const kinds[] = {"fixed", "revolute", "continuous", "revolute", "prismatic", "revolute"};
  size_t size = 1024 * (size_t)links + 256, used = 0;
  char *text = malloc(size);
  assert_non_null(text);
  used += (size_t)snprintf(text, size, "<robot name=\"tree\">");
  for (int i = 0; i < links; i++) {
    used += (size_t)snprintf(text + used, size - used, "<link name=\"l%d\">", i);
    used += (size_t)print_inertial(text + used, size - used, s);
    used += (size_t)snprintf(text + used, size - used, "</link>");
  }
  for (int i = 1; i < links; i++) {
    const char *kind = kinds[(int)(6 * stream_unit(s))];
    int parent = (int)(stream_unit(s) * i);
    if (stream_unit(s) < 0.6) parent = i - 1;
    // every third axis is one of the frame's own
    double x = around(s, 1), y = around(s, 1), z = around(s, 1);
    if (i % 3 == 0) {
      x = i % 2;
      y = 0;
      z = 1 - x;
    }
    used += (size_t)snprintf(text + used, size - used,
                             "<joint name=\"j%d\" type=\"%s\"><parent link=\"l%d\"/><child link=\"l%d\"/><origin xyz=\"%.17g %.17g %.17g\" rpy=\"%.17g %.17g %.17g\"/>"
                             "<axis xyz=\"%.17g %.17g %.17g\"/><limit lower=\"-2\" upper=\"2\" effort=\"50\" velocity=\"5\"/></joint>",
                             i, kind, parent, i, around(s, 0.3), around(s, 0.3), around(s, 0.3), around(s, 3), around(s, 1.5), around(s, 3), x, y, z);
  }
  snprintf(text + used, size - used, "</robot>");
  return text;
}

void tree_model(struct robot_model *m, struct stream *s, int links) {
  char *text = tree_text(s, links);
  tree_parse(m, text);
  free(text);
}

void tree_pendulum(struct robot_model *m, int count, double length, double mass) {
  char text[8192];
  int used = snprintf(text, sizeof text, "<robot name=\"pendulum\"><link name=\"l0\"/>");
  for (int i = 1; i <= count; i++) {
    used += snprintf(text + used, sizeof text - (size_t)used,
                     "<link name=\"l%d\"><inertial><origin xyz=\"0 0 %.17g\"/><mass value=\"%.17g\"/><inertia ixx=\"%.17g\" iyy=\"%.17g\" izz=\"0\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>"
                     "<joint name=\"j%d\" type=\"continuous\"><parent link=\"l%d\"/><child link=\"l%d\"/><origin xyz=\"0 0 %.17g\"/><axis xyz=\"0 1 0\"/></joint>",
                     i, -length / 2, mass, mass * length * length / 12, mass * length * length / 12, i, i - 1, i, i == 1 ? 0.0 : -length);
  }
  snprintf(text + used, sizeof text - (size_t)used, "</robot>");
  tree_parse(m, text);
}
