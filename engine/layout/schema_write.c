#include "engine/layout/schema.h"

#include <stdio.h>
#include <string.h>

#include "engine/layout/keys.h"

#define NAME_PATTERN "^[A-Za-z][A-Za-z0-9_-]*$"

// ---- pieces ------------------------------------------------------------------------------------

static void put_text(struct json *j, const char *key, const char *value) {
  json_key(j, key);
  json_text(j, value);
}

static void put_type(struct json *j, const char *type) { put_text(j, "type", type); }

static void put_ref(struct json *j, const char *name) {
  char ref[120];
  snprintf(ref, sizeof ref, "#/$defs/%s", name);
  put_text(j, "$ref", ref);
}

static const char *scope_name(enum scope s) {
  static const char *const names[SCOPES] = {
    "layout", "floor", "door", "obstacle", "zone", "part", "shift", "station", "setup", "failures",
    "rework", "operator", "pattern", "step", "flow", "limit", "robots", "people", "skill", "charging", "falls", "gives_up",
    "order", "scheduler", "event", "cost", "run"};
  return names[s];
}

// "zone-slow" for a variant, "floor" else
static void variant_name(enum scope s, const struct key *choice, int variant, char *out, size_t size) {
  size_t n;
  const char *w = choice ? word_at(choice->words, variant, &n) : NULL;
  if (w) snprintf(out, size, "%s-%.*s", scope_name(s), (int)n, w);
  else snprintf(out, size, "%s", scope_name(s));
}

static void put_limits(struct json *j, const struct key *k) {
  if (k->min == 0 && k->max == 0) return;
  json_key(j, k->flags & KEY_ABOVE ? "exclusiveMinimum" : "minimum");
  json_number(j, k->min);
  json_key(j, "maximum");
  json_number(j, k->max);
}

static void put_words(struct json *j, const char *words) {
  size_t n;
  const char *w;
  char copy[64];
  json_key(j, "enum");
  json_list(j);
  for (int i = 0; (w = word_at(words, i, &n)); i++) {
    snprintf(copy, sizeof copy, "%.*s", (int)n, w);
    json_text(j, copy);
  }
  json_list_end(j);
}

// a number in SI, or text with a unit of the dimension
static void put_quantity_body(struct json *j, const struct key *k) {
  static const char *const units[] = {
    [DIM_NUMBER] = "", [DIM_TIME] = " ?(ms|s|min|h|d)", [DIM_LENGTH] = " ?(mm|cm|m)", [DIM_MASS] = " ?(g|kg|t)",
    [DIM_POWER] = " ?k?W", [DIM_ENERGY] = " ?(J|Wh|kWh)", [DIM_FORCE] = " ?N", [DIM_SPEED] = " ?(m/s|km/h)",
    [DIM_SHARE] = " ?%", [DIM_RATE] = " ?/(s|min|h)", [DIM_ANGLE] = ""};
  char pattern[120];
  snprintf(pattern, sizeof pattern, "^[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?%s%s%s$", *units[k->dimension] ? "(" : "", units[k->dimension], *units[k->dimension] ? ")?" : "");
  json_key(j, "anyOf");
  json_list(j);
  json_object(j);
  put_type(j, "number");
  put_limits(j, k);
  json_object_end(j);
  json_object(j);
  put_type(j, "string");
  put_text(j, "pattern", pattern);
  json_object_end(j);
  json_list_end(j);
}


static void put_integer_body(struct json *j, const struct key *k) {
  put_type(j, "integer");
  put_limits(j, k);
}

static void put_list_of(struct json *j, const struct key *k, bool integers, int least, int most) {
  put_type(j, "array");
  json_key(j, "items");
  json_object(j);
  if (integers) put_integer_body(j, k);
  else put_quantity_body(j, k);
  json_object_end(j);
  json_key(j, "minItems");
  json_integer(j, least);
  if (most) {
    json_key(j, "maxItems");
    json_integer(j, most);
  }
}

static void put_point_list(struct json *j, const struct key *k, int least) {
  put_type(j, "array");
  json_key(j, "minItems");
  json_integer(j, least);
  json_key(j, "items");
  json_object(j);
  put_list_of(j, k, false, 2, 2);
  json_object_end(j);
}

// {NAME: value}
static void open_named(struct json *j) {
  put_type(j, "object");
  json_key(j, "propertyNames");
  json_object(j);
  put_text(j, "pattern", NAME_PATTERN);
  json_object_end(j);
  json_key(j, "additionalProperties");
}

static void put_named_quantity(struct json *j, const struct key *k, bool integers) {
  open_named(j);
  json_object(j);
  if (integers) put_integer_body(j, k);
  else put_quantity_body(j, k);
  json_object_end(j);
}

static void put_time_body(struct json *j) {
  json_key(j, "anyOf");
  json_list(j);
  json_object(j);
  put_type(j, "number");
  json_key(j, "minimum");
  json_number(j, 0);
  json_object_end(j);
  json_object(j);
  put_type(j, "string");
  json_object_end(j);
  json_list_end(j);
}

// ---- keys with several forms -------------------------------------------------------------------

static void open_any(struct json *j) {
  json_key(j, "anyOf");
  json_list(j);
  json_object(j);
}

static void next_any(struct json *j) {
  json_object_end(j);
  json_object(j);
}

static void close_any(struct json *j) {
  json_object_end(j);
  json_list_end(j);
}

static void put_makes(struct json *j, const struct key *k) {
  static const struct key number = {.min = 1, .max = 1e9};
  open_any(j);
  put_type(j, "string");
  next_any(j);
  put_named_quantity(j, k, false);
  if (k->flags & KEY_REQUIRED) {
    next_any(j);
    put_type(j, "array");
    json_key(j, "items");
    json_object(j);
    put_named_quantity(j, &number, true);
    json_object_end(j);
  }
  close_any(j);
}

static void put_special(struct json *j, const struct key *k) {
  if (strcmp(k->name, "makes") == 0) {
    put_makes(j, k);
  } else if (strcmp(k->name, "finds") == 0) {
    put_named_quantity(j, k, false);
  } else if (strcmp(k->name, "copies") == 0) {
    open_any(j);
    put_integer_body(j, k);
    next_any(j);
    put_list_of(j, k, true, 2, 2);
    close_any(j);
  } else if (strcmp(k->name, "size") == 0) {
    put_list_of(j, k, false, 1, 3);
  } else if (strcmp(k->name, "base") == 0) {
    put_point_list(j, k, 3);
  } else if (strcmp(k->name, "walls") == 0) {
    static const struct key metres = {.dimension = DIM_LENGTH, .min = 0, .max = 1e5};
    put_type(j, "array");
    json_key(j, "items");
    json_object(j);
    put_point_list(j, &metres, 2);
    json_object_end(j);
  } else if (strcmp(k->name, "breaks") == 0) {
    put_type(j, "array");
  } else if (strcmp(k->name, "goals") == 0) {
    put_type(j, "object");
    json_key(j, "additionalProperties");
    json_object(j);
    put_type(j, "string");
    put_text(j, "pattern", "^ *(<=|>=|==|<|>|=)");
    json_object_end(j);
  } else if (strcmp(k->name, "days") == 0 || strcmp(k->name, "skills") == 0) {
    open_any(j);
    put_type(j, "string");
    next_any(j);
    put_type(j, "array");
    if (k->name[0] == 's') {
      next_any(j);
      open_named(j);
      json_object(j);
      put_ref(j, scope_name(SCOPE_SKILL));
      json_object_end(j);
    }
    close_any(j);
  } else if (strcmp(k->name, "warmup") == 0) {
    open_any(j);
    put_text(j, "const", "auto");
    next_any(j);
    put_quantity_body(j, k);
    close_any(j);
  } else if (strcmp(k->name, "body_rate") == 0) {
    json_key(j, "enum");
    json_list(j);
    json_integer(j, 200);
    json_integer(j, 100);
    json_integer(j, 50);
    json_list_end(j);
  } else {
    put_type(j, "string");
  }
}

// ---- one key -----------------------------------------------------------------------------------

// a map of a scope: by its variant when it has some
static void put_scope(struct json *j, enum scope s) {
  json_object(j);
  put_ref(j, scope_name(s));
  json_object_end(j);
}

static void put_value(struct json *j, const struct key *k) {
  switch (k->kind) {
    case VALUE_NUMBER:  put_quantity_body(j, k); break;
    case VALUE_INTEGER: put_integer_body(j, k); break;
    case VALUE_BOOL:    put_type(j, "boolean"); break;
    case VALUE_TEXT:
      open_any(j);
      put_type(j, "string");
      next_any(j);
      put_type(j, "number");
      close_any(j);
      break;
    case VALUE_NAME:
      put_type(j, "string");
      put_text(j, "pattern", NAME_PATTERN);
      break;
    case VALUE_NAMES:
      open_any(j);
      put_type(j, "string");
      next_any(j);
      put_type(j, "array");
      close_any(j);
      break;
    case VALUE_WORD:
      // a policy may be a shared library
      if (k->scope == SCOPE_SCHEDULER) put_type(j, "string");
      else put_words(j, k->words);
      break;
    case VALUE_CLOCK:
      put_type(j, "string");
      put_text(j, "pattern", "^[0-9]?[0-9]:[0-9][0-9]$");
      break;
    case VALUE_PAIR:     put_list_of(j, k, false, 2, 2); break;
    case VALUE_INTEGERS: put_list_of(j, k, true, 2, 2); break;
    case VALUE_NUMBERS:  put_list_of(j, k, false, 1, 0); break;
    case VALUE_POINTS:   put_point_list(j, k, 2); break;
    case VALUE_AREA:     put_point_list(j, k, 3); break;
    case VALUE_COUNTS:   put_named_quantity(j, k, true); break;
    case VALUE_DISTRIBUTION: put_time_body(j); break;
    case VALUE_DURATION:
      open_any(j);
      put_time_body(j);
      next_any(j);
      open_named(j);
      json_object(j);
      put_time_body(j);
      json_object_end(j);
      close_any(j);
      break;
    case VALUE_MAP: put_ref(j, scope_name(k->inner)); break;
    case VALUE_NAMED:
      open_named(j);
      put_scope(j, k->inner);
      break;
    case VALUE_LIST:
      open_any(j);
      put_type(j, "array");
      json_key(j, "items");
      json_object(j);
      open_any(j);
      put_ref(j, scope_name(k->inner));
      if (k->inner == SCOPE_FLOW) {
        next_any(j);
        put_type(j, "string");
        put_text(j, "pattern", " -> ");
      }
      close_any(j);
      json_object_end(j);
      if (k->inner == SCOPE_ORDER) {
        next_any(j);
        put_type(j, "string");
      }
      close_any(j);
      break;
    case VALUE_SPECIAL: put_special(j, k); break;
  }
}

// ---- one scope, or one variant of it -----------------------------------------------------------

static bool stands_in(const struct key *k, int variant) { return variant < 0 || !k->of || k->of >> variant & 1; }

static void put_map(struct json *j, enum scope s, int variant) {
  const struct key *begin, *end, *choice = key_variant(s);
  char text[400];
  keys_of(s, &begin, &end);
  put_type(j, "object");
  json_key(j, "additionalProperties");
  json_bool(j, false);
  json_key(j, "properties");
  json_object(j);
  for (const struct key *k = begin; k < end; k++) {
    if (!stands_in(k, variant)) continue;
    json_key(j, k->name);
    json_object(j);
    snprintf(text, sizeof text, "%s%s%s", k->help, k->fallback && *k->fallback ? "; default " : "", k->fallback ? k->fallback : "");
    if (k->flags & KEY_UNBUILT) snprintf(text + strlen(text), sizeof text - strlen(text), " (not built yet)");
    put_text(j, "description", text);
    if (k == choice) {
      size_t n;
      const char *w = word_at(k->words, variant, &n);
      snprintf(text, sizeof text, "%.*s", (int)n, w);
      put_text(j, "const", text);
    } else {
      put_value(j, k);
    }
    json_object_end(j);
  }
  json_object_end(j);
  json_key(j, "required");
  json_list(j);
  for (const struct key *k = begin; k < end; k++)
    if (k->flags & KEY_REQUIRED && stands_in(k, variant)) json_text(j, k->name);
  json_list_end(j);
}

// the right variant by the word that chooses it, so that an editor's message is about that one alone
static void put_choice(struct json *j, enum scope s, const struct key *choice) {
  char name[100];
  size_t n;
  put_type(j, "object");
  json_key(j, "required");
  json_list(j);
  json_text(j, choice->name);
  json_list_end(j);
  json_key(j, "properties");
  json_object(j);
  json_key(j, choice->name);
  json_object(j);
  put_text(j, "description", choice->help);
  put_words(j, choice->words);
  json_object_end(j);
  json_object_end(j);
  json_key(j, "allOf");
  json_list(j);
  const char *w;
  for (int i = 0; (w = word_at(choice->words, i, &n)); i++) {
    json_object(j);
    json_key(j, "if");
    json_object(j);
    json_key(j, "properties");
    json_object(j);
    json_key(j, choice->name);
    json_object(j);
    snprintf(name, sizeof name, "%.*s", (int)n, w);
    put_text(j, "const", name);
    json_object_end(j);
    json_object_end(j);
    json_object_end(j);
    json_key(j, "then");
    json_object(j);
    variant_name(s, choice, i, name, sizeof name);
    put_ref(j, name);
    json_object_end(j);
    json_object_end(j);
  }
  json_list_end(j);
}

void schema_write(struct json *j) {
  json_object(j);
  put_text(j, "$schema", "https://json-schema.org/draft/2020-12/schema");
  put_text(j, "title", "Takt layout, version 1");
  put_map(j, SCOPE_ROOT, -1);
  json_key(j, "$defs");
  json_object(j);
  for (enum scope s = SCOPE_FLOOR; s < SCOPES; s++) {
    const struct key *choice = key_variant(s);
    json_key(j, scope_name(s));
    json_object(j);
    if (choice) put_choice(j, s, choice);
    else put_map(j, s, -1);
    json_object_end(j);
    size_t n;
    for (int i = 0; choice && word_at(choice->words, i, &n); i++) {
      char name[100];
      variant_name(s, choice, i, name, sizeof name);
      json_key(j, name);
      json_object(j);
      put_map(j, s, i);
      json_object_end(j);
    }
  }
  json_object_end(j);
  json_object_end(j);
}
