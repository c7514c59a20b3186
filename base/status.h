// Status codes and errors: one enum, one sentence, one place.
//
// Three kinds of trouble have three answers. The user's input is wrong: return a status and fill
// struct error. The machine fails (disk, socket): return the status, say it once at the edge.
// We are wrong: assert. Asserts stay on in every build.
#pragma once

#define STATUS_MAP(X)                                                       \
  X(STATUS_OK,          "ok")                                               \
  X(STATUS_SYNTAX,      "not valid syntax")                                 \
  X(STATUS_KEY,         "unknown, missing or repeated key")                 \
  X(STATUS_TYPE,        "value of the wrong kind")                          \
  X(STATUS_RANGE,       "value outside its limits")                         \
  X(STATUS_REF,         "name refers to nothing")                           \
  X(STATUS_CONFLICT,    "values that cannot stand together")                \
  X(STATUS_UNREACHABLE, "place that cannot be reached")                     \
  X(STATUS_UNBUILT,     "not built yet")                                    \
  X(STATUS_LIMIT,       "larger than Takt accepts")                         \
  X(STATUS_USAGE,       "wrong use of the command line")                    \
  X(STATUS_IO,          "input or output failed")                           \
  X(STATUS_PROTOCOL,    "bad stream")                                       \
  X(STATUS_CORRUPT,     "damaged recording")                                \
  X(STATUS_MEMORY,      "out of memory")                                    \
  X(STATUS_DIFFERS,     "results differ")                                   \
  X(STATUS_INTERNAL,    "internal fault")

enum status {
#define X(name, text) name,
  STATUS_MAP(X)
#undef X
  STATUS_COUNT
};

// Where and why. line and column count from 1; 0 when the fault has no place.
struct error {
  enum status status;
  int         line, column;
  char        file[256];
  char        text[512];          // one sentence, names the key and the limit
};

// The words for a status, e.g. "value outside its limits"; never NULL.
const char *status_text(enum status s);

// Exit code of the program for a status, as docs and checks rely on it:
// 0 ok, 1 differs, 2 usage, 3 layout or model invalid, 4 input/output, 5 internal.
int status_exit_code(enum status s);

// Names and words from a hostile text must not reach a terminal as control characters: each becomes a '?'.
void status_printable(char *text);

// Fill *e (may be NULL) and return s, so that failure is one line at the call site. The text is made printable.
enum status error_at(struct error *e, enum status s, const char *file, int line, int column,
                     const char *format, ...) __attribute__((format(printf, 6, 7)));
