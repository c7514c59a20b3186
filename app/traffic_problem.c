#include "app/traffic_problem.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/tree.h"
#include "base/units.h"

#define FILE_BYTES_MAX   ((size_t)256 << 20)
#define CELLS_MAX        4000000
#define ROBOTS_MAX       100000
#define TASKS_MAX        10000000
#define ERRANDS_MAX      250        // of a task

// ---- the text files: lines of numbers ---------------------------------------------------------------------------------

struct lines { const char *path, *at, *end; int line; char *text; };

static bool lines_open(struct lines *l, const char *path, struct error *e) {
  size_t size;
  *l = (struct lines){.path = path};
  l->text = file_read(path, FILE_BYTES_MAX, &size, e);
  if (!l->text) return false;
  l->at = l->text;
  l->end = l->text + size;
  return true;
}

// The next line without its end; false: there is none.
static bool lines_next(struct lines *l, const char **from, size_t *size) {
  if (l->at >= l->end) return false;
  const char *end = memchr(l->at, '\n', (size_t)(l->end - l->at));
  *from = l->at;
  *size = (size_t)((end ? end : l->end) - l->at);
  l->at = end ? end + 1 : l->end;
  l->line++;
  if (*size > 0 && (*from)[*size - 1] == '\r') --*size;
  return true;
}

// The next line that has something in it and is no comment.
static bool lines_content(struct lines *l, const char **from, size_t *size) {
  while (lines_next(l, from, size)) {
    size_t i = 0;
    while (i < *size && ((*from)[i] == ' ' || (*from)[i] == '\t')) i++;
    if (i < *size && (*from)[i] != '#') return true;
  }
  return false;
}

static enum status wrong(const struct lines *l, struct error *e, enum status s, int column, const char *format, ...) __attribute__((format(printf, 5, 6)));
static enum status wrong(const struct lines *l, struct error *e, enum status s, int column, const char *format, ...) {
  char text[256];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return error_at(e, s, l->path, l->line, column, "%s", text);
}

// A whole number 0 .. limit at *at, which goes behind it; -1: none, -2: larger.
static int64_t number(const char **at, const char *end, int64_t limit) {
  while (*at < end && (**at == ' ' || **at == '\t')) ++*at;
  if (*at == end || **at < '0' || **at > '9') return -1;
  int64_t v = 0;
  for (; *at < end && **at >= '0' && **at <= '9'; ++*at)
    if (v <= limit) v = 10 * v + (**at - '0');
  while (*at < end && (**at == ' ' || **at == '\t')) ++*at;
  return v > limit ? -2 : v;
}

static enum status first_number(struct lines *l, const char *what, int64_t limit, int64_t *out, struct error *e) {
  const char *from;
  size_t size;
  if (!lines_content(l, &from, &size)) return wrong(l, e, STATUS_SYNTAX, 0, "the file ends before the number of %s", what);
  const char *at = from;
  *out = number(&at, from + size, limit);
  if (*out == -2) return wrong(l, e, STATUS_LIMIT, 1, "%.*s %s, at most %lld are accepted", (int)(size < 24 ? size : 24), from, what, (long long)limit);
  if (*out < 0 || at != from + size) return wrong(l, e, STATUS_SYNTAX, 1, "the number of %s is expected here", what);
  return STATUS_OK;
}

// ---- the map ------------------------------------------------------------------------------------------------------------

// A line of the head: a word, and a number of cells behind it unless out is NULL.
static enum status map_head(struct lines *l, const char *word, int32_t *out, struct error *e) {
  const char *from;
  size_t size, n = strlen(word);
  if (!lines_next(l, &from, &size)) return wrong(l, e, STATUS_SYNTAX, 0, "the map ends before its '%s'", word);
  bool there = size >= n && !memcmp(from, word, n) && (size == n || from[n] == ' ' || from[n] == '\t');
  if (!there) return wrong(l, e, STATUS_SYNTAX, 1, "'%s' is expected here, as in an octile map", word);
  while (!out && n < size && (from[n] == ' ' || from[n] == '\t')) n++;
  if (!out) return n == size ? STATUS_OK : wrong(l, e, STATUS_SYNTAX, (int)n + 1, "nothing may stand behind '%s'", word);
  const char *at = from + n;
  int64_t v = number(&at, from + size, CELLS_MAX);
  if (v == -2) return wrong(l, e, STATUS_LIMIT, (int)n + 2, "%s is above the %d cells that are accepted", word, CELLS_MAX);
  if (v < 1 || at != from + size) return wrong(l, e, STATUS_SYNTAX, (int)n + 2, "%s wants a whole number of cells above 0", word);
  *out = (int32_t)v;
  return STATUS_OK;
}

static enum status map_rows(struct traffic_problem *p, struct lines *l, struct error *e) {
  const char *from;
  size_t size;
  int64_t open = 0;
  for (int32_t y = 0; y < p->height; y++) {
    if (!lines_next(l, &from, &size)) return wrong(l, e, STATUS_SYNTAX, 0, "the map ends after %d of its %d rows", y, p->height);
    if (size != (size_t)p->width)
      return wrong(l, e, STATUS_SYNTAX, (int)(size < (size_t)p->width ? size : (size_t)p->width) + 1, "row %d has %zu cells, width says %d", y, size, p->width);
    for (int32_t x = 0; x < p->width; x++) {
      char c = from[x];
      if (!strchr(".GSWE@TO", c) || !c) return wrong(l, e, STATUS_SYNTAX, x + 1, "a cell is one of . G S W E (free) and @ T O (not)");
      bool wall = c == '@' || c == 'T' || c == 'O';
      p->wall[y * p->width + x] = wall;
      open += !wall;
    }
  }
  while (lines_next(l, &from, &size))
    if (size > 0) return wrong(l, e, STATUS_SYNTAX, 1, "the map has more than the %d rows that its height says", p->height);
  if (open == 0) return wrong(l, e, STATUS_RANGE, 0, "the map has no free cell");
  return STATUS_OK;
}

static enum status map_read(struct traffic_problem *p, struct lines *l, struct error *e) {
  enum status s;
  if ((s = map_head(l, "type octile", NULL, e)) != STATUS_OK) return s;
  if ((s = map_head(l, "height", &p->height, e)) != STATUS_OK) return s;
  if ((s = map_head(l, "width", &p->width, e)) != STATUS_OK) return s;
  if ((int64_t)p->width * p->height > CELLS_MAX)
    return wrong(l, e, STATUS_LIMIT, 1, "%d x %d cells, at most %d are accepted", p->width, p->height, CELLS_MAX);
  if ((s = map_head(l, "map", NULL, e)) != STATUS_OK) return s;
  p->wall = malloc((size_t)p->width * (size_t)p->height);
  if (!p->wall) return error_at(e, STATUS_MEMORY, l->path, 0, 0, "out of memory");
  return map_rows(p, l, e);
}

// Nothing but comments behind the last of them.
static enum status no_more(struct lines *l, const char *what, int64_t count, struct error *e) {
  const char *from;
  size_t size;
  return lines_content(l, &from, &size) ? wrong(l, e, STATUS_SYNTAX, 1, "the file goes on after its %lld %s", (long long)count, what) : STATUS_OK;
}

// ---- robots and tasks -----------------------------------------------------------------------------------------------------

// A cell of the map that is free, at *at.
static enum status free_cell(const struct traffic_problem *p, struct lines *l, const char *from, const char **at, const char *end, const char *who,
                             int32_t *out, struct error *e) {
  int column = (int)(*at - from) + 1;
  int32_t cells = p->width * p->height;
  int64_t v = number(at, end, INT32_MAX);
  if (v == -1) return wrong(l, e, STATUS_SYNTAX, column, "the number of a cell is expected here");
  if (v < 0 || v >= cells) return wrong(l, e, STATUS_RANGE, column, "%s is in a cell outside the map, which has 0 .. %d", who, cells - 1);
  if (p->wall[v]) return wrong(l, e, STATUS_CONFLICT, column, "%s is on a wall: cell %d is (%d, %d)", who, (int)v, (int)v % p->width, (int)v / p->width);
  *out = (int32_t)v;
  return STATUS_OK;
}

static enum status robots_read(struct traffic_problem *p, struct lines *l, struct error *e) {
  int64_t count;
  enum status s = first_number(l, "robots", INT32_MAX, &count, e);
  if (s != STATUS_OK) return s;
  if (count < p->robots) return wrong(l, e, STATUS_RANGE, 1, "the file has %lld robots, teamSize says %d", (long long)count, p->robots);
  p->start = malloc((size_t)p->robots * sizeof *p->start);
  int32_t *line_of = calloc((size_t)p->width * (size_t)p->height, sizeof *line_of);
  if (!p->start || !line_of) s = error_at(e, STATUS_MEMORY, l->path, 0, 0, "out of memory");
  for (int32_t i = 0; i < p->robots && s == STATUS_OK; i++) {
    const char *from, *at;
    size_t size;
    char who[32];
    snprintf(who, sizeof who, "robot %d", i);
    if (!lines_content(l, &from, &size)) {
      s = wrong(l, e, STATUS_SYNTAX, 0, "the file ends after %d of %lld robots", i, (long long)count);
      break;
    }
    at = from;
    s = free_cell(p, l, from, &at, from + size, who, &p->start[i], e);
    if (s != STATUS_OK) break;
    if (at != from + size) s = wrong(l, e, STATUS_SYNTAX, (int)(at - from) + 1, "one cell a line is expected");
    else if (line_of[p->start[i]]) s = wrong(l, e, STATUS_CONFLICT, 1, "robot %d starts in the cell of the robot in line %d", i, line_of[p->start[i]]);
    else line_of[p->start[i]] = l->line;
  }
  free(line_of);
  // a team may be smaller than the file
  const char *from;
  size_t size;
  for (int64_t i = p->robots; i < count && s == STATUS_OK; i++)
    if (!lines_content(l, &from, &size)) s = wrong(l, e, STATUS_SYNTAX, 0, "the file ends after %lld of %lld robots", (long long)i, (long long)count);
  return s == STATUS_OK ? no_more(l, "robots", count, e) : s;
}

static enum status tasks_read(struct traffic_problem *p, struct lines *l, struct error *e) {
  int64_t count;
  enum status s = first_number(l, "tasks", TASKS_MAX, &count, e);
  if (s != STATUS_OK) return s;
  if (count == 0) return wrong(l, e, STATUS_RANGE, 1, "there is no task");
  // an errand takes two bytes of the file at least
  size_t capacity = (size_t)(l->end - l->at) / 2 + 2;
  p->tasks = (int32_t)count;
  p->first = malloc(((size_t)count + 1) * sizeof *p->first);
  p->errand = malloc(capacity * sizeof *p->errand);
  if (!p->first || !p->errand) return error_at(e, STATUS_MEMORY, l->path, 0, 0, "out of memory");
  int32_t n = 0;
  for (int32_t k = 0; k < p->tasks; k++) {
    const char *from, *at;
    size_t size;
    char who[48];
    p->first[k] = n;
    if (!lines_content(l, &from, &size)) return wrong(l, e, STATUS_SYNTAX, 0, "the file ends after %d of %d tasks", k, p->tasks);
    at = from;
    snprintf(who, sizeof who, "an errand of task %d", k);
    for (;;) {
      assert((size_t)n < capacity);
      if (n - p->first[k] == ERRANDS_MAX) return wrong(l, e, STATUS_LIMIT, (int)(at - from) + 1, "a task has at most %d errands", ERRANDS_MAX);
      s = free_cell(p, l, from, &at, from + size, who, &p->errand[n++], e);
      if (s != STATUS_OK) return s;
      if (at == from + size) break;
      if (*at++ != ',') return wrong(l, e, STATUS_SYNTAX, (int)(at - from), "a ',' is expected between errands");
    }
  }
  p->first[p->tasks] = n;
  return no_more(l, "tasks", count, e);
}

// ---- who can get where -------------------------------------------------------------------------------------------------

// Every robot and every errand must be in one part of the map: any robot may get any task.
static enum status check_parts(const struct traffic_problem *p, const char *robots, const char *tasks, struct error *e) {
  int32_t cells = p->width * p->height, *queue = malloc((size_t)cells * sizeof *queue), head = 0, tail = 0;
  uint8_t *seen = calloc((size_t)cells, 1);
  enum status s = STATUS_OK;
  if (!queue || !seen) s = error_at(e, STATUS_MEMORY, p->file, 0, 0, "out of memory");
  if (s == STATUS_OK) {
    queue[tail++] = p->start[0];
    seen[p->start[0]] = 1;
    while (head < tail) {
      int32_t c = queue[head++], x = c % p->width, y = c / p->width;
      const int32_t to[4] = {x + 1 < p->width ? c + 1 : -1, x > 0 ? c - 1 : -1, y + 1 < p->height ? c + p->width : -1, y > 0 ? c - p->width : -1};
      for (int k = 0; k < 4; k++) {
        if (to[k] < 0 || p->wall[to[k]] || seen[to[k]]) continue;
        seen[to[k]] = 1;
        queue[tail++] = to[k];
      }
    }
    for (int32_t i = 0; i < p->robots && s == STATUS_OK; i++)
      if (!seen[p->start[i]])
        s = error_at(e, STATUS_UNREACHABLE, robots, 0, 0, "robot %d at (%d, %d) is in another part of the map than robot 0 at (%d, %d): no way leads across", i,
                     p->start[i] % p->width, p->start[i] / p->width, p->start[0] % p->width, p->start[0] / p->width);
    for (int32_t k = 0; k < p->tasks && s == STATUS_OK; k++)
      for (int32_t n = p->first[k]; n < p->first[k + 1]; n++) {
        if (seen[p->errand[n]]) continue;
        s = error_at(e, STATUS_UNREACHABLE, tasks, 0, 0, "an errand of task %d at (%d, %d) cannot be reached by robot 0 at (%d, %d)", k,
                     p->errand[n] % p->width, p->errand[n] / p->width, p->start[0] % p->width, p->start[0] / p->width);
        break;
      }
  }
  free(queue);
  free(seen);
  return s;
}

// ---- the problem -----------------------------------------------------------------------------------------------------------

static const char *const keys[] = {"mapFile", "agentFile", "teamSize", "taskFile", "numTasksReveal", "version"};
#define KEYS ((int)(sizeof keys / sizeof *keys))

static const struct node *text_at(const struct node *root, const char *key, struct faults *f) {
  const struct node *n = node_get(root, key);
  if (!n) fault_add(f, FAULT_ERROR, STATUS_KEY, root->mark, "the key '%s' is missing", key);
  else if (n->kind != NODE_SCALAR || !n->quoted || n->size == 0) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s: a file name in double quotes is expected", key);
    n = NULL;
  }
  return n;
}

static bool number_at(const struct node *root, const char *key, double low, double high, bool whole, double *out, struct faults *f) {
  const struct node *n = node_get(root, key);
  if (!n) return false;
  if (n->kind != NODE_SCALAR || n->quoted || quantity_read(n->text, n->size, DIM_NUMBER, out)) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s: a number is expected", key);
    return true;
  }
  if (!(*out >= low && *out <= high)) fault_add(f, FAULT_ERROR, STATUS_RANGE, n->mark, "%s: %s is outside %.10g ... %.10g", key, n->text, low, high);
  else if (whole && *out != (double)(int64_t)*out) fault_add(f, FAULT_ERROR, STATUS_TYPE, n->mark, "%s: a whole number is expected", key);
  return true;
}

// A file beside the problem, unless it is a path from the root.
static void part_at(const struct node *root, const char *key, const char *problem, char out[512], struct faults *f) {
  const struct node *n = text_at(root, key, f);
  if (!n) return;
  const char *slash = strrchr(problem, '/');
  int folder = n->text[0] == '/' || !slash ? 0 : (int)(slash - problem) + 1, size = snprintf(out, 512, "%.*s%s", folder, problem, n->text);
  if (size >= 512) fault_add(f, FAULT_ERROR, STATUS_LIMIT, n->mark, "%s: a path of %d bytes, at most 511 are accepted", key, size);
}

static void head_read(struct traffic_problem *p, const struct node *root, const char *path, struct faults *f) {
  if (root->kind != NODE_MAP) {
    fault_add(f, FAULT_ERROR, STATUS_TYPE, root->mark, "a problem is a map of keys and values in { }");
    return;
  }
  for (const struct node *n = root->first; n; n = n->next) {
    bool known = false;
    for (int k = 0; k < KEYS; k++) known |= !strcmp(n->key, keys[k]);
    if (known) continue;
    const char *near = nearest_word(n->key, keys, KEYS);
    fault_add(f, FAULT_WARNING, STATUS_KEY, n->key_mark, "'%.60s' means nothing here%s%s", n->key, near ? "; did you mean " : "", near ? near : "");
  }
  static const char *const parts[3] = {"mapFile", "agentFile", "taskFile"};
  for (int k = 0; k < 3; k++) part_at(root, parts[k], path, p->part[k], f);
  double team = 0;
  if (!number_at(root, "teamSize", 1, ROBOTS_MAX, true, &team, f)) fault_add(f, FAULT_ERROR, STATUS_KEY, root->mark, "the key 'teamSize' is missing");
  p->reveal = 1.5;
  number_at(root, "numTasksReveal", 1, 100, false, &p->reveal, f);
  const struct node *version = node_get(root, "version");
  if (version && (version->kind != NODE_SCALAR || strcmp(version->text, "2024 LoRR")))
    fault_add(f, FAULT_ERROR, STATUS_UNBUILT, version->mark, "version: problems of \"2024 LoRR\" are read, no others");
  if (f->errors == 0) p->robots = (int32_t)team;
}

static enum status read_head(struct traffic_problem *p, const char *path, struct error *e) {
  size_t size;
  char *text = file_read(path, (size_t)4 << 20, &size, e);
  if (!text) return e->status;
  struct faults f;
  struct tree t;
  faults_init(&f, path, text, size);
  enum status s = tree_read_json(&t, text, size, &f);
  if (s == STATUS_OK && t.root) head_read(p, t.root, path, &f);
  faults_sort(&f);
  faults_print(&f, stderr);
  if (f.errors > 0) {
    s = f.fault[0].status;
    for (int i = 0; i < f.count; i++)
      if (f.fault[i].kind == FAULT_ERROR) s = f.fault[i].status;
    *e = (struct error){.status = s};
  }
  tree_finish(&t);
  faults_finish(&f);
  free(text);
  return s;
}

typedef enum status reader(struct traffic_problem *, struct lines *, struct error *);

static enum status read_file(struct traffic_problem *p, const char *path, reader *read, struct error *e) {
  struct lines l;
  if (!lines_open(&l, path, e)) return e->status;
  enum status s = read(p, &l, e);
  free(l.text);
  return s;
}

enum status traffic_problem_read(struct traffic_problem *p, const char *path, struct error *e) {
  *p = (struct traffic_problem){0};
  snprintf(p->file, sizeof p->file, "%s", path);
  enum status s = read_head(p, path, e);
  if (s == STATUS_OK) s = read_file(p, p->part[0], map_read, e);
  if (s == STATUS_OK) s = read_file(p, p->part[1], robots_read, e);
  if (s == STATUS_OK) s = read_file(p, p->part[2], tasks_read, e);
  if (s == STATUS_OK) s = check_parts(p, p->part[1], p->part[2], e);
  return s;
}

void traffic_problem_finish(struct traffic_problem *p) {
  free(p->wall);
  free(p->start);
  free(p->first);
  free(p->errand);
}
