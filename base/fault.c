#include "base/fault.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX  1000              // bytes of one sentence
#define EXCERPT_MAX  100               // columns of an excerpt
#define WORD_MAX  64                // characters of a word that nearest_word compares

// ---- collecting --------------------------------------------------------------------------------

void faults_init(struct faults *f, const char *file, const char *source, size_t source_size) {
  *f = (struct faults){.file = file, .source = source, .source_size = source_size};
}

void faults_finish(struct faults *f) {
  for (int i = 0; i < f->count; i++) free(f->fault[i].text);
  free(f->fault);
  *f = (struct faults){0};
}

enum status fault_add(struct faults *f, enum fault_kind kind, enum status s, struct mark m,
                      const char *format, ...) {
  if (kind == FAULT_ERROR) f->errors++; else f->warnings++;
  if (f->count >= FAULTS_MAX) return s;

  char buffer[TEXT_MAX];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(buffer, sizeof buffer, format, list);
  va_end(list);
  if (length >= (int)sizeof buffer) {
    // cut before the character that does not fit
    size_t end = sizeof buffer - 4;
    while (end > 0 && ((unsigned char)buffer[end] & 0xC0) == 0x80) end--;
    strcpy(buffer + end, "...");
  }
  status_printable(buffer);

  if (f->count == f->capacity) {
    int capacity = f->capacity ? 2 * f->capacity : 8;
    struct fault *more = realloc(f->fault, sizeof *more * (size_t)capacity);
    if (more == NULL) return s;
    f->fault    = more;
    f->capacity = capacity;
  }
  char *text = strdup(buffer);
  if (text == NULL) return s;
  f->fault[f->count++] = (struct fault){.kind = kind, .status = s, .mark = m, .text = text};
  return s;
}

static bool mark_before(struct mark a, struct mark b) {
  return a.line != b.line ? a.line < b.line : a.column < b.column;
}

void faults_sort(struct faults *f) {
  // insertion keeps equal places in order of report; at most FAULTS_MAX rows
  for (int i = 1; i < f->count; i++) {
    struct fault moved = f->fault[i];
    int k = i;
    for (; k > 0 && mark_before(moved.mark, f->fault[k - 1].mark); k--) f->fault[k] = f->fault[k - 1];
    f->fault[k] = moved;
  }
}

// ---- excerpts ----------------------------------------------------------------------------------

// One character at p: its bytes, and the columns a terminal gives it.
struct glyph { size_t size; int width; uint32_t code; };

static struct glyph glyph_at(const char *text, size_t p, size_t size) {
  const unsigned char *s = (const unsigned char *)text + p;
  size_t left = size - p;
  uint32_t code = s[0];
  size_t n = code < 0x80 ? 1 : code >= 0xC2 && code < 0xE0 ? 2 : code >= 0xE0 && code < 0xF0 ? 3 :
             code >= 0xF0 && code < 0xF5 ? 4 : 0;
  if (n == 0 || n > left) return (struct glyph){1, 1, '?'};
  if (n > 1) {
    code &= 0x7Fu >> n;
    for (size_t i = 1; i < n; i++) {
      if ((s[i] & 0xC0) != 0x80) return (struct glyph){1, 1, '?'};
      code = code << 6 | (s[i] & 0x3Fu);
    }
  }
  if (code == '\t') return (struct glyph){n, 1, ' '};
  if (code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xFEFF) return (struct glyph){n, 1, '?'};
  if ((code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
      (code >= 0x2066 && code <= 0x2069)) return (struct glyph){n, 1, '?'};
  bool joins = (code >= 0x300 && code < 0x370) || (code >= 0x20D0 && code < 0x2100) ||
               (code >= 0xFE00 && code < 0xFE10);
  bool wide  = (code >= 0x1100 && code < 0x1160) || (code >= 0x2E80 && code < 0xA4D0) ||
               (code >= 0xAC00 && code < 0xD7A4) || (code >= 0xF900 && code < 0xFB00) ||
               (code >= 0xFE30 && code < 0xFE70) || (code >= 0xFF00 && code < 0xFF61) ||
               (code >= 0xFFE0 && code < 0xFFE7) || (code >= 0x1F300 && code < 0x1F650) ||
               (code >= 0x1F900 && code < 0x1FA00) || (code >= 0x20000 && code < 0x40000);
  return (struct glyph){n, joins ? 0 : wide ? 2 : 1, code};
}

// Start of the character before p.
static size_t glyph_before(const char *text, size_t p) {
  size_t q = p - 1;
  while (q > 0 && p - q < 4 && ((unsigned char)text[q] & 0xC0) == 0x80) q--;
  return q + glyph_at(text, q, p).size == p ? q : p - 1;
}

static bool line_ends(const struct faults *f, size_t p) {
  return p >= f->source_size || f->source[p] == '\n' || f->source[p] == '\r';
}

// Byte of the mark; a mark without a byte is found by its line and column.
static size_t mark_byte(const struct faults *f, struct mark m) {
  if (m.begin > 0 && m.begin <= f->source_size) return m.begin;
  size_t p = 0;
  for (uint32_t line = 1; line < m.line && p < f->source_size; p++)
    if (f->source[p] == '\n' || (f->source[p] == '\r' && (p + 1 == f->source_size || f->source[p + 1] != '\n'))) line++;
  for (uint32_t column = 1; column < m.column && !line_ends(f, p); column++)
    p += glyph_at(f->source, p, f->source_size).size;
  return p;
}

static void put_glyph(const struct faults *f, size_t p, struct glyph g, FILE *out) {
  if (g.code == ' ' || g.code == '?') fputc((int)g.code, out);
  else fwrite(f->source + p, 1, g.size, out);
}

static void print_excerpt(const struct faults *f, struct mark m, FILE *out) {
  char prefix[32];
  int used = snprintf(prefix, sizeof prefix, "%4u | ", m.line);
  int room = EXCERPT_MAX - used;
  size_t caret = mark_byte(f, m);

  // back from the caret to the start of the line, or as far as two thirds of the room reach
  size_t from = caret;
  int before = 0;
  while (from > 0 && !line_ends(f, from - 1)) {
    size_t p = glyph_before(f->source, from);
    int width = glyph_at(f->source, p, f->source_size).width;
    if (before + width > room * 2 / 3 - 4) break;
    before += width;
    from = p;
  }
  bool cut = from > 0 && !line_ends(f, from - 1);
  fprintf(out, "%s%s", prefix, cut ? "... " : "");
  if (cut) before += 4;

  // on from the caret until the line or the room ends; four columns are kept for the cut mark
  int column = before;
  size_t p = from, end = caret;
  for (; !line_ends(f, end); ) {
    struct glyph g = glyph_at(f->source, end, f->source_size);
    if (column + g.width > room - 4) break;
    column += g.width;
    end += g.size;
  }
  while (p < end) {
    struct glyph g = glyph_at(f->source, p, f->source_size);
    put_glyph(f, p, g, out);
    p += g.size;
  }
  fprintf(out, "%s\n%*s | %*s^\n", line_ends(f, end) ? "" : " ...", used - 3, "", before, "");
}

void fault_print(const struct faults *f, int index, FILE *out) {
  assert(index >= 0);
  assert(index < f->count);
  const struct fault *x = &f->fault[index];
  const char *word = x->kind == FAULT_WARNING ? "warning: " : "";
  if (x->mark.line == 0) {
    fprintf(out, "%s: %s%s: %s\n", f->file, word, status_text(x->status), x->text);
    return;
  }
  fprintf(out, "%s:%u:%u: %s%s: %s\n", f->file, x->mark.line, x->mark.column, word, status_text(x->status), x->text);
  if (f->source != NULL) print_excerpt(f, x->mark, out);
}

void faults_print(const struct faults *f, FILE *out) {
  for (int i = 0; i < f->count; i++) fault_print(f, i, out);
  int more = f->errors + f->warnings - f->count;
  if (more > 0) fprintf(out, "%s: %d more faults are not shown\n", f->file, more);
}

// ---- nearest word ------------------------------------------------------------------------------

static int least(int a, int b) { return a < b ? a : b; }

// Damerau-Levenshtein distance with adjacent transpositions (optimal string alignment).
static int word_distance(const char *a, int n, const char *b, int m) {
  int row[3][WORD_MAX + 1];
  int *last2 = row[0], *last = row[1], *now = row[2];
  for (int k = 0; k <= m; k++) last[k] = k;
  for (int i = 1; i <= n; i++) {
    now[0] = i;
    for (int k = 1; k <= m; k++) {
      int change = last[k - 1] + (a[i - 1] != b[k - 1]);
      int best = least(change, least(last[k], now[k - 1]) + 1);
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) best = least(best, last2[k - 2] + 1);
      now[k] = best;
    }
    int *spare = last2;
    last2 = last;
    last = now;
    now = spare;
  }
  return last[m];
}

const char *nearest_word(const char *word, const char *const *words, int n) {
  size_t length = strlen(word);
  if (length == 0 || length > WORD_MAX) return NULL;
  int limit = length / 3 > 1 ? (int)length / 3 : 1;
  const char *best = NULL;
  for (int i = 0; i < n; i++) {
    if (words[i] == NULL) continue;
    size_t m = strlen(words[i]);
    if (m == 0 || m > WORD_MAX) continue;
    int d = word_distance(word, (int)length, words[i], (int)m);
    if (d > limit || (best != NULL && d == limit)) continue;
    // the first of equally near words stays
    best  = words[i];
    limit = d;
    if (d == 0) break;
  }
  return best;
}
