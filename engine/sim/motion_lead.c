// Where walkers are in each other's way the coordinator of scheduler/traffic.h leads them, from cell to cell.
//
// Everybody on open floor has a cell, the nearest that is not another's. In a dense hall, one with less than LEAD_DENSE of open floor a walker, whoever
// is in a crowd or gets no nearer for STUCK_DENSE is led, in others whoever gets no nearer for STUCK. Where many walk, led and free ones together jam, so
// it is all of them or nobody: nobody, which is quicker as cells cost a third more way, until some are stuck. Who is led first walks to the middle of its
// cell, then to that of the next one that the coordinator says; who stands idle or waits in line on open floor makes room when it says
// so, and is led then too. Others, at work or free on their way, are told to it as they stand, with the cells that they cover.
//
// Plans are not timed: a decision is taken every LEAD_EVERY steps (LEAD_EVERY_MANY where many walk) for those who are near the middle of their cells, the others hold theirs
// (Okumura, Tamura & Defago, "Time-independent planning", AAAI 2021). The order in which walkers pass a cell is that in which it was given to them
// (an action dependency graph: Hoenig et al., RA-L 2019), so it does not matter how fast they are, and waiting runs in no ring: whoever
// is given a cell waits at most for those who were given theirs before it or in the same decision, in which rings are not allowed.
#include <string.h>

#include "base/maths.h"
#include "engine/sim/motion_state.h"

// Guesses.
#define STUCK       (20 * NS_SECOND)        // without getting nearer, until it is led
#define STUCK_DENSE (2 * NS_SECOND)         // the same in a dense hall
#define CROWD       4                       // others on foot within NEAR_LED of it, from which on it is led at once
#define NEAR_LED    1.5                     // m
#define DECIDES     0.35                    // m    from the middle of its cell from which on the next one is decided
#define JOINED      0.15                    // m    the same of one that comes into its first cell, in a dense hall or where many walk
#define TOUCHES     0.05                    // m    two may seem to overlap by, one in the middle of a cell and one on its way past it
#define RESTS       0.03                    // m    from it that count as there
#define ACROSS      0.1                     // m    from the middle of a cell
#define FREE_AHEAD  1.6                     // m    nobody before it: it goes on by itself
#define SETTLED     (3 * NS_SECOND)         // not asked to move, until it stands again
#define BLOCKED     (10 * NS_SECOND)        // before somebody who stands and cannot be told to move, until it goes on by itself: around
#define STUCK_LAST  (3 * NS_SECOND)         // the same of one on its last steps, where many are led
#define LAST_STEPS  1.3                     // m    those are, at most
#define AHEAD       5                       // cells of its way that others who make room for it keep out of
#define CUTS        (3 * NS_SECOND)         // not getting to the middle of the cell it leaves, until it cuts that corner
#define JAMMED      0.01                    // of those on their way who get no nearer for STUCK: all are led, where many walk
#define CALM        (120 * NS_SECOND)       // nobody is stuck, until they all walk by themselves again
#define ASTRAY      (8 * NS_SECOND)         // without reaching its cell, until it takes the one it is in

// ---- who is led ----------------------------------------------------------------------------------------------------

// Stands or waits where it could as well stand elsewhere.
static bool gives_room(const struct twin *t, int32_t i) {
  const struct mover *m = &t->motion->mover[i];
  if (m->person || m->yields || m->claimed) return false;
  if (m->move == MOVE_STANDS) return !m->owes && t->robot[i].act == ACT_IDLE && !t->robot[i].stopped;
  return m->move == MOVE_WALKS && ((m->waits && m->leg >= m->legs) || m->wants);
}

static bool may_be_led(const struct twin *t, int32_t i) {
  const struct lead *l = &t->motion->lead;
  return lead_leads(l) && t->fleet[t->robot[i].fleet].routes == l->set && !t->motion->mover[i].person && !t->robot[i].stopped;
}

// The point before its next narrow way, or the end of its path.
static bool wanted_point(const struct twin *t, int32_t i, double out[2]) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  if (!m->owes || m->leg >= m->legs || m->wants) return false;
  double left = m->stretches > 0 ? m->stretch[m->stretches - 1].begin + 2 * m->radius + 0.1 : 0;
  const double *p = o->path[i][m->legs - 1];
  for (int k = m->legs - 2; k >= m->leg && left > 0; k--) {
    const double *q = o->path[i][k];
    double length = geo_distance(p, q), s = length > left ? left / length : 1;
    if (length > left) {
      for (int a = 0; a < 2; a++) out[a] = p[a] + s * (q[a] - p[a]);
      return true;
    }
    left -= length;
    p = q;
  }
  memcpy(out, p, 2 * sizeof *out);
  return true;
}

static int32_t goal_of(const struct twin *t, int32_t i) {
  double p[2];
  return wanted_point(t, i, p) ? cells_nearest(t, NONE, p, 3 * t->motion->lead.pitch) : NONE;
}

static void take(struct motion *o, int32_t i, int32_t cell) {
  struct mover *m = &o->mover[i];
  if (cell != NONE) o->lead.taken[cell] = i;
  m->lead_from = m->lead_cell = cell;
}

static void give_back(struct motion *o, int32_t i) {
  struct mover *m = &o->mover[i];
  if (m->lead_cell != NONE && o->lead.taken[m->lead_cell] == i) o->lead.taken[m->lead_cell] = NONE;
  m->lead_cell = NONE;
}

// Everybody on open floor has a cell, the nearest that is not another's; who is not led changes it as it walks.
void lead_keep_cell(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  struct lead *l = &o->lead;
  if (!l->traffic || m->led) return;
  if (m->move == MOVE_GONE) {
    give_back(o, i);
    return;
  }
  if (m->lead_cell != NONE) {
    double x = cells_middle(l, m->lead_cell, 0) - m->at[0], y = cells_middle(l, m->lead_cell, 1) - m->at[1];
    if (x * x + y * y < 0.25 * l->pitch * l->pitch) return;
  }
  int32_t c = cells_nearest(t, i, m->at, l->pitch);
  if (c == m->lead_cell) return;
  give_back(o, i);
  take(o, i, c);
}

// While nobody is led nobody's cell is kept.
static void keep_cells(struct twin *t) {
  for (int32_t k = 0; k < t->robots && t->motion->lead.leds == 0; k++) lead_keep_cell(t, k);
}

static void begin(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  m->led = true;
  grid_look(o, i);
  m->lead_goal = goal_of(t, i);
  m->lead_moved = m->lead_there = t->now;
  m->lead_joins = true;
  m->lead_off = m->lead_last = false;
  o->lead.leds++;
  o->count.leads++;
  if (m->move == MOVE_STANDS) way_leave(t, i);
  m->wants = false;
  claim_drop_wish(o, i);
  claim_stand(t, i);
}

void lead_drop(struct motion *o, int32_t i) {
  struct mover *m = &o->mover[i];
  if (!m->led) return;
  m->led = m->lead_off = m->lead_last = false;
  o->lead.leds--;
}

// Others on foot or in line beside it.
static int crowd(const struct motion *o, const struct mover *m) {
  int n = 0;
  for (int k = 0; k < m->nears; k++) {
    const struct mover *b = &o->mover[m->near[k]];
    n += mover_active(b) && !b->person && geo_distance(m->at, b->at) < NEAR_LED;
  }
  return n;
}

// Its last steps, to a spot that is its own.
static bool is_last(const struct mover *m) { return m->owes && m->spot != NONE && !m->waits && !m->far && !m->lead_off && m->stretches == 0; }

// Nobody stands, walks or is led to where it would walk straight to its spot.
static bool way_in(const struct twin *t, int32_t i) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  const double *spot = o->spots.spot[m->spot].at;
  if (geo_distance(m->at, spot) > LAST_STEPS || !floor_visible(floor_of(t, i), m->at, spot)) return false;
  for (int k = 0; k < m->nears; k++) {
    const struct mover *b = &o->mover[m->near[k]];
    double apart = m->radius + b->radius, now = geo_distance(m->at, b->at);
    // away from who stands it may go
    if (geo_segment_distance(b->at, m->at, spot) < (b->move == MOVE_STANDS && now < apart ? now : apart) - 1e-3) return false;
    for (int e = 0; e < 2 && b->led; e++) {
      int32_t c = e ? b->lead_from : b->lead_cell;
      const double p[2] = {cells_middle(&o->lead, c, 0), cells_middle(&o->lead, c, 1)};
      if (geo_segment_distance(p, m->at, spot) < apart - TOUCHES) return false;
    }
  }
  return true;
}

bool lead_begin(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->led || !may_be_led(t, i) || m->move != MOVE_WALKS || m->yields || m->claimed || m->wants || m->leg >= m->legs) return false;
  if (!o->lead.all && t->now - (o->lead.dense ? m->nearer : m->since) < (o->lead.dense ? STUCK_DENSE : STUCK) && (!o->lead.dense || crowd(o, m) < CROWD)) return false;
  keep_cells(t);
  int32_t goal = goal_of(t, i), cell = m->lead_cell;
  // others may want to come by where it stands before its spot, which they keep it from
  bool last = o->lead.all && is_last(m) && t->now - m->nearer > STUCK_LAST;
  if (goal == NONE || cell == NONE || (goal == cell && !last) || traffic_cost(o->lead.traffic, cell, 0, goal) >= TRAFFIC_FAR) return false;
  begin(t, i);
  m->lead_last = last;
  return true;
}

bool lead_away(struct twin *t, int32_t i, int32_t from) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->led || !may_be_led(t, i) || m->owes || t->robot[i].act != ACT_IDLE || m->move == MOVE_GONE) return false;
  keep_cells(t);
  int32_t to = m->lead_cell != NONE ? cells_room(t, m->lead_cell, NONE) : NONE;
  if (to == NONE) return false;
  begin(t, i);
  m->yields = false;
  m->lead_goal = to;
  m->lead_off = true;
  if (o->mover[from].rank < m->rank) m->rank = o->mover[from].rank;
  return true;
}

bool lead_clear(struct twin *t, int32_t i, int32_t from) {
  struct mover *m = &t->motion->mover[i];
  if (!m->led || (m->lead_goal != NONE && t->now - m->lead_moved < (m->lead_off ? ASTRAY : CUTS))) return false;
  int32_t was = m->lead_goal;
  m->lead_goal = cells_room(t, m->lead_cell, from);
  m->lead_off = m->lead_goal != NONE;
  if (!m->lead_off) m->lead_goal = was;
  return m->lead_off;
}

void lead_goes_on(struct twin *t, int32_t i) {
  struct mover *m = &t->motion->mover[i];
  if (m->led && m->owes) m->lead_off = false;
  if (m->led && !m->lead_off) m->lead_goal = goal_of(t, i);
}

double lead_rest(const struct motion *o, int32_t i) {
  const struct mover *m = &o->mover[i];
  return m->lead_goal == NONE ? 0 : traffic_cost(o->lead.traffic, m->lead_cell, 0, m->lead_goal) * o->lead.pitch / TRAFFIC_UNIT;
}

// The cell after that one on the way to that goal; NONE: it is there.
static int32_t next_cell(const struct lead *l, int32_t cell, int32_t goal) {
  int32_t column = cell % l->nx, best = NONE, least = traffic_cost(l->traffic, cell, 0, goal);
  const int32_t beside[4] = {column + 1 < l->nx ? cell + 1 : NONE, cell + l->nx, column > 0 ? cell - 1 : NONE, cell - l->nx};
  for (int k = 0; k < 4; k++) {
    if (beside[k] < 0 || beside[k] >= l->cells || !l->open[beside[k]]) continue;
    int32_t v = traffic_cost(l->traffic, beside[k], 0, goal);
    if (v >= least) continue;
    least = v;
    best = beside[k];
  }
  return best;
}

bool lead_clear_of(const struct motion *o, int32_t i, const double p[2], double distance) {
  const struct mover *m = &o->mover[i];
  int32_t cell = m->lead_cell;
  double a[2] = {m->at[0], m->at[1]};
  for (int k = 0; k < AHEAD && cell != NONE; k++) {
    const double b[2] = {cells_middle(&o->lead, cell, 0), cells_middle(&o->lead, cell, 1)};
    if (geo_segment_distance(p, a, b) < distance) return false;
    memcpy(a, b, sizeof a);
    cell = m->lead_goal == NONE ? NONE : next_cell(&o->lead, cell, m->lead_goal);
  }
  return true;
}

int32_t lead_waits(const struct motion *o, int32_t i) {
  const struct mover *m = &o->mover[i];
  const struct lead *l = &o->lead;
  int32_t best = m->lead_goal == NONE ? NONE : next_cell(l, m->lead_cell, m->lead_goal);
  return best == NONE || l->taken[best] == i ? NONE : l->taken[best];
}

// ---- one decision for all ------------------------------------------------------------------------------------------------

static void shut_around(struct lead *l, const double p[2], double apart, int32_t but) {
  int32_t c[LEAD_SHUTS];
  int n = cells_covered(l, p, apart, c);
  for (int k = 0; k < n; k++)
    if (c[k] != but && l->seen[c[k]] != l->stamp) {
      l->seen[c[k]] = l->stamp;
      l->shut[l->shuts++] = c[k];
    }
}

// Nobody is sent into a narrow way that somebody has claimed.
static void shut_claim(struct motion *o, int32_t i) {
  const struct claim *c = &o->claim[i];
  const struct mover *m = &o->mover[i];
  for (int k = 0; k + 1 < c->count; k++) {
    double length = geo_distance(c->point[k], c->point[k + 1]);
    for (double x = 0; x <= length; x += o->lead.pitch / 2) {
      double s = length > 0 ? x / length : 0;
      const double p[2] = {c->point[k][0] + s * (c->point[k + 1][0] - c->point[k][0]), c->point[k][1] + s * (c->point[k + 1][1] - c->point[k][1])};
      shut_around(&o->lead, p, 2 * m->radius, NONE);
    }
  }
}

// Two who are not in their cells yet exchange them when both are nearer then, taken together: so nobody's way to its cell crosses another's. Who has stood before
// its next cell for long does so too: the other one may stand in there.
static void exchange(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct lead *l = &o->lead;
  struct mover *m = &o->mover[i];
  if (!m->lead_joins) return;
  for (int k = 0; k < m->nears; k++) {
    int32_t j = m->near[k];
    struct mover *b = &o->mover[j];
    if (!b->led || (!b->lead_joins && t->now - b->lead_moved < ASTRAY) || lead_off2(l, m, b->lead_cell) + lead_off2(l, b, m->lead_cell) > lead_off2(l, m, m->lead_cell) + lead_off2(l, b, b->lead_cell) - 0.01) continue;
    int32_t mine = m->lead_cell;
    take(o, i, b->lead_cell);
    take(o, j, mine);
    if (b->lead_joins) continue;
    b->lead_joins = true;           // it is not there yet
    b->lead_moved = b->lead_there = t->now;
  }
}

// Along its last step, so that of two ways as short it goes on straight ahead: corners cost time.
static uint8_t facing_of(const struct lead *l, const struct mover *m, uint8_t before) {
  int32_t by = m->lead_cell == NONE || m->lead_from == NONE ? 0 : m->lead_cell - m->lead_from;
  return by == 1 ? TRAFFIC_EAST : by == l->nx ? TRAFFIC_SOUTH : by == -1 ? TRAFFIC_WEST : by == -l->nx ? TRAFFIC_NORTH : before;
}

// Somebody stands where it would turn, who is not led and may be waiting for it to go: it cuts the corner where it touches nobody.
static void cut_corner(struct twin *t, int32_t i) {
  struct motion *o = t->motion;
  struct mover *m = &o->mover[i];
  if (m->lead_turned || m->lead_joins || m->lead_from == m->lead_cell || t->now - m->lead_moved < CUTS) return;
  const double end[2] = {cells_middle(&o->lead, m->lead_cell, 0), cells_middle(&o->lead, m->lead_cell, 1)};
  if (!floor_visible(floor_of(t, i), m->at, end)) return;
  for (int k = 0; k < m->nears; k++) {
    const struct mover *b = &o->mover[m->near[k]];
    double apart = m->radius + b->radius, now = geo_distance(m->at, b->at);
    if (geo_segment_distance(b->at, m->at, end) < (now < apart ? now : apart) - 1e-3) return;
  }
  m->lead_turned = true;
}

// Everybody as the coordinator gets it.
static void tell_all(struct twin *t) {
  struct motion *o = t->motion;
  struct lead *l = &o->lead;
  l->shuts = 0;
  l->stamp++;
  for (int32_t i = 0; i < t->robots; i++)
    if (o->mover[i].led) exchange(t, i);
  for (int32_t i = 0; i < t->robots; i++) {
    struct mover *m = &o->mover[i];
    l->cell[i] = l->cells + i;
    l->facing[i] = facing_of(l, m, l->facing[i]);
    l->state[i] = TRAFFIC_HELD;
    l->urgency[i] = (int32_t)((m->rank - t->now) / (NS_SECOND / 4));
    for (int k = 0; k < TRAFFIC_GOALS; k++) l->goal[i * TRAFFIC_GOALS + k] = TRAFFIC_NONE;
    if (!m->led) continue;
    double p[2] = {cells_middle(l, m->lead_cell, 0), cells_middle(l, m->lead_cell, 1)}, off = geo_distance(m->at, p);
    if (off < RESTS) m->lead_joins = false;
    cut_corner(t, i);
    double near = m->lead_joins && l->strict ? JOINED : DECIDES;
    if (off < (l->many ? near : DECIDES)) m->lead_there = t->now;
    else if (m->lead_joins && t->now - m->lead_there > ASTRAY) {
      // where many walk another one: somebody who stands in its way may want to come by where it is
      int32_t was = m->lead_cell;
      l->taken[was] = l->many ? INT32_MAX : i;
      int32_t c = cells_nearest(t, i, m->at, l->many ? 2 * l->pitch : l->pitch);
      l->taken[was] = c == NONE ? i : NONE;
      if (c != NONE) take(o, i, c);
      m->lead_there = t->now;
    }
    l->cell[i] = m->lead_cell;
    l->goal[i * TRAFFIC_GOALS] = m->lead_goal;
    if (m->lead_joins && l->many) shut_around(l, m->at, 2 * m->radius, m->lead_cell);           // it is not yet where it counts as
    if (off < near && !t->robot[i].stopped) l->state[i] = TRAFFIC_OBEYS;
  }
  for (int32_t i = 0; i < t->robots; i++) {
    struct mover *m = &o->mover[i];
    if (m->led || m->move == MOVE_GONE) continue;
    int32_t c = m->lead_cell;
    if (c != NONE && may_be_led(t, i) && gives_room(t, i)) {
      l->cell[i] = c;
      l->state[i] = TRAFFIC_OBEYS;
    }
    double apart = 2 * m->radius;
    if (!l->dense || l->state[i] != TRAFFIC_OBEYS) shut_around(l, m->at, apart, c);
    if (l->state[i] == TRAFFIC_OBEYS) continue;
    if (m->move == MOVE_WALKS) {
      const double p[2] = {m->at[0] + 0.4 * m->velocity[0], m->at[1] + 0.4 * m->velocity[1]};
      shut_around(l, p, apart, c);
    }
    if (l->all && is_last(m)) shut_around(l, o->spots.spot[m->spot].at, apart, c);
    if (m->claimed) shut_claim(o, i);
    if (c != NONE) l->cell[i] = c;
  }
}

static bool free_ahead(const struct motion *o, int32_t i) {
  const struct mover *m = &o->mover[i];
  double speed = m_sqrt(m->velocity[0] * m->velocity[0] + m->velocity[1] * m->velocity[1]);
  for (int k = 0; k < m->nears; k++) {
    const struct mover *b = &o->mover[m->near[k]];
    double x = b->at[0] - m->at[0], y = b->at[1] - m->at[1], d = m_sqrt(x * x + y * y);
    if (d < FREE_AHEAD && (speed < 0.2 || x * m->velocity[0] + y * m->velocity[1] > -0.3 * d * speed)) return false;
  }
  return true;
}

// For whoever is before one who stands and is not led, the coordinator waits for ever: the way around is farther than staying.
static bool is_blocked(const struct twin *t, int32_t i) {
  const struct motion *o = t->motion;
  const struct mover *m = &o->mover[i];
  if (!m->owes || t->now - m->lead_moved < BLOCKED) return false;
  int32_t j = lead_waits(o, i);
  return j != NONE && !o->mover[j].led && o->mover[j].move == MOVE_STANDS && !gives_room(t, j);
}

static void follow(struct twin *t) {
  struct motion *o = t->motion;
  struct lead *l = &o->lead;
  static const int8_t dx[4] = {1, 0, -1, 0}, dy[4] = {0, 1, 0, -1};
  // out of the cells first: who follows takes them in the same step
  for (int32_t i = 0; i < t->robots; i++)
    if (l->cell[i] < l->cells && l->action[i] >= TRAFFIC_GO) l->taken[l->cell[i]] = NONE;
  for (int32_t i = 0; i < t->robots; i++) {
    struct mover *m = &o->mover[i];
    if (l->cell[i] >= l->cells || l->action[i] < TRAFFIC_GO) continue;
    int side = l->action[i] - TRAFFIC_GO;
    o->count.led_moves++;
    int32_t to = l->cell[i] + dx[side] + dy[side] * l->nx;
    if (!m->led) begin(t, i);
    take(o, i, to);
    m->lead_moved = m->lead_there = t->now;
    // who is not in its first cell yet may go to the next one instead; in a crowd nobody would ever come into any
    if (m->lead_joins && !l->strict) continue;
    m->lead_from = l->cell[i];
    l->left[m->lead_from] = i;
    m->lead_turned = m->lead_joins = false;
  }
  // who stands across cells beside one that is led takes one of them
  for (int32_t i = 0; i < t->robots; i++) {
    struct mover *m = &o->mover[i];
    if (m->led || l->cell[i] >= l->cells || l->state[i] != TRAFFIC_OBEYS) continue;
    const double p[2] = {cells_middle(l, l->cell[i], 0), cells_middle(l, l->cell[i], 1)};
    int32_t other[LOOK_NEAR];
    int n = geo_distance(m->at, p) > ACROSS ? grid_near(o, m->at, NEAR_LED, i, other, LOOK_NEAR) : 0;
    for (int k = 0; k < n && !m->led; k++)
      if (o->mover[other[k]].led) begin(t, i);
  }
  for (int32_t i = 0; i < t->robots; i++) {
    struct mover *m = &o->mover[i];
    if (!m->led) continue;
    const double p[2] = {cells_middle(l, m->lead_cell, 0), cells_middle(l, m->lead_cell, 1)};
    bool there = geo_distance(m->at, p) < RESTS;
    bool over = l->many && !l->all, alone = !l->all && m->lead_goal != NONE && !m->lead_off && crowd(o, m) < CROWD - 1 && free_ahead(o, i);
    bool arrived = m->lead_goal == NONE ? there && t->now - m->lead_moved > SETTLED : m->lead_cell == m->lead_goal && geo_distance(m->at, p) < DECIDES && !(m->lead_last && is_last(m) && !way_in(t, i));
    bool blocked = !over && !alone && !arrived && !l->all && is_blocked(t, i);
    if (!over && !alone && !arrived && !blocked) continue;
    lead_drop(o, i);
    if (blocked) m->since = t->now;
    way_back(t, i);
  }
}

// All or nobody, where many walk.
void lead_watch(struct twin *t) {
  struct motion *o = t->motion;
  struct lead *l = &o->lead;
  if (!l->many) return;
  int32_t walkers = 0, stuck = 0;
  for (int32_t i = 0; i < t->robots; i++) {
    const struct mover *m = &o->mover[i];
    if (!m->owes || m->move != MOVE_WALKS || (m->waits && m->leg >= m->legs)) continue;
    walkers++;
    stuck += t->now - m->since >= STUCK;
  }
  if (stuck > 0) l->calm = t->now;
  if (!l->all) l->all = stuck >= 2 && stuck >= JAMMED * walkers;
  else if (t->now - l->calm >= CALM) l->all = false;
}

void lead_step(struct twin *t) {
  struct lead *l = &t->motion->lead;
  if (l->leds == 0) return;
  for (int32_t i = 0; i < t->robots; i++) lead_keep_cell(t, i);
  tell_all(t);
  const struct traffic_robots r = {.n = t->robots, .cell = l->cell, .state = l->state, .facing = l->many ? l->facing : NULL, .goal = l->goal, .urgency = l->urgency, .shuts = l->shuts, .shut = l->shut};
  traffic_step(l->traffic, &r, l->action);
  t->motion->count.lead_steps++;
  follow(t);
}

void lead_routes_changed(struct twin *t) {
  struct motion *o = t->motion;
  for (int32_t i = 0; i < t->robots; i++) {
    bool led = o->mover[i].led;
    lead_drop(o, i);
    if (led) way_back(t, i);
    o->mover[i].lead_cell = NONE;
  }
  if (!cells_make(t)) twin_fault(t, "no memory for the cells of the hall");
}
