#include "scheduler/shop_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/plain_text.h"

// numbers as they are read, grown by doubling
struct numbers { int32_t *at; int32_t count, capacity; };

struct reader {
  const char    *file, *text;
  size_t         size, begin, end, at;        // the line is begin ... end - 1; at: in it
  int            line;                        // from 1; of the line in hand
  struct error  *e;
  struct numbers job_ops, op_alts, machine, time;
  int64_t        horizon;                     // sum of longest times
  struct numbers named;                       // operation (from 1) that named machine m last, grown as they are named
};

static bool push(struct numbers *n, int32_t value) {
  if (n->count == n->capacity) {
    int32_t capacity = n->capacity ? 2 * n->capacity : 256;
    int32_t *more = realloc(n->at, (size_t)capacity * sizeof *more);
    if (more == NULL) return false;
    n->at = more;
    n->capacity = capacity;
  }
  n->at[n->count++] = value;
  return true;
}

// what is wrong, at a byte of the line in hand
#define WRONG(r, s, at, ...) error_at((r)->e, (s), (r)->file, (r)->line, (int)((at) - (r)->begin) + 1, __VA_ARGS__)

// ---- lines and numbers -------------------------------------------------------------------------------

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// the next line that says something; false at the end of the text
static bool next_line(struct reader *r) {
  while (r->end < r->size) {
    r->begin = r->line ? r->end + 1 : 0;
    if (r->begin >= r->size) return false;
    const char *stop = memchr(r->text + r->begin, '\n', r->size - r->begin);
    r->end = stop ? (size_t)(stop - r->text) : r->size;
    r->line++;
    r->at = r->begin;
    while (r->at < r->end && blank(r->text[r->at])) r->at++;
    if (r->at < r->end && r->text[r->at] != '#') return true;
  }
  return false;
}

static bool at_end(struct reader *r) {
  while (r->at < r->end && blank(r->text[r->at])) r->at++;
  return r->at == r->end;
}

// A whole number; what is its name in the message. "7.0" is whole, "7.5" is not.
static enum status read_number(struct reader *r, const char *what, int32_t low, int32_t high, int32_t *value) {
  if (at_end(r)) return WRONG(r, STATUS_SYNTAX, r->at, "the line ends where %s should stand", what);
  size_t from = r->at, n = 0;
  while (r->at < r->end && !blank(r->text[r->at])) r->at++;
  n = r->at - from;
  const char *word = r->text + from;
  int shown = n > 24 ? 24 : (int)n;

  size_t i = 0;
  bool minus = n > 0 && (word[0] == '-' || word[0] == '+') && word[i++] == '-';
  int64_t sum = 0;
  size_t digits = i;
  for (; i < n && word[i] >= '0' && word[i] <= '9'; i++)
    if (sum <= INT32_MAX) sum = 10 * sum + (word[i] - '0');
  bool good = i > digits;
  if (good && i < n && word[i] == '.') {
    for (i++; i < n && word[i] == '0'; i++) {}
  }
  if (!good || i < n) return WRONG(r, STATUS_TYPE, from, "%s should be a whole number, not '%.*s'", what, shown, word);
  if (minus) sum = -sum;
  if (sum < low || sum > high)
    return WRONG(r, STATUS_RANGE, from, "%s is %.*s; it must lie within %d ... %d", what, shown, word, low, high);
  *value = (int32_t)sum;
  return STATUS_OK;
}

// ---- jobs --------------------------------------------------------------------------------------------

// one "machine time" pair of operation `op` of job `job`, both from 0
static enum status read_pair(struct reader *r, int32_t job, int32_t op, int32_t machines) {
  char what[80];
  int32_t machine, time;
  size_t from = r->at;
  snprintf(what, sizeof what, "the machine of job %d operation %d", job, op);
  enum status s = read_number(r, what, 0, machines - 1, &machine);
  if (s == STATUS_RANGE && r->e) {
    size_t used = strlen(r->e->text);
    snprintf(r->e->text + used, sizeof r->e->text - used, ", machines count from 0");
  }
  if (s != STATUS_OK) return s;
  while (r->named.count <= machine)
    if (!push(&r->named, 0)) return WRONG(r, STATUS_MEMORY, r->at, "out of memory");
  if (r->named.at[machine] == r->op_alts.count + 1) return WRONG(r, STATUS_CONFLICT, from, "job %d operation %d names machine %d twice", job, op, machine);
  r->named.at[machine] = r->op_alts.count + 1;
  snprintf(what, sizeof what, "the time of job %d operation %d", job, op);
  s = read_number(r, what, 0, SHOP_TIME_MAX, &time);
  if (s != STATUS_OK) return s;
  if (r->machine.count == SHOP_ALTS_MAX) return WRONG(r, STATUS_LIMIT, r->at, "more than %d alternatives", SHOP_ALTS_MAX);
  if (!push(&r->machine, machine) || !push(&r->time, time)) return WRONG(r, STATUS_MEMORY, r->at, "out of memory");
  return STATUS_OK;
}

// one operation is read: count it and its longest time
static enum status close_operation(struct reader *r, int32_t alts_begin) {
  int32_t longest = 0;
  for (int32_t a = alts_begin; a < r->time.count; a++)
    if (r->time.at[a] > longest) longest = r->time.at[a];
  r->horizon += longest;
  if (r->horizon > SHOP_TIME_MAX)
    return WRONG(r, STATUS_LIMIT, r->at, "the times sum to more than %d; use a larger unit", SHOP_TIME_MAX);
  if (r->op_alts.count == SHOP_OPS_MAX) return WRONG(r, STATUS_LIMIT, r->at, "more than %d operations", SHOP_OPS_MAX);
  if (!push(&r->op_alts, r->time.count - alts_begin)) return WRONG(r, STATUS_MEMORY, r->at, "out of memory");
  return STATUS_OK;
}

static enum status read_job(struct reader *r, int32_t job, int32_t machines) {
  int32_t ops = 0;
  enum status s = STATUS_OK;
  for (; s == STATUS_OK && !at_end(r); ops++) {
    int32_t begin = r->machine.count;
    s = read_pair(r, job, ops, machines);
    if (s == STATUS_OK) s = close_operation(r, begin);
  }
  if (s != STATUS_OK) return s;
  if (!push(&r->job_ops, ops)) return WRONG(r, STATUS_MEMORY, r->at, "out of memory");
  return STATUS_OK;
}

static enum status read_job_flexible(struct reader *r, int32_t job, int32_t machines) {
  char what[80];
  int32_t ops, alts;
  snprintf(what, sizeof what, "the number of operations of job %d", job);
  enum status s = read_number(r, what, 1, SHOP_OPS_MAX, &ops);
  for (int32_t op = 0; s == STATUS_OK && op < ops; op++) {
    int32_t begin = r->machine.count;
    size_t from = r->at;
    snprintf(what, sizeof what, "the number of alternatives of job %d operation %d", job, op);
    s = read_number(r, what, 0, machines, &alts);
    if (s == STATUS_OK && alts == 0) s = WRONG(r, STATUS_RANGE, from, "job %d operation %d has no machine", job, op);
    for (int32_t a = 0; s == STATUS_OK && a < alts; a++) s = read_pair(r, job, op, machines);
    if (s == STATUS_OK) s = close_operation(r, begin);
  }
  if (s != STATUS_OK) return s;
  if (!at_end(r)) return WRONG(r, STATUS_SYNTAX, r->at, "job %d has %d operations, but its line goes on", job, ops);
  if (!push(&r->job_ops, ops)) return WRONG(r, STATUS_MEMORY, r->at, "out of memory");
  return STATUS_OK;
}

static enum status read_all(struct reader *r, bool flexible, int32_t *jobs, int32_t *machines) {
  if (!next_line(r)) return error_at(r->e, STATUS_SYNTAX, r->file, 0, 0, "the file has no line of jobs and machines");
  enum status s = read_number(r, "the number of jobs", 1, SHOP_OPS_MAX, jobs);
  if (s == STATUS_OK) s = read_number(r, "the number of machines", 1, SHOP_OPS_MAX, machines);
  if (s != STATUS_OK) return s;
  // .fjs files may say the mean number of alternatives: a comment in effect
  if (flexible && !at_end(r))
    while (r->at < r->end && ((r->text[r->at] >= '0' && r->text[r->at] <= '9') || r->text[r->at] == '.')) r->at++;
  if (!at_end(r)) return WRONG(r, STATUS_SYNTAX, r->at, "the first line is 'jobs machines'%s, but it goes on", flexible ? " and perhaps the mean number of alternatives" : "");

  for (int32_t j = 0; s == STATUS_OK && j < *jobs; j++) {
    if (!next_line(r))
      return error_at(r->e, STATUS_SYNTAX, r->file, r->line, 0, "the file ends after %d of %d jobs", j, *jobs);
    s = flexible ? read_job_flexible(r, j, *machines) : read_job(r, j, *machines);
  }
  if (s == STATUS_OK && next_line(r)) s = WRONG(r, STATUS_SYNTAX, r->at, "the file goes on after its %d jobs", *jobs);
  return s;
}

enum status shop_read(struct shop *s, const char *file, const char *text, size_t size, struct error *e) {
  *s = (struct shop){0};
  enum status status = plain_text(file, &text, &size, e);
  if (status != STATUS_OK) return status;
  struct reader r = {.file = file, .text = text, .size = size, .e = e};
  size_t n = strlen(file);
  bool flexible = n > 4 && !strcmp(file + n - 4, ".fjs");
  int32_t jobs = 0, machines = 0;
  status = read_all(&r, flexible, &jobs, &machines);
  if (status == STATUS_OK && !shop_make(s, jobs, machines, r.job_ops.at, r.op_alts.at, r.machine.at, r.time.at))
    status = error_at(e, STATUS_MEMORY, file, 0, 0, "out of memory");
  free(r.job_ops.at);
  free(r.op_alts.at);
  free(r.machine.at);
  free(r.time.at);
  free(r.named.at);
  return status;
}
