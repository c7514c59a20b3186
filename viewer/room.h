// The control room: panels around the hall, what is selected, and what can be clicked.
//
// It draws what it is shown and answers input with a wish; it owns no connection. Panels register what
// can be clicked while they are drawn, so what is seen and what reacts cannot differ.
#pragma once

#include "viewer/actors.h"
#include "viewer/history.h"

// What is shown: borrowed views of the source, good for one frame.
struct show {
  const struct frame_hello *hello;  // NULL: nothing yet
  const struct picture     *picture;
  const struct frame_kpi   *kpi;
  int                       kpis;
  const struct frame_event *event;  // oldest first
  int                       events;
  const struct frame_bar   *bar;    // the plan of a line with orders
  int                       bars;
  const struct frame_decision *decision;      // of the selected robot; NULL: none is told
  bool        recording;            // else live
  bool        connected, paused, stale, ended, may_command, cut;
  double      start, end;           // s, of a recording
  double      speed_asked, speed_achieved;
  const char *message;              // why nothing is seen, or what the server says; ""
  const char *hint;                 // what to do about it; ""
  const char *notice;               // what the run says of itself (ended, deadlock ...); "" or NULL
};

enum wish { WISH_NONE, WISH_PAUSE, WISH_PLAY, WISH_STEP, WISH_SPEED, WISH_SEEK, WISH_QUIT, WISH_SHOT };
struct wished { enum wish what; double value; };

enum action { ACT_NONE, ACT_PAUSE, ACT_STEP, ACT_BACK, ACT_SPEED, ACT_SEEK, ACT_ROBOT, ACT_STATION, ACT_SCROLL, ACT_HELP, ACT_GROUP, ACT_CLOSE, ACT_FOLLOW, ACT_GANTT, ACT_MAP, ACT_PAGE };
// Of ACT_MAP: what lies over the floor.
enum { MAP_STATES, MAP_HEAT, MAP_PATHS };
// Kinds of events, as docs/protocol.md has them: whose row it is.
enum { EVENT_STATION, EVENT_ROBOT };

// Pages of a robot.
enum page_kind { PAGE_NOW, PAGE_BODY, PAGE_WHY, PAGES };

enum page_kind page_kind_of(const char *word);                  // "now", "body", "why"; else PAGES

struct hit { struct view box; enum action action; int value; };

struct room {
  struct look      look;
  struct plan      plan;
  bool             planned;
  struct ground    ground;
  struct actors    actors;
  struct camera    camera;
  struct history   history;
  struct selection selection;
  struct view      top, left, hall, right, bottom;              // panels; w 0: not there
  bool             fitted;          // the camera still shows the whole hall
  bool             dark, help, follow, legend;
  enum heat_kind   heat;            // the map that lies over the floor
  enum page_kind   page;            // of the inspector, when a robot is selected
  float            page_scroll, page_height, page_top;          // px
  struct selection page_of;         // whose page, and which one, is scrolled
  enum page_kind   page_was;
  bool             drawer;          // the inspector lies over the hall
  float            scroll;          // of the list, px
  float            list_height;     // of its content
  int              gantt;           // first row of the Gantt
  bool             gantt_stations;  // its rows are stations
  int              open;            // first station of the copies that are shown one by one, -1
  float            width, height;   // UI px
  struct hit       hit[512];
  int              hits;
  // dragging
  enum action      drag;
  float            drag_x, drag_y;
  bool             pans, panned;
};

bool room_init(struct room *r, bool dark, struct error *e);
void room_finish(struct room *r);
// A new hello: read its plan. False with *e filled when it is not valid.
bool room_plan(struct room *r, const struct frame_hello *h, struct error *e);
// Lay the panels out for a canvas and draw everything. What was seen (history) is told by the source.
void room_draw(struct room *r, struct canvas *c, const struct show *s);

// Select a robot ("R3", "sorters-3") or a station by name; false when there is none.
bool room_select(struct room *r, const struct picture *p, const char *name);
void room_fit(struct room *r, bool glide);
void room_hit(struct room *r, float x, float y, float w, float h, enum action a, int value);

// Panels.
void strip_draw(struct room *r, struct canvas *c, const struct show *s);
void list_draw(struct room *r, struct canvas *c, const struct show *s);
void inspector_draw(struct room *r, struct canvas *c, const struct show *s);
void timeline_draw(struct room *r, struct canvas *c, const struct show *s);
void help_draw(struct room *r, struct canvas *c);              // keys and states, over everything
int         help_count(void);                                   // of the keys that it lists
const char *help_key(int i);                                    // "F, Home"

// Shared small things.
const char *room_robot_name(const struct room *r, const struct picture *p, int row, char out[64]);     // "sorters-3"
void        room_clock(int64_t ns, char out[24]);               // "10:42:07"
void        room_duration(double seconds, char out[32]);        // "4 min 39 s"
bool        room_kpi(const struct show *s, const char *path, double *out);
// The state of a station, or what it is where it has none (sinks, stores, docks, chargers).
const struct state_look *room_station_look(const struct room *r, const struct picture *p, int row);
const char *room_crew_word(const struct room *r, const char *tail);             // "Robots now", "Robots and people now"; "Robots", "Crew"
// The goal set on a KPI; NULL: none. And whether a value reaches it.
const struct plan_goal *room_goal(const struct room *r, const char *path);
bool        room_goal_met(const struct plan_goal *g, double value);
void        room_count(const struct room *r, const struct picture *p, int station, char out[32]);
int64_t     room_since(const struct room *r, int64_t now);      // begin of the last hour, as far as it was seen
const char *room_since_words(const struct room *r, int64_t now, char out[32]);
double      room_speed_of(float share);                         // slider 0..1 to 0.1 .. 1000
float       room_speed_share(double speed);
