// What the viewer draws of a layout: read from the plan in the hello frame (docs/protocol.md).
//
// Hostile until read: every number is finite and within PLAN_REACH, every list within its limit, every
// index checked; unknown keys are left aside. Everything lives in the plan's own arena.
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/status.h"
#include "viewer/skeleton.h"

#define PLAN_REACH 100000.0f        // m, rad ... no number is larger

enum plan_zone_kind { PLAN_SLOW, PLAN_ONE_WAY, PLAN_SLIPPERY, PLAN_RAMP, PLAN_DIM, PLAN_NO_GO, PLAN_PEOPLE, PLAN_CHARGING, PLAN_ZONE_KINDS };
enum plan_kind {
  PLAN_SOURCE, PLAN_SINK, PLAN_BUFFER, PLAN_RACK, PLAN_BIN, PLAN_MACHINE, PLAN_ASSEMBLY, PLAN_DISASSEMBLY, PLAN_SORTER,
  PLAN_CONVEYOR, PLAN_INSPECTION, PLAN_CHARGER, PLAN_REPAIR, PLAN_DOCK, PLAN_KINDS
};
enum plan_shape { PLAN_BOX, PLAN_CYLINDER, PLAN_SPHERE, PLAN_PRISM, PLAN_BAG, PLAN_SHEET, PLAN_SHAPES };

struct plan_area { int count; float (*point)[2]; };             // m

struct plan_door     { const char *name; float at[2], width; };
struct plan_obstacle { const char *name; struct plan_area area; };
struct plan_zone     { const char *name; enum plan_zone_kind kind; struct plan_area area; float value, towards; };
struct plan_part     { const char *name; enum plan_shape shape; float size[3]; const char *colour; };
struct plan_fleet    { const char *name; bool people; int count; const char *model; const struct skeleton *skeleton; };    // skeleton: NULL without bodies

struct plan_goal     { const char *path, *op; double value; };  // op: < <= > >= =

struct plan_step { const char *what; int count; };             // "fasten"; how often

struct plan_station {
  const char      *name, *group;    // group: what flows name, shared by copies
  enum plan_kind   kind;
  bool             placed, scrapped;
  float            at[2], size[2];  // m      middle; w along x, d along y before turning
  float            facing;          // rad
  float            speed;           // m/s    conveyor
  float            pitch[2];        // m      of the pattern; of parts on a conveyor
  int              grid[2];         // 0: no pattern
  int              slots[2];        // rack and bin: columns, rows; charger and dock: places, 0
  int              servers;
  long             capacity;        // < 0: unbounded
  int              makes;           // part that leaves an assembly complete, -1
  struct plan_area path;            // conveyor
  int              step_count;      // of work in steps, 0: none
  struct plan_step *steps;
};

struct plan {
  struct arena arena;
  const char  *name;
  bool         has_floor;
  float        size[2];             // m
  int wall_count;     struct plan_area     *walls;
  int door_count;     struct plan_door     *doors;
  int obstacle_count; struct plan_obstacle *obstacles;
  int zone_count;     struct plan_zone     *zones;
  int part_count;     struct plan_part     *parts;
  int station_count;  struct plan_station  *stations;
  int fleet_count;    struct plan_fleet    *fleets;
  int goal_count;     struct plan_goal     *goals;
};

// STATUS_PROTOCOL with *e filled when the text is no plan; then *out is empty (finish it all the same).
enum status plan_read(struct plan *out, const char *text, size_t size, struct error *e);
void        plan_finish(struct plan *p);
