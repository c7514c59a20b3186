// JSON writing: what is written reads back, to the bit.
#include "tests/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/random.h"
#include "base/tree.h"

static struct tree read_back(const char *text) {
  struct tree t;
  struct faults f;
  faults_init(&f, "x", text, strlen(text));
  if (tree_read_json(&t, text, strlen(text), &f) != STATUS_OK) fail_msg("%s in: %s", f.fault[0].text, text);
  faults_finish(&f);
  return t;
}

static void documents_look_like_this(void **state) {
  (void)state;
  for (int pretty = 0; pretty < 2; pretty++) {
    struct json j;
    json_init(&j, pretty);
    assert_string_equal(j.text, "");
    json_object(&j);
    json_key(&j, "a");
    json_list(&j);
    json_integer(&j, -9223372036854775807LL - 1);
    json_number(&j, 0.1);
    json_bool(&j, true);
    json_null(&j);
    json_list_end(&j);
    json_key(&j, "b");
    json_object(&j);
    json_object_end(&j);
    json_key(&j, "c");
    json_text(&j, "x");
    json_object_end(&j);
    assert_string_equal(j.text, pretty ?
      "{\n  \"a\": [\n    -9223372036854775808,\n    0.1,\n    true,\n    null\n  ],\n  \"b\": {},\n  \"c\": \"x\"\n}" :
      "{\"a\":[-9223372036854775808,0.1,true,null],\"b\":{},\"c\":\"x\"}");
    CHECK(j.size, ==, strlen(j.text));
    struct tree t = read_back(j.text);
    tree_finish(&t);
    json_finish(&j);
  }
}

static void check_number(double value) {
  struct json j;
  json_init(&j, false);
  json_number(&j, value);
  double back = strtod(j.text, NULL);
  if (memcmp(&back, &value, sizeof back) != 0) fail_msg("%a became %s", value, j.text);
  CHECK(j.size, <=, 24);
  struct tree t = read_back(j.text);
  tree_finish(&t);
  json_finish(&j);
}

static void numbers_read_back_to_the_bit(void **state) {
  (void)state;
  static const double values[] = {0, -0.0, 1, 0.1, 1.0 / 3, 1e23, 5e-324, 1.7976931348623157e308, 9007199254740992.0, 123456.789, 1e15, 1e16, 1e-5};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) check_number(values[i]);
  struct stream s = stream_make(3, 0, "json", "x", 0);
  for (int i = 0; i < 20000; i++) {
    uint64_t bits = stream_u64(&s);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (isfinite(value)) check_number(value);
    check_number(floor(stream_unit(&s) * 1e6) / 1000);
  }
  struct json j;
  json_init(&j, false);
  json_list(&j);
  json_number(&j, NAN);
  json_number(&j, INFINITY);
  json_number(&j, 2.5);
  json_number(&j, 0.3);
  json_list_end(&j);
  assert_string_equal(j.text, "[null,null,2.5,0.3]");
  json_finish(&j);
}

static void texts_read_back(void **state) {
  (void)state;
  char all[256];
  for (int i = 1; i < 128; i++) all[i - 1] = (char)i;
  strcpy(all + 127, "\xC3\xA4\xE5\xB7\xA5\xF0\x9F\x98\x80");
  struct json j;
  json_init(&j, true);
  json_text(&j, all);
  struct tree t = read_back(j.text);
  assert_string_equal(t.root->text, all);
  tree_finish(&t);
  json_finish(&j);

  // bytes that are no UTF-8 become the replacement character
  json_init(&j, false);
  json_text(&j, "a\xFF\xC3" "b\xED\xA0\x80");
  t = read_back(j.text);
  assert_string_equal(t.root->text, "a\xEF\xBF\xBD\xEF\xBF\xBD" "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  tree_finish(&t);
  json_finish(&j);
}

int test_base_json(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(documents_look_like_this),
    cmocka_unit_test(numbers_read_back_to_the_bit),
    cmocka_unit_test(texts_read_back),
  };
  return cmocka_run_group_tests_name("base_json", tests, NULL, NULL);
}
