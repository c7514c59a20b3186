// YAML into a tree by libyaml's events, which carry marks in characters.
#include "base/tree.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/tree_build.h"

// ---- places ------------------------------------------------------------------------------------

#define STRIDE 32                   // characters between two known places

// libyaml counts characters; we want bytes, and lines as an editor counts them.
struct place  { uint32_t byte, line, column; };
struct places {
  const char   *text;
  size_t        size;
  struct place *known;              // of every STRIDE-th character
  size_t        count;              // of characters
};

static struct place place_step(const struct places *s, struct place p) {
  unsigned char c = (unsigned char)s->text[p.byte];
  p.byte += c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  bool breaks = c == '\n' || (c == '\r' && (p.byte >= s->size || s->text[p.byte] != '\n'));
  if (breaks) p.line++, p.column = 1; else p.column++;
  return p;
}

static bool places_init(struct places *s, const char *text, size_t size, size_t skip) {
  *s = (struct places){.text = text, .size = size};
  s->known = malloc((size / STRIDE + 1) * sizeof *s->known);
  if (s->known == NULL) return false;
  struct place p = {(uint32_t)skip, 1, 1};
  for (; p.byte < size; s->count++) {
    if (s->count % STRIDE == 0) s->known[s->count / STRIDE] = p;
    p = place_step(s, p);
  }
  if (s->count % STRIDE == 0) s->known[s->count / STRIDE] = p;
  return true;
}

static struct place place_at(const struct places *s, size_t character) {
  if (character > s->count) character = s->count;
  struct place p = s->known[character / STRIDE];
  for (size_t i = character % STRIDE; i > 0; i--) p = place_step(s, p);
  return p;
}

// ---- errors ------------------------------------------------------------------------------------

// Where to look, and in whose words.
enum look { LOOK_PROBLEM, LOOK_CONTEXT, LOOK_FLOW };

static const struct { const char *problem; enum look look; const char *sentence; } sayings[] = {
  {"mapping values are not allowed",     LOOK_PROBLEM, "a ':' cannot stand here; a quote is missing or the indentation is wrong"},
  {"could not find expected ':'",        LOOK_CONTEXT, "this key has no ':' behind it"},
  {"found unexpected end of stream",     LOOK_CONTEXT, "this quote is never closed"},
  {"found unexpected document indicator",LOOK_CONTEXT, "this quote is not closed before the document ends"},
  {"found character that cannot start",  LOOK_PROBLEM, "a value cannot begin with this character; put it in quotes"},
  {"found unknown escape character",     LOOK_PROBLEM, "this escape is unknown; in single quotes a backslash is plain"},
  {"did not find expected hexdecimal",   LOOK_PROBLEM, "hexadecimal digits are missing in this escape"},
  {"found invalid Unicode character",    LOOK_PROBLEM, "this escape names no character"},
  {"block sequence entries are not",     LOOK_PROBLEM, "a list item '-' cannot stand here"},
  {"mapping keys are not allowed",       LOOK_PROBLEM, "a key cannot stand here"},
  {"found a tab character",              LOOK_PROBLEM, "a tab cannot be used for indentation"},
  {"found unexpected ':'",               LOOK_PROBLEM, "a ':' inside this value needs quotes, or a blank behind it"},
  {"did not find expected key",          LOOK_PROBLEM, "this does not fit the map above it; the indentation or a quote is wrong"},
  {"did not find expected '-' indicator",LOOK_PROBLEM, "this does not fit the list above it; the indentation is wrong or a '-' is missing"},
  {"did not find expected ',' or '}'",   LOOK_FLOW,    "a ',' or '}' is missing"},
  {"did not find expected ',' or ']'",   LOOK_FLOW,    "a ',' or ']' is missing"},
  {"did not find expected node content", LOOK_PROBLEM, "a value is missing here"},
  {"did not find expected <document",    LOOK_PROBLEM, "this does not belong to the value before it"},
  {"did not find expected comment",      LOOK_PROBLEM, "nothing but a comment may follow here"},
  {"found an indentation indicator",     LOOK_PROBLEM, "an indentation of 0 cannot be asked for"},
  {"found incompatible YAML document",   LOOK_PROBLEM, "this version of YAML is not accepted; leave the line out"},
  {"found undefined tag handle",         LOOK_PROBLEM, "a tag is not accepted; put a text that begins with '!' in quotes"},
};

// What is not accepted anyway needs one sentence, however it is misspelt.
static const struct { const char *context, *sentence; } contexts[] = {
  {"while scanning an anchor",   "an anchor is not accepted; put a text that begins with '&' in quotes"},
  {"while scanning an alias",    "an alias is not accepted; put a text that begins with '*' in quotes"},
  {"while scanning a tag",       "a tag is not accepted; put a text that begins with '!' in quotes"},
  {"while parsing a tag",        "a tag is not accepted; put a text that begins with '!' in quotes"},
  {"while scanning a directive", "a directive is not accepted; put a text that begins with '%' in quotes"},
  {"while scanning a %",         "a directive is not accepted; put a text that begins with '%' in quotes"},
  {"while parsing a %",          "a directive is not accepted; put a text that begins with '%' in quotes"},
};

static struct mark mark_of(const struct places *s, yaml_mark_t begin, yaml_mark_t end) {
  struct place a = place_at(s, begin.index), b = place_at(s, end.index);
  return (struct mark){a.line, a.column, a.byte, b.byte < a.byte ? a.byte : b.byte};
}

// Only blanks, breaks and comments follow.
static bool nothing_follows(const struct places *s, size_t byte) {
  for (; byte < s->size; byte++) {
    char c = s->text[byte];
    if (c == '#') {
      while (byte < s->size && s->text[byte] != '\n' && s->text[byte] != '\r') byte++;
      if (byte == s->size) break;
      c = s->text[byte];
    }
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') return false;
  }
  return true;
}

static void say_error(struct builder *b, const struct places *s, const yaml_parser_t *p) {
  if (p->error == YAML_MEMORY_ERROR) {
    builder_fault(b, STATUS_MEMORY, (struct mark){0}, "out of memory");
    return;
  }
  const char *problem = p->problem ? p->problem : "it cannot be read", *sentence = problem;
  enum look look = LOOK_PROBLEM;
  for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
    if (strncmp(problem, sayings[i].problem, strlen(sayings[i].problem)) != 0) continue;
    sentence = sayings[i].sentence;
    look     = sayings[i].look;
    break;
  }
  for (size_t i = 0; i < sizeof contexts / sizeof *contexts && p->context != NULL; i++) {
    if (strncmp(p->context, contexts[i].context, strlen(contexts[i].context)) != 0) continue;
    sentence = contexts[i].sentence;
    look     = LOOK_CONTEXT;
    break;
  }
  struct mark at   = mark_of(s, p->problem_mark, p->problem_mark);
  struct mark from = p->context ? mark_of(s, p->context_mark, p->context_mark) : at;
  bool end = nothing_follows(s, at.begin);

  if (look == LOOK_FLOW && (end || from.line != at.line)) {
    char c = s->text[from.begin];
    if (end) builder_fault(b, STATUS_SYNTAX, from, "this '%c' is never closed", c);
    else     builder_fault(b, STATUS_SYNTAX, from, "this '%c' is not closed: on line %u %s", c, at.line, sentence);
    return;
  }
  if (look == LOOK_PROBLEM && at.begin < s->size && s->text[at.begin] == '\t' &&
      strncmp(problem, "found character that", 20) == 0) sentence = "a tab cannot be used for indentation";
  if (at.begin < s->size && s->text[at.begin] == ':' && strcmp(problem, "did not find expected key") == 0)
    sentence = "a key is missing before this ':'";
  builder_fault(b, STATUS_SYNTAX, look == LOOK_CONTEXT || (end && p->context) ? from : at, "%s", sentence);
}

// ---- events ------------------------------------------------------------------------------------

// A value that is not there begins right behind its ':' (or its key, when there is none).
static struct mark empty_mark(const struct builder *b, const struct places *s, struct mark m) {
  if (b->depth == 0) return m;
  const struct open_node *o = &b->open[b->depth - 1];
  if (o->key == NULL) return m;
  size_t p = o->key_mark.end;
  uint32_t blanks = 0;
  while (p < s->size && (s->text[p] == ' ' || s->text[p] == '\t')) p++, blanks++;
  bool colon = p < s->size && s->text[p] == ':';
  uint32_t begin = colon ? (uint32_t)p + 1 : o->key_mark.end;
  m = text_mark(s->text + o->key_mark.begin, s->size - o->key_mark.begin, begin - o->key_mark.begin, 0);
  m.column = m.line == 1 ? o->key_mark.column + m.column - 1 : m.column;
  m.line  += o->key_mark.line - 1;
  m.begin  = m.end = begin;
  return m;
}

static bool on_scalar(struct builder *b, const struct places *s, const yaml_event_t *e, struct mark m) {
  const char *text = (const char *)e->data.scalar.value;
  size_t size = e->data.scalar.length;
  yaml_scalar_style_t style = e->data.scalar.style;
  bool block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
  bool plain = style == YAML_PLAIN_SCALAR_STYLE;

  // a block scalar's mark runs on to the next line with text
  if (block)
    while (m.end > m.begin + 1 && strchr(" \t\r\n", s->text[m.end - 1]) != NULL) m.end--;
  if (builder_wants_key(b)) {
    if (block) return builder_fault(b, STATUS_SYNTAX, m, "a key must be one plain or quoted word");
    if (plain && size == 0) return builder_fault(b, STATUS_SYNTAX, m, "a key is missing before this ':'");
    return builder_key(b, text, size, m);
  }
  if (plain && size == 0) m = empty_mark(b, s, m);
  return builder_scalar(b, text, size, !plain, m);
}

static void refuse_properties(struct builder *b, const yaml_char_t *anchor, const yaml_char_t *tag, struct mark m) {
  if (anchor != NULL) builder_fault(b, STATUS_SYNTAX, m, "an anchor (&%s) is not accepted; write the value out", (const char *)anchor);
  if (tag != NULL)    builder_fault(b, STATUS_SYNTAX, m, "a tag (%s) is not accepted; values have no types here", (const char *)tag);
}

static bool on_open(struct builder *b, enum node_kind kind, bool flow, struct mark m) {
  if (builder_wants_key(b)) return builder_fault(b, STATUS_SYNTAX, m, "a map or list cannot be a key");
  return builder_open(b, kind, flow, m);
}

// False: reading ends here.
static bool on_event(struct builder *b, const struct places *s, const yaml_event_t *e) {
  struct mark m = mark_of(s, e->start_mark, e->end_mark);
  switch (e->type) {
  case YAML_DOCUMENT_START_EVENT:
    if (b->tree->root == NULL) return true;
    return builder_fault(b, STATUS_SYNTAX, m, "a second document begins here; one text holds one document");
  case YAML_ALIAS_EVENT:
    builder_fault(b, STATUS_SYNTAX, m, "an alias (*%s) is not accepted; write the value out", (const char *)e->data.alias.anchor);
    if (builder_wants_key(b)) return false;
    return builder_scalar(b, "", 0, false, m);
  case YAML_SCALAR_EVENT:
    refuse_properties(b, e->data.scalar.anchor, e->data.scalar.tag, m);
    return on_scalar(b, s, e, m);
  case YAML_SEQUENCE_START_EVENT:
    refuse_properties(b, e->data.sequence_start.anchor, e->data.sequence_start.tag, m);
    return on_open(b, NODE_LIST, e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE, m);
  case YAML_MAPPING_START_EVENT:
    refuse_properties(b, e->data.mapping_start.anchor, e->data.mapping_start.tag, m);
    return on_open(b, NODE_MAP, e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, m);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT: {
    // a block ends with its last entry; so does the map of one pair in [a: 1]
    const struct node *n = b->open[b->depth - 1].node;
    bool closed = n->flow && m.end > m.begin && strchr("]}", s->text[m.end - 1]) != NULL;
    return builder_close(b, closed ? m : (struct mark){0});
  }
  case YAML_STREAM_END_EVENT:
    return false;
  default:
    return true;
  }
}

enum status tree_read_yaml(struct tree *t, const char *text, size_t size, struct faults *f) {
  struct builder b;
  if (!builder_init(&b, t, text, size, f)) return builder_finish(&b);

  // a byte order mark is passed over; it counts in bytes alone
  size_t skip = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  struct places s = {0};
  yaml_parser_t parser;
  bool made = places_init(&s, text, size, skip);
  bool init = made && yaml_parser_initialize(&parser);
  if (!init) {
    builder_fault(&b, STATUS_MEMORY, (struct mark){0}, "out of memory");
    free(s.known);
    return builder_finish(&b);
  }
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const unsigned char *)text + skip, size - skip);

  bool more = true;
  while (more) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) {
      say_error(&b, &s, &parser);
      break;
    }
    more = on_event(&b, &s, &event);
    yaml_event_delete(&event);
  }
  if (b.status == STATUS_OK && t->root == NULL)
    builder_fault(&b, STATUS_SYNTAX, (struct mark){1, 1, 0, 0}, "the text is empty");
  yaml_parser_delete(&parser);
  free(s.known);
  return builder_finish(&b);
}
