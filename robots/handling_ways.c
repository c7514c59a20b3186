// Directions of closing, side by side: which of them may be the quickest is known from the touch.
#include <math.h>
#include <string.h>

#include "robots/handling_build.h"

#define DEEPER 1                    // levels beyond the first at which some direction gets there: another one that bends the body deeper is seldom the quickest; a guess

static void take(struct build *b, const struct way *way, struct handling_touch *t) {
  b->h->grip = *way->grip;
  *t = handling_touch_of(b);
}

// Touches, level by level.
static void find_touches(struct build *b, struct way *ways, int count) {
  struct reach_climb climb[HANDLING_DIRECTIONS];
  struct reach_wish wish[HANDLING_DIRECTIONS];
  int last = 0;
  for (int i = 0; i < count; i++) {
    struct handling_touch t;
    take(b, &ways[i], &t);
    handling_wish_at(b, t.at, t.approach, t.close, 0);
    wish[i] = b->reach;
    last = reach_levels(b->r, t.at.z) - 1;                  // the same for all
    climb[i].found = false;
  }
  for (int level = 0; level <= last; level++) {
    reach_climb(b->r, wish, b->w->from, level, climb, count);
    for (int i = 0; i < count; i++)
      if (!b->w->thorough && climb[i].found && level + DEEPER < last) last = level + DEEPER;
  }
  for (int i = 0; i < count; i++) {
    ways[i].there = climb[i].found;
    ways[i].touch = climb[i].pose;
  }
}

// Above the touch.
static void find_over(struct build *b, struct way *way) {
  struct handling_touch t;
  const struct reach_pose *touch = &way->touch;
  take(b, way, &t);
  handling_wish_at(b, t.above, t.approach, t.close, 0);
  way->there = reach_near(b->r, &b->reach, touch, &way->over) || reach_level(b->r, &b->reach, touch, touch->level, &way->over) || reach_solve(b->r, &b->reach, b->w->from, &way->over);
}

static struct move_wish down_wish(struct build *b, const struct way *way, struct handling_touch *t) {
  take(b, way, t);
  struct move_wish w = handling_move(b, &way->over, &way->touch);
  w.guard = t->guard, w.after = t->shut;
  return w;
}

static double least_of(struct build *b, const struct way *way, const struct handling_touch *t, double down) {
  return b->r->spec->hands.look + handling_least(b, b->hand_from, reach_hand(b->r, &way->over, b->h->side), false) + down + handling_least_after(b, t);
}

static void find_least(struct build *b, struct way *way) {
  struct handling_touch t;
  struct move_wish w = down_wish(b, way, &t);
  way->least = least_of(b, way, &t, move_least(b->r, &w));
}

// Down to the touch, and closing.
static void find_down(struct build *b, struct way *way) {
  struct handling_touch t;
  struct move_wish w = down_wish(b, way, &t);
  memset(way->heat, 0, sizeof *way->heat * (size_t)b->r->humanoid->model->joint_count);
  way->down = move_find(b->r, &w, way->heat);
  way->least = least_of(b, way, &t, way->down.time);
}

void handling_way_more(struct build *b, struct way *way) {
  const struct grip held = b->h->grip;      // of a plan that is there already
  b->load[LEFT] = b->load[RIGHT] = 0;
  if (way->above) {
    find_down(b, way);
    way->ready = true;
  } else {
    find_over(b, way);
    way->above = true;
    way->ready = !way->there;
    if (way->there) find_least(b, way);
    else way->least = INFINITY;
  }
  b->h->grip = held;
}

void handling_way_again(struct build *b, struct way *way) {
  const struct handling *first = b->first;
  b->load[LEFT] = b->load[RIGHT] = 0;
  way->there = true;
  way->over = first->pose[first->step[HANDLING_REACH].pose], way->touch = first->pose[first->step[HANDLING_DOWN].pose];
  find_down(b, way);
  way->ready = true;
}

// At least that, whatever its poses are: hands may be off their places by REACH_MISS.
static double sure_least(struct build *b, const struct way *way) {
  struct handling_touch t;
  take(b, way, &t);
  double off = 2 * REACH_MISS * 1.875 / b->r->spec->hands.speed;
  return b->r->spec->hands.look + handling_least(b, b->hand_from, t.above, false) + handling_least(b, t.above, t.at, false) + handling_least_after(b, &t) - off;
}

void handling_ways(struct build *b, struct way *ways, int count) {
  b->load[LEFT] = b->load[RIGHT] = 0;
  find_touches(b, ways, count);
  for (int i = 0; i < count; i++) {
    ways[i].ready = !ways[i].there, ways[i].above = false;
    ways[i].least = ways[i].there ? sure_least(b, &ways[i]) : INFINITY;
  }
}
