#include "base/units.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX 100              // characters of one number

// One line for a unit: its spelling, its dimension, SI = value * times / by. Division keeps
// "46 mm" the double nearest to 0.046, which a factor of 0.001 would not.
#define UNIT_MAP(X)                   \
  X("ms",   DIM_TIME,   1,      1e3)  \
  X("s",    DIM_TIME,   1,      1)    \
  X("min",  DIM_TIME,   60,     1)    \
  X("h",    DIM_TIME,   3600,   1)    \
  X("d",    DIM_TIME,   86400,  1)    \
  X("mm",   DIM_LENGTH, 1,      1e3)  \
  X("cm",   DIM_LENGTH, 1,      1e2)  \
  X("m",    DIM_LENGTH, 1,      1)    \
  X("g",    DIM_MASS,   1,      1e3)  \
  X("kg",   DIM_MASS,   1,      1)    \
  X("t",    DIM_MASS,   1e3,    1)    \
  X("W",    DIM_POWER,  1,      1)    \
  X("kW",   DIM_POWER,  1e3,    1)    \
  X("J",    DIM_ENERGY, 1,      1)    \
  X("Wh",   DIM_ENERGY, 3600,   1)    \
  X("kWh",  DIM_ENERGY, 3.6e6,  1)    \
  X("N",    DIM_FORCE,  1,      1)    \
  X("m/s",  DIM_SPEED,  1,      1)    \
  X("km/h", DIM_SPEED,  5,      18)   \
  X("%",    DIM_SHARE,  1,      1e2)  \
  X("/s",   DIM_RATE,   1,      1)    \
  X("/min", DIM_RATE,   1,      60)   \
  X("/h",   DIM_RATE,   1,      3600)

enum {
#define X(name, dimension, times, by) +1
  UNIT_COUNT = UNIT_MAP(X)
#undef X
};

static const struct unit {
  const char    *name;
  enum dimension dimension;
  double         times, by;
} units[UNIT_COUNT] = {
#define X(name, dimension, times, by) {name, dimension, times, by},
  UNIT_MAP(X)
#undef X
};

#define WANT_NUMBER "a plain number is wanted (no unit)"
#define WANT_TIME   "a time is wanted (ms, s, min, h or d)"
#define WANT_LENGTH "a length is wanted (mm, cm or m)"
#define WANT_MASS   "a mass is wanted (g, kg or t)"
#define WANT_POWER  "a power is wanted (W or kW)"
#define WANT_ENERGY "an energy is wanted (J, Wh or kWh)"
#define WANT_FORCE  "a force is wanted (N)"
#define WANT_SPEED  "a speed is wanted (m/s or km/h)"
#define WANT_SHARE  "a share is wanted (0 to 1, or %)"
#define WANT_RATE   "a rate is wanted (/s, /min or /h)"
#define WANT_ANGLE  "an angle is wanted (degrees, no unit)"

#define DIMENSION_MAP(X)                      \
  X(DIM_NUMBER, WANT_NUMBER, "",    "none")               \
  X(DIM_TIME,   WANT_TIME,   "s",   "ms, s, min, h or d") \
  X(DIM_LENGTH, WANT_LENGTH, "m",   "mm, cm or m")        \
  X(DIM_MASS,   WANT_MASS,   "kg",  "g, kg or t")         \
  X(DIM_POWER,  WANT_POWER,  "W",   "W or kW")            \
  X(DIM_ENERGY, WANT_ENERGY, "J",   "J, Wh or kWh")       \
  X(DIM_FORCE,  WANT_FORCE,  "N",   "N")                  \
  X(DIM_SPEED,  WANT_SPEED,  "m/s", "m/s or km/h")        \
  X(DIM_SHARE,  WANT_SHARE,  "",    "%")                  \
  X(DIM_RATE,   WANT_RATE,   "1/s", "/s, /min or /h")     \
  X(DIM_ANGLE,  WANT_ANGLE,  "deg", "none")

#define DIMENSION_COUNT (DIM_ANGLE + 1)

// what to say of a right number with the wrong unit: every pair is a constant, so nothing is owned
static const char *wrong_unit(int unit, enum dimension d) {
#define ROW_ENTRY(name, want) "has the unit '" name "', but " want,
#define ROW_WANT_NUMBER(name, d, t, b) ROW_ENTRY(name, WANT_NUMBER)
#define ROW_WANT_TIME(name, d, t, b)   ROW_ENTRY(name, WANT_TIME)
#define ROW_WANT_LENGTH(name, d, t, b) ROW_ENTRY(name, WANT_LENGTH)
#define ROW_WANT_MASS(name, d, t, b)   ROW_ENTRY(name, WANT_MASS)
#define ROW_WANT_POWER(name, d, t, b)  ROW_ENTRY(name, WANT_POWER)
#define ROW_WANT_ENERGY(name, d, t, b) ROW_ENTRY(name, WANT_ENERGY)
#define ROW_WANT_FORCE(name, d, t, b)  ROW_ENTRY(name, WANT_FORCE)
#define ROW_WANT_SPEED(name, d, t, b)  ROW_ENTRY(name, WANT_SPEED)
#define ROW_WANT_SHARE(name, d, t, b)  ROW_ENTRY(name, WANT_SHARE)
#define ROW_WANT_RATE(name, d, t, b)   ROW_ENTRY(name, WANT_RATE)
#define ROW_WANT_ANGLE(name, d, t, b)  ROW_ENTRY(name, WANT_ANGLE)
  static const char *const texts[DIMENSION_COUNT][UNIT_COUNT] = {
    [DIM_NUMBER] = {UNIT_MAP(ROW_WANT_NUMBER)}, [DIM_TIME]   = {UNIT_MAP(ROW_WANT_TIME)},
    [DIM_LENGTH] = {UNIT_MAP(ROW_WANT_LENGTH)}, [DIM_MASS]   = {UNIT_MAP(ROW_WANT_MASS)},
    [DIM_POWER]  = {UNIT_MAP(ROW_WANT_POWER)},  [DIM_ENERGY] = {UNIT_MAP(ROW_WANT_ENERGY)},
    [DIM_FORCE]  = {UNIT_MAP(ROW_WANT_FORCE)},  [DIM_SPEED]  = {UNIT_MAP(ROW_WANT_SPEED)},
    [DIM_SHARE]  = {UNIT_MAP(ROW_WANT_SHARE)},  [DIM_RATE]   = {UNIT_MAP(ROW_WANT_RATE)},
    [DIM_ANGLE]  = {UNIT_MAP(ROW_WANT_ANGLE)},
  };
  return texts[d][unit];
}

static const char *not_a_number(enum dimension d) {
  static const char *const texts[DIMENSION_COUNT] = {
#define X(dimension, want, unit, help) [dimension] = "is not a number; " want,
    DIMENSION_MAP(X)
#undef X
  };
  return texts[d];
}

static const char *unknown_unit(enum dimension d) {
  static const char *const texts[DIMENSION_COUNT] = {
#define X(dimension, want, unit, help) [dimension] = "has an unknown unit; " want,
    DIMENSION_MAP(X)
#undef X
  };
  return texts[d];
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Bytes of the decimal number at the start of text: [+-] digits [. digits] [e [+-] digits]; 0: none.
static size_t number_length(const char *text, size_t size) {
  size_t i = 0, digits = 0;
  if (i < size && (text[i] == '+' || text[i] == '-')) i++;
  for (; i < size && is_digit(text[i]); i++) digits++;
  if (i < size && text[i] == '.')
    for (i++; i < size && is_digit(text[i]); i++) digits++;
  if (digits == 0) return 0;

  // an e without digits is the start of a (wrong) unit
  if (i < size && (text[i] == 'e' || text[i] == 'E')) {
    size_t k = i + 1;
    if (k < size && (text[k] == '+' || text[k] == '-')) k++;
    if (k < size && is_digit(text[k])) {
      while (k < size && is_digit(text[k])) k++;
      i = k;
    }
  }
  return i;
}

const char *quantity_read(const char *text, size_t size, enum dimension d, double *value) {
  while (size > 0 && is_blank(text[0])) text++, size--;
  while (size > 0 && is_blank(text[size - 1])) size--;
  if (size == 0) return "is empty";

  size_t length = number_length(text, size);
  if (length == 0) return not_a_number(d);
  if (length > NUMBER_MAX) return "has more than 100 characters in its number";
  char copy[NUMBER_MAX + 1];
  memcpy(copy, text, length);
  copy[length] = 0;
  double number = strtod(copy, NULL);
  if (!isfinite(number)) return "is too large a number";

  size_t start = length;
  while (start < size && is_blank(text[start])) start++;
  if (start == size) {
    *value = number;
    return NULL;
  }

  for (int i = 0; i < UNIT_COUNT; i++) {
    if (strlen(units[i].name) != size - start) continue;
    if (memcmp(units[i].name, text + start, size - start) != 0) continue;
    if (units[i].dimension != d) return wrong_unit(i, d);
    double result = number * units[i].times / units[i].by;
    if (!isfinite(result)) return "is too large a number";
    *value = result;
    return NULL;
  }

  // "1.2.3" and "1,5" are no numbers; "12 abc" has a unit that nobody knows
  if (is_digit(text[start]) || text[start] == '.' || text[start] == ',') return not_a_number(d);
  return unknown_unit(d);
}

const char *dimension_unit(enum dimension d) {
  static const char *const texts[DIMENSION_COUNT] = {
#define X(dimension, want, unit, help) [dimension] = unit,
    DIMENSION_MAP(X)
#undef X
  };
  return texts[d];
}

const char *dimension_units_help(enum dimension d) {
  static const char *const texts[DIMENSION_COUNT] = {
#define X(dimension, want, unit, help) [dimension] = help,
    DIMENSION_MAP(X)
#undef X
  };
  return texts[d];
}
