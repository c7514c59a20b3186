#include "robots/walk_path.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "robots/jog_way.h"

#define SAME        1e-3            // m    points nearer than this are one
#define ARC_LEAST   0.30            // m    radius below which a corner is turned on the spot; a guess
#define ARC_MOST    2.2             // rad  so are sharper corners
#define BEND        0.28            // rad  a bend that needs no arc; a guess
#define TURN_SMALL  1e-3            // rad  that nobody turns for
#define JOG_KEEP    6               // 1    walking steps that are left of a way with a jog: more do when its ends ask for it. A guess
#define JOG_KEEP_MOST 14
#define ROW_MORE    32              //      steps that a walk which turns off has room for at first
#define SLOPE_MOST  0.1763269807    // tan 10 degrees

static double size_of(double x) { return x < 0 ? -x : x; }
static double smaller(double a, double b) { return a < b ? a : b; }

struct walk_route walk_route_defaults(const struct v3 *point, int count) {
  return (struct walk_route){.point = point, .count = count, .heading_free = true, .speed = 1.2, .corner_radius = 0.5, .friction = 0.6, .tick = 0.005};
}

// ---- from stop to stop --------------------------------------------------------------------------------

struct builder {
  const struct humanoid   *h;
  const struct walk_route *route;
  struct gait_wish         wish;
  struct walk_row          row;
  struct step_target       at;
  struct way_piece        *piece;   // since the last stop
  int                      pieces;
  double                   distance;
  double                   before;  // m    of the step before, where it comes walking: until the first stop
  struct walk_feet         feet;
  struct jog_pace          pace;    // speed 0: walks
  bool                     jogs;    // somewhere
};

// The same with a jog on the pieces that are long enough. *done: false when there are none.
static enum status jog_on(struct builder *b, const struct walk_way *way, bool *done, struct error *e) {
  struct jog_cut *cut = malloc(sizeof *cut * (size_t)(b->pieces + 1));
  if (!cut) return error_at(e, STATUS_MEMORY, b->h->model->name, 0, 0, "a way of %d pieces", b->pieces);
  double step = step_length_at(b->h, &b->wish, b->route->speed);
  enum status status = STATUS_OK;
  int from = b->row.count;
  *done = false;
  for (int keep = JOG_KEEP; keep <= JOG_KEEP_MOST && !*done && !status; keep += 2) {
    if (!jog_way_cut(cut, b->piece, b->pieces, b->h, &b->wish, &b->pace, keep * step)) break;
    status = way_steps(&b->row, b->h, &b->wish, way, e);
    if (status) jog_way_restore(cut, b->piece, b->pieces);
    else status = jog_way_fill(&b->row, from, cut, b->piece, b->pieces, b->h, &b->wish, &b->pace, done, e);
    if (!*done) b->row.count = from;
  }
  free(cut);
  b->jogs |= *done;
  return status == STATUS_RANGE ? STATUS_OK : status;
}

// Step over the pieces since the last stop; without any, turn on the spot. The feet are not yet together at the end.
static enum status step_on(struct builder *b, double heading, bool stops, struct error *e) {
  struct walk_way way = {b->piece, b->pieces, b->at, heading, b->row.count > 0, b->row.count % 2 ? (enum side)!b->row.first : b->row.first, b->before, stops, b->route->speed, b->feet};
  bool done = false;
  enum status status = b->pace.speed > 0 ? jog_on(b, &way, &done, e) : STATUS_OK;
  if (!status && !done) status = way_steps(&b->row, b->h, &b->wish, &way, e);
  if (status) return status;
  for (int i = 0; i < b->pieces; i++) b->distance += b->piece[i].length;
  b->pieces = 0;
  b->before = 0;
  b->at = b->row.target[b->row.count - 1];
  return STATUS_OK;
}

// ---- routes -----------------------------------------------------------------------------------------

static enum status check(const struct walk_route *r, const char *name, struct error *e) {
  if (r->count < 1 || r->count > WALK_POINTS_MAX)
    return error_at(e, STATUS_RANGE, name, 0, 0, "route: %d points; 1 to %d can be walked", r->count, WALK_POINTS_MAX);
  for (int i = 0; i < r->count; i++) {
    const struct v3 *p = &r->point[i];
    if (!(size_of(p->x) < 1e5) || !(size_of(p->y) < 1e5) || !(size_of(p->z) < 1e3))
      return error_at(e, STATUS_RANGE, name, 0, 0, "route: point %d is not within 100 km", i);
  }
  if (!(r->speed >= 0.1 && r->speed <= 4)) return error_at(e, STATUS_RANGE, name, 0, 0, "speed: %g m/s is not within 0.1 .. 4 m/s", r->speed);
  if (!(r->jog >= 0 && r->jog <= 4)) return error_at(e, STATUS_RANGE, name, 0, 0, "jog: %g m/s is not within 0 .. 4 m/s", r->jog);
  if (!(r->load >= 0 && r->load <= 200)) return error_at(e, STATUS_RANGE, name, 0, 0, "load: %g kg is not within 0 .. 200 kg", r->load);
  if (!(r->corner_radius >= 0 && r->corner_radius <= 100))
    return error_at(e, STATUS_RANGE, name, 0, 0, "corner radius: %g m is not within 0 .. 100 m", r->corner_radius);
  if (!(r->tick >= 0.001 && r->tick <= 0.02)) return error_at(e, STATUS_RANGE, name, 0, 0, "tick: %g s is not within 0.001 .. 0.02 s", r->tick);
  if (!(size_of(r->heading_start) < 1e4) || !(r->heading_free || size_of(r->heading_end) < 1e4))
    return error_at(e, STATUS_RANGE, name, 0, 0, "heading: not a finite angle");
  return STATUS_OK;
}

static double plan_length(struct v3 a, struct v3 b) { return m_sqrt((b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y)); }

static void add_piece(struct builder *b, struct v3 start, double heading, double length, double turn, double rise) {
  if (length > 1e-9) b->piece[b->pieces++] = (struct way_piece){start, heading, length, turn, rise};
}

// Lines and arcs over the points, a stop where a corner is not cut.
static enum status lay(struct builder *b, const struct v3 *p, int n, const char *name, struct error *e) {
  double cut = 0, heading = b->at.yaw;                                 // cut: m of this line that the arc before has taken
  for (int i = 0; i + 1 < n; i++) {
    double length = plan_length(p[i], p[i + 1]), sy, cy;

    // angles are counted on, never wrapped: a foot turns by their difference
    heading += m_wrap(m_atan2(p[i + 1].y - p[i].y, p[i + 1].x - p[i].x) - heading);
    double rise = (p[i + 1].z - p[i].z) / length, next = 0, angle = 0, radius = 0;
    if (size_of(rise) > SLOPE_MOST + 1e-9)
      return error_at(e, STATUS_RANGE, name, 0, 0, "route: from point %d to %d the floor rises by %.3g; at most %.3g (10 degrees) is walked", i, i + 1, rise, SLOPE_MOST);
    if (i + 2 < n) {
      double after = plan_length(p[i + 1], p[i + 2]), half, sh, ch;
      angle = m_wrap(m_atan2(p[i + 2].y - p[i + 1].y, p[i + 2].x - p[i + 1].x) - heading);
      half = size_of(angle) / 2;
      m_sincos(half, &sh, &ch);
      double room = smaller(length, after) / 2;
      if (half > 1e-9 && 2 * half < ARC_MOST) {
        radius = smaller(b->route->corner_radius, room * ch / sh);
        next = radius * sh / ch;
      }
      // a gentle bend needs no arc worth the name: any radius will do
      if (radius < ARC_LEAST && 2 * half > BEND) radius = next = 0;
    }
    m_sincos(heading, &sy, &cy);
    struct v3 start = v3_add(p[i], v3(cy * cut, sy * cut, rise * cut));
    add_piece(b, start, heading, length - cut - next, 0, rise);
    cut = next;
    if (radius > 0) {
      struct v3 from = v3_add(p[i], v3(cy * (length - next), sy * (length - next), rise * (length - next)));
      add_piece(b, from, heading, radius * size_of(angle), angle, 0);
    } else if (size_of(angle) > 1e-9 || i + 2 == n) {
      bool last = i + 2 == n;
      double end = last && !b->route->heading_free ? b->route->heading_end : heading;
      enum status status = step_on(b, end, last, e);
      if (status) return status;
    }
  }
  return STATUS_OK;
}

// The last foot where it was asked for to the bit, and the other beside it.
static enum status close_feet(struct builder *b, struct v3 end, struct error *e) {
  struct step_target *last = &b->row.target[b->row.count - 1];
  last->place = end;
  if (!b->route->heading_free) last->yaw += m_wrap(b->route->heading_end - last->yaw);
  return way_step(&b->row, *last, b->h->model->name, e);
}

// Targets over the route's points from where the builder is, after those in its row. Whatever the status, the row is to be freed.
static enum status over(struct builder *b, const struct walk_route *r, const char *name, struct error *e) {
  struct v3 *p = malloc(sizeof *p * (size_t)r->count);
  b->piece = malloc(sizeof *b->piece * 2 * (size_t)r->count);
  enum status status = p && b->piece ? STATUS_OK : error_at(e, STATUS_MEMORY, name, 0, 0, "a route of %d points", r->count);

  // points that are one
  int n = 0, kept = b->row.count;
  for (int i = 0; i < r->count && !status; i++)
    if (!n || plan_length(p[n - 1], r->point[i]) > SAME) p[n++] = r->point[i];
    else if (i == r->count - 1 && n > 1) p[n - 1] = r->point[i];
  if (!status && n > 1) status = lay(b, p, n, name, e);
  else if (!status && !r->heading_free && size_of(m_wrap(r->heading_end - b->at.yaw)) > TURN_SMALL) status = step_on(b, r->heading_end, true, e);
  if (!status && b->row.count > kept) status = close_feet(b, p[n - 1], e);
  free(p);
  free(b->piece);
  return status;
}

static struct builder builder_of(const struct humanoid *h, struct walk_feet feet, const struct walk_route *r) {
  struct builder b = {.h = h, .route = r, .feet = feet, .wish = gait_wish_defaults(GAIT_WALK, r->speed)};
  b.wish.load = r->load;
  b.wish.load_pose = r->load_pose;
  return b;
}

enum status walk_targets_make(struct walk_targets *t, const struct humanoid *h, struct walk_feet feet, const struct walk_route *r, struct error *e) {
  const char *name = h->model->name;
  memset(t, 0, sizeof *t);
  enum status status = check(r, name, e);
  if (status) return status;
  struct builder b = builder_of(h, feet, r);
  if (r->jog > r->speed && r->load == 0) {
    status = jog_pace_of(&b.pace, h, r->jog, e);
    if (status) return status;
  }
  t->from = b.at = (struct step_target){.place = r->point[0], .yaw = r->heading_start};
  status = over(&b, r, name, e);
  *t = (struct walk_targets){t->from, b.row.first, b.row.target, b.row.count, b.distance, b.jogs ? b.pace : (struct jog_pace){.speed = 0}};
  if (status) walk_targets_finish(t);
  return status;
}

enum status walk_targets_on(struct walk_targets *t, const struct walk_targets *was, int kept, const struct humanoid *h, struct walk_feet feet, const struct walk_route *r, struct error *e) {
  const char *name = h->model->name;
  assert(kept >= 1);
  assert(kept <= was->count);
  memset(t, 0, sizeof *t);
  enum status status = check(r, name, e);
  if (status) return status;
  struct builder b = builder_of(h, feet, r);
  b.row = (struct walk_row){malloc(sizeof *b.row.target * (size_t)(kept + ROW_MORE)), kept, kept + ROW_MORE, was->first};
  if (!b.row.target) return error_at(e, STATUS_MEMORY, name, 0, 0, "a route of %d steps", kept);
  memcpy(b.row.target, was->target, sizeof *b.row.target * (size_t)kept);
  b.at = was->target[kept - 1];
  for (int i = 0; i < kept; i++) b.distance += b.before = plan_length((i ? was->target[i - 1] : was->from).place, was->target[i].place);
  status = over(&b, r, name, e);
  if (!status && b.row.count == kept) status = error_at(e, STATUS_RANGE, name, 0, 0, "route: it ends where a walk is to turn off to it");
  *t = (struct walk_targets){.from = was->from, .first = b.row.first, .target = b.row.target, .count = b.row.count, .distance = b.distance};
  if (status) walk_targets_finish(t);
  return status;
}

void walk_targets_finish(struct walk_targets *t) {
  free(t->target);
  memset(t, 0, sizeof *t);
}
