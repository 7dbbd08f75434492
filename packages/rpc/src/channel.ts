import {
  type CallOptions,
  type ChannelOptions,
  Client,
  credentials,
  type Metadata,
  type ServiceDefinition,
} from '@grpc/grpc-js'
import type { TlsMaterial } from '@sallyport/runtime'
import { errorOf } from './status.ts'

/**
 * Our services talk straight to each other: an egress proxy in the environment is not for them, retries are
 * ours, and a peer that vanished without a word is noticed by pings.
 */
const OPTIONS: ChannelOptions = {
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2000,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 3000,
  'grpc.service_config_disable_resolution': 1,
}

export function openChannel(address: string, tls: TlsMaterial | undefined): Client {
  const secure = tls
    ? credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null)
    : credentials.createInsecure()
  return new Client(address, secure, OPTIONS)
}

/** One unary call. Rejects with a `SallyportError`. */
export function callUnary<Request, Answer>(
  client: Client,
  service: ServiceDefinition,
  method: string,
  request: Request,
  metadata: Metadata,
  options: CallOptions,
): Promise<Answer> {
  const definition = service[method]
  if (!definition) throw new TypeError(`there is no method ${method}`)
  const { path, requestSerialize, responseDeserialize } = definition
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest<Request, Answer>(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => Answer,
      request,
      metadata,
      options,
      (failure, answer) => {
        if (failure) reject(errorOf(failure))
        else resolve(answer as Answer)
      },
    )
  })
}
