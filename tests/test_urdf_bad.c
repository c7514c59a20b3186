// Every URDF in tests/urdf/bad/ has a fault or is doubtful, and its first line says how: the whole first message.
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/tree.h"
#include "robots/model.h"
#include "robots/urdf.h"
#include "tests/check.h"

#define FOLDER "tests/urdf/bad/"

static int is_urdf(const struct dirent *e) {
  size_t n = strlen(e->d_name);
  return n > 5 && strcmp(e->d_name + n - 5, ".urdf") == 0;
}

static void first_message(const char *text, size_t length, char *out, size_t size) {
  struct faults f;
  struct robot_model m;
  faults_init(&f, "robot.urdf", text, length);
  enum status s = robot_model_parse(&m, text, length, "robot.urdf", &f);
  faults_sort(&f);
  snprintf(out, size, "nothing wrong");
  if (f.count > 0) {
    const struct fault *x = &f.fault[0];
    snprintf(out, size, "%u:%u: %s%s: %s", x->mark.line, x->mark.column, x->kind == FAULT_WARNING ? "warning: " : "", status_text(x->status), x->text);
  }
  // an error leaves nothing behind, a warning leaves a model
  CHECK(s == STATUS_OK, ==, f.errors == 0);
  CHECK(m.joint == NULL, ==, f.errors > 0);
  faults_finish(&f);
  robot_model_finish(&m);
}

static void test_every_bad_urdf_says_why(void **state) {
  (void)state;
  struct dirent **entry;
  int count = scandir(FOLDER, &entry, is_urdf, alphasort), wrong = 0;
  CHECK(count, >=, 40);             // run from the root of the project
  for (int i = 0; i < count; i++) {
    char path[400], got[1200], want[1200] = "(no expect in the first line)";
    struct error e;
    size_t size;
    snprintf(path, sizeof path, FOLDER "%s", entry[i]->d_name);
    char *text = file_read(path, URDF_BYTES_MAX, &size, &e);
    assert_non_null(text);
    char *body = strchr(text, '\n');
    assert_non_null(body);
    sscanf(text, "<!-- expect: %1100[^\n]", want);
    char *end = strstr(want, " -->");
    if (end) *end = 0;
    // lines count in the whole file: the first one stands for the comment
    body[0] = '\n';
    memset(text, ' ', (size_t)(body - text));
    first_message(text, size, got, sizeof got);
    if (strcmp(got, want) != 0) {
      fprintf(stderr, "%s\n  expected %s\n  got      %s\n", path, want, got);
      wrong++;
    }
    free(text);
    free(entry[i]);
  }
  free(entry);
  CHECK(wrong, ==, 0);
}

// 100,000 links are refused before they are a tree; a name repeated 4,000 times is found by sorting; of 8,000 names that
// are nobody's only the first few get a suggestion
static void test_bombs(void **state) {
  (void)state;
  size_t size = 8 << 20, used = 0;
  char *text = malloc(size), got[1200];
  assert_non_null(text);
  used += (size_t)snprintf(text, size, "<robot name=\"r\">");
  for (int i = 0; i < 100000; i++) used += (size_t)snprintf(text + used, size - used, "<link name=\"l%d\"/>", i);
  used += (size_t)snprintf(text + used, size - used, "</robot>");
  clock_t start = clock();
  first_message(text, used, got, sizeof got);
  CHECK_HAS(got, "more than 4096 links");
  used = (size_t)snprintf(text, size, "<robot name=\"r\">");
  for (int i = 0; i < 4000; i++) used += (size_t)snprintf(text + used, size - used, "<link name=\"l\"/>");
  used += (size_t)snprintf(text + used, size - used, "</robot>");
  first_message(text, used, got, sizeof got);
  CHECK_HAS(got, "link 'l' stands on line 1 already");
  used = (size_t)snprintf(text, size, "<robot name=\"r\">");
  for (int i = 0; i < 4000; i++) used += (size_t)snprintf(text + used, size - used, "<link name=\"a_name_that_is_long_to_compare_%d\"/>", i);
  for (int i = 0; i < 4000; i++)
    used += (size_t)snprintf(text + used, size - used, "<joint name=\"j%d\" type=\"fixed\"><parent link=\"a_name_that_is_lung_to_compare_%d\"/><child link=\"a_name_that_is_lang_to_compare_%d\"/></joint>", i, i, i);
  used += (size_t)snprintf(text + used, size - used, "</robot>");
  first_message(text, used, got, sizeof got);
  CHECK_HAS(got, "is no link; the nearest is 'a_name_that_is_long");
  if ((double)(clock() - start) / CLOCKS_PER_SEC > 1) fail_msg("%.2f s", (double)(clock() - start) / CLOCKS_PER_SEC);
  free(text);
}

int test_urdf_bad(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_bad_urdf_says_why),
    cmocka_unit_test(test_bombs),
  };
  return cmocka_run_group_tests_name("urdf_bad", tests, NULL, NULL);
}
