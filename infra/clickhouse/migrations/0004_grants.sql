-- The grant that an event is about, or that let an action go on. Rows that were stored before have none.
ALTER TABLE events
    ADD COLUMN IF NOT EXISTS `grant_id` String DEFAULT if(undecodable = '', JSONExtractString(value, 'grantId'), '') CODEC(ZSTD(1)) AFTER `approval_id`;
