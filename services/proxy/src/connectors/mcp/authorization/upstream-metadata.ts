import type { Upstream } from '@sallyport/control'
import { upstreamDigest } from '@sallyport/control'
import { BoundedMap, messageOf } from '@sallyport/runtime'
import { askJson } from '../../../reaching/ask-json.ts'
import type { Sealer } from '../../../reaching/sealer.ts'
import { UpstreamMetadataUnusable } from './errors.ts'
import { isAbout, metadataPlaces, type ResourceMetadata } from './resource.ts'

interface Known {
  readonly until: number
  readonly metadata: Promise<ResourceMetadata>
}

/** Long enough that whoever asks often costs the upstream little. */
const KEPT_MS = 10_000
const KEPT_AFTER_FAULT_MS = 2000
const MAX_KNOWN = 1000
const MAX_SERVERS = 16

/**
 * The metadata that upstreams publish as protected resources. The proxy reads it for clients that reach them through
 * the proxy.
 */
export class UpstreamMetadata {
  readonly #sealer: Sealer
  readonly #now: () => number
  readonly #known = new BoundedMap<string, Known>(MAX_KNOWN)

  constructor(sealer: Sealer, now: () => number = () => performance.now()) {
    this.#sealer = sealer
    this.#now = now
  }

  /**
   * The place that an upstream's challenge names, as a text that the client brings back to any proxy; null where the
   * well-known places will do, and for what is not the upstream's own.
   */
  sealPlace(upstream: Upstream, place: string | undefined): string | null {
    const url = addressOf(upstream)
    if (place === undefined || url === undefined || !URL.canParse(place)) return null
    const { origin, href, pathname, search } = new URL(place)
    if (origin !== new URL(url).origin || metadataPlaces(url)[0] === href) return null
    return this.#sealer.seal(pathname + search, [upstream.name, upstreamDigest(upstream)])
  }

  /** The metadata with `resource`, the upstream as it is reached through a proxy, in place of the upstream's own. Rejects with UpstreamMetadataUnusable. */
  async find(
    upstream: Upstream,
    resource: string,
    sealedPlace: string | undefined,
  ): Promise<ResourceMetadata> {
    const url = addressOf(upstream)
    if (url === undefined) throw new UpstreamMetadataUnusable('is for upstreams at an address')
    const metadata = await this.#read(upstream, url, this.#placesOf(upstream, url, sealedPlace))
    // It would say the original resource again, and be believed before the rest (RFC 9728, section 2.2).
    const { signed_metadata: _, ...rest } = metadata
    const passed = { ...rest, authorization_servers: metadata.authorization_servers }
    if (isAbout(metadata.resource, url)) return { ...passed, resource }
    // A client must refuse metadata that is about another resource (section 3.3). It is passed on as it is, so that the
    // client sees this. Only metadata that names the proxy is refused here: the client would believe it.
    if (new URL(metadata.resource).origin === new URL(resource).origin)
      throw new UpstreamMetadataUnusable('is about the proxy')
    return { ...passed, resource: metadata.resource }
  }

  /**
   * An upstream that refuses a token may have moved to another authorization server, so its metadata is asked for
   * again.
   */
  forget(upstream: Upstream): void {
    const digest = upstreamDigest(upstream)
    for (const key of this.#known.keys()) if (key.startsWith(`${digest} `)) this.#known.delete(key)
  }

  #placesOf(upstream: Upstream, url: string, sealed: string | undefined): string[] {
    if (sealed === undefined) return metadataPlaces(url)
    const place = this.#sealer.open(sealed, [upstream.name, upstreamDigest(upstream)])
    if (place === undefined) throw new UpstreamMetadataUnusable('is asked for at a place that was not told')
    return [new URL(url).origin + place]
  }

  /** An answer is kept for a while, so that many clients do not make many requests to the upstream. */
  #read(upstream: Upstream, url: string, places: readonly string[]): Promise<ResourceMetadata> {
    const key = `${upstreamDigest(upstream)} ${places[0]}`
    const known = this.#known.get(key)
    if (known !== undefined && known.until > this.#now()) return known.metadata
    const metadata = readMetadata(url, places)
    this.#known.set(key, { metadata, until: this.#now() + KEPT_MS })
    metadata.catch(() => this.#known.set(key, { metadata, until: this.#now() + KEPT_AFTER_FAULT_MS }))
    return metadata
  }
}

function addressOf({ target }: Upstream): string | undefined {
  return target.kind === 'http' ? target.url : undefined
}

async function readMetadata(url: string, places: readonly string[]): Promise<ResourceMetadata> {
  for (const place of places) {
    const { status, body } = await askJson(place).catch((cause: unknown) => {
      throw new UpstreamMetadataUnusable(`cannot be had: ${messageOf(cause)}`, { cause })
    })
    if (status >= 400 && status < 500) continue
    if (status !== 200 || body === null) throw new UpstreamMetadataUnusable(`is not there: status ${status}`)
    const { resource, authorization_servers: servers } = body
    if (typeof resource !== 'string' || !URL.canParse(resource))
      throw new UpstreamMetadataUnusable('does not say what it is about')
    if (!isListOfAddresses(servers)) throw new UpstreamMetadataUnusable('names no authorization server')
    return { ...body, resource, authorization_servers: servers }
  }
  // MCP 2025-03-26 had none: the server itself was the authorization server, at the root of its address.
  return { resource: url, authorization_servers: [new URL(url).origin] }
}

function isListOfAddresses(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_SERVERS &&
    value.every((item) => typeof item === 'string' && URL.canParse(item))
  )
}
