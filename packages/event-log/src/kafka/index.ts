export { type KafkaConnection, kafkaClient } from './client.ts'
export * from './kafka-event-log.ts'
export { recordOfMessage } from './record.ts'
export { kafkaRefusal } from './refusal.ts'
