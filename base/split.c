#include "base/split.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

#define THREADS_MAX 64
#define PARTS_MAX   0xffff
#define SPINS       12000           // looks at the counter before a thread goes to sleep, some 200 us: as long as what a step of a thousand walkers does in turn

struct worker { struct split *split; pthread_t thread; };

enum { TASK_NONE, TASK_WAITS, TASK_RUNS, TASK_DONE };

struct split {
  int             threads;
  struct worker   worker[THREADS_MAX];
  pthread_mutex_t lock;
  pthread_cond_t  wake;
  atomic_uint     bell;             // rings for each call; a worker looks around when it has
  atomic_bool     ends;

  // rows of the call at hand. left: number of the call, first and last part that nobody has taken, `last` counted from 1
  _Alignas(64)
  atomic_uint_fast64_t left;
  atomic_int      done;             // parts
  uint32_t        call;
  int             rows, block, parts;
  bool            open;             // begun, and not finished
  split_work     *work;
  void           *context;

  // what runs beside the caller
  _Alignas(64)
  atomic_int      task;
  split_work     *task_work;
  void           *task_context;
};

static uint64_t left_of(uint32_t call, int first, int last) { return (uint64_t)call << 32 | (uint64_t)last << 16 | (uint64_t)first; }

// The number of the call in the counter makes it impossible that a worker which comes late takes a part of one call for that of another: no call ends before
// each part that was taken is done.
static bool take(struct split *s, bool caller, int *part) {
  uint64_t left = atomic_load_explicit(&s->left, memory_order_acquire);
  for (;;) {
    int first = (int)(left & PARTS_MAX), last = (int)(left >> 16 & PARTS_MAX);
    if (first >= last) return false;
    *part = caller ? first : last - 1;
    uint64_t then = left_of((uint32_t)(left >> 32), first + caller, last - !caller);
    if (atomic_compare_exchange_weak_explicit(&s->left, &left, then, memory_order_acq_rel, memory_order_acquire)) return true;
  }
}

static void run_parts(struct split *s, bool caller) {
  int part;
  while (take(s, caller, &part)) {
    int blocks = (s->rows + s->block - 1) / s->block;
    int from = (int)((long)blocks * part / s->parts) * s->block, to = (int)((long)blocks * (part + 1) / s->parts) * s->block;
    if (to > s->rows) to = s->rows;
    if (from < to) s->work(s->context, from, to);
    atomic_fetch_add_explicit(&s->done, 1, memory_order_release);
  }
}

static void run_task(struct split *s) {
  int waits = TASK_WAITS;
  if (!atomic_compare_exchange_strong_explicit(&s->task, &waits, TASK_RUNS, memory_order_acq_rel, memory_order_relaxed)) return;
  s->task_work(s->task_context, 0, 1);
  atomic_store_explicit(&s->task, TASK_DONE, memory_order_release);
}

static void *run(void *argument) {
  struct split *s = ((struct worker *)argument)->split;
  unsigned seen = 0;
  for (;;) {
    for (int k = 0; k < SPINS && atomic_load_explicit(&s->bell, memory_order_acquire) == seen; k++) __builtin_ia32_pause();
    if (atomic_load_explicit(&s->bell, memory_order_acquire) == seen) {
      pthread_mutex_lock(&s->lock);
      while (atomic_load_explicit(&s->bell, memory_order_acquire) == seen) pthread_cond_wait(&s->wake, &s->lock);
      pthread_mutex_unlock(&s->lock);
    }
    seen = atomic_load_explicit(&s->bell, memory_order_acquire);
    if (atomic_load_explicit(&s->ends, memory_order_relaxed)) return NULL;
    run_parts(s, false);
    run_task(s);
  }
}

struct split *split_create(int threads) {
  assert(threads >= 1);
  assert(threads <= THREADS_MAX);
  struct split *s = aligned_alloc(64, (sizeof *s + 63) / 64 * 64);
  if (!s) return NULL;
  *s = (struct split){.threads = 1};
  pthread_mutex_init(&s->lock, NULL);
  pthread_cond_init(&s->wake, NULL);
  while (s->threads < threads) {
    struct worker *w = &s->worker[s->threads];
    w->split = s;
    if (pthread_create(&w->thread, NULL, run, w) != 0) break;
    s->threads++;
  }
  return s;
}

static void ring(struct split *s) {
  pthread_mutex_lock(&s->lock);
  atomic_fetch_add_explicit(&s->bell, 1, memory_order_release);
  pthread_cond_broadcast(&s->wake);
  pthread_mutex_unlock(&s->lock);
}

void split_destroy(struct split *s) {
  if (!s) return;
  split_finish(s);
  split_end(s);
  atomic_store_explicit(&s->ends, true, memory_order_relaxed);      // the bell orders it
  if (s->threads > 1) ring(s);
  for (int k = 1; k < s->threads; k++) pthread_join(s->worker[k].thread, NULL);
  pthread_cond_destroy(&s->wake);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

int split_threads(const struct split *s) { return s->threads; }

// Others finish at about the same time; on a busy machine one of them may not even run.
static void pause_for(int k) {
  if (k > SPINS) sched_yield();
  else __builtin_ia32_pause();
}

void split_start(struct split *s, int parts, int rows, int block, split_work *work, void *context) {
  assert(block > 0);
  assert(parts > 0 && parts < PARTS_MAX);
  assert(!s->open);
  s->open = true;
  s->rows = rows;
  s->block = block;
  s->parts = parts;
  s->work = work;
  s->context = context;
  if (s->threads == 1) return;
  atomic_store_explicit(&s->done, 0, memory_order_relaxed);
  atomic_store_explicit(&s->left, left_of(++s->call, 0, parts), memory_order_release);
  ring(s);
}

void split_finish(struct split *s) {
  if (!s->open) return;
  s->open = false;
  if (s->threads == 1) {
    if (s->rows > 0) s->work(s->context, 0, s->rows);
    return;
  }
  run_parts(s, true);
  for (int k = 0; atomic_load_explicit(&s->done, memory_order_acquire) < s->parts; k++) pause_for(k);
}

void split_run_parts(struct split *s, int parts, int rows, int block, split_work *work, void *context) {
  split_start(s, parts, rows, block, work, context);
  split_finish(s);
}

void split_run(struct split *s, int rows, int block, split_work *work, void *context) { split_run_parts(s, s->threads, rows, block, work, context); }

void split_begin(struct split *s, split_work *work, void *context) {
  assert(atomic_load_explicit(&s->task, memory_order_relaxed) == TASK_NONE);
  s->task_work = work;
  s->task_context = context;
  atomic_store_explicit(&s->task, TASK_WAITS, memory_order_release);
  if (s->threads > 1) ring(s);
}

void split_end(struct split *s) {
  if (atomic_load_explicit(&s->task, memory_order_relaxed) == TASK_NONE) return;
  run_task(s);
  for (int k = 0; atomic_load_explicit(&s->task, memory_order_acquire) != TASK_DONE; k++) pause_for(k);
  atomic_store_explicit(&s->task, TASK_NONE, memory_order_relaxed);
}
