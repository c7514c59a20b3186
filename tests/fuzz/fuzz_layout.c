// libFuzzer target: any bytes as a layout or (one in eight) as a command. Reading, checking, following the parts, the plan; what is
// accepted must read the same again, and take a value set by path. How to build it: tests/fuzz/README.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/tree.h"
#include "engine/layout/layout.h"
#include "engine/layout/plan.h"
#include "engine/layout/shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status read_once(const char *text, size_t size, const struct layout_override *set, int count, uint64_t *digest) {
  struct layout l;
  struct faults f;
  faults_init(&f, "fuzz.yaml", NULL, 0);
  enum status s = layout_read_text(&l, "fuzz.yaml", text, size, set, count, &f);
  if ((s == STATUS_OK) != (f.errors == 0)) abort();
  if (s == STATUS_OK) {
    layout_check_flows(&l, &f);
    struct json j;
    json_init(&j, false);
    layout_plan_write(&l, &j, NULL, NULL);
    json_finish(&j);
    *digest = l.digest;
  }
  faults_sort(&f);
  faults_finish(&f);
  layout_finish(&l);
  return s;
}

// the small line that commands are read for; it is made once
static const struct layout *small_line(void) {
  static struct layout l;
  static const char line[] = "takt: 1\nfloor: {size: [9, 9], zones: {z: {kind: people, area: [[0, 0], [1, 0], [1, 1]]}}}\nparts: {a: {}}\n"
                             "stations: {raw: {kind: source, at: [1, 1], makes: a}, m: {kind: machine, at: [4, 4], time: 3 s, copies: 2, step: [2, 0]}, out: {kind: sink}}\n"
                             "flow: [{path: raw -> m, by: robots}, m -> out]\nrobots: {crew: {count: 2}}\n";
  if (l.text != NULL) return &l;
  struct faults f;
  faults_init(&f, "line.yaml", NULL, 0);
  if (layout_read_text(&l, "line.yaml", line, sizeof line - 1, NULL, 0, &f) != STATUS_OK) abort();
  faults_finish(&f);
  return &l;
}

static void read_command(const char *text, size_t size) {
  const struct layout *l = small_line();
  struct faults f;
  struct tree t;
  struct arena a;
  struct happening h;
  faults_init(&f, "a command", NULL, 0);
  if (!arena_init(&a, 1 << 22)) abort();
  if (tree_read_yaml(&t, text, size, &f) == STATUS_OK && layout_read_happening(l, t.root, &a, &h, &f) == STATUS_OK)
    if (h.station >= l->group_count || h.fleet >= l->fleet_count || h.zone >= l->zone_count) abort();
  tree_finish(&t);
  faults_finish(&f);
  arena_finish(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size % 8 == 1) {
    read_command((const char *)data, size);
    return 0;
  }
  uint64_t first = 0, second = 0;
  const char *text = (const char *)data;
  enum status s = read_once(text, size, NULL, 0, &first);
  if (s == STATUS_OK && (read_once(text, size, NULL, 0, &second) != s || first != second)) abort();

  // setting values in the text costs three readings more: for one input of eight
  if (size % 8 != 0) return 0;
  // a seed that was right before stays right when it is set
  const struct layout_override set[] = {{"run.seed", "1"}, {"stations.m.time", "2 s"}};
  if (read_once(text, size, set, 1, &second) != STATUS_OK && s == STATUS_OK) abort();
  read_once(text, size, set, 2, &second);
  return 0;
}
