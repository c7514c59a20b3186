#define _GNU_SOURCE
#include "app/workers.h"
#include "app/wall_clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"

#define MESSAGE_MAGIC UINT64_C(0x544B5250317E0A0D)
#define WORKERS_MAX   256
#define GRACE_S       2.0           // for workers to send what they have after Ctrl-C

// One result on the pipe: head, row of doubles, digests of the seconds, check sum over all before it.
struct message {
  uint64_t magic, size;             // bytes, head and sum included
  uint32_t number, state, interrupted, status;
  uint64_t events, digest, second_count;
  int64_t  warmup, window;
  double   load_s;
  char     why[512];
};

struct worker {
  pid_t    pid;
  int      fd;                      // -1: closed
  uint8_t *data;                    // bytes of a message that is still coming
  size_t   used, capacity;
};

int cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    int n = CPU_COUNT(&set);
    if (n > 0) return n;
  }
  return 1;
}

static volatile sig_atomic_t worker_stop;

static void on_terminate(int signal_number) {
  (void)signal_number;
  worker_stop = 1;
}

// ---- in the worker ----------------------------------------------------------------------------------

static bool write_all(int fd, const void *data, size_t size) {
  const char *at = data;
  while (size > 0) {
    ssize_t n = write(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= (size_t)n;
  }
  return true;
}

static bool send_result(int fd, const struct replication_plan *p, const struct replication *r, enum status status, const struct error *e) {
  size_t row = sizeof(double) * (size_t)p->index->count, seconds = sizeof(uint64_t) * (size_t)r->second_count;
  struct message m = {.magic = MESSAGE_MAGIC, .size = sizeof m + row + seconds + sizeof(uint64_t), .number = r->number, .state = r->state,
                      .interrupted = r->interrupted, .status = status, .events = r->events, .digest = r->digest,
                      .second_count = (uint64_t)r->second_count, .warmup = r->warmup, .window = r->window, .load_s = r->load_s};
  snprintf(m.why, sizeof m.why, "%s", status == STATUS_OK ? r->why : e->text);
  uint8_t *data = calloc(1, m.size);
  if (!data) return false;
  memcpy(data, &m, sizeof m);
  memcpy(data + sizeof m, r->row, row);
  if (seconds) memcpy(data + sizeof m + row, r->second_digest, seconds);
  uint64_t sum = digest_bytes(DIGEST_START, data, m.size - sizeof sum);
  memcpy(data + m.size - sizeof sum, &sum, sizeof sum);
  bool ok = write_all(fd, data, m.size);
  free(data);
  return ok;
}

static _Noreturn void work(const struct replication_plan *parent_plan, int count, uint32_t *counter, int fd) {
  struct replication_plan p = *parent_plan;
  p.stop = &worker_stop;
  p.progress = NULL;
  struct replication_space space;
  struct replication r;
  struct error e;
  if (!replication_space_init(&space, p.index, &r)) _exit(5);
  while (!worker_stop) {
    uint32_t number = __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
    if (number > (uint32_t)count) break;
    if (p.skip && p.skip[number]) continue;
    enum status status = replication_run(&p, number, &space, &r, &e);
    if (!send_result(fd, &p, &r, status, &e)) _exit(4);
    if (status != STATUS_OK) break;
  }
  _exit(0);
}

// ---- in the parent ----------------------------------------------------------------------------------

static void keep(struct results *out, const struct replication_plan *p, const struct message *m, const double *row, const uint64_t *seconds) {
  struct kept *k = &out->kept[m->number - 1];
  *k = (struct kept){.done = !m->interrupted, .interrupted = m->interrupted, .state = m->state, .events = m->events, .digest = m->digest,
                     .warmup = m->warmup, .window = m->window, .load_s = m->load_s};
  k->row = ARENA_NEW(&out->arena, double, p->index->count);
  k->why = arena_text(&out->arena, m->why, strnlen(m->why, sizeof m->why));
  assert(k->row);
  assert(k->why);
  memcpy(k->row, row, sizeof *row * (size_t)p->index->count);
  out->done += k->done;
  if (k->done && p->finished) p->finished(p->finished_context, m->number, k);
  if (m->number != 1 || m->second_count == 0) return;
  out->second_digest = calloc(m->second_count, sizeof *seconds);
  assert(out->second_digest);
  memcpy(out->second_digest, seconds, sizeof *seconds * m->second_count);
  out->second_count = (int)m->second_count;
}

// a whole message at the start of the buffer is taken out; false: the bytes are no message of ours
static bool take_messages(struct results *out, const struct replication_plan *p, struct worker *w, enum status *status, struct error *e) {
  size_t row = sizeof(double) * (size_t)p->index->count;
  uint64_t seconds_most = (uint64_t)((p->warmup + p->length) / NS_SECOND) + 2;
  while (w->used >= sizeof(struct message)) {
    struct message m;
    memcpy(&m, w->data, sizeof m);
    if (m.magic != MESSAGE_MAGIC || m.second_count > seconds_most || m.number < 1 || m.number > (uint32_t)out->count) return false;
    if (m.size != sizeof m + row + sizeof(uint64_t) * m.second_count + sizeof(uint64_t)) return false;
    if (w->used < m.size) return true;
    uint64_t sum;
    memcpy(&sum, w->data + m.size - sizeof sum, sizeof sum);
    if (sum != digest_bytes(DIGEST_START, w->data, m.size - sizeof sum) || out->kept[m.number - 1].done) return false;
    if (m.status != STATUS_OK) {
      m.why[sizeof m.why - 1] = 0;
      if (*status == STATUS_OK) *status = error_at(e, m.status, p->layout->file, 0, 0, "%s", m.why);
    } else {
      keep(out, p, &m, (const double *)(w->data + sizeof m), (const uint64_t *)(w->data + sizeof m + row));
    }
    memmove(w->data, w->data + m.size, w->used - m.size);
    w->used -= m.size;
  }
  return true;
}

// what is in the pipe; false: closed or broken
static bool read_some(struct worker *w) {
  if (w->used == w->capacity) {
    size_t capacity = w->capacity ? 2 * w->capacity : 65536;
    uint8_t *data = realloc(w->data, capacity);
    if (!data) return false;
    w->data = data;
    w->capacity = capacity;
  }
  ssize_t n = read(w->fd, w->data + w->used, w->capacity - w->used);
  if (n > 0) w->used += (size_t)n;
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

static void note_death(struct results *out, const char *how) {
  if (out->dead++ == 0) snprintf(out->death, sizeof out->death, "%s", how);
}

// the pipe has closed: how did it end?
static void bury(struct results *out, struct worker *w, bool expected) {
  close(w->fd);
  w->fd = -1;
  int how = 0;
  while (waitpid(w->pid, &how, 0) < 0 && errno == EINTR) continue;
  if (expected || (WIFEXITED(how) && WEXITSTATUS(how) == 0 && w->used == 0)) return;
  char text[160];
  if (WIFSIGNALED(how)) snprintf(text, sizeof text, "killed by signal %d (%s)", WTERMSIG(how), strsignal(WTERMSIG(how)));
  else if (w->used) snprintf(text, sizeof text, "its result broke off");
  else snprintf(text, sizeof text, "exit code %d", WEXITSTATUS(how));
  note_death(out, text);
}

static bool start(const struct replication_plan *p, int count, uint32_t *counter, struct worker *all, int i) {
  int fd[2];
  struct worker *w = &all[i];
  *w = (struct worker){.fd = -1};
  if (pipe2(fd, O_CLOEXEC) < 0) return false;
  pid_t parent = getpid();
  w->pid = fork();
  if (w->pid < 0) { close(fd[0]); close(fd[1]); return false; }
  if (w->pid == 0) {
    // Ctrl-C is for the parent, which asks the workers; they end with it
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, on_terminate);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    close(fd[0]);
    for (int k = 0; k < i; k++) if (all[k].fd >= 0) close(all[k].fd);
    work(p, count, counter, fd[1]);
  }
  close(fd[1]);
  w->fd = fd[0];
  fcntl(w->fd, F_SETFL, O_NONBLOCK);
  return true;
}

static void signal_all(struct worker *w, int n, int number) {
  for (int i = 0; i < n; i++) if (w[i].fd >= 0) kill(w[i].pid, number);
}

static enum status gather(const struct replication_plan *p, struct worker *w, int n, struct results *out, struct error *e) {
  enum status status = STATUS_OK;
  double asked_at = 0;              // when the workers were asked to stop; 0: not yet
  bool killed = false;
  for (int open = n; open > 0;) {
    struct pollfd fds[WORKERS_MAX];
    for (int i = 0; i < n; i++) fds[i] = (struct pollfd){.fd = w[i].fd, .events = POLLIN};
    poll(fds, (nfds_t)n, 100);
    bool stop = (p->stop && *p->stop) || status != STATUS_OK;
    if (stop && asked_at == 0) { signal_all(w, n, SIGTERM); asked_at = wall_clock(); out->interrupted = status == STATUS_OK; }
    if (asked_at > 0 && !killed && wall_clock() > asked_at + GRACE_S) { signal_all(w, n, SIGKILL); killed = true; }
    for (int i = 0; i < n; i++) {
      if (w[i].fd < 0 || !fds[i].revents) continue;
      bool whole = read_some(&w[i]);
      bool ours = take_messages(out, p, &w[i], &status, e);
      if (whole && ours) continue;
      if (!ours) { kill(w[i].pid, SIGKILL); note_death(out, "it sent bytes that are no result"); }
      bury(out, &w[i], killed || !ours);
      open--;
    }
    if (p->progress) p->progress(p->context, (double)out->done / out->count);
  }
  return status;
}

static enum status run_workers(const struct replication_plan *p, int workers, struct results *out, struct error *e) {
  uint32_t *counter = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (counter == MAP_FAILED) return error_at(e, STATUS_MEMORY, p->layout->file, 0, 0, "no memory for the replications");
  struct worker w[WORKERS_MAX];
  int n = 0;
  // the parent's unwritten output must not be written twice
  fflush(NULL);
  while (n < workers && start(p, out->count, counter, w, n)) n++;
  enum status status = STATUS_OK;
  if (n == 0) status = error_at(e, STATUS_IO, p->layout->file, 0, 0, "cannot start a process: %s", strerror(errno));
  else status = gather(p, w, n, out, e);
  for (int i = 0; i < n; i++) free(w[i].data);
  munmap(counter, sizeof *counter);
  return status;
}

static enum status run_here(const struct replication_plan *p, struct results *out, struct error *e) {
  struct replication_space space;
  struct replication r;
  if (!replication_space_init(&space, p->index, &r)) return error_at(e, STATUS_MEMORY, p->layout->file, 0, 0, "no memory for the results");
  enum status status = STATUS_OK;
  for (int k = 1; k <= out->count && status == STATUS_OK && !out->interrupted; k++) {
    if (p->skip && p->skip[k]) continue;
    status = replication_run(p, (uint32_t)k, &space, &r, e);
    if (status != STATUS_OK) break;
    struct message m = {.number = (uint32_t)k, .state = r.state, .interrupted = r.interrupted, .events = r.events, .digest = r.digest,
                        .second_count = (uint64_t)r.second_count, .warmup = r.warmup, .window = r.window, .load_s = r.load_s};
    snprintf(m.why, sizeof m.why, "%s", r.why);
    keep(out, p, &m, r.row, r.second_digest);
    out->interrupted = r.interrupted;
    if (out->count > 1 && p->progress) p->progress(p->context, (double)k / out->count);
  }
  if (out->count == 1 && status == STATUS_OK) {
    size_t size = sizeof(double) * (size_t)r.batches * (size_t)p->index->count;
    out->batches = r.batches;
    out->batch_rows = arena_alloc(&out->arena, size + 1, _Alignof(double));
    assert(out->batch_rows);
    memcpy(out->batch_rows, r.batch_rows, size);
  }
  replication_space_finish(&space, &r);
  return status;
}

enum status replications_run(const struct replication_plan *p, int count, int threads, struct results *out, struct error *e) {
  assert(count >= 1);
  assert(threads >= 1);
  *out = (struct results){.count = count};
  *e = (struct error){0};
  size_t each = sizeof(struct kept) + sizeof(double) * (size_t)p->index->count + 1024;
  size_t batches = sizeof(double) * (size_t)p->index->count * BATCHES;
  if (!arena_init(&out->arena, each * (size_t)count + batches + 65536)) return error_at(e, STATUS_MEMORY, p->layout->file, 0, 0, "no memory for %d replications", count);
  out->kept = ARENA_NEW(&out->arena, struct kept, count);
  assert(out->kept);
  int workers = threads < count ? threads : count;
  if (workers > WORKERS_MAX) workers = WORKERS_MAX;
  return workers == 1 ? run_here(p, out, e) : run_workers(p, workers, out, e);
}

void results_finish(struct results *r) {
  arena_finish(&r->arena);
  free(r->second_digest);
  *r = (struct results){0};
}
