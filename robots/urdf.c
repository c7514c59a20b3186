// URDF by expat: one handler for elements that begin, one for those that end.
#include "robots/urdf.h"

#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"

// sizes that no robot has: beyond them products would leave the range of numbers
#define LENGTH_MAX  1e6             // m
#define MASS_MAX    1e9             // kg
#define INERTIA_MAX 1e12            // kg m2
#define ANGLE_MAX   1e6             // rad
#define ANY         1e300

enum place { OUTSIDE, IN_ROBOT, IN_LINK, IN_INERTIAL, IN_JOINT };

// elements that may stand once, as bits
enum { SEEN_ORIGIN = 1, SEEN_MASS = 2, SEEN_INERTIA = 4, SEEN_INERTIAL = 8, SEEN_PARENT = 16, SEEN_CHILD = 32, SEEN_AXIS = 64,
       SEEN_LIMIT = 128, SEEN_MIMIC = 256 };

struct reader {
  XML_Parser     xml;
  struct urdf   *u;
  struct faults *f;
  const char    *text;
  size_t         size;
  enum place     place;
  int            depth, skip;       // skip: depth of the element that is passed over, 0 for none
  unsigned       seen, seen_inertial;
  struct m3      inertial_rotation;
  bool           macro_said, failed;
};

// ---- marks and faults ------------------------------------------------------------------------------

static struct mark mark_here(const struct reader *r) {
  struct mark m = {.line = (uint32_t)XML_GetCurrentLineNumber(r->xml), .column = (uint32_t)XML_GetCurrentColumnNumber(r->xml) + 1};
  XML_Index at = XML_GetCurrentByteIndex(r->xml);
  if (at >= 0 && (size_t)at <= r->size) m.begin = (uint32_t)at;
  m.end = m.begin;
  return m;
}

// Where the value of an attribute of the present element stands; the element itself when that is not found.
static struct mark mark_of(const struct reader *r, const char *attribute) {
  struct mark m = mark_here(r);
  size_t at = m.begin, end = at + (size_t)XML_GetCurrentByteCount(r->xml), n = strlen(attribute);
  if (end > r->size) end = r->size;
  struct mark p = m;
  char quote = 0;
  for (; at < end; at++) {
    char c = r->text[at];
    if (quote ? c == quote : c == '"' || c == '\'') quote = quote ? 0 : c;
    else if (!quote && at > m.begin && strchr(" \t\r\n", r->text[at - 1]) && end - at > n && !memcmp(r->text + at, attribute, n) && strchr("= \t\r\n", r->text[at + n])) {
      size_t value = at + n;
      while (value < end && strchr("= \t\r\n", r->text[value])) value++;
      if (value + 1 < end && !memchr(r->text + at, '\n', value - at)) {
        p.column += (uint32_t)(value + 1 - at);
        p.begin = p.end = (uint32_t)value + 1;
        return p;
      }
    }
    if (c == '\n') p.line++, p.column = 1;
    else if (((unsigned char)c & 0xC0) != 0x80) p.column++;
  }
  return m;
}

#define SAY(r, s, mark, ...) ((r)->failed = true, fault_add((r)->f, FAULT_ERROR, (s), (mark), __VA_ARGS__))

// Nothing more is to be read.
static void stop(struct reader *r) {
  r->failed = true;
  XML_StopParser(r->xml, XML_FALSE);
}

// ---- attributes ------------------------------------------------------------------------------------

static const char *attribute(const char *const *attributes, const char *name) {
  for (; *attributes; attributes += 2)
    if (!strcmp(attributes[0], name)) return attributes[1];
  return NULL;
}

// n numbers parted by blanks, each at most `limit` in size; false: said what is wrong. A missing attribute leaves out as it is.
static bool numbers(struct reader *r, const char *const *attributes, const char *element, const char *name, int n, double limit, double *out) {
  const char *p = attribute(attributes, name);
  double value[3];
  if (!p) return true;
  for (int i = 0;; i++) {
    p += strspn(p, " \t\r\n");
    if (!*p) {
      if (i == n) break;
      SAY(r, STATUS_TYPE, mark_of(r, name), "%s of <%s> wants %d number%s, not %d", name, element, n, n == 1 ? "" : "s", i);
      return false;
    }
    if (i == n) {
      SAY(r, STATUS_TYPE, mark_of(r, name), "%s of <%s> wants %d number%s, not more", name, element, n, n == 1 ? "" : "s");
      return false;
    }
    size_t size = strcspn(p, " \t\r\n");
    const char *trouble = quantity_read(p, size, DIM_NUMBER, &value[i]);
    if (trouble) {
      SAY(r, STATUS_TYPE, mark_of(r, name), "%s of <%s>: '%.*s': %s", name, element, size > 40 ? 40 : (int)size, p, trouble);
      return false;
    }
    if (!(fabs(value[i]) <= limit)) {
      SAY(r, STATUS_RANGE, mark_of(r, name), "%s of <%s>: %g is beyond %g", name, element, value[i], limit);
      return false;
    }
    p += size;
  }
  memcpy(out, value, sizeof *out * (size_t)n);
  return true;
}

// A name that must be there, not empty and short enough.
static bool name_of(struct reader *r, const char *const *attributes, const char *element, const char *key, char out[ROBOT_NAME_SIZE]) {
  const char *name = attribute(attributes, key);
  if (!name || !*name) {
    SAY(r, STATUS_KEY, name ? mark_of(r, key) : mark_here(r), "<%s> wants %s=\"...\"", element, key);
    return false;
  }
  if (strlen(name) >= ROBOT_NAME_SIZE) {
    SAY(r, STATUS_LIMIT, mark_of(r, key), "%s of <%s> is longer than %d bytes", key, element, ROBOT_NAME_SIZE - 1);
    return false;
  }
  strcpy(out, name);
  return true;
}

static bool once(struct reader *r, unsigned *seen, unsigned bit, const char *element) {
  if (*seen & bit) {
    SAY(r, STATUS_KEY, mark_here(r), "<%s> stands here twice", element);
    return false;
  }
  *seen |= bit;
  return true;
}

static void origin(struct reader *r, const char *const *attributes, struct v3 *xyz, struct m3 *rotation) {
  double p[3] = {0}, a[3] = {0};
  numbers(r, attributes, "origin", "xyz", 3, LENGTH_MAX, p);
  numbers(r, attributes, "origin", "rpy", 3, ANGLE_MAX, a);
  *xyz = v3(p[0], p[1], p[2]);
  *rotation = m3_rotation_rpy(a[0], a[1], a[2]);
}

// ---- links -----------------------------------------------------------------------------------------

// One more row; NULL: too many, or no memory, said.
static void *grow(struct reader *r, void **rows, int *count, int *capacity, size_t size, const char *what) {
  if (*count == URDF_LINKS_MAX) {
    SAY(r, STATUS_LIMIT, mark_here(r), "more than %d %s", URDF_LINKS_MAX, what);
    stop(r);
    return NULL;
  }
  if (*count == *capacity) {
    int more = *capacity ? 2 * *capacity : 64;
    void *moved = realloc(*rows, size * (size_t)more);
    if (!moved) {
      SAY(r, STATUS_MEMORY, mark_here(r), "no memory for %d %s", more, what);
      stop(r);
      return NULL;
    }
    *rows = moved;
    *capacity = more;
  }
  char *row = (char *)*rows + size * (size_t)(*count)++;
  memset(row, 0, size);
  return row;
}

static void link_begins(struct reader *r, const char *const *attributes) {
  struct urdf *u = r->u;
  void *rows = u->link;
  struct urdf_link *l = grow(r, &rows, &u->link_count, &u->link_capacity, sizeof *l, "links");
  u->link = rows;
  if (!l) return;
  l->mark = mark_here(r);
  r->place = IN_LINK;
  r->seen = 0;
  if (name_of(r, attributes, "link", "name", l->name)) l->mark = mark_of(r, "name");
}

static void in_inertial(struct reader *r, const char *element, const char *const *attributes) {
  struct urdf_link *l = &r->u->link[r->u->link_count - 1];
  if (!strcmp(element, "origin")) {
    if (once(r, &r->seen_inertial, SEEN_ORIGIN, element)) origin(r, attributes, &l->com, &r->inertial_rotation);
  } else if (!strcmp(element, "mass")) {
    if (!once(r, &r->seen_inertial, SEEN_MASS, element)) return;
    if (!attribute(attributes, "value")) SAY(r, STATUS_KEY, mark_here(r), "<mass> of link %s wants value=\"...\" in kg", l->name);
    else if (numbers(r, attributes, "mass", "value", 1, MASS_MAX, &l->mass) && l->mass < 0)
      SAY(r, STATUS_RANGE, mark_of(r, "value"), "link %s: a mass of %g kg is below 0", l->name, l->mass);
  } else if (!strcmp(element, "inertia")) {
    if (!once(r, &r->seen_inertial, SEEN_INERTIA, element)) return;
    static const char *const key[6] = {"ixx", "ixy", "ixz", "iyy", "iyz", "izz"};
    double i[6] = {0};
    for (int k = 0; k < 6; k++) numbers(r, attributes, "inertia", key[k], 1, INERTIA_MAX, &i[k]);
    l->inertia = (struct m3){{i[0], i[1], i[2], i[1], i[3], i[4], i[2], i[4], i[5]}};
  }
}

static void inertial_ends(struct reader *r) {
  struct urdf_link *l = &r->u->link[r->u->link_count - 1];
  if (!(r->seen_inertial & SEEN_MASS)) SAY(r, STATUS_KEY, l->inertial_mark, "<inertial> of link %s has no <mass value=\"...\"/>", l->name);
  l->inertia = m3_product(r->inertial_rotation, m3_product(l->inertia, m3_transpose(r->inertial_rotation)));
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < i; k++) l->inertia.m[3 * i + k] = l->inertia.m[3 * k + i];
}

// ---- joints ----------------------------------------------------------------------------------------

static const char *const kinds[] = {"fixed", "revolute", "continuous", "prismatic", "floating", "planar"};
#define KINDS ((int)(sizeof kinds / sizeof *kinds))

static void joint_begins(struct reader *r, const char *const *attributes) {
  struct urdf *u = r->u;
  void *rows = u->joint;
  struct urdf_joint *j = grow(r, &rows, &u->joint_count, &u->joint_capacity, sizeof *j, "joints");
  u->joint = rows;
  if (!j) return;
  *j = (struct urdf_joint){.mark = mark_here(r), .rotation = m3_identity(), .axis = v3(1, 0, 0), .effort = INFINITY, .velocity = INFINITY};
  r->place = IN_JOINT;
  r->seen = 0;
  if (name_of(r, attributes, "joint", "name", j->name)) j->mark = mark_of(r, "name");
  const char *type = attribute(attributes, "type");
  int k = 0;
  while (type && k < KINDS && strcmp(type, kinds[k])) k++;
  j->kind = (enum urdf_kind)k;
  if (!type) SAY(r, STATUS_KEY, j->mark, "joint %s has no type=\"...\": revolute, continuous, prismatic or fixed", j->name);
  else if (k == KINDS) {
    const char *near = nearest_word(type, kinds, KINDS);
    SAY(r, STATUS_KEY, mark_of(r, "type"), "joint %s: there is no type '%s'%s%s%s", j->name, type, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
  }
}

static void limit(struct reader *r, struct urdf_joint *j, const char *const *attributes) {
  j->limit = true;
  j->limit_mark = mark_here(r);
  j->range = attribute(attributes, "lower") || attribute(attributes, "upper");
  if (numbers(r, attributes, "limit", "lower", 1, ANY, &j->lower) && attribute(attributes, "lower")) j->limit_mark = mark_of(r, "lower");
  numbers(r, attributes, "limit", "upper", 1, ANY, &j->upper);
  static const char *const key[2] = {"effort", "velocity"};
  double *value[2] = {&j->effort, &j->velocity};
  for (int i = 0; i < 2; i++)
    if (numbers(r, attributes, "limit", key[i], 1, ANY, value[i]) && *value[i] < 0)
      SAY(r, STATUS_RANGE, mark_of(r, key[i]), "joint %s: %s %g is below 0", j->name, key[i], *value[i]);
}

static void axis(struct reader *r, struct urdf_joint *j, const char *const *attributes) {
  double a[3] = {1, 0, 0};
  if (!numbers(r, attributes, "axis", "xyz", 3, LENGTH_MAX, a)) return;
  // scaled first: squares of the smallest numbers vanish
  double size = fmax(fabs(a[0]), fmax(fabs(a[1]), fabs(a[2])));
  if (!(size > 1e-100)) {
    // a fixed joint has no use for its axis, and many files write one of zero length
    if (j->kind != URDF_FIXED) SAY(r, STATUS_RANGE, mark_of(r, "xyz"), "joint %s: an axis of no length", j->name);
    return;
  }
  struct v3 v = v3(a[0] / size, a[1] / size, a[2] / size);
  j->axis = v3_scale(v, 1 / v3_norm(v));
}

static void in_joint(struct reader *r, const char *element, const char *const *attributes) {
  struct urdf_joint *j = &r->u->joint[r->u->joint_count - 1];
  if (!strcmp(element, "origin")) {
    if (once(r, &r->seen, SEEN_ORIGIN, element)) origin(r, attributes, &j->xyz, &j->rotation);
  } else if (!strcmp(element, "parent")) {
    if (once(r, &r->seen, SEEN_PARENT, element) && name_of(r, attributes, element, "link", j->parent)) j->parent_mark = mark_of(r, "link");
  } else if (!strcmp(element, "child")) {
    if (once(r, &r->seen, SEEN_CHILD, element) && name_of(r, attributes, element, "link", j->child)) j->child_mark = mark_of(r, "link");
  } else if (!strcmp(element, "axis")) {
    if (once(r, &r->seen, SEEN_AXIS, element)) axis(r, j, attributes);
  } else if (!strcmp(element, "limit")) {
    if (once(r, &r->seen, SEEN_LIMIT, element)) limit(r, j, attributes);
  } else if (!strcmp(element, "mimic")) {
    if (!once(r, &r->seen, SEEN_MIMIC, element) || !name_of(r, attributes, element, "joint", j->mimic)) return;
    j->mimic_mark = mark_of(r, "joint");
    j->mimic_factor = 1;
    numbers(r, attributes, element, "multiplier", 1, LENGTH_MAX, &j->mimic_factor);
    numbers(r, attributes, element, "offset", 1, LENGTH_MAX, &j->mimic_offset);
  }
}

static void joint_ends(struct reader *r) {
  struct urdf_joint *j = &r->u->joint[r->u->joint_count - 1];
  if (!(r->seen & SEEN_PARENT)) SAY(r, STATUS_KEY, j->mark, "joint %s has no <parent link=\"...\"/>", j->name);
  if (!(r->seen & SEEN_CHILD)) SAY(r, STATUS_KEY, j->mark, "joint %s has no <child link=\"...\"/>", j->name);
}

// ---- elements --------------------------------------------------------------------------------------

static void in_robot(struct reader *r, const char *element, const char *const *attributes) {
  if (!strcmp(element, "link")) link_begins(r, attributes);
  else if (!strcmp(element, "joint")) joint_begins(r, attributes);
  else {
    if (!strncmp(element, "xacro:", 6) && !r->macro_said) {
      r->macro_said = true;
      SAY(r, STATUS_SYNTAX, mark_here(r), "<%.40s> is a macro of xacro: expand the file first (xacro FILE > robot.urdf)", element);
    }
    r->skip = r->depth;
  }
}

static void on_begin(void *user, const char *element, const char **attributes) {
  struct reader *r = user;
  const char *const *a = (const char *const *)attributes;
  if (++r->depth > URDF_DEPTH_MAX) {
    SAY(r, STATUS_LIMIT, mark_here(r), "elements stand deeper than %d in one another", URDF_DEPTH_MAX);
    stop(r);
    return;
  }
  if (r->skip) return;
  switch (r->place) {
    case OUTSIDE:
      if (strcmp(element, "robot")) {
        SAY(r, STATUS_SYNTAX, mark_here(r), "a URDF begins with <robot name=\"...\">, not with <%.40s>", element);
        stop(r);
        return;
      }
      r->place = IN_ROBOT;
      if (attribute(a, "name")) name_of(r, a, "robot", "name", r->u->name);
      break;
    case IN_ROBOT: in_robot(r, element, a); break;
    case IN_LINK:
      if (strcmp(element, "inertial")) { r->skip = r->depth; break; }
      if (!once(r, &r->seen, SEEN_INERTIAL, element)) { r->skip = r->depth; break; }
      struct urdf_link *l = &r->u->link[r->u->link_count - 1];
      l->inertial = true;
      l->inertial_mark = mark_here(r);
      r->inertial_rotation = m3_identity();
      r->seen_inertial = 0;
      r->place = IN_INERTIAL;
      break;
    case IN_INERTIAL: in_inertial(r, element, a); r->skip = r->depth; break;
    case IN_JOINT:    in_joint(r, element, a); r->skip = r->depth; break;
  }
}

static void on_end(void *user, const char *element) {
  struct reader *r = user;
  (void)element;
  if (r->skip) {
    if (r->depth == r->skip) r->skip = 0;
  } else if (r->place == IN_INERTIAL) {
    inertial_ends(r);
    r->place = IN_LINK;
  } else if (r->place == IN_LINK) {
    r->place = IN_ROBOT;
  } else if (r->place == IN_JOINT) {
    joint_ends(r);
    r->place = IN_ROBOT;
  }
  r->depth--;
}

// entities are declared here, and a billion of them fit into a kilobyte
static void on_document_type(void *user, const char *name, const char *system, const char *public, int internal) {
  struct reader *r = user;
  (void)name, (void)system, (void)public, (void)internal;
  SAY(r, STATUS_SYNTAX, mark_here(r), "a URDF has no <!DOCTYPE>: entities are not read");
  stop(r);
}

enum status urdf_read(struct urdf *u, const char *text, size_t size, struct faults *f) {
  *u = (struct urdf){0};
  if (size > URDF_BYTES_MAX) return fault_add(f, FAULT_ERROR, STATUS_LIMIT, (struct mark){0}, "the text has %zu bytes; at most %d are accepted", size, URDF_BYTES_MAX);
  struct reader r = {.u = u, .f = f, .text = text, .size = size, .xml = XML_ParserCreate(NULL)};
  if (!r.xml) return fault_add(f, FAULT_ERROR, STATUS_MEMORY, (struct mark){0}, "no memory to read it");
  XML_SetUserData(r.xml, &r);
  XML_SetElementHandler(r.xml, on_begin, on_end);
  XML_SetStartDoctypeDeclHandler(r.xml, on_document_type);
  if (XML_Parse(r.xml, text, (int)size, XML_TRUE) != XML_STATUS_OK && XML_GetErrorCode(r.xml) != XML_ERROR_ABORTED)
    SAY(&r, STATUS_SYNTAX, mark_here(&r), "not XML: %s", XML_ErrorString(XML_GetErrorCode(r.xml)));
  XML_ParserFree(r.xml);
  if (!r.failed && u->link_count == 0) {
    r.failed = true;
    fault_add(f, FAULT_ERROR, STATUS_KEY, (struct mark){.line = 1, .column = 1}, "a robot has at least one <link>");
  }
  return r.failed ? STATUS_SYNTAX : STATUS_OK;
}

void urdf_finish(struct urdf *u) {
  free(u->link);
  free(u->joint);
  *u = (struct urdf){0};
}
