// The columns behind engine/sim/motion.h, shared by its files and by nobody else.
#pragma once

#include "base/split.h"
#include "engine/sim/motion.h"
#include "engine/sim/spot.h"
#include "engine/sim/state.h"
#include "engine/world/floor.h"
#include "engine/world/space.h"
#include "robots/separation.h"
#include "scheduler/traffic.h"

#define MOTION_DT       0.02        // s
#define MOTION_DT_NS    (NS_SECOND / 50)
#define LOOK_EVERY      5           // steps between two looks around
#define LOOK_NEAR       16          // neighbours kept for the guard
#define LOOK_AGENTS     10          // of those that avoidance takes into account
#define LOOK_REACH      3.0         // m
#define LOOK_WALLS      0.8         // m
#define LOOK_FACES      12          // of walls
#define GUARD_REACH     1.6         // m    whoever is farther away at a look cannot be met before the next
#define PATH_POINTS     (ROUTE_POINTS_MAX + 4)
#define MOTION_BRAKE    3.0         // m/s2 of a walker in need: from 1.4 m/s in one step of the feet; a guess
#define MOTION_BRAKE_SIDE 2.1       // m/s2 towards each of two sides at right angles: MOTION_BRAKE / sqrt 2
#define BRAKE_FACES     4           // of walls that it brakes for

#define STRETCHES       6
#define ASIDE_STOPS     0.1         // m    from where it waits or makes room that count as there

// A narrow part of a path, in m from its goal; begin is the farther end.
struct stretch { double begin, end; };

// What a walker keeps others out of: a line of points, or the one it stands on; count 0: nothing.
struct claim {
  int    count;
  bool   through;                   // it does not end in there
  double box[4];
  double point[PATH_POINTS][2];
};

enum { CLAIM_OWN = 1, CLAIM_WISH = 2 };

enum move {
  MOVE_GONE,
  MOVE_STANDS,                      // at rest: work, dock, charger
  MOVE_TURNS,                       // gets ready and turns on the spot
  MOVE_WALKS,                       // under way; or waiting for a spot, ready to step aside
  MOVE_SETTLES,                     // on its spot: turns to its work and comes to rest
  MOVE_REELS,                       // keeps its balance by steps, or falls                         motion_reel.c
  MOVE_COMES_UP                     // brings its feet together, or gets up from the floor           motion_rise.c
};

struct mover {
  // what its neighbours look at, in one line of the cache
  _Alignas(64) double at[2];        // m
  double   velocity[2];             // m/s
  double   heading;                 // rad
  double   radius;                  // m
  uint8_t  move;                    // enum move
  bool     owes;                    // a done
  bool     waits;                   // for a spot
  bool     over;                    // it moves over for one of its team: nothing is done when it gets there
  bool     sided;                   // its team has settled who stands where
  bool     far;                     // too far away yet to take one
  bool     yields;                  // steps aside for somebody
  bool     held;                    // by others
  bool     person;
  bool     stopped;                 // by people near
  bool     claimed, inside, wants;  // the next stretch is its own; it is in there; it waits for it
  bool     due;                     // it was sent elsewhere in there: sets out for that when it is through
  bool     led;                     // by the coordinator
  bool     apart;                   // nobody near enough to be touched in this step
  // what it needs in every step itself: four lines more
  double   wish[2];                 // m/s  chosen at the last look
  double   cruise, accel;           // m/s, m/s2
  double   safe;                    // m/s  allowed by people near
  int32_t  lead_cell, lead_from;    // its own; the one it comes from
  int16_t  leg, legs;               // of the path: next point, points
  int32_t  faces;                   // kept at the last look; -1: it has not looked yet
  int32_t  nears;
  bool     lead_turned;             // it has come by the middle of the cell it leaves
  bool     lead_joins;              // on the way into its first cell
  bool     sways;                   // was pushed and walks on beside its line
  bool     put;                     // it moved in the last step
  int32_t  near[LOOK_NEAR];         // neighbours, the nearest first, at its last look
  float    near_at[LOOK_NEAR];      // m    that they were away then, or a little less
  double   seen;                    // m    motion.gone then
  double   clear, cleared;          // m    to the nearest wall or thing at the last look; motion.gone then
  double   stop;                    // m    from the goal where it has to stop, < 0: nowhere
  int32_t  stretches;
  int32_t  leaving;                 // still kept behind it, NONE
  double   phase, phase_left;       // s    of turning
  bool     thrown;                  // its balance is reckoned in each step
  bool     lies;                    // on the floor
  bool     shut;                    // was in a zone when that was closed, and has not left it since
  bool     paused;                  // its hands wait until it is back at its spot
  bool     wide;                    // others can pass who is at wide_at
  struct { double normal[2], at; } face[BRAKE_FACES];   // of walls, the nearest: it may be at p with normal . p >= at
  double   wide_at[2];              // m
  // the rest
  double   asks[2];                 // m/s  that it would walk with if it were alone
  int32_t  spot;                    // held, NONE
  int32_t  helps;                   // robot that it goes to stand beside, instead of a spot; NONE
  double   turn_from, turn_to;      // rad
  struct stretch stretch[STRETCHES];                    // the next one last
  ns_t     after;                   // it may ask again
  ns_t     again;                   // it may plan its way to it again
  ns_t     asked;                   // for that stretch since
  double   settle, facing;          // s, rad  at the end
  double   inward;                  // m    that it stands nearer to its work than its disc
  ns_t     rank;                    // on its way since: the longest goes first
  ns_t     until;                   // of stepping aside
  double   rest, least;             // m    to go when it last got nearer; the least on this path
  ns_t     since;                   // on this errand it has got no nearer; said aloud after TOLD
  bool     told;
  ns_t     nearer;                  // when that was
  int32_t  gate;                    // of its floor: of the door that opens, or is open, for it; NONE
  bool     door_side;               // of it, where it came from
  ns_t     door_open;               // when it is open
  bool     lead_off;                // sent away from where it is in the way
  bool     lead_last;               // it was stuck before its spot: led until the way there is free
  int32_t  lead_goal;               // NONE: it only makes room
  ns_t     lead_moved, lead_there;  // last told to go; last near the middle of its cell
};

// Where somebody is, for the grid.
struct seat {
  double  at[2];                    // m
  int32_t cell, next;               // of the grid, NONE: it is not in the hall; next robot in it, -1: none
};

// What somebody sees at a look, of those that are made at once; who: NONE, it does not look. As it was then.
struct look {
  int32_t who, nears, near[LOOK_NEAR];
  float   near_at[LOOK_NEAR];
  double  velocity[2], gone;        // m/s; m  motion.gone
  bool    walks;
  int     faces;                    // only of who walks
  struct floor_face face[LOOK_FACES];
};

// Where it is and how it is about to move; of who neither moves nor has just stopped there is none. And what the space gets of it.
enum { PUT_AS_IT_IS, PUT_HERE, PUT_AWAY };
struct put { double at[2], velocity[2]; bool is; uint8_t space; };

// a has run into b in this step's moves.
struct hit { int32_t a, b; double normal[2]; };

#define ROOM_STEP       0.1         // m
#define ROOM_REACH      6.0         // m
#define ROOM_SIDE       121         // points

struct room_search { int16_t before[ROOM_SIDE * ROOM_SIDE], queue[ROOM_SIDE * ROOM_SIDE]; };

#define LEAD_EVERY      10          // steps between two decisions of the coordinator
#define LEAD_EVERY_MANY 5           // the same where many walk
#define LEAD_SPEED      1.2         // m/s  of a plain cell
#define LEAD_PATIENCE   100         // decisions without coming nearer, until the coordinator names a jam
#define LEAD_DENSE      4.0         // m2   a walker, below which crowds are led before they stick; a guess
#define LEAD_FEW        60          // walkers: in a sparse hall of more all are led or nobody, the mix of led and free walkers jams it (docs/robots-at-motion-fidelity.md)
#define LEAD_MOST       0.9         // of the walkers, who can be led, so that it is nearly all of them
#define LEAD_CELLS      60000       // of a sparse hall of many; in larger ones nobody is led, the distances to its goals would take too much memory
#define LEAD_SHUTS      9           // cells that somebody can cover in part

enum { OPEN_NARROW = 1, OPEN_WIDE };

// What the coordinator knows of the hall.
struct lead {
  struct traffic *traffic;          // NULL: there is none
  int      set;                     // of routes: those who walk by them may be led
  double   pitch, origin[2];        // m    of the cells; middle of cell 0
  int32_t  nx, ny, cells;           // cell = y nx + x; behind `cells` there is a row of its own for each who takes no part
  uint8_t *open;                    // (cells) OPEN_WIDE: others can pass who stands there; 0: nobody can be there
  int32_t *taken;                   // (cells) by whom, NONE
  int32_t *left;                    // (cells) by whom last, led
  int32_t *shut, shuts;             // (cells), each once
  int32_t *queue, *seen, stamp;     // (cells) scratch of a search
  int32_t *cell, *goal, *urgency;   // (robots), (robots x TRAFFIC_GOALS), (robots)
  uint8_t *state, *facing, *action; // (robots)
  int32_t  leds;                    // who are led now
  int      every;                   // steps between two decisions
  struct floor tight;               // of many: what leaves a little room beside the cells' lines
  bool     dense;                   // less than LEAD_DENSE of open floor a walker
  bool     many;                    // not dense, more than LEAD_FEW walkers: all of them are led or nobody
  bool     strict;                  // one of both: who comes into its first cell gets there before it goes on
  bool     all;                     // of many: all are led now
  ns_t     calm;                    // of many: somebody was stuck last
};

// Somebody may be led now.
static inline bool lead_leads(const struct lead *l) { return l->traffic && (!l->many || l->all); }

struct motion {
  struct spots   spots;
  struct space  *space;
  struct mover  *mover;             // (robots)
  double       (*path)[PATH_POINTS][2];                 // (robots)
  struct floor   wide[64];          // of each set of routes: where two can pass
  int32_t       *cell;              // first robot of each, -1
  struct seat   *seat;              // (robots)
  int            nx, ny;
  double         cell_size;
  int32_t       *queue; int32_t queued;                 // who waits for a spot, in order
  struct separation separation;
  bool           people;            // there are some
  bool           doors;             // some that take time
  int32_t       *inside;            // (zones) people in each
  bool          *lies_wide;         // (places) others can pass who stands there
  struct room_search room;          // scratch
  struct claim  *claim, *wish;      // (robots)
  uint8_t       *has;               // (robots) which of both it has: CLAIM_OWN, CLAIM_WISH
  struct lead    lead;
  int32_t       *claimer; int32_t claimers;             // those who may have one: all who are here
  struct split  *split;             // NULL: one thread
  struct look   *look;              // (robots / LOOK_EVERY + 1)
  int64_t        looks;             // step of which they hold what all see who look in it; NONE
  bool           looking;           // that is being found out
  bool           looked;            // it is for use now
  struct put    *put;               // (robots) for the space's next step
  struct put    *puts;              // (robots) of the one that may be running
  int64_t       *touches;           // (robots) last step in which it could have touched something
  bool          *here;              // (robots) in the space
  bool          *early;             // (robots) has moved already, before those with lower numbers
  struct hit    *hit; int32_t hits; // (robots) of this step's moves
  bool           together;          // this step is split
  bool           stepping;          // the space's step has not been settled
  const struct space_contact *contact; int contacts;    // of that, until push_contacts
  struct pushes *pushes;
  int64_t        step;
  double         gone;              // m    that anybody may have gone so far at most
  double         fast2, before2;    // m2/s2  square of the largest speed that this step has chosen so far; of the step before
  double         fastest;           // m/s  of this step
  double         snapped;           // m    that somebody was moved by onto its goal in this step
  double         widest;            // m    the largest radius
  int32_t        active;            // movers that need steps
  struct twin_motion count;
};

// It waits, for a spot or for a narrow way: others who go on have the right of way.
static inline bool mover_polite(const struct mover *m) { return !m->claimed && (m->waits || m->wants); }
static inline bool mover_active(const struct mover *m) { return m->move >= MOVE_TURNS; }
static inline bool mover_moves(const struct mover *m) { return m->move == MOVE_WALKS || m->move == MOVE_REELS; }
static inline const struct floor *floor_of(const struct twin *t, int32_t i) { return routes_floor(t->routes[t->fleet[t->robot[i].fleet].routes]); }
static inline const struct floor *wide_of(const struct twin *t, int32_t i) { return &t->motion->wide[t->fleet[t->robot[i].fleet].routes]; }

// motion.c
void motion_needs_steps(struct twin *t);                // somebody has begun to move

static inline double motion_fast2(const struct motion *o) { return o->fast2 > o->before2 ? o->fast2 : o->before2; }
static inline void motion_note_speed(struct motion *o, double square) { o->fast2 = square > o->fast2 ? square : o->fast2; }

// motion_grid.c
void grid_enter(struct motion *o, int32_t i);
void grid_leave(struct motion *o, int32_t i);
void grid_move(struct motion *o, int32_t i);            // its place has changed
// Robots whose middle is within reach of p, `but` excepted, nearest first, at most max.
int  grid_near(const struct motion *o, const double p[2], double reach, int32_t but, int32_t *out, int max);
// The same robots in any order.
int  grid_within(const struct motion *o, const double p[2], double reach, int32_t but, int32_t *out, int max);

// Neighbours of i, and a little less than how far away they are, m.
int  grid_neighbours(const struct motion *o, int32_t i, int32_t near[LOOK_NEAR], float near_at[LOOK_NEAR]);
// i looks around: keeps its neighbours until the next look.
void grid_look(struct motion *o, int32_t i);
// How many of these, the first ones, can be within `reach` of it now, however all have gone since.
static inline int grid_within_reach(const struct motion *o, const struct mover *m, double reach) {
  double most = reach + 2 * (o->gone - m->seen);
  int n = 0;
  while (n < m->nears && (double)m->near_at[n] <= most) n++;
  return n;
}

// motion_path.c
#define PATH_READY 0.3              // s    of people and of models without a body, at both ends of a walk; a guess
static inline const struct routes *path_routes(const struct twin *t, int32_t i) { return t->routes[t->fleet[t->robot[i].fleet].routes]; }
bool   path_find(struct twin *t, int32_t i, const double goal[2]);     // points from where it is to `goal` near its place; false: there is no way
bool   path_any(struct twin *t, int32_t i, const double goal[2]);      // the same to anywhere
// What getting ready, turning and coming to rest take at both ends of an undisturbed walk, and its mean power.
void   path_time(struct twin *t, int32_t i, double facing);
double way_inward(const struct twin *t, int32_t i);     // m that it stands nearer to its work than its spot, by a step that its disc does not take

// motion_aside.c
void way_leave(struct twin *t, int32_t i);              // who stands begins to walk, off its spot
// A path to a free point within ROOM_REACH, nearest by steps, from which i is in nobody's way: out of the path of `from`, by `more` m; NONE: where it can wait.
// False: there is none, and its path is as it was.
bool way_room(struct twin *t, int32_t i, int32_t from, double more);
bool way_beside(struct twin *t, int32_t i, int32_t who);               // the same, to where it can help `who`
bool way_clear_of(const struct motion *o, int32_t j, const double p[2], double distance);  // p is that far from where j stands and goes in the next metres
// Step aside for `from`, if it may: who has claimed a narrow way only when `claimed` says so. False: it stays.
bool way_aside(struct twin *t, int32_t i, int32_t from, bool claimed);
bool way_open(struct twin *t, int32_t i, int32_t from);                 // i encloses `from`: so far aside that this one can step aside itself
void way_back(struct twin *t, int32_t i);               // that is over

// It has where to go to: a spot, or somebody to help.
static inline bool mover_placed(const struct mover *m) { return m->spot != NONE || m->helps != NONE; }

// motion_way.c
void way_set_out(struct twin *t, int32_t i);            // to where its row says: takes a spot and a path, or waits
int32_t way_team(const struct twin *t, int32_t i);      // the slot of its side in a team that carries, NONE: it goes alone
bool    way_crew(const struct twin *t, int32_t i);      // it comes to operate a station, or to relieve who does, whose crew has spots of its own
void way_sides(struct twin *t, int32_t i);              // a team that carries comes near: who is ahead goes to the farther side
void way_near(struct twin *t, int32_t i);               // it is near its place: takes a spot, or waits
bool way_plan(struct twin *t, int32_t i, bool fresh);   // a path to its spot, from where it is; fresh: from standing, with its times
bool way_again(struct twin *t, int32_t i);              // from where it is now to where it was going; false: it waits for a spot, and its path is as it was
void way_queue_drop(struct motion *o, int32_t i);
bool way_good_to_wait(const struct twin *t, int32_t i, const double p[2]);     // others can pass there, nobody waits there, no spot is near
void way_wait_in_line(struct twin *t, int32_t i, bool fresh);                  // for a spot of its place, where it is good to
void way_grant(struct twin *t);                         // free spots to those who wait
// A path towards the nearest place where others can pass, as far as where it can wait; open: one that it could claim now. False: there is none, and no path.
bool way_out(struct twin *t, int32_t i, bool open);
void way_wait_elsewhere(struct twin *t, int32_t i);     // it waits in a narrow way
bool way_retreat(struct twin *t, int32_t i);            // the same for one that waits for a narrow way: its spot is given up and it stands in line; false: it stays
double way_rest(const struct motion *o, int32_t i);     // m to go

#define HELP_REACH 0.1              // m    between whoever helps and whom it helps, from which on it is there; a guess
#define NEAR_SPOT 10.0              // m    of way to its place from which on a walker takes a spot; a guess, some 5 s

// motion_claim.c
bool claim_narrow(const struct twin *t, int32_t i, const double p[2]);
void claim_none(struct motion *o, int32_t i);           // it has none and waits for none
void claim_drop_wish(struct motion *o, int32_t i);      // it waits for none
void claim_stand(struct twin *t, int32_t i);            // it stands where it is: claim that, if it is narrow
void claim_plan(struct twin *t, int32_t i);             // it has a new path
void claim_look(struct twin *t, int32_t i);
int32_t claim_holder(const struct twin *t, int32_t i); // who keeps it from what it waits for
bool claim_through(const struct twin *t, int32_t i);    // it is in a stretch that is its own and leads on to where others can pass: it turns round behind it
bool claim_sliver(struct twin *t, int32_t i, const double to[2]);       // no narrow stretch of its path is near, a sliver at `to` is nobody else's: now it is its own
bool claim_open(const struct twin *t, int32_t i);       // all of its path could be claimed now

// motion_step.c
void step_look(struct twin *t, int32_t i);
void step_free(struct twin *t, int32_t i);              // nobody holds it up
void step_speed(struct twin *t, int32_t i);             // the velocity of this step
void step_move(struct twin *t, int32_t i);              // and where it leads
void hits_settle(struct motion *o);                     // after all moves: the speeds of those who ran into each other

double step_zone_speed(const struct twin *t, int32_t i, double speed);         // that zones allow where it is

bool step_move_alone(struct twin *t, int32_t i);        // the same of one whom nobody can meet, but for the grid; false: it has to be done in turn, nothing has changed

// motion_brake.c
void brake_keep_faces(struct mover *m, const struct floor_face *face, int n);  // what it has seen at a look
void brake_ahead(const double velocity[2], double out[2]);                     // m    on which it comes to rest from the next look on
void brake_towards(struct motion *o, int32_t i, double w[2]);                  // the velocity of this step, of one that wants w

// motion_rows.c
#define SPLIT_FROM 100              // walkers from which on a step is split; fewer are done before another thread is awake (a guess)
bool rows_create(struct twin *t);                       // false: no memory
void rows_destroy(struct motion *o);
void rows_look(struct twin *t);                         // what all see who look in this step, if that is split
void rows_look_ahead(struct twin *t);                   // all are where they will be in the next step: begin with what those see who look in it
void rows_look_end(struct twin *t);                     // nothing of that runs any more
void rows_look_again(struct twin *t);                   // somebody came in or went out, or the floor changes: what was seen is not true any more
const struct look *rows_seen(const struct motion *o, int32_t i);        // NULL: it has to look itself
void rows_move(struct twin *t);                         // all whom nobody can meet move: `early`
void rows_put(struct twin *t);                          // what the space gets in this step, before the moves
void rows_space(struct twin *t);                        // begin the space's step
void rows_settle(struct twin *t);                       // end it, if it has begun: contacts

// motion_door.c
#define DOOR_NONE 1e30
void   door_init(struct twin *t);
double door_ahead(struct twin *t, int32_t i);           // m of its way to where it stands before a door that is not open for it; DOOR_NONE: there is none near
bool   door_allows(struct twin *t, int32_t i, const double to[2]);     // no door that is shut lies between; one that does sees it now
bool   door_waits(const struct twin *t, int32_t i);     // one opens for it

// motion_cells.c
bool    cells_make(struct twin *t);                     // anew, after routes have changed too; false: no memory
void    cells_finish(struct lead *l);
double  cells_middle(const struct lead *l, int32_t cell, int axis);
// Both axes, m.
static inline void cells_at(const struct lead *l, int32_t cell, double out[2]) {
  int32_t y = cell / l->nx;
  out[0] = l->origin[0] + l->pitch * (cell - y * l->nx);
  out[1] = l->origin[1] + l->pitch * y;
}
// In sight of p and open; NONE: there is none. i: that nobody but i has; NONE: a wide one, whoever has it.
int32_t cells_nearest(const struct twin *t, int32_t i, const double p[2], double reach);
// The nearest by open cells that nobody has and that is away from all spots, and out of the way of walker `by` unless that is NONE; NONE.
int32_t cells_room(const struct twin *t, int32_t from, int32_t by);
// Those whose middle is nearer than `apart` to p: nobody can be in them while somebody is there.
int     cells_covered(const struct lead *l, const double p[2], double apart, int32_t out[LEAD_SHUTS]);

// motion_led.c
double lead_off2(const struct lead *l, const struct mover *m, int32_t cell);   // m2 from its middle
void   lead_velocity(const struct twin *t, int32_t i, double out[2]);

// motion_lead.c
bool lead_begin(struct twin *t, int32_t i);             // if it is stuck among others
// Idle i is to go from where it stands to the nearest cell that is free and no spot's, for `from`. False: it may not, or there is none.
bool lead_away(struct twin *t, int32_t i, int32_t from);
// Led i, which only makes room or does not get on, stands in the way of `from`, which is not led: it goes on to where it does not. False: it may not, or there is no such cell.
bool lead_clear(struct twin *t, int32_t i, int32_t from);
bool lead_clear_of(const struct motion *o, int32_t i, const double p[2], double distance);     // p is that far from where led i goes next
void lead_goes_on(struct twin *t, int32_t i);           // it has a new path
void lead_drop(struct motion *o, int32_t i);            // it is led no more
void lead_keep_cell(struct twin *t, int32_t i);
void lead_step(struct twin *t);                         // one decision for all
void lead_watch(struct twin *t);                        // once a second: where many walk, are all led or nobody
double  lead_rest(const struct motion *o, int32_t i);    // m to its goal by cells
int32_t lead_waits(const struct motion *o, int32_t i);  // who has the cell that it wants, NONE
void lead_routes_changed(struct twin *t);

// motion_push.c
#define MOTION_BUMP 10.0            // N s  of a contact that is counted, and answered; 0.36 m/s between two robots of 56 kg. A guess: smaller ones walkers bear without losing time
bool push_create(struct twin *t, struct error *e);      // false: no memory
void push_contacts(struct twin *t);                     // of the space's last step, which is settled: once
// motion_reel.c
void push_steps(struct twin *t);                        // a step of those whose balance is reckoned, before the moves: their velocities
void push_sways(struct twin *t, int32_t i);             // step_speed of one that sways
bool push_keeps(const struct twin *t, int32_t i);       // it cannot set out
void push_forget(struct twin *t, int32_t i);            // it goes out of the hall
uint64_t push_digest(const struct twin *t, int32_t i, uint64_t chain);         // of its balance, while it is reckoned
// motion_rise.c
void push_up(struct twin *t, int32_t i);                // it has come up
void push_idles(struct twin *t, int32_t i);             // it has something else to do, or nothing: up from the floor

// motion_watch.c
void watch_stuck(struct twin *t, int32_t i);
int32_t watch_waits(const struct twin *t, int32_t i);   // whom it waits for, NONE: nobody
