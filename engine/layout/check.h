// One reading of a layout in progress, for the rooms of this folder: from marked nodes to checked
// values, by the rows of the schema table.
//
// No function here stops at a fault: it is reported, the field keeps its default, and the reading
// goes on. Memory of the layout comes from c->a; when that is full the reading ends by c->full.
#pragma once

#include <setjmp.h>
#include <stdbool.h>

#include "base/tree.h"
#include "engine/layout/keys.h"
#include "engine/layout/layout.h"

#define PARTS_MAX     1000
#define FLEETS_MAX    64            // sets of fleets are 64-bit masks
#define STATIONS_MAX  20000
#define ROBOTS_MAX    100000
#define FLOWS_MAX     100000
#define EVENTS_MAX    100000
#define AREAS_MAX     1000          // zones, doors, obstacles, walls: of each
#define POINTS_MAX    256
#define SHIFTS_MAX    1000
#define NAME_MAX_SIZE 64
#define EMPIRICAL_MAX 1000000
#define ORDERS_MAX    100000
#define LEVELS_MAX    64            // different priorities of orders

struct name_entry {
  const char        *name;
  enum named         what;
  int                row;
  const struct node *node;          // where it is declared
};

struct check {
  struct layout     *l;
  struct arena      *a;
  struct faults     *f;
  const struct tree *tree;          // NULL when one value is read by itself
  bool               hall;          // the size of the floor is known
  bool               fleets_wrong, stations_wrong;      // had faults: what follows from them is not told again

  const struct layout_override *set;
  int                           set_count;

  struct name_entry *names;         // hash table, capacity a power of two
  uint32_t           name_capacity, name_count;
  long               nearest_left;  // words that may still be compared for suggestions
  long               cuts_left;     // entries that may still be looked at by cut_by_comma

  struct csv *csv;                  // files of values that were read already

  const struct distribution **zero; // one entry per part: takes no time
  jmp_buf *full;
};

// ---- faults ----
// The sentence begins with the dotted path of the node. At its value, or at its key.
enum status check_fault(struct check *c, const struct node *n, enum status s, const char *format, ...) __attribute__((format(printf, 4, 5)));
enum status check_fault_key(struct check *c, const struct node *n, enum status s, const char *format, ...) __attribute__((format(printf, 4, 5)));
void        check_warn(struct check *c, const struct node *n, enum status s, const char *format, ...) __attribute__((format(printf, 4, 5)));

#define SHOWN_SIZE 48
// Value of a node as it stands in the text, cut to 40 bytes.
const char *shown(const struct node *n, char out[SHOWN_SIZE]);
const char *node_kind_text(const struct node *n);              // "a list"

// ---- memory ----
void *check_alloc(struct check *c, size_t size, size_t align);  // zeroed; never NULL
#define CHECK_NEW(c, type, n) ((type *)check_alloc((c), sizeof(type) * (size_t)(n), _Alignof(type)))

// ---- names ----
bool  name_valid(const char *text, size_t size);
void  name_add(struct check *c, const char *name, enum named what, int row, const struct node *node);
int   name_find(struct check *c, enum named what, const char *name);       // row, NONE
// Row of the thing a scalar names; NONE after a fault.
int   name_refer(struct check *c, const struct node *n, enum named what);
// "; did you mean x?" or "".
const char *name_nearest(struct check *c, enum named what, const char *word, char *out, size_t size);
const char *word_nearest(struct check *c, const char *words, const char *word, char *out, size_t size);
const char *named_text(enum named what);                       // "station"

// ---- values ----
// Fill row from a map by the rows of the scope: every key known, every value inside its limits,
// defaults where keys are missing. Returns the variant, -1 when it is not known.
int  check_map(struct check *c, const struct node *map, enum scope scope, void *row);
void check_defaults(struct check *c, enum scope scope, int variant, void *row);
void check_unknown(struct check *c, const struct node *item, enum scope scope, int variant);
void check_missing(struct check *c, const struct node *map, const struct key *k);
// One value by one row; false after a fault. out may be NULL.
bool check_value(struct check *c, const struct node *n, const struct key *k, void *out);
// A fault that what the variant key chose is not built, likewise.
void check_variant_built(struct check *c, const struct node *map, enum scope scope, int variant, int errors);
// A fault that the key is not built, unless its value had faults of its own since `errors`.
void check_unbuilt(struct check *c, const struct node *n, const struct key *k, int errors);

bool read_scalar(struct check *c, const struct node *n, const char *wanted);
bool read_bool(struct check *c, const struct node *n, bool *out);
bool read_word(struct check *c, const struct node *n, const struct key *k, int *out);
bool read_text(struct check *c, const struct node *n, const char **out);
bool read_quantity(struct check *c, const struct node *n, const struct key *k, double *out);
bool read_integer(struct check *c, const struct node *n, const struct key *k, int64_t *out);
bool read_integers(struct check *c, const struct node *n, const struct key *k, int out[2]);
bool read_numbers(struct check *c, const struct node *n, const struct key *k, double **list, int *count);
bool read_refs(struct check *c, const struct node *n, enum named what, int **list, int *count);
bool read_pair(struct check *c, const struct node *n, const struct key *k, double out[2]);
bool read_points(struct check *c, const struct node *n, const struct key *k, int least, struct polygon *out);
bool read_area(struct check *c, const struct node *n, const struct key *k, struct polygon *out);
bool read_counts(struct check *c, const struct node *n, const struct key *k, struct part_count **list, int *count);
bool read_mix(struct check *c, const struct node *n, const struct key *k, struct part_share **list, int *count);
bool read_clock(struct check *c, const struct node *n, ns_t *out);
int  read_day(const char *text, size_t size);                  // 0 Monday ... 6 Sunday; -1

// Text of a file beside the layout, to be freed; NULL after a fault.
char *read_beside(struct check *c, const struct node *n, const char *name, size_t *size);

// ---- times ----
bool read_distribution(struct check *c, const struct node *n, const struct key *k, struct distribution *out);
bool read_duration(struct check *c, const struct node *n, const struct key *k, struct duration *out);
// True for an item of a flow map that only exists because a comma cut a distribution in two.
bool cut_by_comma(struct check *c, const struct node *n);
void duration_zero(struct check *c, struct duration *d);        // not given, but every entry is 0 s

// ---- the parts of a layout, in the order in which they are read ----
void check_names(struct check *c, const struct node *root);     // counts rows, gives every name its row
void check_parts(struct check *c, const struct node *map);
void check_shifts(struct check *c, const struct node *map);
void check_floor(struct check *c, const struct node *map);
void check_fleets(struct check *c, const struct node *root);
void check_stations(struct check *c, const struct node *map);
void check_works(struct check *c, const struct node *n, struct station *s);     // machine and its relatives
void check_flows(struct check *c, const struct node *root);
void check_skill_names(struct check *c);                         // those of the language; first of all
int  read_skill(struct check *c, const struct node *n, const char *wanted);      // number of a skill by its name; NONE after a fault
void check_skills(struct check *c, const struct node *n, struct fleet *f);       // `skills` of a fleet
void check_steps(struct check *c, const struct node *n, struct station *s);      // `steps` of a station
// Who works at a station by its skills, once everybody is read: operators.by becomes those who can.
void check_hands(struct check *c, const struct node *n, const struct station_group *g);
void check_orders(struct check *c, const struct node *n);       // before the sources that release them
void check_events(struct check *c, const struct node *list);
bool check_event(struct check *c, const struct node *n, struct happening *h);   // false: not to be kept
void check_goals(struct check *c, const struct node *map);
void check_revision_paths(struct check *c);        // of goals and rollbacks, when events and goals have been read
void check_revision_path(struct check *c, const char *path, const struct mark *mark);   // of one of them
// A revision's name as somebody gave it; n, name: NULL when nobody did, "" the model as it is.
void check_revision_name(struct check *c, const struct node *n, const char *name);
void check_run(struct check *c, const struct node *root);
void check_together(struct check *c, const struct node *root);  // what several parts say of one another

uint64_t layout_digest_of(const struct layout *l);
