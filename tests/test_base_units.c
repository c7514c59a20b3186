// Quantities: every unit, what is refused and with which words.
#include "tests/check.h"

#include <string.h>

#include "base/units.h"

static double read_as(const char *text, enum dimension d) {
  double value = -1e308;
  const char *wrong = quantity_read(text, strlen(text), d, &value);
  if (wrong != NULL) fail_msg("'%s' %s", text, wrong);
  return value;
}

static const char *refused(const char *text, enum dimension d) {
  double value = 42;
  const char *wrong = quantity_read(text, strlen(text), d, &value);
  if (wrong == NULL) fail_msg("'%s' was read as %.17g", text, value);
  CHECK_NEAR(value, 42, 0);
  return wrong;
}

static void every_unit_is_si_to_the_bit(void **state) {
  (void)state;
  static const struct { const char *text; enum dimension d; double want; } rows[] = {
    {"3", DIM_TIME, 3}, {"3 s", DIM_TIME, 3}, {"3s", DIM_TIME, 3}, {"1.5 min", DIM_TIME, 90},
    {"2 h", DIM_TIME, 7200}, {"2 d", DIM_TIME, 172800}, {"7 ms", DIM_TIME, 0.007}, {"0.1 ms", DIM_TIME, 0.0001},
    {"46 mm", DIM_LENGTH, 0.046}, {"46mm", DIM_LENGTH, 0.046}, {"12 cm", DIM_LENGTH, 0.12}, {"-3 m", DIM_LENGTH, -3},
    {"355 g", DIM_MASS, 0.355}, {"1.2 kg", DIM_MASS, 1.2}, {"2 t", DIM_MASS, 2000},
    {"2 kW", DIM_POWER, 2000}, {"40 W", DIM_POWER, 40},
    {"5 J", DIM_ENERGY, 5}, {"3 Wh", DIM_ENERGY, 10800}, {"2 kWh", DIM_ENERGY, 7.2e6},
    {"9 N", DIM_FORCE, 9}, {"0.8 m/s", DIM_SPEED, 0.8}, {"3.6 km/h", DIM_SPEED, 1}, {"18km/h", DIM_SPEED, 5},
    {"25 %", DIM_SHARE, 0.25}, {"25%", DIM_SHARE, 0.25}, {"0.08", DIM_SHARE, 0.08}, {"7 %", DIM_SHARE, 0.07},
    {"12 /h", DIM_RATE, 12.0 / 3600}, {"30/min", DIM_RATE, 0.5}, {"2 /s", DIM_RATE, 2}, {"0.5", DIM_RATE, 0.5},
    {"90", DIM_ANGLE, 90}, {"1e3", DIM_NUMBER, 1000}, {"+.5", DIM_NUMBER, 0.5}, {"5.", DIM_NUMBER, 5},
    {"-1.25E-2", DIM_NUMBER, -0.0125}, {"1e-400", DIM_NUMBER, 0}, {"  4 s ", DIM_TIME, 4},
    {"0.1", DIM_NUMBER, 0.1}, {"9007199254740993", DIM_NUMBER, 9007199254740992.0},
    {"1.7976931348623157e308", DIM_NUMBER, 1.7976931348623157e308},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) CHECK_NEAR(read_as(rows[i].text, rows[i].d), rows[i].want, 0);
}

static void wrong_units_are_named(void **state) {
  (void)state;
  assert_string_equal(refused("3 kg", DIM_TIME), "has the unit 'kg', but a time is wanted (ms, s, min, h or d)");
  assert_string_equal(refused("3 s", DIM_LENGTH), "has the unit 's', but a length is wanted (mm, cm or m)");
  assert_string_equal(refused("3%", DIM_NUMBER), "has the unit '%', but a plain number is wanted (no unit)");
  assert_string_equal(refused("3 lb", DIM_MASS), "has an unknown unit; a mass is wanted (g, kg or t)");
  assert_string_equal(refused("3 deg", DIM_ANGLE), "has an unknown unit; an angle is wanted (degrees, no unit)");
  assert_string_equal(refused("3 S", DIM_TIME), "has an unknown unit; a time is wanted (ms, s, min, h or d)");
}

static void what_is_no_number_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {
    "", " ", "s", "nan", "NaN s", "inf", "-inf", "infinity s", "0x10", "0x1p3", "1.2.3", "1,5", "--3", "+-3", ".",
    "-", "e5", "1e", "1e+", "3 s s", "3 s 4", "3ss", "1_000", "3 /", "\xE2\x88\x92 3", "3\ns", "1e400", "-1e999 h", "1e308 h",
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) refused(bad[i], DIM_TIME);

  // length is bounded; bytes after size are not looked at
  char digits[201];
  memset(digits, '1', 200);
  digits[200] = 0;
  refused(digits, DIM_NUMBER);
  double value = 0;
  assert_null(quantity_read("12345", 2, DIM_NUMBER, &value));
  CHECK_NEAR(value, 12, 0);
  assert_null(quantity_read("3 min", 3, DIM_LENGTH, &value));
  CHECK_NEAR(value, 3, 0);
}

static void every_dimension_has_words(void **state) {
  (void)state;
  for (int d = DIM_NUMBER; d <= DIM_ANGLE; d++) {
    assert_non_null(dimension_unit(d));
    CHECK(strlen(dimension_units_help(d)), >, 0);
    CHECK_HAS(refused("3 furlong", d), "is wanted");
  }
  assert_string_equal(dimension_units_help(DIM_TIME), "ms, s, min, h or d");
  assert_string_equal(dimension_unit(DIM_MASS), "kg");
}

int test_base_units(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_unit_is_si_to_the_bit),
    cmocka_unit_test(wrong_units_are_named),
    cmocka_unit_test(what_is_no_number_is_refused),
    cmocka_unit_test(every_dimension_has_words),
  };
  return cmocka_run_group_tests_name("base_units", tests, NULL, NULL);
}
