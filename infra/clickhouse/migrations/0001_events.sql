-- One row for each record of the log, also for one that cannot be read as an event. Every column is computed from
-- the record alone, so a replay gives identical rows. The sorting key ends in the position in the log: a position
-- that was written twice by two writers collapses when its parts merge.
-- Partitions follow the time of the log and not that of the event: a wrong clock cannot scatter them.
CREATE TABLE IF NOT EXISTS events
(
    `tenant`         LowCardinality(String),
    `topic`          LowCardinality(String),
    `partition`      UInt32,
    `offset`         UInt64 CODEC(Delta, ZSTD(1)),
    `appended_at`    DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `time`           DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    `event_id`       String CODEC(ZSTD(1)),
    `type`           LowCardinality(String),
    `source`         LowCardinality(String),
    `subject`        String CODEC(ZSTD(1)),
    `producer`       LowCardinality(String),
    `epoch`          UInt64 CODEC(T64, ZSTD(1)),
    `seq`            UInt64 CODEC(Delta, ZSTD(1)),
    `prev_hash`      String CODEC(ZSTD(1)),
    `record_key`     LowCardinality(String),
    -- Why the record could not be read as an event; empty for the others.
    `undecodable`    String CODEC(ZSTD(1)),

    `gateway`        LowCardinality(String),
    `gateway_id`     LowCardinality(String),
    `upstream`       LowCardinality(String),
    `connector`      LowCardinality(String),
    `action`         LowCardinality(String),
    `tool`           LowCardinality(String),
    `method`         LowCardinality(String),
    `verdict`        LowCardinality(String),
    `rule`           LowCardinality(String),
    `reasons`        Array(String) CODEC(ZSTD(1)),
    `risk`           LowCardinality(String),
    -- Of a decision `initial` or `resumed`; of an abort `held` or `forwarding`.
    `phase`          LowCardinality(String),
    `outcome`        LowCardinality(String),
    `fault`          LowCardinality(String),
    `policy_version` LowCardinality(String),
    `action_id`      String CODEC(ZSTD(1)),
    `approval_id`    String CODEC(ZSTD(1)),
    `call_digest`    String CODEC(ZSTD(1)),
    `answered_by`    LowCardinality(String),
    `actor`          LowCardinality(String),
    `actor_type`     LowCardinality(String),
    `vote`           LowCardinality(String),
    `reason`         String CODEC(ZSTD(1)),
    `session`        String CODEC(ZSTD(1)),
    `client_name`    LowCardinality(String),
    `client_version` LowCardinality(String),
    `args_digest`    String CODEC(ZSTD(1)),
    `tool_digest`    LowCardinality(String),
    `http_status`    Nullable(UInt16),
    `error_code`     LowCardinality(String),
    `decision_ms`    Nullable(Float64) CODEC(ZSTD(1)),
    `duration_ms`    Nullable(Float64) CODEC(ZSTD(1)),
    `upstream_ms`    Nullable(Float64) CODEC(ZSTD(1)),
    `held_ms`        Nullable(Float64) CODEC(ZSTD(1)),
    `request_bytes`  Nullable(UInt64) CODEC(ZSTD(1)),
    `response_bytes` Nullable(UInt64) CODEC(ZSTD(1)),

    -- JSON text, as the event has it.
    `arguments`      String CODEC(ZSTD(1)),
    -- Lower-case words of the columns above and of the arguments.
    `search_text`    String CODEC(ZSTD(1)),
    -- JSON object of the record's headers; with `record_key` and `value` the exact record.
    `headers`        String CODEC(ZSTD(1)),
    `value`          String CODEC(ZSTD(1)),
    `value_encoding` Enum8('utf8' = 0, 'base64' = 1),

    INDEX by_event event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_action action_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_approval approval_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_words search_text TYPE text(tokenizer = 'splitByNonAlpha')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(appended_at)
PRIMARY KEY (tenant, toStartOfHour(time), gateway, time)
ORDER BY (tenant, toStartOfHour(time), gateway, time, event_id, topic, partition, offset)
SETTINGS non_replicated_deduplication_window = 10000, ttl_only_drop_parts = 1;
