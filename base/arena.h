// One block of memory that grows to a fixed end and is given back whole.
//
// The address space is reserved at the start (mmap, not committed), so an arena of a generous size
// costs only the pages that are touched and pointers into it stay valid. Memory comes zeroed.
#pragma once

#include <stddef.h>

struct arena {
  unsigned char *base;
  size_t         used, size;        // bytes
};

// Reserve size bytes (rounded up to pages). Returns false when the system refuses.
_Bool arena_init(struct arena *a, size_t size);
void  arena_finish(struct arena *a);

// size bytes, aligned to align (a power of two); NULL when the arena is full.
void *arena_alloc(struct arena *a, size_t size, size_t align);

// Forget everything allocated after `used` (take it from a->used before); memory is zeroed again.
void  arena_rewind(struct arena *a, size_t used);

// Copy of n bytes of text with an end mark; NULL when full.
char *arena_text(struct arena *a, const char *text, size_t n);

#define ARENA_NEW(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n), _Alignof(type)))
