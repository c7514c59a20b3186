#include "viewer/synthetic.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/maths.h"
#include "viewer/theme.h"

#define TILE_W   24
#define TILE_H   14
#define TRAYS    8
#define PER_TILE (TRAYS + 6)        // infeed, belt, empties, trays, good, scrap, charge, rest ... see write_tile
#define TRAY_CELLS 24

enum { PART_CELL, PART_NG, PART_TRAY };
enum { ROW_INFEED, ROW_BELT, ROW_EMPTIES, ROW_GOOD, ROW_SCRAP, ROW_CHARGE, ROW_TRAY };

struct synthetic {
  int    tiles_x, tiles_y, robots, parts;
  struct json        plan;
  struct frame_hello hello;
  struct picture     picture;
  char             (*name)[24];
  const char       **names;
};

static double share(double v) { return v - m_floor(v); }
static double noise(uint32_t a) {
  a = (a ^ 61) ^ (a >> 16);
  a *= 9;
  a ^= a >> 4;
  a *= 0x27d4eb2d;
  return (double)(a ^ a >> 15) / 4294967296.0;
}

// ---- the plan ----------------------------------------------------------------------------------------

static void pair(struct json *j, const char *key, double x, double y) {
  if (key) json_key(j, key);
  json_list(j);
  json_number(j, x);
  json_number(j, y);
  json_list_end(j);
}

static void field(struct json *j, const char *key, const char *text) {
  json_key(j, key);
  json_text(j, text);
}

static void open_station(struct synthetic *s, int *row, const char *name, int tile, const char *kind, double x, double y, double w, double h) {
  struct json *j = &s->plan;
  if (s->tiles_x * s->tiles_y > 1) {
    int n = 0;
    char *out = s->name[*row];
    for (; name[n] && n < 15; n++) out[n] = name[n];
    out[n++] = '.';
    if (tile >= 9) out[n++] = (char)('0' + (tile + 1) / 10 % 10);
    out[n++] = (char)('0' + (tile + 1) % 10);
    out[n] = 0;
  } else {
    strncpy(s->name[*row], name, sizeof s->name[0] - 1);
  }
  s->names[*row] = s->name[*row];
  json_object(j);
  field(j, "name", s->name[*row]);
  if (name[0] == 't') field(j, "group", "tray-in");
  field(j, "kind", kind);
  pair(j, "at", x, y);
  pair(j, "size", w, h);
  ++*row;
}

static void write_tile(struct synthetic *s, int tile, int *row) {
  struct json *j = &s->plan;
  double x = tile % s->tiles_x * TILE_W, y = tile / s->tiles_x * TILE_H;
  open_station(s, row, "infeed", tile, "source", x + 1, y + 9, 1, 1);
  json_object_end(j);
  open_station(s, row, "belt", tile, "conveyor", x + 11, y + 9, 20, 0.5);
  json_key(j, "path");
  json_list(j);
  pair(j, NULL, x + 1.5, y + 9);
  pair(j, NULL, x + 21, y + 9);
  json_list_end(j);
  json_key(j, "speed");
  json_number(j, 0.25);
  json_key(j, "pitch");
  json_number(j, 0.1);
  json_object_end(j);
  open_station(s, row, "empties", tile, "source", x + 12, y + 1, 1.2, 0.8);
  json_object_end(j);
  open_station(s, row, "good", tile, "sink", x + 16, y + 1, 1.2, 0.8);
  json_object_end(j);
  open_station(s, row, "scrap", tile, "sink", x + 22.5, y + 9, 1, 1);
  json_key(j, "scrapped");
  json_bool(j, true);
  json_object_end(j);
  open_station(s, row, "charge", tile, "charger", x + 20, y + 1.5, 2.4, 0.6);
  pair(j, "slots", 3, 1);
  json_object_end(j);
  for (int i = 0; i < TRAYS; i++) {
    char name[] = "tray-in-1";
    name[8] = (char)('1' + i);
    open_station(s, row, name, tile, "assembly", x + 4 + 2 * i, y + 7.4, 0.9, 0.6);
    pair(j, "grid", 6, 4);
    pair(j, "pitch", 0.07, 0.07);
    json_object_end(j);
  }
}

static void write_part(struct json *j, const char *name, const char *shape, double l, double w, double h, const char *colour) {
  json_object(j);
  field(j, "name", name);
  field(j, "shape", shape);
  json_key(j, "size");
  json_list(j);
  json_number(j, l);
  json_number(j, w);
  json_number(j, h);
  json_list_end(j);
  field(j, "colour", colour);
  json_object_end(j);
}

static void write_zones(struct synthetic *s) {
  struct json *j = &s->plan;
  static const struct { const char *name, *kind; double x0, y0, x1, y1, value; } zone[] = {
    {"aisle", "slow", 0.4, 3, 23.6, 5, 0.8}, {"return", "one-way", 0.4, 11.4, 23.6, 13, 0}, {"bay", "charging", 18.4, 0.8, 21.6, 2.6, 0},
    {"guests", "people", 6, 0.5, 9.5, 2.4, 0}, {"shaft", "no-go", 1, 0.6, 3.6, 2.4, 0},
  };
  json_key(j, "zones");
  json_list(j);
  for (int k = 0; k < s->tiles_x * s->tiles_y; k++)
    for (size_t i = 0; i < sizeof zone / sizeof *zone; i++) {
      double x = k % s->tiles_x * TILE_W, y = k / s->tiles_x * TILE_H;
      json_object(j);
      field(j, "name", zone[i].name);
      field(j, "kind", zone[i].kind);
      json_key(j, "area");
      json_list(j);
      pair(j, NULL, x + zone[i].x0, y + zone[i].y0);
      pair(j, NULL, x + zone[i].x1, y + zone[i].y0);
      pair(j, NULL, x + zone[i].x1, y + zone[i].y1);
      pair(j, NULL, x + zone[i].x0, y + zone[i].y1);
      json_list_end(j);
      json_key(j, "value");
      json_number(j, zone[i].value);
      json_key(j, "towards");
      json_number(j, M_PI_D);
      json_object_end(j);
    }
  json_list_end(j);
}

static void write_plan(struct synthetic *s) {
  struct json *j = &s->plan;
  int row = 0;
  json_init(j, false);
  json_object(j);
  field(j, "name", "Battery cell sorting");
  pair(j, "size", s->tiles_x * TILE_W, s->tiles_y * TILE_H);
  write_zones(s);
  json_key(j, "parts");
  json_list(j);
  write_part(j, "cell", "cylinder", 0.046, 0.046, 0.08, "");
  write_part(j, "cell-ng", "cylinder", 0.046, 0.046, 0.08, "red");
  write_part(j, "tray", "box", 0.50, 0.35, 0.10, "");
  json_list_end(j);
  json_key(j, "stations");
  json_list(j);
  for (int i = 0; i < s->tiles_x * s->tiles_y; i++) write_tile(s, i, &row);
  json_list_end(j);
  json_key(j, "fleets");
  json_list(j);
  json_object(j);
  field(j, "name", "sorters");
  json_key(j, "count");
  json_number(j, s->robots);
  field(j, "model", "optimus-gen2");
  json_object_end(j);
  json_list_end(j);
  json_object_end(j);
}

// ---- the picture ---------------------------------------------------------------------------------------

#define COLUMN(field, n) ((field) = calloc((size_t)(n) + 1, sizeof *(field)))
static bool make_columns(struct synthetic *s) {
  struct picture_robots *r = &s->picture.robots;
  struct picture_stations *t = &s->picture.stations;
  struct picture_parts *p = &s->picture.parts;
  int rows = s->tiles_x * s->tiles_y * PER_TILE;
  r->n = s->robots;
  t->n = rows;
  p->n = s->parts;
  return COLUMN(r->id, r->n) && COLUMN(r->fleet, r->n) && COLUMN(r->cause, r->n) && COLUMN(r->pose, r->n) && COLUMN(r->pos, r->n) &&
         COLUMN(r->heading, r->n) && COLUMN(r->speed, r->n) && COLUMN(r->phase, r->n) && COLUMN(r->charge, r->n) && COLUMN(r->held, r->n) &&
         COLUMN(r->from, r->n) && COLUMN(r->to, r->n) && COLUMN(r->hand, r->n) && COLUMN(t->cause, rows) && COLUMN(t->count, rows) &&
         COLUMN(t->progress, rows) && COLUMN(t->made, rows) && COLUMN(p->id, p->n) && COLUMN(p->type, p->n) && COLUMN(p->pos, p->n) &&
         COLUMN(s->name, rows) && COLUMN(s->names, rows);
}

// both hands at (ahead, aside) of the body
static void set_hands(struct picture_robots *r, int i, double lx, double ly, double rx, double ry) {
  double sn, cs;
  m_sincos((double)r->heading[i], &sn, &cs);
  const double hand[2][2] = {{lx, ly}, {rx, ry}};
  for (int k = 0; k < 2; k++) {
    r->hand[i][k][0] = (float)(r->pos[i][0] + 0.46 * (hand[k][0] * cs - hand[k][1] * sn));
    r->hand[i][k][1] = (float)(r->pos[i][1] + 0.46 * (hand[k][0] * sn + hand[k][1] * cs));
  }
}

static void stand(struct picture_robots *r, int i, double x, double y, double heading, int cause, int pose) {
  r->pos[i][0] = (float)x;
  r->pos[i][1] = (float)y;
  r->heading[i] = (float)heading;
  r->cause[i] = (uint8_t)cause;
  r->pose[i] = (uint8_t)pose;
  r->held[i] = -1;
  r->speed[i] = 0;
  set_hands(r, i, 0.06, 0.5, 0.06, -0.5);
}

// back and forth between two places with a part in the hands on the way there
static void shuttle(struct picture_robots *r, int i, double t, const double a[2], const double b[2], int part) {
  double period = 14, k = share(t / period + noise((uint32_t)i)), go = k < 0.5 ? k * 2 : 2 - k * 2;
  double dx = b[0] - a[0], dy = b[1] - a[1], x = a[0] + dx * go, y = a[1] + dy * go;
  double heading = k < 0.5 ? m_atan2(dy, dx) : m_atan2(-dy, -dx);
  stand(r, i, x, y, heading, ROBOT_STATE_WALKING, k < 0.5 ? POSE_CODE_CARRY : POSE_CODE_WALK);
  r->speed[i] = (float)(m_sqrt(dx * dx + dy * dy) / period * 2);
  r->phase[i] = (float)share(t * 0.9 + noise((uint32_t)i + 77));
  if (k < 0.5) {
    r->held[i] = (int16_t)part;
    set_hands(r, i, 0.66, 0.4, 0.66, -0.4);
  }
}

// a sorter at its tray: picks from the belt in front, turns, puts into the tray behind
static void sorter(struct picture_robots *r, int i, double t, double x, double y, double belt, double tray) {
  double k = share(t / 6 + noise((uint32_t)i * 3 + 1));
  bool belt_side = k < 0.5;
  double reach = k < 0.5 ? k * 2 : k * 2 - 1, out = reach < 0.5 ? reach * 2 : 2 - reach * 2;
  stand(r, i, x, y, belt_side ? M_PI_D / 2 : -M_PI_D / 2, ROBOT_STATE_WORKING, POSE_CODE_REACH);
  double far = (belt_side ? belt - y : y - tray) / 0.46;
  set_hands(r, i, 0.2 + 0.2 * out, 0.48, 0.4 + (far - 0.5) * out, -0.45 + 0.2 * out);
  if (belt_side ? reach > 0.5 : reach < 0.5) r->held[i] = PART_CELL;
}

static void place_robot(struct synthetic *s, int i, double t) {
  struct picture_robots *r = &s->picture.robots;
  int tile = i / 8 % (s->tiles_x * s->tiles_y), slot = i % 8, layer = i / (8 * s->tiles_x * s->tiles_y);
  double x = tile % s->tiles_x * TILE_W, y = tile / s->tiles_x * TILE_H;
  r->id[i] = (uint32_t)i + 1;
  r->charge[i] = (float)(0.15 + 0.8 * noise((uint32_t)i + 900));
  r->from[i] = (int16_t)(tile * PER_TILE + ROW_BELT);
  r->to[i] = (int16_t)(tile * PER_TILE + ROW_TRAY + i % TRAYS);
  if (layer > 0) {
    // crowds for measuring: anywhere in the tile
    const double a[2] = {x + 1 + 22 * noise((uint32_t)i * 7), y + 1 + 12 * noise((uint32_t)i * 11 + 5)};
    const double b[2] = {x + 1 + 22 * noise((uint32_t)i * 13 + 3), a[1] + 2 * noise((uint32_t)i * 17)};
    shuttle(r, i, t, a, b, PART_TRAY);
    r->cause[i] = (uint8_t)(i % 5 ? ROBOT_STATE_WALKING : i / 5 % ROBOT_STATES);
    return;
  }
  const double tray[2] = {x + 12.4, y + 6.6}, good[2] = {x + 15.4, y + 1.9}, far[2] = {x + 4, y + 4.1}, near[2] = {x + 19, y + 3.8};
  switch (slot) {
    case 3:
      stand(r, i, x + 9.2, y + 8.3, M_PI_D / 2, 2, POSE_CODE_STAND);
      break;
    case 4: shuttle(r, i, t, tray, good, PART_TRAY); break;
    case 5: shuttle(r, i, t, near, far, PART_TRAY); break;
    case 6:
      stand(r, i, x + 19.2, y + 2.1, -M_PI_D / 2, ROBOT_STATE_CHARGING, POSE_CODE_STAND);
      break;
    case 7:
      stand(r, i, x + 17, y + 12.1, 2.6, ROBOT_STATE_FALLEN, POSE_CODE_LIE);
      break;
    default: sorter(r, i, t, x + 4.2 + 2 * slot, y + 8.2, y + 9, y + 7.55);
  }
}

static void place_parts(struct synthetic *s, double t) {
  struct picture_parts *p = &s->picture.parts;
  int tiles = s->tiles_x * s->tiles_y, n = 0;
  for (int k = 0; k < tiles; k++) {
    double x = k % s->tiles_x * TILE_W, y = k / s->tiles_x * TILE_H;
    int budget = s->parts * (k + 1) / tiles;
    for (int i = 0; i < TRAYS && n < budget; i++, n++) {
      p->type[n] = PART_TRAY;
      p->pos[n][0] = (float)(x + 4 + 2 * i);
      p->pos[n][1] = (float)(y + 7.4);
    }
    for (int i = 0; i < TRAYS; i++)
      for (int c = 0, fill = (i * 7 + (int)(t / 6)) % (TRAY_CELLS + 1); c < fill && n < budget; c++, n++) {
        p->type[n] = PART_CELL;
        p->pos[n][0] = (float)(x + 4 + 2 * i + (c % 6 - 2.5) * 0.07);
        p->pos[n][1] = (float)(y + 7.4 - (c / 6 - 1.5) * 0.07);
      }
    // the belt takes what is left, denser when it is much
    int on_belt = budget - n;
    for (int i = 0; n < budget; i++, n++) {
      double where = share((i + noise((uint32_t)i) * 0.6) / on_belt + t * 0.25 / 19.5);
      p->type[n] = noise((uint32_t)i + 31) < 0.12 ? PART_NG : PART_CELL;
      p->pos[n][0] = (float)(x + 1.5 + 19.5 * where);
      p->pos[n][1] = (float)(y + 9);
    }
  }
  for (int i = 0; i < n; i++) p->id[i] = (uint32_t)i + 1;
  p->total = n;
}

static void set_stations(struct synthetic *s, double t) {
  struct picture_stations *p = &s->picture.stations;
  static const uint8_t causes[PER_TILE] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 5, 2, 4};
  for (int i = 0; i < p->n; i++) {
    int k = i % PER_TILE;
    p->cause[i] = causes[k];
    p->count[i] = (uint16_t)(k >= ROW_TRAY ? ((k - ROW_TRAY) * 7 + (int)(t / 6)) % (TRAY_CELLS + 1) : k == ROW_BELT ? 40 : 2);
    p->progress[i] = (float)share(t / 6);
    p->made[i] = (int64_t)(t / 5);
  }
}

const struct picture *synthetic_picture(struct synthetic *s, double seconds) {
  s->picture.now = (int64_t)(seconds * 1e9);
  for (int i = 0; i < s->robots; i++) place_robot(s, i, seconds);
  place_parts(s, seconds);
  set_stations(s, seconds);
  return &s->picture;
}

const struct frame_hello *synthetic_hello(const struct synthetic *s) { return &s->hello; }

int synthetic_kpi(const struct synthetic *s, const struct frame_kpi **kpi) {
  static const struct frame_kpi made_up[] = {
    {"throughput_per_h", 812.4}, {"wip", 63.2}, {"lead_time_s", 279.4}, {"oee", 0.861}, {"interventions", 2},
  };
  (void)s;
  *kpi = made_up;
  return (int)(sizeof made_up / sizeof *made_up);
}

struct synthetic *synthetic_create(int robots, int parts) {
  static const char *const part_names[] = {"cell", "cell-ng", "tray"}, *const fleet_names[] = {"sorters"};
  struct synthetic *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  int tiles = (robots + 249) / 250;
  s->tiles_x = 1;
  while (s->tiles_x * s->tiles_x < tiles) s->tiles_x++;
  s->tiles_y = tiles < 1 ? 1 : (tiles + s->tiles_x - 1) / s->tiles_x;
  s->robots = robots;
  s->parts = parts;
  if (!make_columns(s)) {
    synthetic_destroy(s);
    return NULL;
  }
  write_plan(s);
  s->hello = (struct frame_hello){
    .layout = "", .plan = s->plan.text, .plan_size = s->plan.size, .name = "Battery cell sorting", .fidelity = "event", .version = "",
    .seed = 1, .part_count = 3, .station_count = s->picture.stations.n, .fleet_count = 1, .parts = part_names, .stations = s->names,
    .fleets = fleet_names};
  return s;
}

void synthetic_destroy(struct synthetic *s) {
  if (!s) return;
  struct picture_robots *r = &s->picture.robots;
  struct picture_stations *t = &s->picture.stations;
  struct picture_parts *p = &s->picture.parts;
  void *all[] = {r->id, r->fleet, r->cause, r->pose, r->pos, r->heading, r->speed, r->phase, r->charge, r->held, r->from, r->to, r->hand,
                 t->cause, t->count, t->progress, t->made, p->id, p->type, p->pos, s->name, s->names};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  json_finish(&s->plan);
  free(s);
}
