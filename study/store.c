#include "study/store.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define APPLICATION 0x54616B74      // "Takt"
#define VERSION     1
#define BUSY_MS     30000

struct store {
  sqlite3    *db;
  char        path[1024];
  struct arena arena;               // texts of configurations
};

static enum status fail(struct store *s, struct error *e, const char *what) {
  return error_at(e, STATUS_IO, s->path, 0, 0, "%s: %s", what, sqlite3_errmsg(s->db));
}

static bool run_sql(struct store *s, const char *sql) { return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK; }

static int64_t ask(struct store *s, const char *sql) {
  sqlite3_stmt *q = NULL;
  int64_t n = -1;
  if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW) n = sqlite3_column_int64(q, 0);
  sqlite3_finalize(q);
  return n;
}

// ---- opening ------------------------------------------------------------------------------------------------

static const char schema[] =
  "CREATE TABLE config (digest TEXT PRIMARY KEY, layout TEXT NOT NULL, layout_digest TEXT NOT NULL, settings TEXT NOT NULL, fidelity TEXT NOT NULL,"
  " seed INTEGER NOT NULL, warmup_s REAL NOT NULL, length_s REAL NOT NULL, created TEXT NOT NULL DEFAULT (datetime('now'))) STRICT;"
  "CREATE TABLE run (id INTEGER PRIMARY KEY, config TEXT NOT NULL REFERENCES config(digest), replication INTEGER NOT NULL, seed INTEGER NOT NULL,"
  " digest TEXT NOT NULL, events INTEGER NOT NULL, ended TEXT NOT NULL, why TEXT NOT NULL, warmup_s REAL NOT NULL, window_s REAL NOT NULL,"
  " UNIQUE (config, replication)) STRICT;"
  "CREATE TABLE number (run INTEGER NOT NULL REFERENCES run(id) ON DELETE CASCADE, path TEXT NOT NULL, value REAL, PRIMARY KEY (run, path)) STRICT, WITHOUT ROWID;";

static enum status prepare(struct store *s, bool create, struct error *e) {
  sqlite3_busy_timeout(s->db, BUSY_MS);
  if (!run_sql(s, "PRAGMA foreign_keys = ON") || !run_sql(s, "BEGIN IMMEDIATE")) return fail(s, e, "cannot be opened");
  int64_t version = ask(s, "PRAGMA user_version"), id = ask(s, "PRAGMA application_id"), tables = ask(s, "SELECT count(*) FROM sqlite_master");
  enum status status = STATUS_OK;
  if (tables > 0 && id != APPLICATION) status = error_at(e, STATUS_TYPE, s->path, 0, 0, "is a database of another program");
  else if (version > VERSION) status = error_at(e, STATUS_TYPE, s->path, 0, 0, "was written by a newer takt (version %lld of the schema)", (long long)version);
  else if (tables == 0 && !create) status = error_at(e, STATUS_TYPE, s->path, 0, 0, "holds no results");
  else if (tables == 0) {
    char sql[120];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION, VERSION);
    if (!run_sql(s, schema) || !run_sql(s, sql)) status = fail(s, e, "cannot be made");
  }
  if (!run_sql(s, status == STATUS_OK ? "COMMIT" : "ROLLBACK") && status == STATUS_OK) status = fail(s, e, "cannot be written");
  return status;
}

struct store *store_open(const char *path, bool create, struct error *e) {
  struct store *s = calloc(1, sizeof *s);
  if (!s || !arena_init(&s->arena, (size_t)1 << 28)) {
    free(s);
    error_at(e, STATUS_MEMORY, path, 0, 0, "no memory for a database");
    return NULL;
  }
  snprintf(s->path, sizeof s->path, "%s", path);
  int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
  enum status status = sqlite3_open_v2(path, &s->db, flags, NULL) == SQLITE_OK ? prepare(s, create, e) : fail(s, e, "cannot be opened");
  // many small writes by several processes: a log beside the file, where the folder allows it
  if (status == STATUS_OK && create) run_sql(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  if (status == STATUS_OK) return s;
  store_close(s);
  return NULL;
}

void store_close(struct store *s) {
  if (!s) return;
  sqlite3_close(s->db);
  arena_finish(&s->arena);
  free(s);
}

// ---- writing ------------------------------------------------------------------------------------------------

enum status store_add_config(struct store *s, const struct store_config *c, struct error *e) {
  sqlite3_stmt *q = NULL;
  const char *sql = "INSERT INTO config (digest, layout, layout_digest, settings, fidelity, seed, warmup_s, length_s) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING";
  if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK) return fail(s, e, "cannot be written");
  const char *texts[] = {c->digest, c->layout, c->layout_digest, c->settings, c->fidelity};
  for (int k = 0; k < 5; k++) sqlite3_bind_text(q, k + 1, texts[k], -1, SQLITE_STATIC);
  sqlite3_bind_int64(q, 6, (int64_t)c->seed);
  sqlite3_bind_double(q, 7, c->warmup_s);
  sqlite3_bind_double(q, 8, c->length_s);
  bool done = sqlite3_step(q) == SQLITE_DONE;
  enum status status = done ? STATUS_OK : fail(s, e, "cannot be written");
  sqlite3_finalize(q);
  return status;
}

// A column a KPI; those of a newer takt come in when they are first written.
static bool kpi_columns(struct store *s, const struct result_index *x) {
  for (int i = 0; i < x->kpis; i++) {
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('run') WHERE name = '%s'", x->path[i] + 4);
    if (ask(s, sql) > 0) continue;
    snprintf(sql, sizeof sql, "ALTER TABLE run ADD COLUMN \"%s\" REAL", x->path[i] + 4);
    if (!run_sql(s, sql)) return false;
  }
  return true;
}

static void bind_number(sqlite3_stmt *q, int at, double v) {
  if (isnan(v)) sqlite3_bind_null(q, at); else sqlite3_bind_double(q, at, v);
}

static bool insert_run(struct store *s, const char *config, const struct result_index *x, const struct store_run *r) {
  char sql[4000], digest[17];
  size_t used = (size_t)snprintf(sql, sizeof sql, "INSERT INTO run (config, replication, seed, digest, events, ended, why, warmup_s, window_s");
  for (int i = 0; i < x->kpis && used < sizeof sql; i++) used += (size_t)snprintf(sql + used, sizeof sql - used, ", \"%s\"", x->path[i] + 4);
  used += (size_t)snprintf(sql + used, sizeof sql - used, ") VALUES (?,?,?,?,?,?,?,?,?");
  for (int i = 0; i < x->kpis && used < sizeof sql; i++) used += (size_t)snprintf(sql + used, sizeof sql - used, ",?");
  if (used + 2 >= sizeof sql) return false;
  snprintf(sql + used, sizeof sql - used, ")");
  sqlite3_stmt *q = NULL;
  if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK) return false;
  digest_text(r->digest, digest);
  sqlite3_bind_text(q, 1, config, -1, SQLITE_STATIC);
  sqlite3_bind_int64(q, 2, r->replication);
  sqlite3_bind_int64(q, 3, (int64_t)r->seed);
  sqlite3_bind_text(q, 4, digest, -1, SQLITE_STATIC);
  sqlite3_bind_int64(q, 5, (int64_t)r->events);
  sqlite3_bind_text(q, 6, r->ended, -1, SQLITE_STATIC);
  sqlite3_bind_text(q, 7, r->why ? r->why : "", -1, SQLITE_STATIC);
  sqlite3_bind_double(q, 8, r->warmup_s);
  sqlite3_bind_double(q, 9, r->window_s);
  for (int i = 0; i < x->kpis; i++) bind_number(q, 10 + i, r->row[i]);
  bool ok = sqlite3_step(q) == SQLITE_DONE;
  sqlite3_finalize(q);
  return ok;
}

static bool insert_numbers(struct store *s, const struct result_index *x, const double *row) {
  sqlite3_int64 run = sqlite3_last_insert_rowid(s->db);
  sqlite3_stmt *q = NULL;
  if (sqlite3_prepare_v2(s->db, "INSERT INTO number VALUES (?,?,?)", -1, &q, NULL) != SQLITE_OK) return false;
  bool ok = true;
  for (int i = x->kpis; i < x->count && ok; i++) {
    sqlite3_bind_int64(q, 1, run);
    sqlite3_bind_text(q, 2, x->path[i], -1, SQLITE_STATIC);
    bind_number(q, 3, row[i]);
    ok = sqlite3_step(q) == SQLITE_DONE;
    sqlite3_reset(q);
  }
  sqlite3_finalize(q);
  return ok;
}

static bool delete_run(struct store *s, const char *config, uint32_t replication) {
  sqlite3_stmt *q = NULL;
  if (sqlite3_prepare_v2(s->db, "DELETE FROM run WHERE config = ? AND replication = ?", -1, &q, NULL) != SQLITE_OK) return false;
  sqlite3_bind_text(q, 1, config, -1, SQLITE_STATIC);
  sqlite3_bind_int64(q, 2, replication);
  bool ok = sqlite3_step(q) == SQLITE_DONE;
  sqlite3_finalize(q);
  return ok;
}

enum status store_add_run(struct store *s, const char *config, const struct result_index *x, const struct store_run *r, struct error *e) {
  if (!run_sql(s, "BEGIN IMMEDIATE")) return fail(s, e, "cannot be written");
  bool ok = kpi_columns(s, x) && delete_run(s, config, r->replication) && insert_run(s, config, x, r) && insert_numbers(s, x, r->row);
  enum status status = ok ? STATUS_OK : fail(s, e, "cannot be written");
  if (!run_sql(s, ok ? "COMMIT" : "ROLLBACK") && ok) status = fail(s, e, "cannot be written");
  return status;
}

// ---- reading ------------------------------------------------------------------------------------------------

int store_done(struct store *s, const char *config, bool *done, int count) {
  sqlite3_stmt *q = NULL;
  int n = 0;
  memset(done, 0, sizeof *done * (size_t)count);
  if (sqlite3_prepare_v2(s->db, "SELECT replication FROM run WHERE config = ?", -1, &q, NULL) != SQLITE_OK) return 0;
  sqlite3_bind_text(q, 1, config, -1, SQLITE_STATIC);
  while (sqlite3_step(q) == SQLITE_ROW) {
    int64_t k = sqlite3_column_int64(q, 0);
    if (k < 1 || k > count || done[k - 1]) continue;
    done[k - 1] = true;
    n++;
  }
  sqlite3_finalize(q);
  return n;
}

static const char *kept_text(struct store *s, sqlite3_stmt *q, int column) {
  const char *text = (const char *)sqlite3_column_text(q, column);
  const char *copy = arena_text(&s->arena, text ? text : "", text ? strlen(text) : 0);
  return copy ? copy : "";
}

int store_configs(struct store *s, struct store_config *out, int max) {
  sqlite3_stmt *q = NULL;
  int n = 0;
  if (sqlite3_prepare_v2(s->db, "SELECT digest, layout, layout_digest, settings, fidelity, seed, warmup_s, length_s FROM config ORDER BY rowid", -1, &q, NULL) != SQLITE_OK) return 0;
  while (n < max && sqlite3_step(q) == SQLITE_ROW) {
    struct store_config *c = &out[n++];
    *c = (struct store_config){.layout = kept_text(s, q, 1), .settings = kept_text(s, q, 3), .fidelity = kept_text(s, q, 4),
                               .seed = (uint64_t)sqlite3_column_int64(q, 5), .warmup_s = sqlite3_column_double(q, 6), .length_s = sqlite3_column_double(q, 7)};
    snprintf(c->digest, sizeof c->digest, "%s", kept_text(s, q, 0));
    snprintf(c->layout_digest, sizeof c->layout_digest, "%s", kept_text(s, q, 2));
  }
  sqlite3_finalize(q);
  return n;
}

#define FIRST_KPI 10                // columns of run before it

static int count_of(struct store *s, const char *sql, const char *config, int most) {
  sqlite3_stmt *q = NULL;
  int n = 0;
  if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK) {
    sqlite3_bind_text(q, 1, config, -1, SQLITE_STATIC);
    sqlite3_bind_int64(q, 2, most > 0 ? most : INT32_MAX);
    if (sqlite3_step(q) == SQLITE_ROW) n = sqlite3_column_int(q, 0);
  }
  sqlite3_finalize(q);
  return n;
}

static double cell(sqlite3_stmt *q, int column) { return sqlite3_column_type(q, column) == SQLITE_NULL ? NAN : sqlite3_column_double(q, column); }

// The KPIs of each run, and which row it is.
static int read_runs(struct store *s, const char *config, int most, struct sample *out, sqlite3_int64 *id, int *kpis) {
  sqlite3_stmt *q = NULL;
  int n = 0;
  if (sqlite3_prepare_v2(s->db, "SELECT * FROM run WHERE config = ? AND replication <= ? ORDER BY replication", -1, &q, NULL) != SQLITE_OK) return -1;
  sqlite3_bind_text(q, 1, config, -1, SQLITE_STATIC);
  sqlite3_bind_int64(q, 2, most > 0 ? most : INT32_MAX);
  *kpis = sqlite3_column_count(q) - FIRST_KPI;
  for (int k = 0; k < *kpis; k++) {
    char path[300];
    int size = snprintf(path, sizeof path, "kpi.%.200s", sqlite3_column_name(q, FIRST_KPI + k));
    out->path[k] = arena_text(&out->arena, path, (size_t)size);
  }
  while (n < out->runs && sqlite3_step(q) == SQLITE_ROW) {
    id[n] = sqlite3_column_int64(q, 0);
    out->number[n] = (uint32_t)sqlite3_column_int64(q, 2);
    for (int k = 0; k < *kpis; k++) out->value[(size_t)n * (size_t)out->paths + (size_t)k] = cell(q, FIRST_KPI + k);
    n++;
  }
  sqlite3_finalize(q);
  return n;
}

// The other numbers, in the order of the first run.
static bool read_numbers(struct store *s, struct sample *out, const sqlite3_int64 *id, int kpis) {
  sqlite3_stmt *q = NULL;
  if (sqlite3_prepare_v2(s->db, "SELECT path, value FROM number WHERE run = ? ORDER BY path", -1, &q, NULL) != SQLITE_OK) return false;
  bool ok = true;
  for (int r = 0; r < out->runs && ok; r++) {
    int k = kpis;
    sqlite3_bind_int64(q, 1, id[r]);
    for (; sqlite3_step(q) == SQLITE_ROW && k < out->paths; k++) {
      const char *path = (const char *)sqlite3_column_text(q, 0);
      if (r == 0) out->path[k] = arena_text(&out->arena, path, strlen(path) < 400 ? strlen(path) : 400);
      else if (strcmp(out->path[k], path) != 0) break;
      out->value[(size_t)r * (size_t)out->paths + (size_t)k] = cell(q, 1);
    }
    ok = k == out->paths;
    sqlite3_reset(q);
  }
  sqlite3_finalize(q);
  return ok;
}

enum status store_sample(struct store *s, const char *config, int most, struct sample *out, struct error *e) {
  int runs = count_of(s, "SELECT count(*) FROM run WHERE config = ? AND replication <= ?", config, most);
  int numbers = count_of(s, "SELECT count(*) FROM number WHERE run = (SELECT id FROM run WHERE config = ? AND replication <= ? ORDER BY replication LIMIT 1)", config, most);
  int columns = (int)ask(s, "SELECT count(*) FROM pragma_table_info('run')") - FIRST_KPI;
  *out = (struct sample){0};
  if (columns < 0 || numbers < 0) return error_at(e, STATUS_TYPE, s->path, 0, 0, "its tables are not those of takt");
  if (runs == 0) return error_at(e, STATUS_REF, s->path, 0, 0, "holds no runs of %s", config);
  sqlite3_int64 *id = calloc((size_t)runs, sizeof *id);
  if (!id || !sample_init(out, columns + numbers, runs)) {
    free(id);
    return error_at(e, STATUS_MEMORY, s->path, 0, 0, "no memory for %d runs", runs);
  }
  int kpis;
  bool ok = read_runs(s, config, most, out, id, &kpis) == runs && kpis == columns && read_numbers(s, out, id, kpis);
  free(id);
  if (ok) return STATUS_OK;
  sample_finish(out);
  return error_at(e, STATUS_TYPE, s->path, 0, 0, "runs of %s have different numbers: they come from different versions of takt", config);
}
