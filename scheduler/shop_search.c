#include "scheduler/shop_search.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "scheduler/shop_bound.h"
#include "scheduler/shop_build.h"
#include "scheduler/shop_refute.h"
#include "scheduler/tabu.h"

#define ISLANDS    2
#define POOL_MAX   16
#define PATIENCE   6000             // iterations without a new best that end a tabu search (12,500 in Peng et al. 2015),
#define PATIENCE_FLEXIBLE 1500      // and where operations choose machines; tried from 200 to 12,500
#define POOL_FLEXIBLE 5             // elites there: a small population is soon at its end, and the next one ends elsewhere; tried from 3 to 30
#define STALE      4                // populations' worth of children without a change that end a population

struct search;

struct island {
  struct search *search;
  struct tabu    tabu;
  struct dice    dice;
  struct shop_plan    pool[POOL_MAX], child, best, guest;
  int            count;             // of pool
  int            stale;             // children in a row that changed nothing
  bool           busy;              // tabu is at work on child
  int32_t        thrift;            // of dispatching: the one that began best
  int64_t        best_at;           // iteration that found the best
};

struct search {
  const struct shop        *shop;
  const struct shop_search *how;
  int32_t                   bound;
  int                       pool_size;
  int64_t                   twin_distance;    // plans no farther apart count as doubles
  int64_t                   patience, round;  // iterations of an island between two meetings
  int64_t                   piece;            // iterations between two looks at the clock
  atomic_bool               stopped;
  _Atomic int64_t           proved_at;        // iteration of an island at which the bound was met
  struct island             island[ISLANDS];
};

struct shop_search shop_search_defaults(void) { return (struct shop_search){.seed = 1, .threads = 2, .bound_work = 200000000}; }

// ---- the population ----------------------------------------------------------------------------------

static int worst_of(const struct island *l) {
  int worst = 0;
  for (int i = 1; i < l->count; i++)
    if (l->pool[i].makespan > l->pool[worst].makespan) worst = i;
  return worst;
}

// A plan wants to join. One that is too near another may only replace that one. Returns whether anything changed.
static bool join(struct island *l, const struct shop_plan *p) {
  const struct shop *s = l->search->shop;
  int64_t near = INT64_MAX;
  int twin = -1;
  for (int i = 0; i < l->count; i++) {
    int64_t apart = shop_plan_distance(p, &l->pool[i], s);
    if (apart < near) {
      near = apart;
      twin = i;
    }
  }
  int place = l->count;
  if (twin >= 0 && near <= l->search->twin_distance) {
    if (p->makespan >= l->pool[twin].makespan) return false;
    place = twin;
  } else if (l->count == l->search->pool_size) {
    place = worst_of(l);
    if (p->makespan > l->pool[place].makespan) return false;
  } else {
    l->count++;
  }
  shop_plan_copy(&l->pool[place], p, s);
  return true;
}

// The plan that the next tabu search begins with.
static bool next_child(struct island *l) {
  const struct shop *s = l->search->shop;
  if (l->stale > STALE * l->search->pool_size) {
    l->count = 0;
    l->stale = 0;
  }
  if (l->count < l->search->pool_size || l->count < 2) {
    double noise = l->tabu.iteration == 0 && l == &l->search->island[0] ? 0 : 0.5;
    return shop_build(&l->child, s, noise, l->thrift, &l->dice);
  }
  uint32_t a = dice_below(&l->dice, (uint32_t)l->count), b = dice_below(&l->dice, (uint32_t)l->count - 1);
  b += b >= a;
  int32_t share = 77 + (int32_t)dice_below(&l->dice, 103), late = (int32_t)dice_below(&l->dice, 257);
  return shop_relink(&l->child, s, &l->pool[a], &l->pool[b], share, late, &l->dice);
}

static void keep_best(struct island *l) {
  if (l->tabu.best.makespan >= l->best.makespan) return;
  shop_plan_copy(&l->best, &l->tabu.best, l->search->shop);
  l->best_at = l->tabu.iteration;
}

// ---- an island for a round ---------------------------------------------------------------------------

static bool told_to_stop(struct search *x, const struct island *l) {
  // the other island met the bound earlier than this one could
  if (l->tabu.iteration > atomic_load_explicit(&x->proved_at, memory_order_relaxed)) return true;
  if (atomic_load_explicit(&x->stopped, memory_order_relaxed)) return true;
  if (x->how->stop == NULL || !x->how->stop(x->how->context)) return false;
  atomic_store(&x->stopped, true);
  return true;
}

static void *run_island(void *argument) {
  struct island *l = argument;
  struct search *x = l->search;
  struct tabu *t = &l->tabu;
  for (int64_t end = t->iteration + x->round; t->iteration < end && l->best.makespan > x->bound;) {
    if (!l->busy) {
      bool good = next_child(l);
      assert(good);
      tabu_start(t, &l->child);
      l->busy = true;
      keep_best(l);
    }
    if (told_to_stop(x, l)) break;
    int64_t wanted = end - t->iteration < x->piece ? end - t->iteration : x->piece;
    int64_t made = tabu_run(t, wanted, x->patience);
    keep_best(l);
    if (made == wanted) continue;
    l->busy = false;
    // a start that has no move at all still counts, so that every round ends
    if (made == 0) t->iteration++;
    l->stale = join(l, &t->best) ? 0 : l->stale + 1;
  }
  if (l->best.makespan <= x->bound) {
    int64_t at = atomic_load(&x->proved_at);
    while (l->best_at < at && !atomic_compare_exchange_weak(&x->proved_at, &at, l->best_at)) {}
  }
  return NULL;
}

static void run_round(struct search *x, int threads) {
  pthread_t other;
  bool alone = threads < 2 || pthread_create(&other, NULL, run_island, &x->island[1]) != 0;
  run_island(&x->island[0]);
  if (alone) run_island(&x->island[1]);
  else pthread_join(other, NULL);
}

// the islands give each other their best
static void meet(struct search *x) {
  const struct shop *s = x->shop;
  for (int i = 0; i < ISLANDS; i++) shop_plan_copy(&x->island[i].guest, &x->island[1 - i].best, s);
  for (int i = 0; i < ISLANDS; i++) {
    struct island *l = &x->island[i];
    if (l->count == x->pool_size) join(l, &l->guest);
  }
}

// ---- from start to end -------------------------------------------------------------------------------

static bool island_make(struct island *l, struct search *x, int index) {
  *l = (struct island){.search = x};
  struct stream keys = stream_make(x->how->seed, 0, "island", "keys", (uint32_t)index);
  uint64_t key = stream_u64(&keys);
  l->dice = dice_make(stream_u64(&keys));
  bool good = tabu_make(&l->tabu, x->shop, key);
  for (int i = 0; i < x->pool_size; i++) good = shop_plan_make(&l->pool[i], x->shop) && good;
  good = shop_plan_make(&l->child, x->shop) && good;
  good = shop_plan_make(&l->best, x->shop) && good;
  good = shop_plan_make(&l->guest, x->shop) && good;
  l->best.makespan = INT32_MAX;
  // a first plan at once, whatever happens then; more of them while there is time, which in a very large shop each takes
  double noise = index == 0 ? 0 : 0.1;
  if (good && index > 0 && told_to_stop(x, l)) shop_plan_copy(&l->best, &x->island[0].best, x->shop);
  else good = good && shop_build(&l->best, x->shop, noise, 0, &l->dice);
  for (int32_t thrift = 1; good && x->shop->flexible && thrift <= 4 && !told_to_stop(x, l); thrift *= 2) {
    good = shop_build(&l->child, x->shop, noise, thrift, &l->dice);
    if (!good || l->child.makespan >= l->best.makespan) continue;
    shop_plan_copy(&l->best, &l->child, x->shop);
    l->thrift = thrift;
  }
  return good;
}

static void island_finish(struct island *l) {
  tabu_finish(&l->tabu);
  for (int i = 0; i < POOL_MAX; i++) shop_plan_finish(&l->pool[i]);
  shop_plan_finish(&l->child);
  shop_plan_finish(&l->best);
  shop_plan_finish(&l->guest);
}

static const struct island *winner(const struct search *x) {
  const struct island *a = &x->island[0], *b = &x->island[1];
  if (a->best.makespan != b->best.makespan) return a->best.makespan < b->best.makespan ? a : b;
  // the one that found it first; at the bound the other may have been cut short
  return b->best_at < a->best_at ? b : a;
}

static void search_all(struct search *x, struct shop_found *found) {
  const struct shop_search *how = x->how;
  int64_t left = how->iterations > 0 ? (how->iterations + ISLANDS - 1) / ISLANDS : INT64_MAX;
  while (left > 0 && winner(x)->best.makespan > x->bound && !atomic_load(&x->stopped)) {
    if (x->round > left) x->round = left;
    left -= x->round;
    run_round(x, how->threads);
    meet(x);
    found->iterations = x->island[0].tabu.iteration + x->island[1].tabu.iteration;
    if (how->progress) how->progress(how->context, winner(x)->best.makespan, x->bound, found->iterations);
  }
  found->stopped = atomic_load(&x->stopped) && winner(x)->best.makespan > x->bound;
}

enum status shop_optimise(const struct shop *s, const struct shop_search *how, struct shop_plan *plan, struct shop_found *found) {
  assert(how->threads >= 1);
  struct search *x = calloc(1, sizeof *x);
  *found = (struct shop_found){0};
  if (x == NULL) return STATUS_MEMORY;
  x->shop = s;
  x->how = how;
  x->pool_size = s->flexible ? POOL_FLEXIBLE : POOL_MAX;
  x->twin_distance = s->flexible ? s->ops / 50 : s->ops / 8;
  x->patience = s->flexible ? PATIENCE_FLEXIBLE : PATIENCE;
  // an iteration takes about as long as its operations count
  x->piece = 1 + 50000 / s->ops;
  x->round = 1 + 20000000 / s->ops;
  atomic_init(&x->stopped, false);
  atomic_init(&x->proved_at, INT64_MAX);
  bool good = true;
  for (int i = 0; i < ISLANDS && good; i++) good = island_make(&x->island[i], x, i);
  // bounds after the first plans: of a large flexible shop they take a tenth of a second
  x->bound = good ? shop_bound(s) : -1;
  good = x->bound >= 0;
  if (good) {
    int32_t refuted = shop_refute(s, x->bound, winner(x)->best.makespan, how->bound_work, how->stop, how->context);
    if (refuted > x->bound) x->bound = refuted;
    for (int i = 0; i < ISLANDS; i++) x->island[i].tabu.target = x->bound;
    search_all(x, found);
    found->bound = x->bound;
    shop_plan_copy(plan, &winner(x)->best, s);
  }
  for (int i = 0; i < ISLANDS; i++) island_finish(&x->island[i]);
  free(x);
  return good ? STATUS_OK : STATUS_MEMORY;
}
