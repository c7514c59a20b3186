// Every layout in tests/layouts/bad/ has a fault, and its first line says which: the whole first message.
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/layout.h"
#include "engine/layout/shape.h"
#include "tests/check.h"

#define FOLDER "tests/layouts/bad/"

static int is_layout(const struct dirent *e) {
  size_t n = strlen(e->d_name);
  return n > 5 && strcmp(e->d_name + n - 5, ".yaml") == 0;
}

// The first fault as it is printed after the name of the file.
static void first_message(const char *path, char *out, size_t size) {
  struct faults f;
  struct layout l;
  faults_init(&f, path, NULL, 0);
  if (layout_read_file(&l, path, NULL, 0, &f) == STATUS_OK) layout_check_flows(&l, &f);
  faults_sort(&f);
  snprintf(out, size, "nothing wrong");
  if (f.count > 0) {
    const struct fault *x = &f.fault[0];
    const char *kind = x->kind == FAULT_WARNING ? "warning: " : "";
    if (x->mark.line > 0) snprintf(out, size, "%u:%u: %s%s: %s", x->mark.line, x->mark.column, kind, status_text(x->status), x->text);
    else snprintf(out, size, "%s%s: %s", kind, status_text(x->status), x->text);
  }
  faults_finish(&f);
  layout_finish(&l);
}

static void every_bad_layout_says_why(void **state) {
  (void)state;
  struct dirent **entry;
  int count = scandir(FOLDER, &entry, is_layout, alphasort), wrong = 0;
  CHECK(count, >=, 120);            // run from the root of the project
  for (int i = 0; i < count; i++) {
    char path[400], expected[1200] = "", got[1200];
    snprintf(path, sizeof path, FOLDER "%s", entry[i]->d_name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(expected, sizeof expected, file));
    fclose(file);
    expected[strcspn(expected, "\n")] = 0;
    first_message(path, got, sizeof got);
    const char *want = strncmp(expected, "# expect: ", 10) == 0 ? expected + 10 : "(no # expect: in the first line)";
    if (strcmp(got, want) != 0) {
      fprintf(stderr, "%s\n  expected %s\n  got      %s\n", path, want, got);
      wrong++;
    }
    free(entry[i]);
  }
  free(entry);
  CHECK(wrong, ==, 0);
}

int test_layout_bad(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_bad_layout_says_why)};
  return cmocka_run_group_tests_name("layout_bad", tests, NULL, NULL);
}
