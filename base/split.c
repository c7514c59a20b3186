#include "base/split.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#define THREADS_MAX 64
#define SPINS       2000            // looks at the counter before a thread goes to sleep: a few microseconds

struct worker { struct split *split; int number; pthread_t thread; };

struct split {
  int             threads;
  struct worker   worker[THREADS_MAX];
  pthread_mutex_t lock;
  pthread_cond_t  wake;
  atomic_uint     round;            // of calls; a worker runs when it changes
  atomic_int      left;             // workers still at it
  bool            ends;
  int             rows, block;
  split_work     *work;
  void           *context;
};

static void part(const struct split *s, int number) {
  int blocks = (s->rows + s->block - 1) / s->block;
  int from = (int)((long)blocks * number / s->threads) * s->block, to = (int)((long)blocks * (number + 1) / s->threads) * s->block;
  if (to > s->rows) to = s->rows;
  if (from < to) s->work(s->context, from, to);
}

static void *run(void *argument) {
  struct worker *w = argument;
  struct split *s = w->split;
  unsigned seen = 0;
  for (;;) {
    for (int k = 0; k < SPINS && atomic_load_explicit(&s->round, memory_order_acquire) == seen; k++) __builtin_ia32_pause();
    if (atomic_load_explicit(&s->round, memory_order_acquire) == seen) {
      pthread_mutex_lock(&s->lock);
      while (atomic_load_explicit(&s->round, memory_order_acquire) == seen) pthread_cond_wait(&s->wake, &s->lock);
      pthread_mutex_unlock(&s->lock);
    }
    seen = atomic_load_explicit(&s->round, memory_order_acquire);
    if (s->ends) return NULL;
    part(s, w->number);
    atomic_fetch_sub_explicit(&s->left, 1, memory_order_release);
  }
}

struct split *split_create(int threads) {
  struct split *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  assert(threads >= 1);
  assert(threads <= THREADS_MAX);
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->wake, NULL);
  s->threads = 1;
  while (s->threads < threads) {
    struct worker *w = &s->worker[s->threads];
    *w = (struct worker){.split = s, .number = s->threads};
    if (pthread_create(&w->thread, NULL, run, w) != 0) break;
    s->threads++;
  }
  return s;
}

static void next_round(struct split *s) {
  pthread_mutex_lock(&s->lock);
  atomic_fetch_add_explicit(&s->round, 1, memory_order_release);
  pthread_cond_broadcast(&s->wake);
  pthread_mutex_unlock(&s->lock);
}

void split_destroy(struct split *s) {
  if (!s) return;
  s->ends = true;
  if (s->threads > 1) next_round(s);
  for (int k = 1; k < s->threads; k++) pthread_join(s->worker[k].thread, NULL);
  pthread_cond_destroy(&s->wake);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

int split_threads(const struct split *s) { return s->threads; }

void split_run(struct split *s, int rows, int block, split_work *work, void *context) {
  assert(block > 0);
  s->rows = rows;
  s->block = block;
  s->work = work;
  s->context = context;
  if (s->threads > 1) {
    atomic_store_explicit(&s->left, s->threads - 1, memory_order_relaxed);
    next_round(s);
  }
  part(s, 0);
  // others finish at about the same time; on a busy machine one of them may not even run
  for (int k = 0; atomic_load_explicit(&s->left, memory_order_acquire) > 0; k++) {
    if (k > SPINS) sched_yield();
    else __builtin_ia32_pause();
  }
}
