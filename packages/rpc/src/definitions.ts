import { join } from 'node:path'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { protoPath as healthProto } from 'grpc-health-check'

const protos = join(import.meta.dirname, '../../../proto')
const options = { longs: Number, defaults: true, includeDirs: [protos] }

/** The services of proto/sallyport. The types in gen/ are generated for these options: `npm run protos`. */
export const decisionService = load('sallyport/decision/v1/decision.proto', 'sallyport.decision.v1.Decision')
export const approvalsService = load(
  'sallyport/approvals/v1/approvals.proto',
  'sallyport.approvals.v1.Approvals',
)
export const healthService = load(healthProto, 'grpc.health.v1.Health')

export const DECISION_SERVICE = 'sallyport.decision.v1.Decision'
export const APPROVALS_SERVICE = 'sallyport.approvals.v1.Approvals'

function load(file: string, name: string): ServiceDefinition {
  return loadSync(file, options)[name] as ServiceDefinition
}
