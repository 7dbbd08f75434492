export * from './errors.ts'
export { freePort } from './free-port.ts'
export { type KafkaOptions, type NativeKafka, startKafka } from './kafka.ts'
export { type NativeNats, type NatsOptions, startNats } from './nats.ts'
