// The container of recordings: MCAP records (mcap.dev/spec), little endian.
//
//   magic  Header  Metadata  Channel*  Attachment*  { Chunk  MessageIndex* }*  DataEnd
//   Channel*  Statistics  ChunkIndex*  AttachmentIndex*  MetadataIndex  SummaryOffset*  Footer  magic
// Every record is opcode u8, length u64, content. A Chunk holds Message records, packed by zstd.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define MCAP_MAGIC "\x89MCAP0\r\n"
#define MCAP_MAGIC_SIZE 8
#define MCAP_HEAD_SIZE  9           // opcode and length of a record

enum mcap_opcode {
  MCAP_HEADER = 0x01, MCAP_FOOTER = 0x02, MCAP_CHANNEL = 0x04, MCAP_MESSAGE = 0x05, MCAP_CHUNK = 0x06,
  MCAP_MESSAGE_INDEX = 0x07, MCAP_CHUNK_INDEX = 0x08, MCAP_ATTACHMENT = 0x09, MCAP_ATTACHMENT_INDEX = 0x0a, MCAP_STATISTICS = 0x0b, MCAP_METADATA = 0x0c,
  MCAP_METADATA_INDEX = 0x0d, MCAP_SUMMARY_OFFSET = 0x0e, MCAP_DATA_END = 0x0f
};

#define MCAP_CHUNK_SIZE     (1u << 20)        // bytes unpacked, at which a chunk closes
#define MCAP_UNPACKED_MAX   (64u << 20)       // bytes a reader unpacks of one chunk
#define MCAP_MESSAGE_HEAD   22                // channel u16, sequence u32, two times u64

extern const char *const mcap_topic[];        // by enum channel

// CRC-32 (IEEE 802.3, reflected), eight bytes at a time; continued from crc, start with 0.
struct crc_table { uint32_t row[8][256]; };
void     crc_table_make(struct crc_table *t);
uint32_t crc32_add(const struct crc_table *t, uint32_t crc, const void *data, size_t size);
