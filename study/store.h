// Results in SQLite: one row a configuration, one row a replication, each number of the result by its path.
//
// The schema (docs/study.md), tables STRICT:
//   config  digest (key), layout, layout_digest, settings, fidelity, seed, warmup_s, length_s, created
//   run     id, config, replication, seed, digest, events, ended, why, warmup_s, window_s, and a column a KPI;  (config, replication) once
//   number  run, path, value        all numbers that are no KPI
// A value that has no meaning in a run is NULL here and NaN in C. Several processes may write to one file.
#pragma once

#include "study/sample.h"

struct store;

struct store_config {
  char        digest[17];           // of everything that a run of it depends on, but its replication
  const char *layout;               // path as it was given
  char        layout_digest[17];
  const char *settings;             // "robots.sorters.count=8"
  const char *fidelity;
  uint64_t    seed;
  double      warmup_s, length_s;
};

struct store_run {
  uint32_t      replication;
  uint64_t      seed, digest, events;
  const char   *ended, *why;
  double        warmup_s, window_s;
  const double *row;                // (index->count)
};

// Open or make. NULL with *e: no SQLite file, another program's, written by a newer takt, a folder that is not there.
struct store *store_open(const char *path, bool create, struct error *e);
void          store_close(struct store *s);            // takes NULL

// Keep a configuration (nothing happens when it is there already) and one run of it (the newer replaces the older).
enum status store_add_config(struct store *s, const struct store_config *c, struct error *e);
enum status store_add_run(struct store *s, const char *config, const struct result_index *index, const struct store_run *r, struct error *e);

// Mark which of replications 1 .. count are there: done[k - 1]; returns how many.
int store_done(struct store *s, const char *config, bool *done, int count);

// Configurations in the order in which they were first kept; at most max. Texts are borrowed until the store is closed.
int store_configs(struct store *s, struct store_config *out, int max);

// All runs of a configuration up to replication `most` (0: all).
enum status store_sample(struct store *s, const char *config, int most, struct sample *out, struct error *e);
