#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)

// ---- red zones ---------------------------------------------------------------------------------

// With the address sanitizer a zone that nobody may touch follows each allocation, and the whole
// block is reserved larger for it. Without, nothing of this is left.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RED_ZONES 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define RED_ZONES 1
#endif

#ifdef RED_ZONES
#include <sanitizer/asan_interface.h>

#define RED   ((size_t)16)
#define ROOM  8                     // times the size asked for

static void close_zone(struct arena *a) {
  size_t end = ((a->used + 7) & ~(size_t)7) + RED;
  if (end > a->size) end = a->size;
  ASAN_POISON_MEMORY_REGION(a->base + a->used, end - a->used);
  a->used = end;
}

static void open_zones(struct arena *a, size_t from) {
  ASAN_UNPOISON_MEMORY_REGION(a->base + from, a->used - from);
}
#else
#define ROOM  1

static void close_zone(struct arena *a) { (void)a; }
static void open_zones(struct arena *a, size_t from) { (void)a, (void)from; }
#endif

// ---- arena -------------------------------------------------------------------------------------

bool arena_init(struct arena *a, size_t size) {
  *a = (struct arena){0};
  if (size == 0) size = 1;
  if (size > SIZE_MAX / ROOM - PAGE) return false;
  size = (size * ROOM + PAGE - 1) & ~(PAGE - 1);
  void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return false;
  a->base = base;
  a->size = size;
  return true;
}

void arena_finish(struct arena *a) {
  if (a->base != NULL) {
    open_zones(a, 0);
    munmap(a->base, a->size);
  }
  *a = (struct arena){0};
}

void *arena_alloc(struct arena *a, size_t size, size_t align) {
  assert(align != 0);
  assert((align & (align - 1)) == 0);
  assert(align <= PAGE);
  size_t start = (a->used + align - 1) & ~(align - 1);
  if (start > a->size || size > a->size - start) return NULL;
  a->used = start + size;
  close_zone(a);
  return a->base + start;
}

void arena_rewind(struct arena *a, size_t used) {
  assert(used <= a->used);
  open_zones(a, used);
  // whole pages go back to the system, which hands them out zeroed again
  size_t page = (used + PAGE - 1) & ~(PAGE - 1);
  size_t edge = page < a->used ? page : a->used;
  if (edge > used) memset(a->base + used, 0, edge - used);
  if (a->used > edge) {
    size_t size = (a->used - edge + PAGE - 1) & ~(PAGE - 1);
    if (madvise(a->base + edge, size, MADV_DONTNEED) != 0) memset(a->base + edge, 0, a->used - edge);
  }
  a->used = used;
}

char *arena_text(struct arena *a, const char *text, size_t n) {
  if (n == SIZE_MAX) return NULL;
  char *copy = arena_alloc(a, n + 1, 1);
  if (copy == NULL) return NULL;
  if (n > 0) memcpy(copy, text, n);
  copy[n] = 0;
  return copy;
}
