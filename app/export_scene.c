#include "app/export_scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/tree.h"
#include "stream/mcap.h"

#define MCAP_SCHEMA 0x03            // recordings have none

enum { TOPIC_SCENE = 1, TOPIC_LOG, TOPIC_NUMBERS, TOPICS };

struct export_scene {
  FILE    *out;
  uint32_t sequence[TOPICS];
  bool     hall, numbers;           // written: the hall; the schema of the numbers
  struct seen *seen;                // (robots_max) by id: as it was written last
  uint32_t robots_max;
};

struct seen { int x, y, heading; uint8_t cause; bool there; };

// ---- records --------------------------------------------------------------------------------------------------

static bool add_number(struct bytes *b, uint64_t v, int size) {
  uint8_t le[8];
  for (int k = 0; k < size; k++) le[k] = (uint8_t)(v >> 8 * k);
  return bytes_append(b, le, (size_t)size);
}

static bool add_text(struct bytes *b, const char *text) {
  size_t n = strlen(text);
  return add_number(b, n, 4) && bytes_append(b, text, n);
}

static void put_record(FILE *out, uint8_t opcode, struct bytes *b) {
  uint8_t head[MCAP_HEAD_SIZE] = {opcode};
  for (int k = 0; k < 8; k++) head[1 + k] = (uint8_t)((uint64_t)b->size >> 8 * k);
  fwrite(head, 1, sizeof head, out);
  fwrite(b->data, 1, b->size, out);
  bytes_finish(b);
}

static void put_topic(FILE *out, int id, const char *topic, const char *schema, const char *text) {
  struct bytes b = {0}, c = {0};
  if (add_number(&b, (uint64_t)id, 2) && add_text(&b, schema) && add_text(&b, "jsonschema") && add_text(&b, text)) put_record(out, MCAP_SCHEMA, &b);
  if (add_number(&c, (uint64_t)id, 2) && add_number(&c, (uint64_t)id, 2) && add_text(&c, topic) && add_text(&c, "json") && add_number(&c, 0, 4)) put_record(out, MCAP_CHANNEL, &c);
}

static void put_message(struct export_scene *x, int topic, int64_t at, struct json *j) {
  struct bytes b = {0};
  bool ok = add_number(&b, (uint64_t)topic, 2) && add_number(&b, x->sequence[topic]++, 4) && add_number(&b, (uint64_t)at, 8) && add_number(&b, (uint64_t)at, 8);
  if (ok && bytes_append(&b, j->text, j->size)) put_record(x->out, MCAP_MESSAGE, &b);
  json_finish(j);
}

// ---- JSON -----------------------------------------------------------------------------------------------------

static void put_time(struct json *j, const char *key, int64_t at) {
  json_key(j, key);
  json_object(j);
  json_key(j, "sec"); json_integer(j, at / NS_SECOND);
  json_key(j, "nsec"); json_integer(j, at % NS_SECOND);
  json_object_end(j);
}

static void put_numbers(struct json *j, const char *key, const char *const *names, const double *values, int n) {
  json_key(j, key);
  json_object(j);
  for (int k = 0; k < n; k++) { json_key(j, names[k]); json_number(j, values[k]); }
  json_object_end(j);
}

static const char *const axes[] = {"x", "y", "z", "w"}, *const colours[] = {"r", "g", "b", "a"};

static double to_six(double v) { return floor(v * 1e6 + 0.5) / 1e6; }

static void put_pose(struct json *j, double x, double y, double z, double heading) {
  double at[3] = {x, y, z}, turn[4] = {0, 0, to_six(sin(heading / 2)), to_six(cos(heading / 2))};
  json_key(j, "pose");
  json_object(j);
  put_numbers(j, "position", axes, at, 3);
  put_numbers(j, "orientation", axes, turn, 4);
  json_object_end(j);
}

static void begin_entity(struct json *j, int64_t at, const char *id) {
  json_object(j);
  put_time(j, "timestamp", at);
  json_key(j, "frame_id"); json_text(j, "hall");
  json_key(j, "id"); json_text(j, id);
  put_time(j, "lifetime", 0);
  json_key(j, "frame_locked"); json_bool(j, false);
  static const char *const empty[] = {"metadata", "arrows", "spheres", "lines", "triangles", "models"};
  for (int k = 0; k < 6; k++) { json_key(j, empty[k]); json_list(j); json_list_end(j); }
}

static void put_label(struct json *j, double x, double y, double z, const char *text) {
  static const double ink[4] = {0.08, 0.09, 0.11, 1};
  json_key(j, "texts");
  json_list(j);
  json_object(j);
  put_pose(j, x, y, z, 0);
  json_key(j, "billboard"); json_bool(j, true);
  json_key(j, "font_size"); json_number(j, 14);
  json_key(j, "scale_invariant"); json_bool(j, true);
  put_numbers(j, "color", colours, ink, 4);
  json_key(j, "text"); json_text(j, text);
  json_object_end(j);
  json_list_end(j);
}

// ---- what is seen ---------------------------------------------------------------------------------------------

static void begin_scene(struct json *j) {
  json_init(j, false);
  json_object(j);
  json_key(j, "deletions"); json_list(j); json_list_end(j);
  json_key(j, "entities");
  json_list(j);
}

static double number_in(const struct node *map, const char *key, int index, double fallback) {
  const struct node *n = node_get(map, key);
  if (n && n->kind == NODE_LIST) n = node_at(n, index);
  return n && n->kind == NODE_SCALAR ? strtod(n->text, NULL) : fallback;
}

static void put_station(struct json *j, int64_t at, const struct node *s) {
  static const double kit[4] = {0.87, 0.89, 0.92, 1};
  const struct node *name = node_get(s, "name");
  if (!name || name->kind != NODE_SCALAR || !node_get(s, "at")) return;
  double x = number_in(s, "at", 0, 0), y = number_in(s, "at", 1, 0), height = number_in(s, "height", 0, 0.9);
  double size[3] = {number_in(s, "size", 0, 1), number_in(s, "size", 1, 1), height};
  begin_entity(j, at, name->text);
  json_key(j, "cubes");
  json_list(j);
  json_object(j);
  put_pose(j, x, y, height / 2, number_in(s, "facing", 0, 0));
  put_numbers(j, "size", axes, size, 3);
  put_numbers(j, "color", colours, kit, 4);
  json_object_end(j);
  json_list_end(j);
  json_key(j, "cylinders"); json_list(j); json_list_end(j);
  put_label(j, x, y, height + 0.3, name->text);
  json_object_end(j);
}

// The stations of the plan that the hello brings.
static void put_hall(struct export_scene *x, const struct frame_hello *h, int64_t at) {
  struct tree t;
  struct faults f;
  struct json j;
  faults_init(&f, "plan", h->plan, h->plan_size);
  if (tree_read_json(&t, h->plan, h->plan_size, &f) == STATUS_OK) {
    const struct node *stations = node_get(t.root, "stations");
    begin_scene(&j);
    for (const struct node *s = stations ? stations->first : NULL; s; s = s->next) put_station(&j, at, s);
    json_list_end(&j);
    json_object_end(&j);
    put_message(x, TOPIC_SCENE, at, &j);
  }
  tree_finish(&t);
  faults_finish(&f);
}

// A hue a cause, as in the control room: enum robot_cause.
static const uint32_t hues[FRAME_ROBOT_CAUSES] = {0x009E73, 0x0072B2, 0xE69F00, 0xCC79A7, 0xF0E442, 0xCC79A7, 0xF0E442, 0x56B4E9, 0xD55E00, 0xD55E00, 0x14181D, 0xAEB8C4, 0xAEB8C4};

static double to_mm(double v) { return floor(v * 1000 + 0.5) / 1000; }

// Whether it has moved a centimetre, turned or changed its cause since it was written last; remembers it as it is now.
static bool has_changed(struct export_scene *x, const struct picture_robots *r, int k) {
  uint32_t id = r->id[k];
  if (id >= x->robots_max) {
    uint32_t more = id + 64;
    struct seen *seen = id > 1000000 ? NULL : realloc(x->seen, sizeof *seen * more);
    if (!seen) return true;
    memset(seen + x->robots_max, 0, sizeof *seen * (more - x->robots_max));
    x->seen = seen;
    x->robots_max = more;
  }
  struct seen now = {(int)lrintf(r->pos[k][0] * 100), (int)lrintf(r->pos[k][1] * 100), (int)lrintf(r->heading[k] * 50), r->cause[k], true}, *last = &x->seen[id];
  bool changed = !last->there || last->x != now.x || last->y != now.y || last->heading != now.heading || last->cause != now.cause;
  *last = now;
  return changed;
}

static void put_robot(struct json *j, const struct picture *p, int k) {
  const struct picture_robots *r = &p->robots;
  uint32_t hue = r->cause[k] < FRAME_ROBOT_CAUSES ? hues[r->cause[k]] : 0x888888;
  double colour[4] = {(hue >> 16 & 255) / 255.0, (hue >> 8 & 255) / 255.0, (hue & 255) / 255.0, 1}, size[3] = {0.5, 0.35, 1.7};
  char id[32];
  snprintf(id, sizeof id, "R%u", r->id[k]);
  begin_entity(j, p->now, id);
  json_key(j, "cubes"); json_list(j); json_list_end(j);
  json_key(j, "cylinders");
  json_list(j);
  json_object(j);
  put_pose(j, to_mm((double)r->pos[k][0]), to_mm((double)r->pos[k][1]), size[2] / 2, to_mm((double)r->heading[k]));
  put_numbers(j, "size", axes, size, 3);
  json_key(j, "bottom_scale"); json_number(j, 1);
  json_key(j, "top_scale"); json_number(j, 0.6);
  put_numbers(j, "color", colours, colour, 4);
  json_object_end(j);
  json_list_end(j);
  put_label(j, to_mm((double)r->pos[k][0]), to_mm((double)r->pos[k][1]), size[2] + 0.2, id);
  json_object_end(j);
}

bool export_scene_picture(struct export_scene *x, const struct frame_hello *h, const struct picture *p) {
  if (!h || !p) return true;
  if (!x->hall) put_hall(x, h, p->now);
  x->hall = true;
  struct json j;
  begin_scene(&j);
  int n = 0;
  for (int k = 0; k < p->robots.n; k++)
    if (has_changed(x, &p->robots, k)) {
      put_robot(&j, p, k);
      n++;
    }
  json_list_end(&j);
  json_object_end(&j);
  if (n > 0) put_message(x, TOPIC_SCENE, p->now, &j); else json_finish(&j);
  return true;
}

void export_scene_event(struct export_scene *x, const struct frame_event *e) {
  static const char *const kinds[] = {"station", "robot", "command", "fault"};
  struct json j;
  json_init(&j, false);
  json_object(&j);
  put_time(&j, "timestamp", e->at);
  json_key(&j, "level"); json_integer(&j, e->kind == 3 ? 4 : 2);
  json_key(&j, "message"); json_text(&j, e->text);
  json_key(&j, "name"); json_text(&j, e->kind < 4 ? kinds[e->kind] : "other");
  json_key(&j, "file"); json_text(&j, "");
  json_key(&j, "line"); json_integer(&j, 0);
  json_object_end(&j);
  put_message(x, TOPIC_LOG, e->at, &j);
}

// A plot wants to know what there is to plot: the schema is made of the first numbers.
static void put_numbers_topic(struct export_scene *x, const struct frame_kpi *kpi, int n) {
  struct json j;
  json_init(&j, false);
  json_object(&j);
  json_key(&j, "type"); json_text(&j, "object");
  json_key(&j, "properties");
  json_object(&j);
  for (int k = 0; k < n; k++) {
    json_key(&j, kpi[k].path);
    json_object(&j);
    json_key(&j, "type"); json_text(&j, "number");
    json_object_end(&j);
  }
  json_object_end(&j);
  json_object_end(&j);
  put_topic(x->out, TOPIC_NUMBERS, "/numbers", "takt.Numbers", j.text);
  json_finish(&j);
  x->numbers = true;
}

void export_scene_numbers(struct export_scene *x, struct frame_decoder *d, int64_t at) {
  const struct frame_kpi *kpi;
  int n = frame_kpi_read(d, &kpi);
  if (!x->numbers) put_numbers_topic(x, kpi, n);
  struct json j;
  json_init(&j, false);
  json_object(&j);
  for (int k = 0; k < n; k++)
    if (isfinite(kpi[k].value)) { json_key(&j, kpi[k].path); json_number(&j, kpi[k].value); }
  json_object_end(&j);
  put_message(x, TOPIC_NUMBERS, at, &j);
}

// ---- the file -------------------------------------------------------------------------------------------------

#define OBJECT(properties) "{\"type\":\"object\",\"properties\":{" properties "}}"
#define TIME OBJECT("\"sec\":{\"type\":\"integer\"},\"nsec\":{\"type\":\"integer\"}")

struct export_scene *export_scene_begin(FILE *out) {
  struct export_scene *x = calloc(1, sizeof *x);
  struct bytes head = {0};
  if (!x || !add_text(&head, "") || !add_text(&head, "takt")) {
    bytes_finish(&head);
    free(x);
    return NULL;
  }
  x->out = out;
  fwrite(MCAP_MAGIC, 1, MCAP_MAGIC_SIZE, out);
  put_record(out, MCAP_HEADER, &head);
  put_topic(out, TOPIC_SCENE, "/scene", "foxglove.SceneUpdate", OBJECT("\"deletions\":{\"type\":\"array\"},\"entities\":{\"type\":\"array\",\"items\":{\"type\":\"object\"}}"));
  put_topic(out, TOPIC_LOG, "/log", "foxglove.Log", OBJECT("\"timestamp\":" TIME ",\"level\":{\"type\":\"integer\"},\"message\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"},\"file\":{\"type\":\"string\"},\"line\":{\"type\":\"integer\"}"));
  return x;
}

void export_scene_end(struct export_scene *x) {
  if (!x) return;
  struct bytes end = {0}, foot = {0};
  if (add_number(&end, 0, 4)) put_record(x->out, MCAP_DATA_END, &end);
  if (add_number(&foot, 0, 8) && add_number(&foot, 0, 8) && add_number(&foot, 0, 4)) put_record(x->out, MCAP_FOOTER, &foot);
  fwrite(MCAP_MAGIC, 1, MCAP_MAGIC_SIZE, x->out);
  free(x->seen);
  free(x);
}
