// The still part of the hall: floor, zones, walls, obstacles, stations and where their names go.
//
// Drawn into a picture of its own and drawn again only when camera, theme, scale or plan change.
#pragma once

#include "viewer/boxes.h"
#include "viewer/camera.h"
#include "viewer/look.h"
#include "viewer/parts.h"
#include "viewer/plan.h"

#define GROUND_NAMES_FROM  30        // px/m
#define GROUND_COUNTS_FROM 45
#define GROUND_CLASS_FROM  24        // parts by class

// Places of a station's name and chip for the camera at hand.
struct ground_mark {
  float chip_x, chip_y, chip_d;     // centre and width; d 0: no room
  float name_x, name_y;             // baseline, left
  float count_x, count_y;           // baseline, left, of the count; 0: none
  bool  named;
};

struct ground {
  const struct plan *plan;          // borrowed
  struct look       *look;          // borrowed
  struct camera      camera;        // of the cached picture
  struct view        view;
  float              zoom;          // px/m
  struct part_style *style;         // one per part
  struct ground_mark *mark;          // one per station
  struct boxes       taken;         // stations, tags and names on the screen
  struct boxes       names;         // names and chips alone
  uint16_t          *cell;          // station + 1 on a grid of GROUND_CELL metres; 0: none
  int                cells_x, cells_y;
  struct canvas      still;         // the cached picture, whole window
  const struct theme *theme;
};

#define GROUND_CELL 0.25f

bool ground_init(struct ground *f, const struct plan *plan, struct look *look);
void ground_finish(struct ground *f);

// Bring the cached picture up to date and copy it to c.
void ground_draw(struct ground *f, struct canvas *c, const struct camera *camera, const struct view *view);

struct point ground_point(const struct ground *f, double x, double y);            // metres to UI px
int          ground_station_at(const struct ground *f, double x, double y);       // -1: none; metres
float        ground_belt_width(const struct plan_station *s);                    // m
bool         ground_has_state(const struct plan_station *s);                      // its cause means something
// Corners of a station, counter-clockwise in metres.
void         ground_station_corners(const struct plan_station *s, float out[4][2]);
