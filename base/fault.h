// Faults of one input text: every one of them is collected, none stops the reading.
//
// A fault points into the text by a mark and prints as
//   FILE:LINE:COLUMN: STATUS WORDS: SENTENCE
//     14 |   s2: {kind: machine, time: -3 s}
//        |                             ^
// The list owns its copies of messages and borrows the text; the text must outlive it.
// At most FAULTS_MAX faults are kept; the rest are counted.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/status.h"

#define FAULTS_MAX 200

// A place in a text. line and column count from 1 (column in characters as an editor shows them);
// line 0 is "no place". begin and end are byte offsets, end exclusive.
struct mark {
  uint32_t line, column;
  uint32_t begin, end;
};

enum fault_kind { FAULT_ERROR, FAULT_WARNING };

struct fault {
  enum fault_kind kind;
  enum status     status;
  struct mark     mark;
  char           *text;             // one sentence
};

struct faults {
  const char   *file;               // name shown before the line, borrowed
  const char   *source;             // text for excerpts, borrowed, may be NULL
  size_t        source_size;        // bytes
  struct fault *fault;              // in order of report; faults_sort puts them in order of place
  int           count, capacity;
  int           errors, warnings;   // including those not kept
};

void faults_init(struct faults *f, const char *file, const char *source, size_t source_size);
void faults_finish(struct faults *f);

// Add one fault; returns its status, so that a check is one line.
enum status fault_add(struct faults *f, enum fault_kind kind, enum status s, struct mark m,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

// Stable order by (line, column).
void faults_sort(struct faults *f);

// One fault, or all, as shown above; excerpts are cut to 100 columns around the caret.
void fault_print(const struct faults *f, int index, FILE *out);
void faults_print(const struct faults *f, FILE *out);

// The known word nearest to `word` by Damerau-Levenshtein distance (at most a third of its
// length, at least 1), or NULL. words is an array of n strings, NULL entries are skipped.
const char *nearest_word(const char *word, const char *const *words, int n);
