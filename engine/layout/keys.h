// The rows of the schema table, for the rooms of this folder: one row for each key of the layout
// language, saying what its value is, inside which limits, and which field of which struct it fills.
//
// A scope is a map of the language (a station, a zone, `run`). Some scopes come in variants: a
// station by its `kind`, an event by its `do`. A row is for the variants whose bits are set in `of`.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/units.h"

enum scope {
  SCOPE_ROOT, SCOPE_FLOOR, SCOPE_DOOR, SCOPE_OBSTACLE, SCOPE_ZONE, SCOPE_PART, SCOPE_SHIFT,
  SCOPE_STATION, SCOPE_SETUP, SCOPE_FAILURES, SCOPE_REWORK, SCOPE_OPERATOR, SCOPE_PATTERN, SCOPE_STEP,
  SCOPE_FLOW, SCOPE_LIMIT, SCOPE_ROBOTS, SCOPE_PEOPLE, SCOPE_SKILL, SCOPE_CHARGING, SCOPE_FALLS, SCOPE_GIVES_UP, SCOPE_ORDER,
  SCOPE_SCHEDULER, SCOPE_EVENT, SCOPE_COST, SCOPE_RUN, SCOPES
};

enum value_kind {
  VALUE_NUMBER,                     // quantity of a dimension
  VALUE_INTEGER,
  VALUE_BOOL,
  VALUE_TEXT,
  VALUE_WORD,                       // one of `words`
  VALUE_NAME,                       // of a thing that exists: `refers`
  VALUE_NAMES,                      // one name or a list of them
  VALUE_CLOCK,                      // time of day, 06:00
  VALUE_PAIR,                       // [x, y]
  VALUE_INTEGERS,                   // [n, m]
  VALUE_NUMBERS,                    // list of quantities
  VALUE_POINTS,                     // list of [x, y]
  VALUE_AREA,                       // simple polygon
  VALUE_COUNTS,                     // {part: n}
  VALUE_DISTRIBUTION,
  VALUE_DURATION,                   // distribution, or a map of them by part
  VALUE_MAP,                        // of scope `inner`
  VALUE_NAMED,                      // {NAME: map of scope `inner`}
  VALUE_LIST,                       // [map of scope `inner`, ...]
  VALUE_SPECIAL                     // several forms; checked by code of its own
};

enum store {                        // what the field is
  STORE_NONE, STORE_DOUBLE, STORE_RADIANS, STORE_NS, STORE_INT, STORE_INT64, STORE_BOOL,
  STORE_ENUM,                       // index in words
  STORE_FLAG,                       // bool: any word but the first
  STORE_TEXT, STORE_REF, STORE_REFS, STORE_PAIR, STORE_INTEGERS, STORE_NUMBERS, STORE_POLYGON,
  STORE_COUNTS, STORE_DISTRIBUTION, STORE_DURATION, STORE_MAP
};

enum named { NAMED_NOTHING, NAMED_STATION, NAMED_FLEET, NAMED_ZONE, NAMED_DOOR, NAMED_OBSTACLE, NAMED_PART, NAMED_SHIFT };

enum key_flags {
  KEY_REQUIRED = 1,
  KEY_UNBUILT  = 2,                 // understood and checked, its effect is not built: an error that says so
  KEY_ABOVE    = 4,                 // the lower limit itself is outside
  KEY_VARIANT  = 8,                 // chooses the variant of the scope
  KEY_INSIDE   = 16,                // points lie inside the hall
  KEY_EVENT    = 32                 // required in the list of a layout, not in a command
};

struct key {
  enum scope      scope;
  const char     *name;
  enum value_kind kind;
  enum dimension  dimension;
  double          min, max;         // of numbers, of each item, of the mean of a distribution
  const char     *fallback;         // default as one would write it; NULL: none
  const char     *words;            // "fifo lifo priority"; of a variant in the order of its bits
  const char     *instead;          // unbuilt: what to do; for words: the built ones
  uint32_t        built;            // bits of the words whose effect is built; 0: all
  uint32_t        of;               // bits of variants; 0: all
  unsigned        flags;
  enum named      refers;
  enum scope      inner;
  enum store      store;
  size_t          offset, counter;  // of the field; of its count, for lists
  const char     *help;
};

#define KEY_TIME_MAX 3162240000.0   // s     100 years of 366 days, as NS_LIMIT

// All rows, grouped by scope.
const struct key *keys_all(int *count);

// Rows of one scope: first and one past the last.
void keys_of(enum scope s, const struct key **begin, const struct key **end);

// Row of a key in a scope for a variant (-1: any); NULL: none.
const struct key *key_find(enum scope s, int variant, const char *name);

// The row that chooses the variant; NULL: the scope has none.
const struct key *key_variant(enum scope s);

// i-th of words separated by blanks, with its length; NULL past the end.
const char *word_at(const char *words, int i, size_t *length);
// Index of a word; -1: none of them.
int word_index(const char *words, const char *text, size_t length);
