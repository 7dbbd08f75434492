-- What inspection saw, one array for each member of a finding, which layer gave a verdict, and digests of bodies. Rows that were stored before have them from their bytes.
ALTER TABLE events
    ADD COLUMN IF NOT EXISTS `findings.kind` Array(LowCardinality(String)) DEFAULT if(undecodable = '', tupleElement(JSONExtract(value, 'findings', 'Array(Tuple(kind String))'), 'kind'), []) AFTER `arguments`,
    ADD COLUMN IF NOT EXISTS `findings.rule` Array(LowCardinality(String)) DEFAULT if(undecodable = '', tupleElement(JSONExtract(value, 'findings', 'Array(Tuple(rule String))'), 'rule'), []) AFTER `findings.kind`,
    ADD COLUMN IF NOT EXISTS `findings.place` Array(String) DEFAULT if(undecodable = '', tupleElement(JSONExtract(value, 'findings', 'Array(Tuple(place String))'), 'place'), []) CODEC(ZSTD(1)) AFTER `findings.rule`,
    ADD COLUMN IF NOT EXISTS `findings.severity` Array(LowCardinality(String)) DEFAULT if(undecodable = '', tupleElement(JSONExtract(value, 'findings', 'Array(Tuple(severity String))'), 'severity'), []) AFTER `findings.place`,
    ADD COLUMN IF NOT EXISTS `layer` LowCardinality(String) DEFAULT if(undecodable = '', JSONExtractString(value, 'by'), '') AFTER `rule`,
    ADD COLUMN IF NOT EXISTS `request_digest` String DEFAULT if(undecodable = '', JSONExtractString(value, 'requestDigest'), '') CODEC(ZSTD(1)) AFTER `request_bytes`,
    ADD COLUMN IF NOT EXISTS `response_digest` String DEFAULT if(undecodable = '', JSONExtractString(value, 'responseDigest'), '') CODEC(ZSTD(1)) AFTER `response_bytes`;
