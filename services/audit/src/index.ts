export type { AuditReader } from './adapters/audit-reader.ts'
export type { ClickHouseEngine } from './adapters/click-house-engine.ts'
export {
  type EmbeddedClickHouse,
  type EmbeddedClickHouseOptions,
  embeddedClickHouse,
} from './adapters/embedded-click-house.ts'
export { serverClickHouse } from './adapters/server-click-house.ts'
export {
  type AuditConfig,
  auditConfigSpec,
  auditProcessSpec,
  type DeliveryConfig,
  deliveryConfigSpec,
} from './config.ts'
export { createDeliveries, type Deliveries, type DeliveriesOptions } from './destinations/deliveries.ts'
export type { StoryEvent } from './domain/story-event.ts'
export type { Summary } from './domain/summary.ts'
export type { DecidedItem, TimelineItem, UndecodableItem } from './domain/timeline-item.ts'
export * from './errors.ts'
export type { IngestPath } from './ingest.ts'
export { readingTheFile, readingTheLog } from './ingest-paths.ts'
export { type AuditService, type AuditServiceOptions, createAuditService } from './service.ts'
