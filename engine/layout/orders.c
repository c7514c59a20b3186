#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/layout/check.h"

// Orders: a list of the layout, or a file of values with the same columns.

static const char *const columns = "product quantity release due priority id";

// ---- a list ------------------------------------------------------------------------------------

static bool read_item(struct check *c, const struct node *item, struct order *o) {
  int errors = c->f->errors;
  *o = (struct order){.product = NONE, .due = NS_NEVER, .id = "", .mark = item->mark};
  check_map(c, item, SCOPE_ORDER, o);
  const struct node *due = item->kind == NODE_MAP ? node_get(item, "due") : NULL;
  if (due && c->f->errors == errors && o->due < o->release) check_fault(c, due, STATUS_CONFLICT, "due before it is released");
  return c->f->errors == errors;
}

// ---- a file ------------------------------------------------------------------------------------

struct cells { int count; struct { const char *text; size_t size; } cell[8]; };

// One line, cut at commas; blanks around a value and the mark at the front of a file do not count.
static struct cells cut(const char *line, size_t size) {
  struct cells c = {0};
  if (size >= 3 && memcmp(line, "\xEF\xBB\xBF", 3) == 0) line += 3, size -= 3;
  const char *end = line + size;
  while (end > line && (end[-1] == '\r' || end[-1] == ' ')) end--;
  for (const char *p = line; c.count < 8; p++) {
    const char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma ? comma : end;
    const char *last = stop;
    while (p < last && *p == ' ') p++;
    while (last > p && last[-1] == ' ') last--;
    c.cell[c.count].text = p;
    c.cell[c.count++].size = (size_t)(last - p);
    if (!comma) break;
    p = comma;
  }
  return c;
}

struct sheet {
  struct check      *c;
  const struct node *n;
  const char        *name;
  int                line;
};

static bool wrong(const struct sheet *x, enum status s, const char *column, const char *text, size_t size, const char *what) {
  check_fault(x->c, x->n, s, "%.60s:%d: %s: %.*s %s", x->name, x->line, column, size > 40 ? 40 : (int)size, text, what);
  return false;
}

// A value of the file, held to the limits of the same key in a list.
static bool read_cell(const struct sheet *x, const char *column, const char *text, size_t size, struct order *o) {
  const struct key *k = key_find(SCOPE_ORDER, -1, column);
  if (size == 0 && !(k->flags & KEY_REQUIRED)) return true;
  char word[NAME_MAX_SIZE + 1], near[100], what[140];
  if (k->kind == VALUE_TEXT) {
    o->id = arena_text(x->c->a, text, size);
    return o->id != NULL;
  }
  if (k->kind == VALUE_NAME) {
    snprintf(word, sizeof word, "%.*s", size > NAME_MAX_SIZE ? NAME_MAX_SIZE : (int)size, text);
    o->product = size > NAME_MAX_SIZE ? NONE : name_find(x->c, NAMED_PART, word);
    if (o->product != NONE) return true;
    snprintf(what, sizeof what, "is no part%s", name_nearest(x->c, NAMED_PART, word, near, sizeof near));
    return wrong(x, STATUS_REF, column, text, size, what);
  }
  double v;
  const char *trouble = quantity_read(text, size, k->kind == VALUE_INTEGER ? DIM_NUMBER : k->dimension, &v);
  if (trouble) return wrong(x, STATUS_TYPE, column, text, size, trouble);
  if (k->kind == VALUE_INTEGER && (v < -1e15 || v > 1e15 || v != (double)(int64_t)v)) return wrong(x, STATUS_TYPE, column, text, size, "is not a whole number");
  const char *unit = k->kind == VALUE_INTEGER ? "" : " s";
  snprintf(what, sizeof what, v < k->min ? "is below %.10g%s" : "is above %.10g%s", v < k->min ? k->min : k->max, unit);
  if (v < k->min || v > k->max) return wrong(x, STATUS_RANGE, column, text, size, what);
  char *field = (char *)o + k->offset;
  if (k->store == STORE_INT64) *(int64_t *)field = (int64_t)v;
  else if (k->store == STORE_INT) *(int *)field = (int)v;
  else *(ns_t *)field = ns_from_seconds(v);
  return true;
}

static bool read_head(const struct sheet *x, const struct cells *head) {
  char near[100], word[NAME_MAX_SIZE + 1];
  bool product = false, quantity = false;
  for (int i = 0; i < head->count; i++) {
    snprintf(word, sizeof word, "%.*s", head->cell[i].size > NAME_MAX_SIZE ? NAME_MAX_SIZE : (int)head->cell[i].size, head->cell[i].text);
    bool twice = false;
    for (int k = 0; k < i; k++) twice |= head->cell[k].size == head->cell[i].size && memcmp(head->cell[k].text, head->cell[i].text, head->cell[i].size) == 0;
    if (word_index(columns, word, strlen(word)) < 0 || twice) {
      check_fault(x->c, x->n, STATUS_KEY, "%.60s:1: %s column %.40s%s; the first line names the columns product, quantity, release, due, priority, id", x->name,
                  twice ? "twice a" : "there is no", word, twice ? "" : word_nearest(x->c, columns, word, near, sizeof near));
      return false;
    }
    product |= strcmp(word, "product") == 0;
    quantity |= strcmp(word, "quantity") == 0;
  }
  if (product && quantity) return true;
  check_fault(x->c, x->n, STATUS_KEY, "%.60s:1: the column %s is missing", x->name, product ? "quantity" : "product");
  return false;
}

static bool read_line(const struct sheet *x, const struct cells *head, const struct cells *row, struct order *o) {
  *o = (struct order){.product = NONE, .due = NS_NEVER, .id = "", .mark = x->n->mark};
  if (row->count != head->count) {
    check_fault(x->c, x->n, STATUS_TYPE, "%.60s:%d: %d values, but %d columns", x->name, x->line, row->count, head->count);
    return false;
  }
  for (int i = 0; i < head->count; i++) {
    char column[16];
    snprintf(column, sizeof column, "%.*s", (int)head->cell[i].size, head->cell[i].text);
    if (!read_cell(x, column, row->cell[i].text, row->cell[i].size, o)) return false;
  }
  if (o->due < o->release) {
    check_fault(x->c, x->n, STATUS_CONFLICT, "%.60s:%d: due before it is released", x->name, x->line);
    return false;
  }
  return true;
}

static void read_sheet(struct check *c, const struct node *n, const char *text, size_t size) {
  struct layout *l = c->l;
  struct sheet x = {c, n, n->text, 0};
  struct cells head = {0};
  for (size_t at = 0; at < size;) {
    const char *stop = memchr(text + at, '\n', size - at);
    size_t length = stop ? (size_t)(stop - text) - at : size - at;
    struct cells row = cut(text + at, length);
    x.line++;
    at += length + 1;
    if (row.count == 1 && row.cell[0].size == 0) continue;
    if (head.count == 0) {
      head = row;
      if (!read_head(&x, &head)) return;
      continue;
    }
    if (l->order_count == ORDERS_MAX) {
      check_fault(c, n, STATUS_LIMIT, "%.60s:%d: more than %d orders", n->text, x.line, ORDERS_MAX);
      return;
    }
    if (!read_line(&x, &head, &row, &l->orders[l->order_count])) return;
    l->order_count++;
  }
  if (l->order_count == 0) check_fault(c, n, STATUS_RANGE, "%.60s holds no orders", n->text);
}

static void read_file(struct check *c, const struct node *n) {
  size_t size;
  char *text = read_beside(c, n, n->text, &size);
  if (!text) return;
  int lines = 1;
  for (size_t i = 0; i < size; i++) lines += text[i] == '\n';
  if (lines > ORDERS_MAX + 1) lines = ORDERS_MAX + 1;
  c->l->orders = arena_alloc(c->a, sizeof *c->l->orders * (size_t)lines, _Alignof(struct order));
  if (c->l->orders) read_sheet(c, n, text, size);
  free(text);
  if (!c->l->orders) check_alloc(c, c->a->size, 8);             // says that the layout is full
}

// ---- the whole ---------------------------------------------------------------------------------

static int by_release(const void *a, const void *b) {
  const struct order *x = a, *y = b;
  if (x->release != y->release) return x->release < y->release ? -1 : 1;
  if (x->priority != y->priority) return x->priority > y->priority ? -1 : 1;
  return x->level < y->level ? -1 : x->level > y->level;        // place in the file, until levels are known
}

static int by_value(const void *a, const void *b) {
  int x = *(const int *)a, y = *(const int *)b;
  return x < y ? -1 : x > y;
}

// The different priorities, 0 first: ways of buffers are made for each.
static void find_levels(struct check *c, const struct node *n) {
  struct layout *l = c->l;
  int *all = CHECK_NEW(c, int, l->order_count + 1), count = 1;
  for (int k = 0; k < l->order_count; k++) all[k + 1] = l->orders[k].priority;
  qsort(all + 1, (size_t)l->order_count, sizeof *all, by_value);
  for (int k = 1; k <= l->order_count; k++)
    if (all[k] != 0 && (count == 1 || all[k] != all[count - 1])) all[count++] = all[k];
  if (count > LEVELS_MAX) check_fault(c, n, STATUS_LIMIT, "%d different priorities are more than %d", count, LEVELS_MAX);
  l->level_count = count;
  l->order_priorities = all;
  for (int k = 0; k < l->order_count; k++) {
    l->orders[k].level = 0;
    while (all[l->orders[k].level] != l->orders[k].priority) l->orders[k].level++;
  }
}

void check_orders(struct check *c, const struct node *n) {
  struct layout *l = c->l;
  l->level_count = 1;
  l->order_priorities = CHECK_NEW(c, int, 1);
  if (!n) return;
  if (n->kind == NODE_SCALAR) {
    if (!read_scalar(c, n, "a list of orders or a csv file")) return;
    if (n->size < 5 || strcmp(n->text + n->size - 4, ".csv") != 0) {
      check_fault(c, n, STATUS_TYPE, "a list of orders or the name of a .csv file is wanted");
      return;
    }
    read_file(c, n);
  } else if (n->kind == NODE_LIST) {
    if (n->count > ORDERS_MAX) {
      check_fault_key(c, n, STATUS_LIMIT, "%d orders are more than %d", n->count, ORDERS_MAX);
      return;
    }
    l->orders = CHECK_NEW(c, struct order, n->count > 0 ? n->count : 1);
    for (const struct node *item = n->first; item; item = item->next)
      if (read_item(c, item, &l->orders[l->order_count])) l->order_count++;
  } else {
    check_fault(c, n, STATUS_TYPE, "a list of orders or a csv file is wanted, here is a map");
  }
  for (int k = 0; k < l->order_count; k++) l->orders[k].level = k;
  if (l->order_count > 0) qsort(l->orders, (size_t)l->order_count, sizeof *l->orders, by_release);
  find_levels(c, n);
}
