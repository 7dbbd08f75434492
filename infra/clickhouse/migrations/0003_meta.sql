-- What the `_meta` of an MCP message said. Rows that were stored before have none.
ALTER TABLE events
    ADD COLUMN IF NOT EXISTS `meta` String DEFAULT if(undecodable = '', JSONExtractString(value, 'meta'), '') CODEC(ZSTD(1)) AFTER `arguments`;
