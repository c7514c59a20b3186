#include "base/digest.h"

#include <string.h>

uint64_t digest_bytes(uint64_t chain, const void *bytes, size_t size) {
  const unsigned char *p = bytes;
  uint64_t word[2];
  chain = digest_u64(chain, size, UINT64_C(0x8EBC6AF09C88C6E3));
  for (; size >= 16; size -= 16, p += 16) {
    memcpy(word, p, 16);
    chain = digest_u64(chain, word[0], word[1]);
  }
  if (size > 0) {
    word[0] = word[1] = 0;
    memcpy(word, p, size);
    chain = digest_u64(chain, word[0], word[1]);
  }
  return chain;
}

void digest_text(uint64_t digest, char out[17]) {
  for (int i = 0; i < 16; i++) out[i] = "0123456789abcdef"[digest >> (60 - 4 * i) & 15];
  out[16] = 0;
}
