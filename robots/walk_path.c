#include "robots/walk_path.h"

#include <stdlib.h>
#include <string.h>

#define SAME        1e-3            // m    points nearer than this are one
#define TURN_SMALL  0.02            // rad  turned within the next steps anyway
#define ARC_LEAST   0.30            // m    radius below which a corner is turned on the spot; a guess
#define ARC_MOST    2.2             // rad  so are sharper corners
#define SIDE_ACCEL  1.2             // m/s2 on arcs; a guess
#define ARC_TURN    (0.8 * TRANSITION_TURN_MAX)     // rad a step
#define GROWTH      1.4             // 1    of a step over the one before
#define SHUFFLE     0.7             // m    shorter ways are stepped without turning to them
#define SIDE_STEP   0.20            // m    shuffling steps, guesses
#define SHORT_STEP  0.30            // m
#define SLOPE_MOST  0.1763269807    // tan 10 degrees
#define STEPS_MAX   20000

static double size_of(double x) { return x < 0 ? -x : x; }
static double smaller(double a, double b) { return a < b ? a : b; }

// To -pi .. pi.
static double wrap(double a) { return a - 2 * M_PI_D * m_floor((a + M_PI_D) / (2 * M_PI_D)); }

struct walk_route walk_route_defaults(const struct v3 *point, int count) {
  return (struct walk_route){.point = point, .count = count, .heading_free = true, .speed = 1.2, .corner_radius = 0.5, .friction = 0.6, .tick = 0.005};
}

// ---- pieces -----------------------------------------------------------------------------------------

// A straight line (turn = 0) or an arc, with its place in the whole.
struct piece { struct v3 start; double heading, length, turn, rise; };

static struct step_target piece_at(const struct piece *p, double s) {
  double sy, cy, share = p->length > 0 ? s / p->length : 0, a = p->turn * share;
  struct step_target t = {p->start, p->heading + a, 0};
  m_sincos(p->heading, &sy, &cy);
  double x = s, y = 0;
  if (p->turn != 0) {
    double r = p->length / p->turn, sa, ca;
    m_sincos(a, &sa, &ca);
    x = r * sa, y = r * (1 - ca);
  }
  t.place = v3_add(t.place, v3(cy * x - sy * y, sy * x + cy * y, p->rise * s));
  t.slope = m_atan2(p->rise, 1);
  return t;
}

struct builder {
  const struct humanoid   *h;
  const struct walk_route *route;
  struct gait_wish         wish;
  struct walk_targets     *out;
  int                      capacity;
  double                   straight;                                   // m  longest step
  struct step_target       at;
  struct piece            *piece;   // since the last stop
  int                      pieces;
  bool                     full;
};

static void put(struct builder *b, struct step_target t) {
  struct walk_targets *o = b->out;
  if (o->count == b->capacity) {
    int capacity = b->capacity ? 2 * b->capacity : 64;
    struct step_target *more = o->count < STEPS_MAX ? realloc(o->target, sizeof *more * (size_t)capacity) : NULL;
    if (!more) { b->full = true; return; }
    o->target = more;
    b->capacity = capacity;
  }
  o->target[o->count++] = t;
  b->at = t;
}

// Turn on the spot; the feet are not yet together at the end.
static void turn_to(struct builder *b, double heading) {
  double angle = wrap(heading - b->at.yaw);
  struct step_target from = b->at;
  int n = (int)m_floor(size_of(angle) / TRANSITION_TURN_MAX) + 1;
  if (size_of(angle) < TURN_SMALL) return;
  for (int i = 1; i <= n; i++) {
    struct step_target t = from;
    t.yaw = from.yaw + angle * i / n;
    t.slope = 0;
    put(b, t);
  }
}

// Longest step on a piece.
static double longest(const struct builder *b, const struct piece *p) {
  if (p->turn == 0) return b->straight;
  double r = p->length / size_of(p->turn), length = step_length_at(b->h, &b->wish, smaller(b->route->speed, m_sqrt(SIDE_ACCEL * r)));
  return smaller(length, r * ARC_TURN);
}

// Longest step that may begin at s, looking ahead so that steps shrink in time.
static double step_from(const struct builder *b, const double *ends, double s) {
  double best = 1e9;
  for (int i = 0; i < b->pieces; i++) {
    double start = i ? ends[i - 1] : 0, length = longest(b, &b->piece[i]);
    if (ends[i] <= s) continue;
    // steps shrink by GROWTH each: the way of doing so is a geometric series
    double way = start - s, allowed = way <= 0 ? length : length + way * (GROWTH - 1) / GROWTH;
    best = smaller(best, allowed);
  }
  return best;
}

// Walk the pieces since the last stop.
static void walk_pieces(struct builder *b) {
  double *ends = malloc(sizeof(double) * (size_t)(b->pieces + 1)), whole = 0;
  if (!ends) { b->full = true; return; }
  for (int i = 0; i < b->pieces; i++) ends[i] = whole += b->piece[i].length;

  // once to count and find the factor, once to place
  double sum = 0, scale = 1;
  for (int round = 0; round < 2; round++) {
    double s = 0, before = 1e9;
    int i = 0;
    while (s < whole * (1 - 1e-9) && !b->full) {
      double length = smaller(step_from(b, ends, s), before * GROWTH);
      before = length;
      s += length;
      if (!round) continue;
      double on = smaller(s * scale, whole);
      while (i + 1 < b->pieces && on > ends[i]) i++;
      put(b, piece_at(&b->piece[i], on - (i ? ends[i - 1] : 0)));
    }
    sum = s;
    scale = whole / sum;
  }
  if (b->out->count) b->out->target[b->out->count - 1].slope = b->piece[b->pieces - 1].turn == 0 ? m_atan2(b->piece[b->pieces - 1].rise, 1) : 0;
  b->out->distance += whole;
  b->pieces = 0;
  free(ends);
}

// A short way without turning to it: pairs of steps, the foot on the side of the move first.
static void shuffle(struct builder *b, struct v3 to) {
  double s, c;
  struct step_target from = b->at;
  m_sincos(from.yaw, &s, &c);
  double dx = to.x - from.place.x, dy = to.y - from.place.y, ahead = c * dx + s * dy, left = c * dy - s * dx;
  double need = size_of(ahead) / SHORT_STEP > size_of(left) / SIDE_STEP ? size_of(ahead) / SHORT_STEP : size_of(left) / SIDE_STEP;
  int n = (int)m_floor(need - 1e-9) + 1;
  for (int i = 1; i <= n; i++) {
    struct step_target t = from;
    t.place = v3_add(from.place, v3(dx * i / n, dy * i / n, (to.z - from.place.z) * i / n));
    put(b, t);
    if (size_of(left) > SAME || i == n) put(b, t);
  }
  b->out->distance += m_sqrt(dx * dx + dy * dy);
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
  if (length > 1e-9) b->piece[b->pieces++] = (struct piece){start, heading, length, turn, rise};
}

// Lines and arcs over the points, a stop where a corner is not cut.
static enum status lay(struct builder *b, const struct v3 *p, int n, const char *name, struct error *e) {
  double cut = 0, heading = b->at.yaw;                                 // cut: m of this line that the arc before has taken
  for (int i = 0; i + 1 < n; i++) {
    double length = plan_length(p[i], p[i + 1]), sy, cy;

    // angles are counted on, never wrapped: a foot turns by their difference
    heading += wrap(m_atan2(p[i + 1].y - p[i].y, p[i + 1].x - p[i].x) - heading);
    double rise = (p[i + 1].z - p[i].z) / length, next = 0, angle = 0, radius = 0;
    if (size_of(rise) > SLOPE_MOST + 1e-9)
      return error_at(e, STATUS_RANGE, name, 0, 0, "route: from point %d to %d the floor rises by %.3g; at most %.3g (10 degrees) is walked", i, i + 1, rise, SLOPE_MOST);
    if (i + 2 < n) {
      double after = plan_length(p[i + 1], p[i + 2]), half, sh, ch;
      angle = wrap(m_atan2(p[i + 2].y - p[i + 1].y, p[i + 2].x - p[i + 1].x) - heading);
      half = size_of(angle) / 2;
      m_sincos(half, &sh, &ch);
      double room = smaller(length, after) / 2;
      if (half > 1e-9 && 2 * half < ARC_MOST) {
        radius = smaller(b->route->corner_radius, room * ch / sh);
        next = radius * sh / ch;
      }
      // a gentle bend needs no arc worth the name: any radius will do
      if (radius < ARC_LEAST && 2 * half > ARC_TURN) radius = next = 0;
    }
    m_sincos(heading, &sy, &cy);
    struct v3 start = v3_add(p[i], v3(cy * cut, sy * cut, rise * cut));
    if (!b->pieces) turn_to(b, heading);
    add_piece(b, start, heading, length - cut - next, 0, rise);
    cut = next;
    if (radius > 0) {
      struct v3 from = v3_add(p[i], v3(cy * (length - next), sy * (length - next), rise * (length - next)));
      add_piece(b, from, heading, radius * size_of(angle), angle, 0);
    } else if (size_of(angle) > 1e-9 || i + 2 == n) {
      walk_pieces(b);
    }
  }
  return STATUS_OK;
}

enum status walk_targets_make(struct walk_targets *t, const struct humanoid *h, const struct walk_route *r, struct error *e) {
  const char *name = h->model->name;
  memset(t, 0, sizeof *t);
  enum status status = check(r, name, e);
  if (status) return status;
  struct builder b = {.h = h, .route = r, .wish = gait_wish_defaults(GAIT_WALK, r->speed), .out = t};
  b.wish.load = r->load;
  b.wish.load_pose = r->load_pose;
  b.straight = step_length_at(h, &b.wish, r->speed);
  t->from = b.at = (struct step_target){r->point[0], r->heading_start, 0};
  struct v3 *p = malloc(sizeof *p * (size_t)r->count);
  b.piece = malloc(sizeof *b.piece * 2 * (size_t)r->count);
  if (!p || !b.piece) b.full = true;

  // points that are one
  int n = 0;
  for (int i = 0; i < r->count && !b.full; i++)
    if (!n || plan_length(p[n - 1], r->point[i]) > SAME) p[n++] = r->point[i];
    else if (i == r->count - 1 && n > 1) p[n - 1] = r->point[i];
  if (!b.full && n > 1) {
    double end = r->heading_free ? r->heading_start : r->heading_end;
    bool near = n == 2 && plan_length(p[0], p[1]) < SHUFFLE && size_of(wrap(end - r->heading_start)) < M_PI_D / 3;
    if (near) shuffle(&b, p[1]);
    else status = lay(&b, p, n, name, e);
  }
  if (!status && !b.full && !r->heading_free) turn_to(&b, r->heading_end);

  // the feet together, exactly where and as it was asked
  if (!status && !b.full && t->count) {
    struct step_target last = b.at;
    if (n > 1) last.place = p[n - 1];
    if (!r->heading_free) last.yaw += wrap(r->heading_end - last.yaw);
    t->target[t->count - 1] = last;
    const struct step_target *other = t->count > 1 ? &t->target[t->count - 2] : NULL;
    if (!other || other->yaw != last.yaw || plan_length(other->place, last.place) > 0) put(&b, last);
  }
  if (b.full) status = error_at(e, t->count >= STEPS_MAX ? STATUS_LIMIT : STATUS_MEMORY, name, 0, 0, "route: more than %d steps", STEPS_MAX);
  free(p);
  free(b.piece);
  if (status) walk_targets_finish(t);
  return status;
}

void walk_targets_finish(struct walk_targets *t) {
  free(t->target);
  memset(t, 0, sizeof *t);
}
