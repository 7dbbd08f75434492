export * from './approval-url.ts'
export * from './bounded-map.ts'
export * from './canonical-json.ts'
export { collectGarbage } from './collect-garbage.ts'
export * from './config.ts'
export {
  type ClickHouseServer,
  type ClickHouseSettings,
  clickhouseServer,
  clickhouseSpec,
} from './engines/clickhouse.ts'
export { type GrpcSettings, grpcListenSpec, grpcPeersSpec, grpcTls } from './engines/grpc.ts'
export {
  type KafkaSasl,
  type KafkaSecurity,
  type KafkaSettings,
  kafkaSecurity,
  kafkaSpec,
} from './engines/kafka.ts'
export {
  type NatsSecurity,
  type NatsSettings,
  type NatsUser,
  natsSecurity,
  natsSpec,
} from './engines/nats.ts'
export type { TlsMaterial } from './engines/pem.ts'
export { textsOf, tlsRefusal } from './engines/tls-refusal.ts'
export * from './errors.ts'
export * from './fleet-config.ts'
export * from './fleet-variables.ts'
export * from './health.ts'
export * from './health-metrics.ts'
export * from './ids.ts'
export * from './json-pointer.ts'
export * from './lifecycle.ts'
export * from './limit-exceeded.ts'
export * from './logger.ts'
export * from './loop-time.ts'
export * from './number-lexeme.ts'
export * from './passable-header.ts'
export { type HostRange, rangeOf } from './perimeter/host-range.ts'
export * from './perimeter/hosts.ts'
export * from './perimeter/perimeter.ts'
export * from './perimeter/resolved-address.ts'
export * from './retry.ts'
export * from './secret.ts'
export * from './secret-files.ts'
export * from './strangers.ts'
export type { ListenAddress } from './variables.ts'
export * as variables from './variables.ts'
export * from './well-formed.ts'
