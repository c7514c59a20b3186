#include "base/arena.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((size_t)4096)

bool arena_init(struct arena *a, size_t size) {
  *a = (struct arena){0};
  if (size == 0) size = 1;
  if (size > SIZE_MAX - PAGE) return false;
  size = (size + PAGE - 1) & ~(PAGE - 1);
  void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return false;
  a->base = base;
  a->size = size;
  return true;
}

void arena_finish(struct arena *a) {
  if (a->base != NULL) munmap(a->base, a->size);
  *a = (struct arena){0};
}

void *arena_alloc(struct arena *a, size_t size, size_t align) {
  assert(align != 0);
  assert((align & (align - 1)) == 0);
  assert(align <= PAGE);
  size_t start = (a->used + align - 1) & ~(align - 1);
  if (start > a->size || size > a->size - start) return NULL;
  a->used = start + size;
  return a->base + start;
}

void arena_rewind(struct arena *a, size_t used) {
  assert(used <= a->used);
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
