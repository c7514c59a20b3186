#include "stream/mcap.h"

#include <string.h>

#include "stream/recording.h"

const char *const mcap_topic[] = {
  [0] = "", [CHANNEL_LAYOUT] = "layout", [CHANNEL_FRAMES] = "frames", [CHANNEL_EVENTS] = "events", [CHANNEL_KPI] = "kpi",
  [CHANNEL_COMMANDS] = "commands", [CHANNEL_DIGEST] = "digest", [CHANNEL_END] = "end", [CHANNEL_DECISIONS] = "decisions",
};

// row[k][b] is the CRC of byte b followed by k zero bytes, so eight look-ups take eight bytes on
void crc_table_make(struct crc_table *t) {
  for (uint32_t b = 0; b < 256; b++) {
    uint32_t crc = b;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    t->row[0][b] = crc;
  }
  for (int k = 1; k < 8; k++)
    for (uint32_t b = 0; b < 256; b++) t->row[k][b] = t->row[k - 1][b] >> 8 ^ t->row[0][t->row[k - 1][b] & 255];
}

uint32_t crc32_add(const struct crc_table *t, uint32_t crc, const void *data, size_t size) {
  const uint8_t *p = data;
  crc = ~crc;
  for (; size >= 8; p += 8, size -= 8) {
    uint64_t v;
    memcpy(&v, p, 8);
    v ^= crc;
    crc = 0;
    for (int k = 0; k < 8; k++) crc ^= t->row[7 - k][v >> (8 * k) & 255];
  }
  for (; size > 0; p++, size--) crc = crc >> 8 ^ t->row[0][(crc ^ *p) & 255];
  return ~crc;
}
