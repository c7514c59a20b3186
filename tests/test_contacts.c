// Who runs into whom at motion fidelity. A walker brakes for walls and for others, so what it runs into is what it could not see or not brake for.
#include <string.h>

#include "engine/sim/twin.h"
#include "tests/check.h"

static struct twin_motion run(const char *path, const struct layout_override *set, int sets, uint64_t seed, double seconds) {
  struct layout l = {0};
  struct faults f;
  struct error e = {0};
  faults_init(&f, path, NULL, 0);
  if (layout_read_file(&l, path, set, sets, &f) != STATUS_OK) fail_msg("%s", f.fault[0].text);
  struct twin_options o = twin_defaults();
  o.assets = "assets";
  o.seed = seed;
  struct twin *t = twin_create(&l, &o, &e);
  if (!t) fail_msg("%s: %s", path, e.text);
  twin_run(t, ns_from_seconds(seconds));
  const char *broken = twin_validate(t);
  if (broken) fail_msg("%s: %s", path, broken);
  struct twin_motion m = twin_motion(t);
  twin_destroy(t);
  layout_finish(&l);
  faults_finish(&f);
  return m;
}

#define MOTION {"run.fidelity", "motion"}

// With all that work there, and people: what a look shows is braked for.
static void test_crews(void **state) {
  (void)state;
  static const char *const floor[] = {"layouts/cell-sorting.yaml", "layouts/gearbox-assembly.yaml", "layouts/gearbox-cell.yaml", "layouts/kitting.yaml", "layouts/narrow-aisle.yaml",
                                      "layouts/order-shop.yaml", "layouts/shared-with-people.yaml"};
  for (size_t k = 0; k < sizeof floor / sizeof *floor; k++) {
    const struct layout_override set[] = {MOTION};
    struct twin_motion m = run(floor[k], set, 1, 1, 1800);
    if (m.bumps > 0) fail_msg("%s: %ld contacts of 10 N s and more, the hardest of %.1f", floor[k], m.bumps, m.hardest);
  }
}

int test_contacts(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_crews)};
  return cmocka_run_group_tests_name("contacts", tests, NULL, NULL);
}
