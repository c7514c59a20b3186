// Maps and values by the rows of the schema table.
#include "engine/layout/check.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

// ---- by the table ------------------------------------------------------------------------------

static bool store_number(const struct key *k, void *out, double v) {
  switch (k->store) {
    case STORE_DOUBLE:  *(double *)out = v; break;
    case STORE_RADIANS: *(double *)out = v * (M_PI_D / 180); break;
    case STORE_NS:      *(ns_t *)out = ns_from_seconds(v); break;
    case STORE_INT:     *(int *)out = (int)v; break;
    case STORE_INT64:   *(int64_t *)out = (int64_t)v; break;
    case STORE_ENUM:    *(int *)out = (int)v; break;
    case STORE_BOOL:
    case STORE_FLAG:    *(bool *)out = v != 0; break;
    default: break;
  }
  return true;
}

static bool check_word(struct check *c, const struct node *n, const struct key *k, void *out) {
  int i;
  // a policy may be a shared library
  if (k->scope == SCOPE_SCHEDULER && n->kind == NODE_SCALAR && n->size > 3 && strcmp(n->text + n->size - 3, ".so") == 0) {
    if (n->size > 500 || strlen(n->text) != n->size) {
      check_fault(c, n, STATUS_LIMIT, "the path of a policy is too long");
      return false;
    }
    if (out) store_number(k, out, POLICY_LIBRARY);
    c->l->policy_file = arena_text(c->a, n->text, n->size);
    return true;
  }
  if (!read_word(c, n, k, &i)) return false;
  if (out) store_number(k, out, i);
  if (k->built && !(k->built >> i & 1)) {
    // events and zones are told after their other values have been checked
    if (k->flags & KEY_VARIANT) return true;
    check_fault(c, n, STATUS_UNBUILT, "%s is understood but not built yet; %s", n->text, k->instead);
    return false;
  }
  return true;
}

bool check_value(struct check *c, const struct node *n, const struct key *k, void *out) {
  double v, pair[2];
  int64_t whole;
  int integers[2], row;
  bool flag;
  ns_t ns;
  const char *text;
  struct polygon area;
  struct part_count *counts;
  struct distribution d;
  struct duration duration;
  int *rows, n_rows;
  double *numbers;
  if (k->store == STORE_NONE) out = NULL;
  char *counter = out ? (char *)out - k->offset + k->counter : NULL;

  switch (k->kind) {
    case VALUE_NUMBER:  return read_quantity(c, n, k, &v) && (!out || store_number(k, out, v));
    case VALUE_INTEGER:
      if (!read_integer(c, n, k, &whole)) return false;
      return !out || store_number(k, out, (double)whole);
    case VALUE_BOOL:    return read_bool(c, n, &flag) && (!out || store_number(k, out, flag));
    case VALUE_WORD:    return check_word(c, n, k, out);
    case VALUE_TEXT:
      if (!read_text(c, n, out ? &text : NULL)) return false;
      if (out) *(const char **)out = text;
      return true;
    case VALUE_CLOCK:
      if (!read_clock(c, n, &ns)) return false;
      if (out) *(ns_t *)out = ns;
      return true;
    case VALUE_NAME:
      if (!read_scalar(c, n, "a name")) return false;
      row = name_refer(c, n, k->refers);
      if (row != NONE && out) *(int *)out = row;
      return row != NONE;
    case VALUE_NAMES:
      if (!read_refs(c, n, k->refers, &rows, &n_rows)) return false;
      if (out) *(int **)out = rows, *(int *)counter = n_rows;
      return true;
    case VALUE_PAIR:
      if (!read_pair(c, n, k, pair)) return false;
      if (out) memcpy(out, pair, sizeof pair);
      return true;
    case VALUE_INTEGERS:
      if (!read_integers(c, n, k, integers)) return false;
      if (out) memcpy(out, integers, sizeof integers);
      return true;
    case VALUE_NUMBERS:
      if (!read_numbers(c, n, k, &numbers, &n_rows)) return false;
      if (out) *(double **)out = numbers, *(int *)counter = n_rows;
      return true;
    case VALUE_POINTS:
      if (!read_points(c, n, k, 2, &area)) return false;
      if (out) *(struct polygon *)out = area;
      return true;
    case VALUE_AREA:
      if (!read_area(c, n, k, &area)) return false;
      if (out) *(struct polygon *)out = area;
      return true;
    case VALUE_COUNTS:
      if (!read_counts(c, n, k, &counts, &n_rows)) return false;
      if (out) *(struct part_count **)out = counts, *(int *)counter = n_rows;
      return true;
    case VALUE_DISTRIBUTION:
      if (!read_distribution(c, n, k, &d)) return false;
      if (out) *(struct distribution *)out = d;
      return true;
    case VALUE_DURATION:
      if (!read_duration(c, n, k, &duration)) return false;
      if (out) *(struct duration *)out = duration;
      return true;
    case VALUE_MAP: case VALUE_NAMED: case VALUE_LIST: case VALUE_SPECIAL: break;
  }
  return true;
}

void check_unbuilt(struct check *c, const struct node *n, const struct key *k, int errors) {
  if (c->f->errors == errors) check_fault_key(c, n, STATUS_UNBUILT, "understood but not built yet: %s", k->instead);
}

void check_variant_built(struct check *c, const struct node *map, enum scope scope, int variant, int errors) {
  const struct key *choice = key_variant(scope);
  if (variant < 0 || !choice->built || choice->built >> variant & 1 || c->f->errors != errors) return;
  const struct node *chosen = node_get(map, choice->name);
  check_fault(c, chosen, STATUS_UNBUILT, "%s is understood but not built yet; %s", chosen->text, choice->instead);
}

// the kinds of stations (or events ...) that a key is for: "machine, assembly or sorter"
static const char *variants_text(const struct key *variant, const char *name, char *out, size_t size) {
  const struct key *k, *end;
  uint32_t bits = 0;
  for (keys_of(variant->scope, &k, &end); k < end; k++)
    if (strcmp(k->name, name) == 0) bits |= k->of;
  size_t used = 0, n;
  out[0] = 0;
  for (int i = 0; bits >> i; i++) {
    if (!(bits >> i & 1)) continue;
    const char *w = word_at(variant->words, i, &n);
    bool last = !(bits >> i >> 1);
    int put = snprintf(out + used, size - used, "%s%.*s", used == 0 ? "" : last ? " or " : ", ", (int)n, w);
    if (put < 0 || (size_t)put >= size - used) break;
    used += (size_t)put;
  }
  return out;
}

void check_unknown(struct check *c, const struct node *item, enum scope scope, int variant) {
  if (cut_by_comma(c, item)) return;
  // 11,5 s in { }: the comma has made two of one number
  const struct node *before = NULL;
  if (item->parent && item->parent->flow && item->key[0] >= '0' && item->key[0] <= '9' && item->size == 0)
    for (const struct node *n = item->parent->first; n && n != item; n = n->next) before = n;
  if (before && before->kind == NODE_SCALAR && before->size > 0 && before->text[before->size - 1] >= '0' && before->text[before->size - 1] <= '9') {
    check_fault_key(c, item, STATUS_SYNTAX, "a comma ends a value: write %.40s.%.40s", before->text, item->key);
    return;
  }
  if (c->f->count >= FAULTS_MAX) {
    check_fault_key(c, item, STATUS_KEY, "unknown key");
    return;
  }
  const struct key *choice = key_variant(scope);
  size_t size;
  char text[300];
  if (choice && variant >= 0 && key_find(scope, -1, item->key)) {
    const char *is = word_at(choice->words, variant, &size);
    check_fault_key(c, item, STATUS_KEY, "`%s` is for %s, not for %.*s", item->key, variants_text(choice, item->key, text, sizeof text), (int)size, is);
    return;
  }

  // nearest among the keys that may stand here, then among all of the scope
  const struct key *k, *end;
  const char *words[128];
  int n = 0;
  keys_of(scope, &k, &end);
  for (; k < end && n < 128; k++)
    if (variant < 0 || !k->of || k->of >> variant & 1) words[n++] = k->name;
  const char *near = nearest_word(item->key, words, n);
  // or the one that it begins
  size_t begun = strlen(item->key);
  for (int i = 0; i < n && !near && begun >= 3; i++)
    if (strncmp(words[i], item->key, begun) == 0) near = words[i];
  if (near) {
    check_fault_key(c, item, STATUS_KEY, "there is no such key; did you mean %s?", near);
    return;
  }
  n = 0;
  for (keys_of(scope, &k, &end); k < end && n < 128; k++) words[n++] = k->name;
  near = nearest_word(item->key, words, n);
  if (near && choice && variant >= 0) {
    check_fault_key(c, item, STATUS_KEY, "there is no such key; `%s` is for %s", near, variants_text(choice, near, text, sizeof text));
    return;
  }
  size_t used = 0;
  keys_of(scope, &k, &end);
  text[0] = 0;
  for (n = 0; k < end; k++) {
    if (variant >= 0 && k->of && !(k->of >> variant & 1)) continue;
    int put = snprintf(text + used, sizeof text - used, "%s%s", n++ ? ", " : "", k->name);
    if (put < 0 || (size_t)put >= sizeof text - used) break;
    used += (size_t)put;
  }
  check_fault_key(c, item, STATUS_KEY, "there is no such key; here may stand %s", text);
}

// a default, written in the table as one would write it in a layout
static void put_default(struct check *c, const struct key *k, char *row) {
  char *out = row + k->offset;
  const char *t = k->fallback;
  double v;
  switch (k->kind) {
    case VALUE_NUMBER: case VALUE_INTEGER:
      if (quantity_read(t, strlen(t), k->dimension, &v) == NULL) store_number(k, out, v);
      break;
    case VALUE_BOOL: store_number(k, out, strcmp(t, "true") == 0); break;
    case VALUE_WORD: store_number(k, out, word_index(k->words, t, strlen(t))); break;
    case VALUE_TEXT: *(const char **)out = t; break;
    case VALUE_PAIR: {
      size_t comma = strcspn(t, ",");
      quantity_read(t + 1, comma - 1, k->dimension, (double *)out);
      quantity_read(t + comma + 1, strlen(t) - comma - 2, k->dimension, (double *)out + 1);
      break;
    }
    case VALUE_DISTRIBUTION: *(struct distribution *)out = *c->zero[0]; break;
    default: break;
  }
}

void check_missing(struct check *c, const struct node *map, const struct key *k) {
  check_fault_key(c, map, STATUS_KEY, "%s is missing: %s", k->name, k->help);
}

void check_defaults(struct check *c, enum scope scope, int variant, void *row) {
  const struct key *k, *end;
  for (keys_of(scope, &k, &end); k < end; k++)
    if ((!k->of || (variant >= 0 && k->of >> variant & 1)) && k->fallback && k->store != STORE_NONE) put_default(c, k, row);
}

int check_map(struct check *c, const struct node *map, enum scope scope, void *row) {
  const struct key *begin, *end, *choice = key_variant(scope);
  keys_of(scope, &begin, &end);
  assert(end - begin <= 128);
  if (map->kind != NODE_MAP) {
    check_fault(c, map, STATUS_TYPE, "a map {%s: ...} is wanted, here is %s", begin->name, node_kind_text(map));
    return -1;
  }
  int variant = -1;
  const struct node *chosen = choice ? node_get(map, choice->name) : NULL;
  if (chosen && read_word(c, chosen, choice, &variant) && row && choice->store != STORE_NONE) store_number(choice, (char *)row + choice->offset, variant);

  uint64_t seen[2] = {0};
  for (const struct node *item = map->first; item; item = item->next) {
    const struct key *k = key_find(scope, variant, item->key);
    if (!k) {
      check_unknown(c, item, scope, variant);
      continue;
    }
    seen[(k - begin) / 64] |= UINT64_C(1) << (k - begin) % 64;
    if (item == chosen || (chosen && k == choice)) continue;      // written twice: the first counts, the second was told
    int errors = c->f->errors;
    if (k->kind == VALUE_MAP) check_map(c, item, k->inner, row && k->store != STORE_NONE ? (char *)row + k->offset : NULL);
    else if (!check_value(c, item, k, row ? (char *)row + k->offset : NULL) && row && k->fallback && k->store != STORE_NONE) put_default(c, k, row);
    if (k->flags & KEY_UNBUILT && k->kind != VALUE_LIST && k->kind != VALUE_SPECIAL) check_unbuilt(c, item, k, errors);
  }

  for (const struct key *k = begin; k < end; k++) {
    if (seen[(k - begin) / 64] >> (k - begin) % 64 & 1) continue;
    if (k->of && (variant < 0 || !(k->of >> variant & 1))) continue;
    bool required = k->flags & KEY_REQUIRED && (c->tree || !(k->flags & KEY_EVENT));
    if (required) check_missing(c, map, k);
    else if (row && k->fallback && k->store != STORE_NONE) put_default(c, k, row);
  }

  return variant;
}
