import type { ConfigOf, ConfigSpec } from '../config.ts'
import { list, listenAddress } from '../variables.ts'
import { certificateFile, pairFaults, pairOf, privateKeyFile, type TlsMaterial } from './pem.ts'

const tlsFiles = {
  certificate: certificateFile(
    'SALLYPORT_GRPC_CERT',
    'PEM file of the certificate that this process shows in gRPC, to callers and to those it calls',
  ),
  privateKey: privateKeyFile('SALLYPORT_GRPC_KEY', 'PEM file of the private key of that certificate'),
  ca: certificateFile(
    'SALLYPORT_GRPC_CA',
    "PEM file of the authority that signs the fleet's gRPC certificates; a service that has it asks its callers for a certificate",
  ),
} as const

/** For processes that others call by gRPC; without certificate and key it speaks plain text. */
export const grpcListenSpec = {
  grpc: {
    listen: listenAddress('SALLYPORT_GRPC_LISTEN', 'Where proxies reach this service by gRPC', {
      fallback: '127.0.0.1:8082',
    }),
    ...tlsFiles,
  },
} as const satisfies ConfigSpec

/** For processes that call decision and approvals by gRPC; without an authority they speak plain text. */
export const grpcPeersSpec = {
  peers: {
    decisions: list(
      'SALLYPORT_DECISION_ADDRESSES',
      'The gRPC addresses of all decision instances, host:port, comma-separated',
    ),
    approvals: list(
      'SALLYPORT_APPROVALS_ADDRESSES',
      'The gRPC addresses of all approvals instances, host:port, comma-separated',
    ),
    ...tlsFiles,
  },
} as const satisfies ConfigSpec

export type GrpcSettings = Omit<ConfigOf<typeof grpcListenSpec>['grpc'], 'listen'>

/** The files of one side; undefined where it speaks plain text. */
export function grpcTls({ certificate, privateKey, ca }: GrpcSettings): TlsMaterial | undefined {
  if (certificate === null && ca === null) return undefined
  return { ...(ca === null ? {} : { ca }), ...pairOf(certificate, privateKey) }
}

/** The faults of the side that listens: with an authority it asks for certificates, and has to show one. */
export function grpcListenFaults(settings: GrpcSettings): string[] {
  const { certificate, ca } = settings
  const lacking = ca !== null && certificate === null
  return lacking ? ['SALLYPORT_GRPC_CERT is required with SALLYPORT_GRPC_CA'] : pairFaultsOf(settings)
}

/** The faults of the side that calls: without an authority it would speak plain text. */
export function grpcPeersFaults(settings: GrpcSettings): string[] {
  const { certificate, ca } = settings
  const lacking = ca === null && certificate !== null
  return lacking ? ['SALLYPORT_GRPC_CA is required with SALLYPORT_GRPC_CERT'] : pairFaultsOf(settings)
}

function pairFaultsOf({ certificate, privateKey }: GrpcSettings): string[] {
  return pairFaults(['SALLYPORT_GRPC_CERT', certificate], ['SALLYPORT_GRPC_KEY', privateKey])
}
