#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "scheduler/line_balance.h"
#include "scheduler/plain_text.h"

struct arcs { int32_t (*at)[2]; int *line; int32_t count, capacity; };

struct reader {
  const char   *file, *text;
  size_t        size, at;
  int           line, first;        // from 1; the column of held[0]
  char          held[256];          // the line in hand, without blanks around it
  struct error *e;
  int32_t       n;                  // tasks; 0: not said yet
  int64_t       takt, sum;
  int32_t      *time;               // -1: not given yet
  struct arcs   arcs;
  bool          ended;
};

// what is wrong with the line in hand, and at a character of it
#define WRONG(r, s, ...)          error_at((r)->e, (s), (r)->file, (r)->line, 0, __VA_ARGS__)
#define WRONG_AT(r, at, s, ...)   error_at((r)->e, (s), (r)->file, (r)->line, (r)->first + (int)((at) - (r)->held), __VA_ARGS__)

// The next line that says something into held; false at the end, or when it is longer: *s says which. Lines that begin with # are comments.
static bool next_line(struct reader *r, enum status *s) {
  while (r->at < r->size) {
    const char *whole = r->text + r->at, *begin = whole, *stop = memchr(begin, '\n', r->size - r->at);
    size_t n = stop ? (size_t)(stop - begin) : r->size - r->at;
    r->at += n + 1;
    r->line++;
    while (n > 0 && strchr(" \t\r", begin[n - 1]) && begin[n - 1]) n--;
    while (n > 0 && strchr(" \t", *begin) && *begin) begin++, n--;
    if (n == 0 || *begin == '#') continue;
    if (n >= sizeof r->held) {
      *s = WRONG(r, STATUS_LIMIT, "the line is longer than %d bytes", (int)sizeof r->held - 1);
      return false;
    }
    r->first = (int)(begin - whole) + 1;
    memcpy(r->held, begin, n);
    r->held[n] = 0;
    return true;
  }
  return false;
}

// one whole number at *text, which moves behind it
static bool take(const char **text, int64_t *value) {
  char *end;
  *text += strspn(*text, " \t");
  if (**text != '-' && (**text < '0' || **text > '9')) return false;
  *value = strtoll(*text, &end, 10);
  if (end == *text) return false;
  *text = end;
  return true;
}

static bool over(const char *text) { return *text == 0; }

static enum status read_count(struct reader *r, const char *text) {
  int64_t n;
  if (r->n) return WRONG(r, STATUS_CONFLICT, "the number of tasks is given twice");
  if (!take(&text, &n) || !over(text)) return WRONG_AT(r, text, STATUS_TYPE, "the number of tasks should be one whole number");
  if (n < 1 || n > LINE_TASKS_MAX) return WRONG_AT(r, r->held, STATUS_RANGE, "the number of tasks must lie within 1 ... %d", LINE_TASKS_MAX);
  r->n = (int32_t)n;
  r->time = malloc((size_t)n * sizeof *r->time);
  if (r->time == NULL) return WRONG(r, STATUS_MEMORY, "out of memory");
  for (int32_t i = 0; i < r->n; i++) r->time[i] = -1;
  return STATUS_OK;
}

static enum status read_takt(struct reader *r, const char *text) {
  if (r->takt) return WRONG(r, STATUS_CONFLICT, "the cycle time is given twice");
  if (!take(&text, &r->takt) || !over(text)) return WRONG_AT(r, text, STATUS_TYPE, "the cycle time should be one whole number");
  if (r->takt < 1 || r->takt > LINE_TIME_MAX) return WRONG_AT(r, r->held, STATUS_RANGE, "the cycle time must lie within 1 ... %d", LINE_TIME_MAX);
  return STATUS_OK;
}

static enum status read_time(struct reader *r, const char *text) {
  int64_t task, time;
  if (!r->n) return WRONG(r, STATUS_KEY, "task times before the number of tasks");
  if (!take(&text, &task)) return WRONG_AT(r, text, STATUS_TYPE, "a line of task times should be 'task time', two whole numbers");
  const char *second = text + strspn(text, " \t");
  if (!take(&text, &time) || !over(text)) return WRONG_AT(r, text, STATUS_TYPE, "a line of task times should be 'task time', two whole numbers");
  if (task < 1 || task > r->n) return WRONG_AT(r, r->held, STATUS_RANGE, "there is no task %lld, tasks are 1 ... %d", (long long)task, r->n);
  if (time < 0) return WRONG_AT(r, second, STATUS_RANGE, "task %lld takes %lld, less than 0", (long long)task, (long long)time);
  if (r->time[task - 1] >= 0) return WRONG_AT(r, r->held, STATUS_CONFLICT, "task %lld has two times", (long long)task);
  if (time > LINE_TIME_MAX || (r->sum += time) > LINE_TIME_MAX) return WRONG_AT(r, second, STATUS_LIMIT, "the times sum to more than %d; use a larger unit", LINE_TIME_MAX);
  r->time[task - 1] = (int32_t)time;
  return STATUS_OK;
}

static enum status read_arc(struct reader *r, const char *text) {
  int64_t from, to;
  if (!r->n) return WRONG(r, STATUS_KEY, "precedence relations before the number of tasks");
  if (!take(&text, &from)) return WRONG_AT(r, text, STATUS_TYPE, "a precedence relation should be 'task,task'");
  text += strspn(text, " ,");
  const char *second = text;
  if (!take(&text, &to) || !over(text)) return WRONG_AT(r, text, STATUS_TYPE, "a precedence relation should be 'task,task'");
  if (from == -1 && to == -1) return STATUS_OK;         // the end mark of older files
  bool first = from < 1 || from > r->n;
  if (first || to < 1 || to > r->n)
    return WRONG_AT(r, first ? r->held : second, STATUS_RANGE, "there is no task %lld, tasks are 1 ... %d", (long long)(first ? from : to), r->n);
  if (from == to) return WRONG_AT(r, second, STATUS_CONFLICT, "task %lld comes before itself", (long long)from);
  struct arcs *a = &r->arcs;
  if (a->count == a->capacity) {
    int32_t capacity = a->capacity ? 2 * a->capacity : 256;
    if (capacity > 262144) return WRONG(r, STATUS_LIMIT, "too many precedence relations");
    void *at = realloc(a->at, (size_t)capacity * sizeof *a->at);
    if (at) a->at = at;
    void *line = realloc(a->line, (size_t)capacity * sizeof *a->line);
    if (line) a->line = line;
    if (!at || !line) return WRONG(r, STATUS_MEMORY, "out of memory");
    a->capacity = capacity;
  }
  a->line[a->count] = r->line;
  a->at[a->count][0] = (int32_t)from - 1;
  a->at[a->count++][1] = (int32_t)to - 1;
  return STATUS_OK;
}

enum { SECTION_END = 4, SECTIONS, SECTION_OTHER, SECTION_NONE };

// Which section a line like <task times> begins. Those of no meaning here, such as <order strength>, are passed over; one that is nearly one of ours is not,
// since with it what the answer rests on would be passed over too.
static enum status read_name(struct reader *r, int *section) {
  static const char *const names[SECTIONS] = {"<number of tasks>", "<cycle time>", "<task times>", "<precedence relations>", "<end>"};
  const char *end = strchr(r->held, '>');
  if (end && end[1]) return WRONG_AT(r, end + 1, STATUS_SYNTAX, "nothing may stand behind the name of a section; what it holds begins on the next line");
  for (*section = 0; *section < SECTIONS && strcmp(r->held, names[*section]); ++*section) {}
  if (*section < SECTIONS) return STATUS_OK;
  *section = SECTION_OTHER;
  char low[sizeof r->held];
  size_t n = 0;
  for (; r->held[n]; n++) low[n] = (char)(r->held[n] >= 'A' && r->held[n] <= 'Z' ? r->held[n] - 'A' + 'a' : r->held[n]);
  low[n] = 0;
  const char *near = nearest_word(low, names, SECTIONS);
  size_t m = near ? strlen(near) : 0;
  if (!near || m + 2 < n || n + 2 < m) return STATUS_OK;
  return WRONG_AT(r, r->held, STATUS_KEY, "there is no section %.40s; did you mean %s?", r->held, near);
}

static enum status read_sections(struct reader *r) {
  static enum status (*const readers[])(struct reader *, const char *) = {read_count, read_takt, read_time, read_arc};
  int section = SECTION_NONE;
  enum status s = STATUS_OK;
  while (s == STATUS_OK && next_line(r, &s)) {
    if (r->ended) s = WRONG_AT(r, r->held, STATUS_SYNTAX, "the file goes on after <end>");
    else if (r->held[0] == '<') s = read_name(r, &section);
    else if (section < SECTION_END) s = readers[section](r, r->held);
    else if (section == SECTION_NONE) s = WRONG_AT(r, r->held, STATUS_SYNTAX, "a section should begin here, such as <number of tasks>");
    r->ended = section == SECTION_END;
  }
  return s;
}

// Kahn's count; where tasks are left over, a circle among them is named at the line of one of its arcs.
static enum status check_circles(struct reader *r) {
  const struct arcs *a = &r->arcs;
  int32_t *before = calloc(2 * (size_t)r->n, sizeof *before), *seen = before + r->n;
  if (before == NULL) return WRONG(r, STATUS_MEMORY, "out of memory");
  for (int32_t k = 0; k < a->count; k++) before[a->at[k][1]]++;
  int32_t done = 0;
  for (bool more = true; more;) {
    more = false;
    for (int32_t i = 0; i < r->n; i++) {
      if (before[i] != 0) continue;
      before[i] = -1;
      done++;
      more = true;
      for (int32_t k = 0; k < a->count; k++)
        if (a->at[k][0] == i) before[a->at[k][1]]--;
    }
  }
  enum status s = STATUS_OK;
  if (done < r->n) {
    // back along arcs between tasks that are left: sooner or later one comes again
    int32_t i = 0, arc = 0;
    while (before[i] <= 0) i++;
    for (; !seen[i]; i = a->at[arc][0]) {
      seen[i] = 1;
      for (arc = 0; a->at[arc][1] != i || before[a->at[arc][0]] <= 0; arc++) {}
    }
    r->line = a->line[arc];
    s = WRONG(r, STATUS_CONFLICT, "task %d would have to come before itself: the precedences run in a circle through tasks %d and %d", i + 1, a->at[arc][0] + 1, a->at[arc][1] + 1);
  }
  free(before);
  return s;
}

static enum status check_all(struct reader *r) {
  if (!r->n) return error_at(r->e, STATUS_KEY, r->file, 0, 0, "there is no section <number of tasks>");
  for (int32_t i = 0; i < r->n; i++)
    if (r->time[i] < 0) return WRONG(r, STATUS_KEY, "task %d has no time%s", i + 1, r->ended ? "" : "; the file ends without <end>");
  if (!r->ended) return WRONG(r, STATUS_SYNTAX, "the file ends without <end>");
  return check_circles(r);
}

enum status line_read(struct line *l, const char *file, const char *text, size_t size, struct error *e) {
  *l = (struct line){0};
  enum status s = plain_text(file, &text, &size, e);
  if (s != STATUS_OK) return s;
  struct reader r = {.file = file, .text = text, .size = size, .e = e};
  s = read_sections(&r);
  if (s == STATUS_OK) s = check_all(&r);
  if (s == STATUS_OK && !line_make(l, r.n, r.time, r.arcs.count, (const int32_t (*)[2])r.arcs.at)) s = WRONG(&r, STATUS_MEMORY, "out of memory");
  if (s == STATUS_OK) l->takt = r.takt;
  free(r.time);
  free(r.arcs.at);
  free(r.arcs.line);
  return s;
}

bool line_make(struct line *l, int32_t n, const int32_t *time, int32_t arcs, const int32_t (*arc)[2]) {
  *l = (struct line){.n = n, .arcs = arcs};
  int32_t *block = calloc(2 * (size_t)n + 1 + (size_t)arcs, sizeof *block);
  if (block == NULL) return false;
  l->time = block;
  l->next_begin = block + n;
  l->next = block + 2 * n + 1;
  memcpy(l->time, time, (size_t)n * sizeof *time);
  for (int32_t k = 0; k < arcs; k++) l->next_begin[arc[k][0] + 1]++;
  for (int32_t i = 0; i < n; i++) l->next_begin[i + 1] += l->next_begin[i];
  // filled from the back, so that the begins come out right
  for (int32_t i = n; i > 0; i--) l->next_begin[i] = l->next_begin[i - 1];
  l->next_begin[0] = 0;
  for (int32_t k = 0; k < arcs; k++) l->next[l->next_begin[arc[k][0] + 1]++] = arc[k][1];
  return true;
}

void line_finish(struct line *l) {
  free(l->time);
  *l = (struct line){0};
}
